"""``import perfeval_xl as pe``: the public names, and that they stay what they are however often they are used."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import perfeval_xl as pe

SAMPLES = Path(pe.__file__).parent / "samples"
PUBLIC = [
    *("read", "read_with_places", "write", "load", "dump", "template", "score", "check"),
    *("Profile", "Form", "Finding", "NotAForm", "Unreadable", "ProfileError"),
]


def test_every_public_name_is_there_and_nothing_else() -> None:
    assert sorted(pe.__all__) == sorted(PUBLIC)


def test_a_name_is_the_same_thing_at_every_use() -> None:
    """A module of the same name, imported on the way, must not take its place."""
    for name in PUBLIC:
        first = getattr(pe, name)
        assert getattr(pe, name) is first
        assert callable(first)


def test_importing_the_package_loads_nothing_heavy() -> None:
    code = (
        "import sys, perfeval_xl; print([m for m in ('msgspec', 'lxml', 'openpyxl', 'xlsxwriter') if m in sys.modules])"
    )
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
    )


def test_forms_go_round_through_the_public_functions(tmp_path: Path) -> None:
    forms = pe.load(SAMPLES / "shanghai-baoshan.json")
    book, back = tmp_path / "forms.xlsx", tmp_path / "forms.json"
    pe.write(forms, book)
    assert pe.read(book) == forms
    pe.write(forms, tmp_path / "again.xlsx", into=book)
    assert pe.read(tmp_path / "again.xlsx") == forms
    pe.dump(forms, back)
    assert pe.load(back) == forms


def test_places_are_addresses() -> None:
    form, places = pe.read_with_places(Path(__file__).parents[1] / "xlsx_templates" / "mof.xlsx")[0]
    assert form.indicators == ()
    assert places["total.score"] == "H24"
    assert places["project.name"] == "C4"


def test_a_template_is_written_by_id_and_by_profile(tmp_path: Path) -> None:
    pe.template("sichuan", tmp_path / "one.xlsx", year=2025, rows=20)
    assert pe.read(tmp_path / "one.xlsx")[0].fiscal_year == 2025


def test_a_form_is_scored_and_checked() -> None:
    forms = pe.load(SAMPLES / "beijing-fengtai-hrss.json")
    card = pe.score(forms[0])
    assert len(card.indicators) == len(forms[0].indicators)
    found = pe.check(forms)
    assert [finding.field for finding in found if finding.name == "total-score-mismatch"] == ["total.score"]
    assert pe.check(pe.load(SAMPLES / "mof.json")) == []


def test_errors_are_the_public_ones(tmp_path: Path) -> None:
    with pytest.raises(pe.Unreadable):
        pe.read(tmp_path / "missing.xlsx")
    (tmp_path / "prose.txt").write_text("今天天气很好。", "utf-8")
    with pytest.raises(pe.NotAForm):
        pe.read(tmp_path / "prose.txt")
    with pytest.raises(pe.ProfileError):
        pe.template("moff", tmp_path / "x.xlsx")
