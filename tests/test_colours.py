"""One table of colours and one of findings: nobody else writes a colour or a code down, VBA has what Python has."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from perfeval_xl import colours
from perfeval_xl.addin.vba_data import vocabulary
from perfeval_xl.addin.vba_source import bridge_folder
from perfeval_xl.checks import rules
from perfeval_xl.excel import marks as open_book
from perfeval_xl.workbook.review import marks as package

ROOT = Path(colours.__file__).parent
#: ``"#C00000"``, ``"FFC00000"``, ``0xC00000``.
COLOUR = re.compile(r"""["'](?:#|FF)[0-9A-Fa-f]{6}["']|\b0x[0-9A-Fa-f]{6}\b""")


def test_no_other_module_writes_a_colour_down() -> None:
    found = {
        f"{path.relative_to(ROOT)}: {colour}"
        for path in ROOT.rglob("*.py")
        if path.name != "colours.py"
        for colour in COLOUR.findall(path.read_text("utf-8"))
    }
    assert found == set()
    assert len(COLOUR.findall((ROOT / "colours.py").read_text("utf-8"))) > 20


def test_the_search_for_colours_finds_them_however_they_are_written() -> None:
    assert all(COLOUR.search(text) for text in ('"#E7E6E6"', "'FFE7E6E6'", "0xE7E6E6", 'fillcolor="#fffbe6"'))
    assert not any(COLOUR.search(text) for text in ("0xE7", '"#E7E"', "1234567"))


def test_a_colour_is_written_as_each_host_wants_it() -> None:
    assert colours.as_argb("#FFC9CF") == "FFFFC9CF"
    assert colours.as_number("#FFC9CF") == 0xFFC9CF
    assert colours.as_bgr("#FFC9CF") == 0xFF + 0xC9 * 256 + 0xCF * 65536


def test_every_host_marks_in_the_same_colours() -> None:
    in_vba = dict(entry.split(":") for entry in vocabulary()["mark colours"].split())
    for severity, colour in colours.MARKS.items():
        assert package.COLOURS[severity] == colours.as_argb(colour)
        assert open_book.COLOURS[severity] == colours.as_number(colour)
        assert int(in_vba[severity]) == colours.as_bgr(colour)
    assert in_vba.keys() == colours.MARKS.keys()


def test_a_mark_is_no_colour_that_means_something_else() -> None:
    others = {value for name, value in vars(colours).items() if name.isupper() and isinstance(value, str)}
    assert not set(colours.MARKS.values()) & (others | set(colours.LISTED.values()))


@pytest.mark.parametrize("path", sorted(bridge_folder().rglob("*.[bc][al]s")), ids=lambda path: path.name)
def test_no_macro_writes_a_colour_a_code_or_a_severity_down(path: Path) -> None:
    text = re.sub(r"(?m)^\s*'.*", "", path.read_text("ascii"))
    assert re.findall(r'"PE\d{3}"', text) == []
    assert re.findall(r"\w*COLOR\w* As Long = \d{4,}", text) == []
    assert re.findall(r'AddFinding[ (](?:"[\w-]+", ){2,}"(?:error|warning|info)"', text) == []


def test_vba_knows_code_and_severity_of_every_finding() -> None:
    in_vba = dict(entry.split(":") for entry in vocabulary()["findings"].split())
    assert in_vba == {rule.name: f"{rule.code},{rule.severity}" for rule in rules()}
