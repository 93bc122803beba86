"""The shape of the project: which way imports flow, who opens files, both languages of every sentence, docstrings."""

from __future__ import annotations

import ast
import re
import string
import subprocess
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatch
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Final

import pytest

from perfeval_xl.messages import LANGUAGES, TEXT_FOLDER

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "perfeval_xl"
#: A part imports only from parts that stand before it. A folder is one part.
FLOW = (
    "messages",
    "errors",
    "last_resort",
    "shown",
    "nothing",
    "field_path",
    "model",
    "colours",
    "profile",
    "quantity",
    "sums",
    "laws",
    "scoring",
    "package",
    "sources",
    "cell_values",
    "money_unit",
    "layout",
    "notes",
    "reading",
    "workbook",
    "files",
    "checks",
    "batch",
    "stamp",
    "adopt",
    "reports",
    "book",
    "excel",
    "addin",
    "web",
    "cli",
    "__main__",
)
#: Library -> the parts that may import it. Everything else asks them.
OPENERS = {
    "xlwings": ("excel/bridge.py",),
    **dict.fromkeys(("zipfile", "lxml"), ("package/", "sources/", "workbook/", "addin/", "reports/")),
    "zipfile": ("package/", "sources/", "workbook/", "addin/", "reports/", "stamp/archive.py"),
    **dict.fromkeys(
        ("xlsxwriter", "python_calamine", "xlrd", "docx", "pdfplumber"),
        ("sources/", "workbook/", "addin/", "reports/"),
    ),
    # Only openpyxl's translator of formulas is asked in package/.
    "openpyxl": ("sources/", "workbook/", "addin/", "reports/", "package/shared_formulas.py"),
    "jinja2": ("reports/", "addin/", "checks/", "web/"),
    **dict.fromkeys(("litestar", "uvicorn"), ("web/", "cli/serve.py")),
    "docxtpl": ("reports/",),
    "pandas": ("reports/", "stamp/", "excel/"),
    **dict.fromkeys(("dask", "distributed", "fsspec", "pyarrow"), ("batch/",)),
}
TEXT = {".py", ".toml", ".md", ".txt", ".json", ".tsv", ".csv", ".xml", ".bas", ".cls", ".html", ".yml", ".cfg", ""}
#: Where a machine of ours keeps things.
MACHINE = re.compile(r"(?<![\w.])/(?:work|root|home/\w+|tmp/(?!\w*\{))(?:/|\b)")


def modules() -> list[Path]:
    return sorted(path for path in PACKAGE.rglob("*.py") if "__pycache__" not in path.parts)


def part_of(module: str) -> str:
    """``perfeval_xl.workbook.fill.own`` -> ``workbook``."""
    return module.split(".")[1] if "." in module else ""


@cache
def imports(path: Path) -> tuple[tuple[str, int], ...]:
    """Every module a file imports when it runs, with the line; what only type checkers see is left out."""
    return tuple(_imports(ast.parse(path.read_text("utf-8"))))


def _imports(tree: ast.AST) -> Iterator[tuple[str, int]]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            for other in node.orelse:
                yield from _imports(other)
        elif isinstance(node, ast.Import):
            yield from ((name.name, node.lineno) for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            whole = node.module == "perfeval_xl"
            yield from ((f"perfeval_xl.{name.name}" if whole else node.module, node.lineno) for name in node.names)
        else:
            yield from _imports(node)


# --- imports --------------------------------------------------------------------------------------------------


def test_every_part_has_its_place_in_the_flow() -> None:
    found = {path.stem if path.is_file() else path.name for path in PACKAGE.iterdir() if _is_part(path)}
    assert found - set(FLOW) == set()


def _is_part(path: Path) -> bool:
    if path.is_file():
        return path.suffix == ".py" and path.stem != "__init__"
    return (path / "__init__.py").is_file()


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_imports_follow_the_flow(path: Path) -> None:
    own = part_of(".".join(path.relative_to(ROOT).with_suffix("").parts))
    if own == "__init__":
        assert not [module for module, _ in imports(path) if module.startswith("perfeval_xl")]
        return
    for module, line in imports(path):
        other = part_of(module)
        if module.startswith("perfeval_xl.") and other != own:
            assert FLOW.index(other) < FLOW.index(own), f"line {line}: {own} imports {module}"


def test_no_module_imports_itself_by_a_detour() -> None:
    """Also inside a part. Raises ``CycleError`` with the circle."""
    names = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path for path in modules()
    }
    graph = {
        name: {module for module, _ in _at_import(path) if module in names} - {name} for name, path in names.items()
    }
    assert len(list(TopologicalSorter(graph).static_order())) >= len(names)


@cache
def _at_import(path: Path) -> tuple[tuple[str, int], ...]:
    """What is imported while the module itself is imported, not later in a function."""
    tree = ast.parse(path.read_text("utf-8"))
    inside = {
        node.lineno
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    return tuple((module, line) for module, line in imports(path) if line not in inside)


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_only_openers_touch_file_formats(path: Path) -> None:
    place = path.relative_to(PACKAGE).as_posix()
    for module, line in imports(path):
        allowed = OPENERS.get(module.split(".")[0])
        assert allowed is None or place.startswith(allowed), f"line {line}: {place} imports {module}"


# --- names ----------------------------------------------------------------------------------------------------


def classes() -> Iterator[tuple[str, str]]:
    """Every class of the package, and the module it stands in; one that stands twice in a module counts once."""
    for path in modules():
        tree = ast.parse(path.read_text("utf-8"))
        names = {node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}
        yield from ((name, path.relative_to(PACKAGE).as_posix()) for name in names)


def test_no_two_classes_have_one_name() -> None:
    """Whoever looks for a class by its name finds one."""
    places: dict[str, list[str]] = {}
    for name, place in classes():
        places.setdefault(name, []).append(place)
    assert {name: found for name, found in places.items() if len(found) > 1} == {}


# --- sentences ------------------------------------------------------------------------------------------------


def sentences() -> list[tuple[str, str, dict[str, object]]]:
    return [
        (path.stem, key, entry)
        for path in sorted(TEXT_FOLDER.glob("*.toml"))
        for key, entry in tomllib.loads(path.read_text("utf-8")).items()
    ]


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_every_sentence_stands_in_both_languages_with_the_same_places() -> None:
    assert len(sentences()) > 100
    wrong = []
    for topic, key, entry in sentences():
        texts = [entry.get(language) for language in LANGUAGES]
        if set(entry) != set(LANGUAGES) or not all(isinstance(text, str) and text.strip() for text in texts):
            wrong.append(f"{topic}.{key}: a language is missing or there is a key too many")
        elif len({frozenset(places(str(text))) for text in texts}) != 1:
            wrong.append(f"{topic}.{key}: places differ")
    assert wrong == []


def test_every_sentence_that_is_said_exists() -> None:
    """Keys written out in the code; those put together from pieces are covered by the tests of their topics."""
    known = {f"{topic}.{key}" for topic, key, _ in sentences()}
    topics = {topic for topic, _, _ in sentences()}
    said = re.compile(r'(?:say|sentence)\(\s*"([a-z_]+\.[\w.-]+)"')
    raised = re.compile(
        r'(?:PerfevalError|Unreadable|NotAForm|InvalidDocument|ProfileError|CannotWrite)\(\s*"([\w-]+)"'
    )
    missing = []
    for path in modules():
        text = path.read_text("utf-8")
        keys = said.findall(text) + [f"errors.{key}" for key in raised.findall(text)]
        missing += [f"{path.name}: {key}" for key in keys if key.split(".")[0] in topics and key not in known]
    assert missing == []


def test_no_sentence_of_an_error_is_left_over() -> None:
    """A sentence nobody can meet is a lie about what can happen."""
    code = " ".join(path.read_text("utf-8") for path in modules())
    unused = [key for topic, key, _ in sentences() if topic == "errors" and f'"{key}"' not in code]
    assert [key for key in unused if not key.startswith(("file-is-", "expected-", "json-"))] == []


def test_no_sentence_is_left_over() -> None:
    """Every key is written out somewhere, or made by an f-string from words that are written out somewhere."""
    written, patterns = _written()
    unused = [
        f"{topic}.{key}"
        for topic, key, _ in sentences()
        if not {key, f"{topic}.{key}"} & written
        and not any(_makes(pattern, text, written) for pattern in patterns for text in (key, f"{topic}.{key}"))
    ]
    assert unused == []


@cache
def _written() -> tuple[frozenset[str], tuple[re.Pattern[str], ...]]:
    """Every text and name written in the code and its templates, and every f-string as a pattern."""
    texts: set[str] = set()
    patterns: set[str] = set()
    for path in [*modules(), *(ROOT / "scripts").glob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                texts.add(node.value)
            elif isinstance(node, ast.Attribute):
                texts.add(node.attr)
            elif isinstance(node, ast.FunctionDef):
                texts.add(node.name)
            elif isinstance(node, ast.JoinedStr):
                pieces = [part.value if isinstance(part, ast.Constant) else None for part in node.values]
                if len("".join(str(piece) for piece in pieces if piece).strip("-.")) > 2:
                    patterns.add("".join("(.+)" if piece is None else re.escape(str(piece)) for piece in pieces))
    for path in (path for path in PACKAGE.rglob("*") if path.suffix in {".html", ".md", ".js", ".toml"}):
        if path.parent != TEXT_FOLDER:
            text = path.read_text("utf-8")
            texts |= set(re.findall(r"""["']([\w.-]+)["']""", text)) | set(re.findall(r"(?m)^([\w-]+) =", text))
            patterns |= {re.escape(start) + "(.+)" for start in re.findall(r"""["']([a-z][\w.-]*-)["']\s*~""", text)}
    # What makes any key of a topic proves none; only the examples of help texts go by the names of their commands.
    bare = {f"{topic}\\." + "(.+)" for topic, _, _ in sentences() if topic != "examples"}
    return frozenset(texts), tuple(re.compile(pattern) for pattern in sorted(patterns - bare))


def _makes(pattern: re.Pattern[str], text: str, written: frozenset[str]) -> bool:
    match = pattern.fullmatch(text)
    return match is not None and all(_stands(piece.strip("-"), written) for piece in match.groups())


def _stands(piece: str, written: frozenset[str]) -> bool:
    """Whether a piece of a key is written out, whole or in two parts: ``-by-policy`` may be put behind another word."""
    if piece.isdigit() or piece in written or f"-{piece}" in written:
        return True
    parts = piece.split("-")
    return any(
        _stands("-".join(parts[:at]), written) and _stands("-".join(parts[at:]), written) for at in range(1, len(parts))
    )


# --- docstrings -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_everything_public_says_what_it_is(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    bare = [] if ast.get_docstring(tree) else ["the module"]
    for node in tree.body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and not node.name.startswith("_"):
            bare += [node.name] if not ast.get_docstring(node) else []
            bare += [f"{node.name}.{name}" for name in _bare_methods(node)]
    assert bare == []


def _bare_methods(node: ast.ClassDef | ast.FunctionDef) -> list[str]:
    if isinstance(node, ast.FunctionDef):
        return []
    methods = [child for child in node.body if isinstance(child, ast.FunctionDef) and not child.name.startswith("_")]
    return [method.name for method in methods if not ast.get_docstring(method) and not _overrides(node)]


def _overrides(node: ast.ClassDef) -> bool:
    """A subclass of something else is told by what it extends."""
    return any(isinstance(base, ast.Attribute) or getattr(base, "id", "") in ("HTMLParser",) for base in node.bases)


# --- pages ----------------------------------------------------------------------------------------------------

#: ``[text](target)`` and ``![picture](target)`` to something of the repository.
LINK = re.compile(r"\]\((?!\w+:)([^)\s]+)\)")
DOCS = ROOT / "docs"


def pages() -> list[Path]:
    return sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *(ROOT / "vba_bridge").glob("*.md")])


def links(page: Path) -> list[str]:
    """What a page links to in the repository; what stands in fences is shown, not linked."""
    return LINK.findall(re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL))


def anchors(page: Path) -> set[str]:
    """The headings of a page as links name them."""
    heads = re.findall(r"(?m)^#+ (.+)$", page.read_text("utf-8"))
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.relative_to(ROOT).as_posix())
def test_no_link_of_a_page_is_dead(page: Path) -> None:
    for link in links(page):
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


def test_every_page_is_linked_from_the_index() -> None:
    linked = {(DOCS / link).resolve() for link in links(DOCS / "README.md")}
    assert [page.name for page in DOCS.glob("*.md") if page.name != "README.md" and page.resolve() not in linked] == []


def test_every_page_has_its_twin_where_one_is_linked() -> None:
    """A page and its Chinese twin lead to each other."""
    for page in DOCS.glob("*.zh.md"):
        twin = page.with_name(page.name.replace(".zh", ""))
        assert page.name in links(twin), twin.name
        assert twin.name in links(page), page.name


def test_the_page_on_architecture_names_every_room() -> None:
    picture = (DOCS / "architecture.md").read_text("utf-8").split("```")[1]
    named = [name.rstrip("/") for line in picture.splitlines() for name in line[:22].split(", ")]
    assert {name.strip().rstrip("/") for name in named if name.strip()} - {"profiles"} == set(FLOW)


def test_every_module_that_a_page_names_exists() -> None:
    """``layout/labels.py`` stands below the package, ``tests/test_structure.py`` below the repository."""
    for page in DOCS.glob("*.md"):
        named = re.findall(r"`((?:[a-z_]+/)+[a-z_]+\.(?:py|bas|toml|json))`", page.read_text("utf-8"))
        assert [name for name in named if not (PACKAGE / name).exists() and not (ROOT / name).exists()] == [], page.name


def test_how_property_tests_run_is_said_in_one_place() -> None:
    """Only the profile in conftest sets deadlines and health checks; a test says how many examples it wants."""
    said = re.compile(r"HealthCheck|suppress_health_check|settings\([^)]*deadline=(?!None)")
    tests = [path for path in (ROOT / "tests").glob("*.py") if path.name not in ("conftest.py", Path(__file__).name)]
    assert [path.name for path in tests if said.search(path.read_text("utf-8"))] == []


# --- the source archive -----------------------------------------------------------------------------------------


def test_the_source_archive_holds_what_its_tests_use() -> None:
    """Whoever unpacks it can run them: every folder they import from or name by its path is in it."""
    archive = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]["targets"]["sdist"]
    used = {"README.md"}
    for path in (ROOT / "tests").glob("*.py"):
        used |= {module.split(".")[0] for module, _ in imports(path)}
        used |= set(re.findall(r'(?:ROOT|parents\[1\]) / "([^"/]+)', path.read_text("utf-8")))
    not_listed = {"pyproject.toml", ".git"}  # the first is always in it
    wanted = {name for name in used if (ROOT / name).exists()} - not_listed
    assert {"perfeval_xl", "tests", "scripts", "xlsx_templates", "vba_bridge", "packaging"} <= wanted
    assert {name for name in wanted if not any(fnmatch(name, pattern) for pattern in archive["include"])} == set()


# --- the repository -------------------------------------------------------------------------------------------


def tracked() -> list[Path]:
    if not (ROOT / ".git").exists():
        pytest.skip("not a checkout")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True).stdout
    return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]


def test_no_path_of_a_machine_stands_in_the_repository() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}"
        for path in tracked()
        if path.suffix in TEXT and path != Path(__file__).resolve()
        for number, line in enumerate(path.read_text("utf-8", errors="replace").splitlines(), start=1)
        if MACHINE.search(line)
    ]
    assert found == []


@pytest.mark.parametrize("path", [path for path in modules() if path.name != "__init__.py"], ids=lambda path: path.stem)
def test_a_module_can_be_read_in_one_sitting(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= 400
    assert not {"utils", "helpers", "manager", "common"} & set(path.relative_to(PACKAGE).with_suffix("").parts)


def test_only_the_last_resort_writes_tracebacks() -> None:
    """Nobody is shown one, in no program."""
    writers = {
        path.relative_to(PACKAGE).as_posix() for path in modules() if "import traceback" in path.read_text("utf-8")
    }
    assert writers == {"last_resort.py"}


#: Modules of fewer than 30 lines, and why they stand alone.
SHORT: Final = {
    "checks/laws.py": "the one bridge from laws to findings",
    "__main__.py": "python -m perfeval_xl",
    "cli/adopt.py": "a command has a module, imported when it is called",
    "cli/frozen.py": "the start of the frozen program",
}


def test_no_module_is_too_short_to_be_one() -> None:
    short = {
        path.relative_to(PACKAGE).as_posix()
        for path in modules()
        if path.name != "__init__.py" and len(path.read_text("utf-8").splitlines()) < 30
    }
    assert short <= set(SHORT)
