"""Forms written out in ten layouts and six kinds of file come back with every field right, and where it stands."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner

from perfeval_xl.cli import perfeval
from perfeval_xl.files import read_bytes
from perfeval_xl.model import Form
from perfeval_xl.profile import label_key
from tests.made_forms import changed, made_form
from tests.office import Office
from tests.written_forms import STYLES, Page, addresses, as_docx, as_html, as_xls, as_xlsx, printed

PEOPLE = {"leader": "经办人甲", "phone": "010-23456789"}
COUNTS = (
    ("产出指标", "数量指标", 2),
    ("产出指标", "质量指标", 1),
    ("产出指标", "时效指标", 2),
    ("产出指标", "成本指标", 1),
    ("效益指标", "社会效益指标", 1),
    ("效益指标", "可持续影响指标", 1),
    ("满意度指标", "服务对象满意度指标", 1),
)
WRITERS: dict[str, Callable[[Page], bytes]] = {"xlsx": as_xlsx, "xls": as_xls, "docx": as_docx, "html": as_html}
#: Lines that are no part of the form; they are reported as unread.
LINES_ABOVE = {line for style in STYLES.values() for line in style.lines_above}
CONVERTED = ("ods", "pdf")


def forms_of(style: str, count: int = 1) -> list[Form]:
    """Forms as that layout prints them: a column it does not have is not in them."""
    forms = [made_form("mof", COUNTS, number=number, texts=PEOPLE) for number in range(1, count + 1)]
    missing = {"deviation"} - set(STYLES[style].columns)
    return [without(form, missing) for form in forms]


def without(form: Form, columns: set[str]) -> Form:
    """A form without some columns of its indicators."""
    rows = tuple(
        type(i)(**{n: None if n in columns else getattr(i, n) for n in i.__struct_fields__}) for i in form.indicators
    )
    return changed(form, indicators=rows)


def comparable(value: object) -> object:
    """A form as nested tuples without white space and with labels by their key; which profile was taken is left out."""
    if isinstance(value, str):
        return label_key(value) if len(value) < 12 else "".join(value.split())
    if isinstance(value, Decimal | int) or value is None:
        return value
    if isinstance(value, tuple):
        return tuple(map(comparable, value))
    if isinstance(value, dict):
        return {comparable(key): comparable(item) for key, item in value.items()}
    fields = [name for name in value.__struct_fields__ if name != "profile"]  # type: ignore[attr-defined]
    return {name: comparable(getattr(value, name)) for name in fields}


def check(data: bytes, kind: str, page: Page, forms: list[Form]) -> None:
    """Every field of every form, without doubt, and the cell of each."""
    readings = read_bytes(data, f"form.{kind}")
    assert [comparable(reading.form) for reading in readings] == [comparable(form) for form in forms]
    assert {note.found for reading in readings for note in reading.notes} <= LINES_ABOVE, "only those are left over"
    for number, reading in enumerate(readings):
        where = reading.where().cells
        if kind == "pdf":
            shown = {path: reading.sheet[cell] for path, cell in reading.places.items()} if reading.sheet else {}
            for path, cell in page.places[number].items():
                assert "".join(str(shown[path]).split()) == "".join(page.text(cell).split()), path
        else:
            wanted = list(addresses(page, kind))[number]
            assert {path: where.get(path) for path in wanted} == wanted


@pytest.mark.parametrize("kind", WRITERS)
@pytest.mark.parametrize("style", STYLES)
def test_a_form_comes_back_from_every_layout(style: str, kind: str) -> None:
    forms = forms_of(style)
    page = printed(forms, STYLES[style])
    check(WRITERS[kind](page), kind, page, forms)


@pytest.mark.parametrize("kind", WRITERS)
@pytest.mark.parametrize("style", ["national", "shifted", "text numbers", "other order"])
def test_two_forms_on_a_sheet(style: str, kind: str) -> None:
    forms = forms_of(style, 2)
    page = printed(forms, STYLES[style])
    check(WRITERS[kind](page), kind, page, forms)


@pytest.fixture(scope="module")
def converted(office: Office, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every layout through LibreOffice, all in one run."""
    folder = tmp_path_factory.mktemp("written")
    for style in STYLES:
        page = printed(forms_of(style), STYLES[style])
        source = folder / f"{style}.xlsx"
        source.write_bytes(as_xlsx(page, for_print=True))
        for kind in CONVERTED:
            office.convert(source, kind)
    return folder


@pytest.mark.libreoffice
@pytest.mark.parametrize("kind", CONVERTED)
@pytest.mark.parametrize("style", STYLES)
def test_a_form_comes_back_from_what_libreoffice_writes(converted: Path, style: str, kind: str) -> None:
    forms = forms_of(style)
    page = printed(forms, STYLES[style])
    check((converted / f"{style}.{kind}").read_bytes(), kind, page, forms)


@pytest.mark.libreoffice
@pytest.mark.parametrize("style", ["national", "extra titles", "goals first, target in three cells", "text numbers"])
def test_a_label_torn_off_by_a_page_break_is_not_taken_from_the_row_above(
    style: str, office: Office, tmp_path: Path
) -> None:
    (form,) = forms_of(style)
    source = tmp_path / "long.xlsx"
    source.write_bytes(as_xlsx(printed([form], STYLES[style]), for_print=True, pages=0))
    (reading,) = read_bytes(office.convert(source, "pdf").read_bytes(), "long.pdf")
    assert len({reading.sheet.places[row].page for row in range(len(reading.sheet.rows))} if reading.sheet else ()) > 1
    wanted = {indicator.name: indicator for indicator in form.indicators}
    for found in reading.form.indicators:
        right = wanted[found.name]
        assert found.level1 in (right.level1, None)
        assert found.level2 in (right.level2, None)
        columns = ("target", "actual", "weight", "score")
        assert [getattr(found, column) for column in columns] == [getattr(right, column) for column in columns]
    assert len(reading.form.indicators) == len(form.indicators)


def test_the_command_tells_the_cell_of_every_field(tmp_path: Path) -> None:
    (form,) = forms_of("shifted")
    page = printed([form], STYLES["shifted"])
    for kind, writer in WRITERS.items():
        path = tmp_path / f"form.{kind}"
        path.write_bytes(writer(page))
        run = CliRunner().invoke(perfeval, ["to-json", str(path), "--where"])
        assert run.exit_code == 0, run.output
        (where,) = json.loads(run.stdout)["where"]
        (wanted,) = addresses(page, kind)
        assert wanted.items() <= where["cells"].items()
