"""``--into`` an office's own workbook: the right cells are filled, and everything else stays as it was."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner
from lxml import etree
from msgspec import structs

from perfeval_xl.cli import perfeval
from perfeval_xl.errors import CannotWrite
from perfeval_xl.files import read_bytes, write_json
from perfeval_xl.model import Form, Total
from perfeval_xl.package.addresses import a1, parse_a1
from perfeval_xl.package.sheet_part import SheetPart
from perfeval_xl.workbook.open_workbook import into_workbook
from tests import sdk
from tests.made_forms import NATIONAL, Counts, changed, made_form
from tests.office import Office
from tests.own_workbooks import changed_parts, package_of, parts_of, sheet_part
from tests.regional_workbooks import WORKBOOKS, OfficePage
from tests.written_forms import STYLES, as_xlsx, blanked, printed

PEOPLE = {"leader": "经办人甲", "phone": "0001-2345678"}
CODE = {"code": "440304000012345678901"}
#: One indicator under each label that the Futian and Sichuan workbooks print.
EACH = (
    ("产出指标", "数量指标", 1),
    ("产出指标", "质量指标", 1),
    ("产出指标", "时效指标", 1),
    ("效益指标", "社会效益指标", 1),
    ("满意度指标", "服务对象满意度指标", 1),
)
#: More than any of them has room for, also under a label that none of them prints.
MANY = (
    ("产出指标", "数量指标", 4),
    ("产出指标", "质量指标", 1),
    ("产出指标", "时效指标", 3),
    ("效益指标", "社会效益指标", 1),
    ("效益指标", "生态效益指标", 2),
    ("满意度指标", "服务对象满意度指标", 2),
)
CONCLUSIONS = {"评价结论": "总体良好", "存在问题": "采购启动较晚"}
FORMS: dict[str, Callable[[Counts, int], Form]] = {
    "national": lambda counts, number: made_form("mof", counts, number=number, texts=PEOPLE),
    "sichuan": lambda counts, number: made_form("sichuan", counts, number=number, texts=CODE, extra=CONCLUSIONS),
    "futian": lambda counts, number: made_form("shenzhen-futian", counts, number=number, texts=CODE, points=True),
}
FITTING = {"national": NATIONAL, "sichuan": EACH, "futian": EACH}
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@pytest.fixture(scope="module")
def blanks() -> dict[str, bytes]:
    return {name: make() for name, make in WORKBOOKS.items()}


def into(data: bytes, form: Form) -> bytes:
    """The workbook with the form in it; nothing may be left out."""
    filled = into_workbook(data, "office.xlsx", [form])
    assert filled.left_out == ()
    return filled.data


def read_back(data: bytes, name: str = "office.xlsx") -> Form:
    """The one form in a workbook, read without doubt."""
    (reading,) = read_bytes(data, name)
    assert reading.notes == ()
    return reading.form


def in_office_order(form: Form) -> Form:
    """A form whose indicators stand in the order of the labels in the made forms."""
    order = {level2: place for place, (_, level2, _) in enumerate(MANY)}
    return changed(form, indicators=tuple(sorted(form.indicators, key=lambda i: order.get(i.level2 or "", 99))))


@pytest.mark.parametrize("name", WORKBOOKS)
def test_a_blank_workbook_comes_back_with_every_field(blanks: dict[str, bytes], name: str) -> None:
    form = FORMS[name](FITTING[name], 1)
    assert read_back(into(blanks[name], form)) == form


@pytest.mark.parametrize("name", WORKBOOKS)
def test_a_filled_workbook_takes_another_form_and_keeps_nothing_of_the_first(
    blanks: dict[str, bytes], name: str
) -> None:
    first, second = FORMS[name](FITTING[name], 1), FORMS[name]((*FITTING[name][:1], *FITTING[name][2:]), 2)
    twice = into(into(blanks[name], first), second)
    assert read_back(twice) == second
    assert into(twice, second) == twice, "filling in the same form again changes nothing"


def _cells(sheet: bytes) -> dict[str, bytes]:
    return {cell.get("r", ""): etree.tostring(cell) for cell in etree.fromstring(sheet).iter(f"{MAIN}c")}


def _without_values(sheet: bytes, places: set[str]) -> bytes:
    """A worksheet part without what the named cells hold."""
    root = etree.fromstring(sheet)
    for cell in root.iter(f"{MAIN}c"):
        if cell.get("r") in places:
            cell[:] = []
            cell.attrib.pop("t", "")
    return etree.tostring(root)


@pytest.mark.parametrize("name", WORKBOOKS)
def test_only_the_filled_cells_differ(blanks: dict[str, bytes], name: str) -> None:
    form = FORMS[name](FITTING[name], 1)
    after = into(blanks[name], form)
    part = sheet_part(after)
    assert changed_parts(blanks[name], after) == {part}
    before_sheet, after_sheet = parts_of(blanks[name])[part], parts_of(after)[part]
    old, new = _cells(before_sheet), _cells(after_sheet)
    differ = {place for place in old.keys() | new.keys() if old.get(place) != new.get(place)}
    (reading,) = read_bytes(after, "office.xlsx")
    assert reading.sheet is not None
    assert differ <= {reading.sheet.address(cell) for cell in reading.places.values()}
    assert _without_values(before_sheet, differ) == _without_values(after_sheet, differ)
    styles = {place: etree.fromstring(cell).get("s") for place, cell in old.items()}
    assert {place: etree.fromstring(cell).get("s") for place, cell in new.items()} == styles


@pytest.mark.parametrize("name", WORKBOOKS)
def test_rows_are_added_inside_their_group(blanks: dict[str, bytes], name: str) -> None:
    form = FORMS[name](MANY, 3)
    assert read_back(into(blanks[name], form)) == in_office_order(form)


def test_everything_below_and_around_added_rows_moves(blanks: dict[str, bytes]) -> None:
    form = FORMS["national"](
        MANY, 3
    )  # 6 rows more: 2 数量, 2 时效, 2 生态 (a new label) and 1 满意度, in 10 printed rows
    after = into(blanks["national"], form)
    sheet = openpyxl.load_workbook(io.BytesIO(after)).worksheets[0]
    merged = {str(area) for area in sheet.merged_cells.ranges}
    assert {"A14:A31", "B15:B24", "B25:B29", "B30:B31", "C15:C18", "C19:C20", "C21:C23", "C28:C29", "C30:C31"} <= merged
    assert "A32:F32" in merged
    assert "A33:I33" in merged, "the note below keeps its merged cell"
    assert sheet["G32"].value == "=SUM(G15:G31)+G8"
    assert sheet["H32"].value == "=SUM(H15:H31)+I8"
    assert sheet["K4"].value == '=IF(G32=100,"","分值合计不为100")'
    assert [str(rule.sqref) for rule in sheet.data_validations.dataValidation] == ["H15:H31", "C30:C31"]
    assert [str(area.sqref) for area in sheet.conditional_formatting] == ["H15:H31"]
    assert sheet.auto_filter.ref == "B14:I31"
    assert sheet.print_title_rows == "$14:$14"
    assert sheet.print_area == "'附件1'!$A$1:$I$33"
    assert [brk.id for brk in sheet.row_breaks.brk] == [13, 33]
    assert sheet["H32"].comment is not None
    assert sheet["D14"].comment is not None
    assert sheet.column_dimensions["K"].hidden
    assert sheet["H23"].border.left.style == "thin"
    assert sheet["G23"].number_format == "0.0#"


def test_other_sheets_names_and_charts_follow_added_rows(blanks: dict[str, bytes]) -> None:
    after = into(blanks["national"], FORMS["national"](MANY, 3))
    book = openpyxl.load_workbook(io.BytesIO(after))
    assert [book["汇总"].cell(row, 1).value for row in (1, 2, 4)] == ["=附件1!H32", "=SUM(附件1!H15:H31)", "=附件1!C4"]
    assert book.defined_names["得分合计"].attr_text == "附件1!$H$32"
    assert book.defined_names["各项得分"].attr_text == "附件1!$H$15:$H$31"
    parts = parts_of(after)
    assert re.findall(rb"<c:f>([^<]+)</c:f>", parts["xl/charts/chart1.xml"]) == [
        "附件1!$D$15:$D$31".encode(),
        "附件1!$H$15:$H$31".encode(),
    ]
    rows = [int(row) for row in re.findall(rb"<xdr:row>(\d+)</xdr:row>", parts["xl/drawings/drawing1.xml"])]
    assert rows[0] == 0, "the logo stays at the top"
    assert 28 + 7 in rows, "the chart below the table moves down"


def test_a_sheet_computes_what_the_document_says(blanks: dict[str, bytes], tmp_path: Path, office: Office) -> None:
    for name in WORKBOOKS:
        for counts in (FITTING[name], MANY):
            form = FORMS[name](counts, 4)
            path = tmp_path / f"{name}-{len(counts)}.xlsx"
            path.write_bytes(into(blanks[name], form))
            assert sdk.validate(path) == []
            (reading,) = read_bytes(path.read_bytes(), path.name)
            with office.open(path) as book:
                book.recalculate()
                assert reading.sheet is not None
                for field, wanted in (("total.score", form.total.score), ("total.weight", form.total.weight)):
                    found = book.value(reading.sheet.name, reading.address(field) or "")
                    assert Decimal(str(found)) == wanted
                if name == "national":
                    scores = [book.value("汇总", cell) for cell in ("A1", "A3")]
                    assert [Decimal(str(score)) for score in scores] == [form.total.score] * 2


def test_a_formula_gives_way_to_a_document_that_says_otherwise(blanks: dict[str, bytes]) -> None:
    form = FORMS["national"](NATIONAL, 1)
    wrong = changed(form, total=Total(weight=form.total.weight, score=Decimal("88.8")))
    after = into(blanks["national"], wrong)
    sheet = openpyxl.load_workbook(io.BytesIO(after)).worksheets[0]
    assert sheet["H25"].value == 88.8
    assert sheet["G25"].value == "=SUM(G15:G24)+G8", "what agrees stays a formula"
    assert read_back(after) == wrong


def test_what_has_no_cell_is_told(blanks: dict[str, bytes]) -> None:
    form = made_form("mof", texts=CODE, points=True, extra={"评价结论": "良好"})
    line = form.funds.lines[0]
    filled = into_workbook(blanks["national"], "office.xlsx", [form])
    assert line.weight == 10
    assert filled.left_out == (
        "附件1: project.code",
        "附件1: level1_weights.产出指标",
        "附件1: level1_weights.效益指标",
        "附件1: level1_weights.满意度指标",
        "附件1: extra.评价结论",
    )


def test_a_column_the_office_does_not_print_is_told_once() -> None:
    page = OfficePage("表")
    page.put("A1:E1", "项目支出绩效自评表")
    page.row(2, "AB", ("项目名称", None))
    page.row(3, "ABCDE", ("一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值"))
    for row in range(4, 12):
        page.row(row, "ABCDE", (None,) * 5)
    page.put("A12", "总分")
    form = made_form("mof")
    filled = into_workbook(page.data(), "office.xlsx", [form])
    assert set(filled.left_out) >= {"表: indicators[].weight", "表: indicators[].score", "表: indicators[].deviation"}
    found = read_bytes(filled.data, "office.xlsx")[0].form
    kept = ("level1", "level2", "name", "target", "actual")
    wanted = [tuple(getattr(i, column) for column in kept) for i in form.indicators]
    assert [tuple(getattr(i, column) for column in kept) for i in found.indicators] == wanted, "labels are written too"


def test_a_source_of_money_the_office_does_not_print_gets_a_row(blanks: dict[str, bytes]) -> None:
    form = FORMS["national"](NATIONAL, 1)
    carried = form.funds.lines[1]
    gift = type(carried)(
        **{n: getattr(carried, n) for n in carried.__struct_fields__} | {"source": "捐赠", "label": "捐赠"}
    )
    funds = type(form.funds)(unit="万元", lines=(*form.funds.lines, gift))
    more = changed(form, funds=funds)
    after = into(blanks["national"], more)
    assert read_back(after).funds == funds
    sheet = openpyxl.load_workbook(io.BytesIO(after)).worksheets[0]
    assert {"A7:A12", "B12:C12"} <= {str(area) for area in sheet.merged_cells.ranges}


def test_places_printed_for_names_are_filled_and_the_unused_ones_stay() -> None:
    page = OfficePage("表")
    page.put("A1:H1", "项目支出绩效自评表")
    page.put("A2", "项目名称")
    page.put("B2:H2")
    page.row(3, "ABCDEFG", ("一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分"))
    page.put("H3", "偏差原因分析及改进措施")
    for row, (level2, name) in enumerate(
        (
            ("数量指标", "指标1："),
            (None, "指标2："),
            (None, "……"),
            ("质量指标", "指标1："),
            (None, "指标2："),
            (None, "……"),
        ),
        start=4,
    ):
        page.row(row, "ABCDEFGH", ("产出指标" if row == 4 else None, level2, name, *(None,) * 5))
    page.row(10, "ABCDEFG", ("总分", *(None,) * 6))
    blank = page.data()
    assert read_bytes(blank, "office.xlsx")[0].form.indicators == (), "a blank form has no indicators"
    form = made_form("mof", (("产出指标", "数量指标", 3), ("产出指标", "质量指标", 1)))
    filled = into_workbook(blank, "office.xlsx", [form])
    assert read_bytes(filled.data, "office.xlsx")[0].form.indicators == form.indicators
    sheet = openpyxl.load_workbook(io.BytesIO(filled.data)).worksheets[0]
    names = [sheet.cell(row, 3).value for row in range(4, 11)]
    assert names == ["第1项服务1", "第2项服务1", "第3项服务1", "……", "第4项服务1", "指标2：", "……"]


def test_operators_and_units_that_a_blank_form_prints_are_replaced() -> None:
    style = STYLES["goals first, target in three cells"]
    page = blanked(printed([made_form("mof", NATIONAL, texts=PEOPLE)], style))
    form = made_form("mof", (*MANY[:3], *MANY[5:]), texts=PEOPLE)
    filled = into_workbook(as_xlsx(page), "office.xlsx", [form])
    assert filled.left_out == ()
    assert read_back(filled.data).indicators == form.indicators


@pytest.mark.parametrize("style", ["national", "shifted", "other order", "text numbers"])
def test_two_forms_on_a_sheet_grow_each_for_itself(style: str) -> None:
    forms = [made_form("mof", NATIONAL, number=number, texts=PEOPLE) for number in (1, 2)]
    page = printed(forms, STYLES[style])
    for number in range(2):
        blanked(page, number)
    longer = [made_form("mof", MANY, number=number, texts=PEOPLE) for number in (4, 5)]
    filled = into_workbook(as_xlsx(page), "office.xlsx", longer)
    assert filled.left_out == ()
    assert [reading.form for reading in read_bytes(filled.data, "office.xlsx")] == [in_office_order(f) for f in longer]


def test_a_sheet_without_parts_of_its_own_is_copied_for_further_forms(blanks: dict[str, bytes]) -> None:
    forms = [FORMS["futian"](EACH, number) for number in (1, 2, 3)]
    after = into_workbook(blanks["futian"], "office.xlsx", forms).data
    assert [reading.form for reading in read_bytes(after, "office.xlsx")] == forms


def test_a_workbook_saved_by_libreoffice_is_filled(blanks: dict[str, bytes], tmp_path: Path, office: Office) -> None:
    """Its formulas carry results by now, one of them an error."""
    for name in WORKBOOKS:
        (tmp_path / f"{name}.xlsx").write_bytes(blanks[name])
        saved = office.convert(tmp_path / f"{name}.xlsx", "xlsx", tmp_path / "saved").read_bytes()
        form = FORMS[name](MANY, 6)
        assert read_back(into(saved, form)) == in_office_order(form)


def test_labels_that_share_a_cell_with_their_values_stay() -> None:
    page = OfficePage("表")
    page.put("A1:E1", "项目支出绩效自评表")
    page.put("A2:E2", "项目名称：旧项目　　项目负责人：旧人")
    page.row(3, "ABCDE", ("一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值"))
    page.row(4, "ABCDE", ("产出指标", "数量指标", "甲", "1", "1"))
    form = made_form("mof", (("产出指标", "数量指标", 1),), texts={"leader": "新人", "name": "新项目"})
    filled = into_workbook(page.data(), "office.xlsx", [form])
    sheet = openpyxl.load_workbook(io.BytesIO(filled.data)).worksheets[0]
    assert sheet["A2"].value == "项目名称：新项目　　项目负责人：新人"
    project = read_bytes(filled.data, "office.xlsx")[0].form.project
    assert (project.name, project.leader) == ("新项目", "新人")


def test_other_money_and_other_kinds_of_file_are_refused(blanks: dict[str, bytes]) -> None:
    with pytest.raises(CannotWrite) as refused:
        into_workbook(blanks["national"], "office.xlsx", [made_form("shenzhen-futian")])
    assert refused.value.key == "other-unit"
    with pytest.raises(CannotWrite) as refused:
        into_workbook(b"a,b\n1,2\n", "office.csv", [made_form("mof")])
    assert refused.value.key == "into-other-kind"


def test_the_command_fills_and_tells(blanks: dict[str, bytes], tmp_path: Path) -> None:
    source, blank, done = tmp_path / "form.json", tmp_path / "blank.xlsx", tmp_path / "done.xlsx"
    form = made_form("mof", texts=CODE)
    write_json([form], source)
    blank.write_bytes(blanks["national"])
    run = CliRunner().invoke(perfeval, ["to-xlsx", str(source), "--into", str(blank), "-o", str(done)])
    assert run.exit_code == 0, run.output
    assert "project.code" in run.stderr
    assert read_back(done.read_bytes()).indicators == form.indicators
    assert blank.read_bytes() == blanks["national"]


def _with_shared_rates(form: Form) -> tuple[bytes, list[str]]:
    """An office's workbook whose column of rates is one shared formula, written in its first cell; and its cells."""
    data = as_xlsx(printed([form], next(iter(STYLES.values()))))
    places = read_bytes(data, "office.xlsx")[0].places
    cells = [a1(*places[f"funds.lines[{number}].execution_rate"]) for number in range(len(form.funds.lines))]
    parts, sheet = parts_of(data), sheet_part(data)
    text = parts[sheet].decode()
    for number, cell in enumerate(cells):
        written = '<f t="shared" si="0"/>' if number else f'<f t="shared" ref="{cells[0]}:{cells[-1]}" si="0">B1/A1</f>'
        text, found = re.subn(
            rf'<c r="{cell}"([^<>]*?)(?: t="\w+")?(?:/>|>.*?</c>)', rf'<c r="{cell}"\1>{written}<v>1</v></c>', text
        )
        assert found == 1
    return package_of(parts | {sheet: text.encode()}), cells


def test_a_shared_formula_outlives_the_cell_it_was_written_in() -> None:
    """The rate of the first line is the document's and not the formula's; the other cells keep theirs."""
    form = made_form("mof")
    data, cells = _with_shared_rates(form)
    root = etree.fromstring(parts_of(data)[sheet_part(data)])
    part = SheetPart(root)
    part.set_value(parse_a1(cells[0]), Decimal("0.5"))
    formulas = {cell.get("r"): cell.findtext(f"{MAIN}f") for cell in root.iter(f"{MAIN}c") if cell.get("r") in cells}
    assert formulas == {cells[0]: None, **{cell: f"B{number}/A{number}" for number, cell in enumerate(cells[1:], 2)}}
    assert not root.findall(f".//{MAIN}f[@t='shared']")
    lines = tuple(structs.replace(line, execution_rate=None) for line in form.funds.lines)
    empty = structs.replace(form, funds=structs.replace(form.funds, lines=lines))
    left = etree.fromstring(parts_of(into_workbook(data, "office.xlsx", [empty]).data)[sheet_part(data)])
    shared = left.findall(f".//{MAIN}f[@t='shared']")
    written = {formula.get("si") for formula in shared if formula.text}
    assert [formula.get("si") for formula in shared if formula.get("si") not in written] == []
