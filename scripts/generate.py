"""Files in the repository that are made from something else, and the check that none of them is stale.

    python -m scripts.generate            writes what is stale
    python -m scripts.generate --check    lists what is stale and ends with status 1

To add a file, write a function that yields ``Generated`` and put it into ``GENERATORS``. What a generator makes must
depend on the repository alone: the same bytes on every machine, every day.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Generated:
    """A file by its path in the repository, and what makes its bytes."""

    path: str
    make: Callable[[], bytes]


def templates() -> Iterator[Generated]:
    """``xlsx_templates/<id>.xlsx``: what an office downloads, one blank workbook per profile."""
    from functools import partial

    from perfeval_xl.messages import sentence
    from perfeval_xl.profile import load_profile, profile_ids
    from perfeval_xl.workbook.template.drawing import FormSheet, build

    for name in profile_ids():
        sheet = FormSheet(load_profile(name), sentence("template.sheet-form", "zh"))
        yield Generated(f"xlsx_templates/{name}.xlsx", partial(build, [sheet]))


def json_schema() -> Iterator[Generated]:
    """``docs/perfeval-1.schema.json``: the JSON Schema of the document."""
    from perfeval_xl.model import json_schema_text

    yield Generated("docs/perfeval-1.schema.json", json_schema_text)


def worksheet_functions() -> Iterator[Generated]:
    """``docs/functions.md`` and ``docs/functions.zh.md``: the worksheet functions, from their registry."""
    from functools import partial

    from scripts.function_pages import PAGES, page

    for language, path in PAGES.items():
        yield Generated(path, partial(page, language))


def finding_pages() -> Iterator[Generated]:
    """``docs/findings/``: a page for each finding, in both languages."""
    from scripts.finding_pages import pages

    for path, make in pages():
        yield Generated(path, make)


def report_templates() -> Iterator[Generated]:
    """``perfeval_xl/reports/templates/*.docx``: the Word templates of the reports."""
    from scripts.report_templates import opinion, report

    yield Generated("perfeval_xl/reports/templates/opinion.docx", opinion)
    yield Generated("perfeval_xl/reports/templates/report.docx", report)


#: Everything that is generated, in the order it is made.
GENERATORS: Final[tuple[Callable[[], Iterable[Generated]], ...]] = (
    templates,
    json_schema,
    worksheet_functions,
    finding_pages,
    report_templates,
)
#: Folders that hold generated files only, by the end of the name: one that nothing makes any more is stale.
OWNED: Final = (("xlsx_templates", "*.xlsx"), ("docs/findings", "*.md"))


def all_generated() -> list[Generated]:
    """Every generated file. Raises ``ValueError`` when two generators make the same one."""
    found = [generated for generator in GENERATORS for generated in generator()]
    paths = [generated.path for generated in found]
    if twice := {path for path in paths if paths.count(path) > 1}:
        raise ValueError(f"made by two generators: {sorted(twice)}")
    return found


def stale(root: Path = ROOT) -> dict[str, bytes | None]:
    """Path -> what belongs there, for every file that is missing or other; ``None`` for one that nothing makes."""
    wanted = {generated.path: generated.make() for generated in all_generated()}
    found: dict[str, bytes | None] = {
        path: data for path, data in wanted.items() if not (root / path).is_file() or (root / path).read_bytes() != data
    }
    for folder, pattern in OWNED:
        for path in sorted((root / folder).glob(pattern)):
            if path.relative_to(root).as_posix() not in wanted:
                found[path.relative_to(root).as_posix()] = None
    return found


def bring_up_to_date(root: Path = ROOT) -> list[str]:
    """Writes and removes what ``stale`` names; gives the paths."""
    found = stale(root)
    for name, data in found.items():
        path = root / name
        if data is None:
            path.unlink()
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    return list(found)


def main(arguments: Sequence[str]) -> int:
    """The command; gives its exit status."""
    if unknown := [argument for argument in arguments if argument != "--check"]:
        print(f"unknown: {' '.join(unknown)}", file=sys.stderr)
        return 2
    if "--check" in arguments:
        names = list(stale())
        print("\n".join([*names, "run: python -m scripts.generate"] if names else ["all generated files are current"]))
        return 1 if names else 0
    for name in bring_up_to_date():
        print(name)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
