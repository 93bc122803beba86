"""``--into`` a Word document of an office: its table cells are filled, everything else stays byte for byte."""

from __future__ import annotations

import io
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import docx
import pytest
from click.testing import CliRunner
from docx.shared import Pt
from docx.table import Table

from perfeval_xl.cli import perfeval
from perfeval_xl.errors import CannotWrite, NotAForm
from perfeval_xl.files import read_bytes, write_json
from perfeval_xl.model import Form
from perfeval_xl.workbook.open_workbook import into_workbook
from tests import sdk
from tests.made_forms import NATIONAL, changed, made_form
from tests.office import Office
from tests.own_workbooks import changed_parts, parts_of, png
from tests.test_written_out import comparable
from tests.written_forms import STYLES, Style, as_docx, blanked, printed

PEOPLE = {"leader": "经办人甲", "phone": "010-23456789"}
MORE = (
    ("产出指标", "数量指标", 4),
    ("产出指标", "质量指标", 1),
    ("产出指标", "时效指标", 3),
    ("效益指标", "社会效益指标", 1),
    ("效益指标", "生态效益指标", 2),
    ("满意度指标", "服务对象满意度指标", 2),
)


def blank_document(style: Style | None = None, forms: Sequence[Form] = ()) -> bytes:
    """A blank form of an office with a logo, a header and a font in its answer cells."""
    wanted = forms or [made_form("mof", NATIONAL, texts=PEOPLE)]
    page = printed(wanted, style or STYLES["national"])
    for number in range(len(wanted)):
        blanked(page, number)
    document = docx.Document(io.BytesIO(as_docx(page)))
    document.sections[0].header.paragraphs[0].text = "某区财政局"
    document.add_paragraph().add_run().add_picture(io.BytesIO(png()))
    for paragraph in document.tables[0].rows[0].cells[-1].paragraphs:
        run = paragraph.add_run("（填写全称）")
        run.font.size, run.font.bold = Pt(13), True
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def into(data: bytes, forms: Sequence[Form]) -> bytes:
    """The document with the forms in it; nothing may be left out."""
    filled = into_workbook(data, "office.docx", forms)
    assert filled.left_out == ()
    return filled.data


def assert_read_back(data: bytes, forms: Sequence[Form]) -> None:
    """Every field of every form stands in the document."""
    readings = read_bytes(data, "office.docx")
    assert [comparable(reading.form) for reading in readings] == [comparable(form) for form in forms]


def table_of(data: bytes) -> Table:
    """The first table of a document."""
    return docx.Document(io.BytesIO(data)).tables[0]


@pytest.mark.parametrize("style", ["national", "other order", "goals first, target in three cells", "split headings"])
def test_a_blank_document_comes_back_with_every_field(style: str) -> None:
    form = made_form("mof", NATIONAL, texts=PEOPLE)
    after = into(blank_document(STYLES[style]), [form])
    assert_read_back(after, [form])


def test_a_filled_document_takes_another_form() -> None:
    form = made_form("mof", (*NATIONAL[:1], *NATIONAL[2:]), number=2, texts=PEOPLE)
    once = into(blank_document(), [made_form("mof", NATIONAL, texts=PEOPLE)])
    twice = into(once, [form])
    assert_read_back(twice, [form])
    assert into(twice, [form]) == twice


def test_every_other_part_stays_and_cells_keep_their_look() -> None:
    blank = blank_document()
    form = made_form("mof", NATIONAL, texts=PEOPLE)
    after = into(blank, [form])
    assert changed_parts(blank, after) == {"word/document.xml"}
    cell = table_of(after).rows[0].cells[-1]
    assert cell.text == form.project.name
    (run,) = [run for run in cell.paragraphs[0].runs if run.text]
    assert (run.font.size, run.font.bold) == (Pt(13), True)
    rows = table_of(blank).rows
    assert len(table_of(after).rows) == len(rows)
    assert b"pic:pic" in parts_of(after)["word/document.xml"]


def test_a_rate_is_written_as_a_percentage() -> None:
    form = made_form("mof", NATIONAL, texts=PEOPLE)
    rate = form.funds.lines[0].execution_rate
    assert rate == Decimal("0.8944")
    texts = {cell.text for row in table_of(into(blank_document(), [form])).rows for cell in row.cells}
    assert "89.44%" in texts


def test_rows_are_added_inside_their_group(tmp_path: Path, office: Office) -> None:
    form = made_form("mof", MORE, number=3, texts=PEOPLE)
    blank = blank_document()
    after = into(blank, [form])
    assert_read_back(after, [form])
    assert len(table_of(after).rows) == len(table_of(blank).rows) + 7
    path = tmp_path / "done.docx"
    path.write_bytes(after)
    assert sdk.validate(path) == sdk.validate(_saved(tmp_path / "blank.docx", blank))
    assert office.convert(path, "pdf").stat().st_size > 1000


def _saved(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def test_two_forms_in_a_document_are_filled_in_order() -> None:
    forms = [made_form("mof", NATIONAL, number=number, texts=PEOPLE) for number in (1, 2)]
    longer = [forms[0], made_form("mof", MORE, number=5, texts=PEOPLE)]
    after = into(blank_document(forms=forms), longer)
    assert_read_back(after, longer)


def test_what_has_no_cell_is_told() -> None:
    form = made_form("mof", NATIONAL, texts=PEOPLE | {"code": "000012345678901234567"}, extra={"评价结论": "良好"})
    filled = into_workbook(blank_document(), "office.docx", [form])
    assert filled.left_out == ("office: project.code", "office: extra.评价结论")


def test_documents_that_cannot_be_filled_are_refused() -> None:
    form = made_form("mof", NATIONAL)
    with pytest.raises(CannotWrite) as refused:
        into_workbook(blank_document(), "office.docx", [form, form])
    assert refused.value.key == "other-number-of-forms"
    document = docx.Document(io.BytesIO(blank_document()))
    document.tables[0].rows[-1].cells[-1].add_table(1, 1)
    buffer = io.BytesIO()
    document.save(buffer)
    with pytest.raises(CannotWrite) as refused:
        into_workbook(buffer.getvalue(), "office.docx", [form])
    assert refused.value.key == "word-cannot-fill"
    empty = io.BytesIO()
    docx.Document().save(empty)
    with pytest.raises(NotAForm):
        into_workbook(empty.getvalue(), "office.docx", [form])


def test_the_command_fills_a_document(tmp_path: Path) -> None:
    form = changed(made_form("mof", NATIONAL, texts=PEOPLE), remark=None)
    source, blank, done = tmp_path / "form.json", tmp_path / "blank.docx", tmp_path / "done.docx"
    write_json([form], source)
    blank.write_bytes(blank_document())
    run = CliRunner().invoke(perfeval, ["to-xlsx", str(source), "--into", str(blank), "-o", str(done)])
    assert run.exit_code == 0, run.output
    assert_read_back(done.read_bytes(), [form])
