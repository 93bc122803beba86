"""``perfeval adopt``: a profile learned from an office's workbook, which then works wherever a profile does."""

from __future__ import annotations

import io
import json
import tomllib
from decimal import Decimal
from pathlib import Path

import docx
import openpyxl
import pytest
from click.testing import CliRunner

from perfeval_xl.adopt import adopt_workbook
from perfeval_xl.adopt.printed import UNKNOWN
from perfeval_xl.cli import perfeval
from perfeval_xl.errors import CannotWrite, NotAForm, PerfevalError, ProfileError
from perfeval_xl.files import read_path, write_forms, write_json, write_template
from perfeval_xl.model import Form
from perfeval_xl.profile import Profile, load_profile
from perfeval_xl.workbook.open_workbook import into_workbook
from perfeval_xl.workbook.template.drawing import blank
from tests import sdk
from tests.made_forms import NATIONAL, made_form
from tests.office import Office
from tests.own_workbooks import changed_parts
from tests.regional_workbooks import WORKBOOKS, OfficePage

BASES = {"national": "mof", "sichuan": "sichuan", "futian": "shenzhen-futian"}


def unknown_region(*, department: str = "预算主管部门") -> bytes:
    """A form no shipped profile prints: own labels, order, rows, points typed in, execution worth 20."""
    page = OfficePage("表")
    page.put("A1:I1", "2024年度专项资金绩效自评表")
    page.row(2, "ABCDEF", ("专项名称", None, "项目编号", None, "项目类别", None))
    page.row(3, "ABCD", (department, None, "项目承担单位", None))
    page.put("A4:A8", "资金情况\n（元）")
    page.row(4, "BCDEFGH", (None, "年初批复数", "调整预算数", "实际执行数", "预算执行率（%）", "权重", "自评得分"))
    for row, label in enumerate(("资金总额", "中央补助", "省级资金", "其它资金"), start=5):
        page.row(row, "BCDEFGH", (label, None, None, None, None, 20 if row == 5 else "/", None if row == 5 else "/"))
    page.put("F5", '=IF(C5=0,"",ROUND(E5/C5*100,2))')
    page.put("A9:A10", "总体目标完成情况")
    page.put("B9:D9", "年初设定目标")
    page.put("E9:I9", "全年实际完成情况")
    page.put("B10:D10")
    page.put("E10:I10")
    page.put("A11:A16", "年度绩效指标")
    page.row(
        11, "BCDEFGHI", ("一级指标", "二级指标", "指标内容", "权重", "计划指标值", "全年完成值", "自评分", "原因分析")
    )
    for row, (level1, level2, weight) in enumerate(
        (
            ("产出指标", "数量指标", 25),
            ("产出指标", "质量指标", 15),
            ("创新指标", "技术创新指标", 10),
            ("效益指标", "社会效益指标", 20),
            ("满意度指标", "服务对象满意度指标", 10),
        ),
        start=12,
    ):
        page.row(row, "BCDEFGHI", (level1, level2, None, weight, None, None, None, None))
    page.put("A17:D17", "合计")
    page.put("E17", "=SUM(E12:E16)+G5")
    page.put("H17", "=SUM(H12:H16)+H5")
    page.put("A18", "评价等级")
    page.put("B18:I18")
    page.put("A19:I19", "注：由单位填写后报送。")
    return page.data()


def learned(folder: Path, data: bytes, name: str = "region") -> Profile:
    """The profile learned from a workbook in ``folder``."""
    (folder / "office.xlsx").write_bytes(data)
    adopt_workbook(folder / "office.xlsx", folder / f"{name}.toml")
    return load_profile(folder / f"{name}.toml")


@pytest.fixture
def region(tmp_path: Path) -> Profile:
    return learned(tmp_path, unknown_region())


def test_labels_are_learned_as_printed(region: Profile) -> None:
    assert {name: region.project[name] for name in ("name", "code", "department", "implementing_unit")} == {
        "name": "专项名称",
        "code": "项目编号",
        "department": "预算主管部门",
        "implementing_unit": "项目承担单位",
    }
    assert region.funds.labels == {
        "initial_budget": "年初批复数",
        "full_year_budget": "调整预算数",
        "executed": "实际执行数",
        "execution_rate": "预算执行率（%）",
        "weight": "权重",
        "score": "自评得分",
    }
    assert (region.goals.expected, region.goals.actual) == ("年初设定目标", "全年实际完成情况")
    shown = {name: region.indicators.labels[name] for name in region.indicators.columns}
    assert shown == {
        "level1": "一级指标",
        "level2": "二级指标",
        "name": "指标内容",
        "weight": "权重",
        "target": "计划指标值",
        "actual": "全年完成值",
        "score": "自评分",
        "deviation": "原因分析",
    }
    assert (region.title, region.total.label, region.unit) == ("专项资金绩效自评表", "合计", "元")


def test_columns_rows_and_order_are_learned(region: Profile) -> None:
    assert region.funds.columns == (
        "initial_budget",
        "full_year_budget",
        "executed",
        "execution_rate",
        "weight",
        "score",
    )
    assert region.indicators.columns == (
        "level1",
        "level2",
        "name",
        "weight",
        "target",
        "actual",
        "score",
        "deviation",
    )
    assert [(row.source, row.label) for row in region.funds.rows] == [
        ("total", "资金总额"),
        ("中央补助", "中央补助"),
        ("省级资金", "省级资金"),
        ("other", "其它资金"),
    ]
    assert region.funds.rows[1].prints == ("initial_budget", "full_year_budget", "executed", "execution_rate")
    assert (region.funds.rate, region.funds.not_applicable) == ("percent", "/")
    assert region.page.identity == (("name", "code"), ("department", "implementing_unit"))
    assert region.page.sections[:4] == ("identity", "funds", "goals", "indicators")


def test_vocabulary_points_and_rules_are_learned(region: Profile) -> None:
    levels = {level.name: (level.weight, level.level2) for level in region.indicators.level1}
    assert levels == {
        "产出指标": (Decimal(40), ("数量指标", "质量指标")),
        "创新指标": (Decimal(10), ("技术创新指标",)),
        "效益指标": (Decimal(20), ("社会效益指标",)),
        "满意度指标": (Decimal(10), ("服务对象满意度指标",)),
    }
    assert [row.level2 for row in region.indicators.rows] == [name for _, under in levels.values() for name in under]
    assert region.rules.execution_weight == 20
    assert region.rules.execution_base == "initial_budget", "the formula of the rate divides by it"
    assert region.total.includes_execution
    assert [note.label for note in region.notes] == ["评价等级"]
    assert region.remark_text == "注：由单位填写后报送。"
    assert "项目类别" in region.aliases.sections["extra"]


@pytest.mark.parametrize("name", WORKBOOKS)
def test_the_best_fit_is_extended_and_only_what_differs_is_stated(name: str, tmp_path: Path) -> None:
    profile = learned(tmp_path, WORKBOOKS[name](), name)
    stated = tomllib.loads((tmp_path / f"{name}.toml").read_text("utf-8"))
    assert stated["extends"] == BASES[name]
    assert stated["id"] == name
    assert stated["workbook"] == "office.xlsx"
    base = load_profile(BASES[name])
    assert profile.funds.labels == base.funds.labels
    assert profile.indicators.labels == base.indicators.labels
    assert profile.rules == base.rules
    assert (profile.funds.heading, profile.goals.heading) == (base.funds.heading, base.goals.heading)
    for table in ("rules", "project", "goals", "total"):
        assert table not in stated


def test_points_printed_beside_level1_and_target_in_three_cells_are_learned(tmp_path: Path) -> None:
    futian = learned(tmp_path, WORKBOOKS["futian"](), "futian")
    assert futian.indicators.level1_points
    assert [level.weight for level in futian.indicators.level1] == [50, 30, 10]
    sichuan = learned(tmp_path, WORKBOOKS["sichuan"](), "sichuan")
    assert sichuan.indicators.target == ("target_operator", "target_value", "target_unit")


def test_what_no_sheet_can_tell_is_marked(tmp_path: Path) -> None:
    learned(tmp_path, WORKBOOKS["futian"](), "region")
    text = (tmp_path / "region.toml").read_text("utf-8")
    marked = [line for line in text.splitlines() if line.startswith("# 表上看不出")]
    told = {line.split("sheet: ")[1].split(" = ")[0] for line in marked}
    known = {"rules.execution_base", "total.includes_execution"}  # the formulas of this workbook tell them
    assert told == set(UNKNOWN) - known


def test_labels_cannot_break_the_file(tmp_path: Path) -> None:
    label = "主管单位（']\n[rules]\nexecution_weight = 99\n#\\）"
    profile = learned(tmp_path, unknown_region(department=label))
    assert profile.project["department"] == "".join(label.split())
    assert profile.rules.execution_weight == 20


def test_a_label_no_template_can_hold_is_told_and_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "office.xlsx").write_bytes(unknown_region(department='主管单位（"甲"）'))
    with pytest.raises(ProfileError, match=r"region\.toml") as refused:
        adopt_workbook(tmp_path / "office.xlsx", tmp_path / "region.toml")
    assert "perfeval-" not in str(refused.value)
    assert [path.name for path in tmp_path.iterdir()] == ["office.xlsx"]


def region_form(profile: Profile, number: int = 1) -> Form:
    """A form of the unknown region."""
    counts = (("产出指标", "数量指标", 1), ("创新指标", "技术创新指标", 2), ("效益指标", "社会效益指标", 1))
    return made_form(profile, counts, number=number, texts={"code": "000123456789012345678"}, extra={"评价等级": "优"})


def test_forms_are_written_into_the_workbook_and_read_back(region: Profile, tmp_path: Path) -> None:
    form = region_form(region)
    left_out = write_forms([form], tmp_path / "done.xlsx", profile=region)
    assert left_out == ()
    (reading,) = read_path(tmp_path / "done.xlsx", region)
    assert reading.form.indicators == form.indicators
    assert reading.form.project == form.project
    assert reading.form.funds.lines[0] == form.funds.lines[0]
    assert reading.form.extra == form.extra
    assert reading.form.profile == "region"


def test_the_template_is_the_workbook_with_year_and_rows(tmp_path: Path, office: Office) -> None:
    blank = WORKBOOKS["national"]()
    profile = learned(tmp_path, blank)
    write_template(profile, tmp_path / "same.xlsx")
    assert (tmp_path / "same.xlsx").read_bytes() == blank
    write_template(profile, tmp_path / "year.xlsx", year=2026)
    assert changed_parts(blank, (tmp_path / "year.xlsx").read_bytes()) == {"xl/worksheets/sheet1.xml"}
    write_template(profile, tmp_path / "long.xlsx", year=2026, rows=14)
    sheet = openpyxl.load_workbook(tmp_path / "long.xlsx").worksheets[0]
    assert sheet["A3"].value == "（2026年度）"
    assert sheet["H29"].value == "=SUM(H15:H28)+I8"
    assert sdk.validate(tmp_path / "long.xlsx") == []
    assert office.convert(tmp_path / "long.xlsx", "pdf").stat().st_size > 1000


def test_a_filled_workbook_is_learned_and_its_template_is_blank(tmp_path: Path) -> None:
    form = made_form("mof", NATIONAL, texts={"leader": "经办人甲", "phone": "010-23456789"})
    filled = into_workbook(WORKBOOKS["national"](), "office.xlsx", [form]).data
    profile = learned(tmp_path, filled)
    assert profile.funds == learned(tmp_path, WORKBOOKS["national"](), "blank").funds
    (tmp_path / "office.xlsx").write_bytes(filled)
    write_template(profile, tmp_path / "blank.xlsx", year=2027)
    (reading,) = read_path(tmp_path / "blank.xlsx", profile)
    emptied = reading.form
    assert emptied.project == type(emptied.project)(**dict.fromkeys(emptied.project.__struct_fields__))
    assert emptied.indicators == ()
    assert emptied.fiscal_year == 2027
    assert [line.weight for line in emptied.funds.lines] == [10, None, None, None]
    assert {line.executed for line in emptied.funds.lines} == {None}
    assert emptied.total.weight in (None, Decimal(0), Decimal(100))


def test_its_id_works_from_the_folder_of_profiles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    profile = learned(tmp_path, WORKBOOKS["national"](), "my-region")
    monkeypatch.setenv("PERFEVAL_PROFILES", str(tmp_path))
    assert load_profile("my-region") == profile
    form = made_form(profile, NATIONAL)
    write_json([form], tmp_path / "form.json")
    run = CliRunner().invoke(perfeval, ["to-xlsx", str(tmp_path / "form.json"), "-o", str(tmp_path / "done.xlsx")])
    assert run.exit_code == 0, run.output
    assert "填报说明" in openpyxl.load_workbook(tmp_path / "done.xlsx").sheetnames, "the office's workbook was filled"
    run = CliRunner().invoke(perfeval, ["to-json", str(tmp_path / "done.xlsx"), "-p", "my-region"])
    assert json.loads(run.stdout)["forms"][0]["profile"] == "my-region"


def test_the_command_writes_a_profile(tmp_path: Path) -> None:
    (tmp_path / "office.xlsx").write_bytes(WORKBOOKS["sichuan"]())
    arguments = ["adopt", str(tmp_path / "office.xlsx"), "-o", str(tmp_path / "out" / "x.toml"), "--id", "sc-demo"]
    run = CliRunner().invoke(perfeval, arguments)
    assert run.exit_code == 0, run.output
    assert "sichuan" in run.stderr
    profile = load_profile(tmp_path / "out" / "x.toml")
    assert (profile.id, Path(profile.workbook)) == ("sc-demo", (tmp_path / "office.xlsx").resolve())
    assert list((tmp_path / "out").iterdir()) == [tmp_path / "out" / "x.toml"]


def other_workbook() -> bytes:
    book = openpyxl.Workbook()
    book.worksheets[0]["A1"] = "采购清单"
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def word_document() -> bytes:
    buffer = io.BytesIO()
    docx.Document().save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "name", "error"),
    [
        (other_workbook(), "office.xlsx", NotAForm),
        (word_document(), "office.docx", CannotWrite),
        (blank(load_profile("mof")), "office.xlsx", CannotWrite),
        (b"no workbook", "office.xlsx", PerfevalError),
        (None, "missing.xlsx", PerfevalError),
    ],
)
def test_what_is_no_form_is_refused_and_nothing_is_written(
    data: bytes | None, name: str, error: type[PerfevalError], tmp_path: Path
) -> None:
    if data is not None:
        (tmp_path / name).write_bytes(data)
    with pytest.raises(error):
        adopt_workbook(tmp_path / name, tmp_path / "region.toml")
    assert [path.name for path in tmp_path.iterdir()] == ([name] if data is not None else [])


def test_an_id_that_is_none_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "office.xlsx").write_bytes(WORKBOOKS["national"]())
    with pytest.raises(ProfileError):
        adopt_workbook(tmp_path / "office.xlsx", tmp_path / "region.toml", "no id/at all")
    assert [path.name for path in tmp_path.iterdir()] == ["office.xlsx"]


def test_a_profile_whose_workbook_is_gone_says_so(tmp_path: Path) -> None:
    learned(tmp_path, WORKBOOKS["national"]())
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "region.toml").rename(tmp_path / "elsewhere" / "region.toml")
    with pytest.raises(ProfileError) as refused:
        load_profile(tmp_path / "elsewhere" / "region.toml")
    assert refused.value.key == "profile-workbook-missing"
