"""The ledger: what is kept of each form, what a batch adds up to, how far a self-evaluation can be relied on."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

import perfeval_xl as pe
from perfeval_xl.batch.engine import run
from perfeval_xl.batch.sources import find_sources
from perfeval_xl.messages import in_language
from perfeval_xl.model import Finding, Form
from perfeval_xl.profile import load_profile
from perfeval_xl.profile.types import Deduction
from perfeval_xl.reading import Reading
from perfeval_xl.reports import groups, links
from perfeval_xl.reports.gather import ReviewWork, gather, reviewed
from perfeval_xl.reports.ledger import FormRecord, Ledger
from perfeval_xl.reports.quality import charged, quality_level, quality_score
from perfeval_xl.reports.spool import Spool
from tests.check_cases import Case, clean_forms, workbook_of

SAMPLES = Path(pe.__file__).parent / "samples"


def ledger_of(*paths: Path | str, profile: pe.Profile | None = None) -> Ledger:
    return gather(run(find_sources([str(path) for path in paths]).paths, ReviewWork(profile)), profile)


def ledger_of_forms(*forms: Form) -> Ledger:
    return gather(reviewed(f"{number}.json", [Reading(form, f"{number}.json")]) for number, form in enumerate(forms))


@pytest.fixture
def samples() -> Iterator[Ledger]:
    with in_language("zh"), ledger_of(SAMPLES) as ledger:
        yield ledger


def record(ledger: Ledger, project: str) -> FormRecord:
    return next(form for form in ledger.forms if form.name == project)


# --- forms ---------------------------------------------------------------------------------------------------------


def test_every_form_and_every_indicator_is_there(samples: Ledger) -> None:
    forms = [form for path in sorted(SAMPLES.glob("*.json")) for form in pe.read(path)]
    assert [form.name for form in samples.forms] == [form.project.name for form in forms]
    assert len(samples.indicators) == sum(len(form.indicators) for form in forms)
    assert [(number, row.name) for number, row in samples.indicators] == [
        (number, row.name) for number, form in enumerate(forms, start=1) for row in form.indicators
    ]


def test_the_findings_are_those_of_check(samples: Ledger) -> None:
    expected = [finding for path in sorted(SAMPLES.glob("*.json")) for finding in pe.open(path).check()]
    assert [finding for _, finding in samples.findings] == [each for each in expected if each.source]
    assert sum(form.findings for form in samples.forms) == len(samples.findings)


@pytest.mark.parametrize(
    ("project", "budget", "executed", "score", "grade"),
    [
        ("先进人物关爱", "35", "34.5202", "99.86", "优"),  # printed in yuan
        ("协理员队伍经费", "1195.22", "1018.18", "93.52", "优"),  # measured against the budget at the start of the year
        ("职工书屋网络专线", "4.14", "4.14", "95", "优"),  # printed as 85 of 90, with execution outside
        ("应急物资代储（年初未安排预算）", "0", "0", "90", "优"),
    ],
)
def test_a_record_is_comparable_across_regions(
    samples: Ledger, project: str, budget: str, executed: str, score: str, grade: str
) -> None:
    found = record(samples, project)
    assert (found.budget, found.executed) == (Decimal(budget), Decimal(executed))
    assert (found.score, found.grade) == (Decimal(score), grade)


def test_a_total_printed_without_execution_gets_it_added() -> None:
    form = pe.read(SAMPLES / "beijing-fengtai-union.json")[0]
    unprinted = msgspec.structs.replace(form, total=msgspec.structs.replace(form.total, score=None))
    with ledger_of_forms(form, unprinted) as ledger:
        assert [found.score for found in ledger.forms] == [95, 95]
        assert form.total.score == 85


def test_every_cell_is_told(tmp_path: Path) -> None:
    path = tmp_path / "form.xlsx"
    path.write_bytes(workbook_of(Case("", "mof", "", "", typed={"H24": 99})))
    book = pe.open(path)
    with ledger_of(path) as ledger:
        (form,) = ledger.forms
        assert (form.sheet, form.cell) == ("自评表", book.cell("project.name"))
        cells = [row.cell for _, row in ledger.indicators]
        assert cells == [book.cell(f"indicators[{row}].score") for row in range(len(cells))]
        assert [finding.cell for _, finding in ledger.findings] == [finding.cell for finding in book.check()]


def test_what_cannot_be_read_is_kept_with_its_reason_and_the_others_go_on(tmp_path: Path) -> None:
    bad, unknown, good = tmp_path / "a.json", tmp_path / "b.json", tmp_path / "c.json"
    bad.write_text("{")
    form = pe.read(SAMPLES / "mof.json")[0]
    pe.dump([msgspec.structs.replace(form, profile="atlantis")], unknown)
    pe.dump([form], good)
    with ledger_of(bad, unknown, tmp_path / "absent.xlsx", good) as ledger:
        assert [unread.source for unread in ledger.unread] == [str(bad), str(unknown), str(tmp_path / "absent.xlsx")]
        assert all(Path(unread.source).name in unread.reason for unread in ledger.unread[::2])
        assert "atlantis" in ledger.unread[1].reason
        assert len(ledger.forms) == 1


def test_a_chosen_profile_judges_all_forms() -> None:
    with ledger_of(SAMPLES / "mof.json", profile=load_profile("shenzhen-futian")) as ledger:
        assert {form.profile for form in ledger.forms} == {"shenzhen-futian"}


def test_a_batch_of_full_scores_is_told_once_and_of_no_form() -> None:
    full = pe.read(SAMPLES / "sichuan.json")[0]
    with ledger_of_forms(full, full) as two:
        assert all(finding.source for _, finding in two.findings)
    with ledger_of_forms(full, full, full) as three:
        (told,) = [(number, finding) for number, finding in three.findings if not finding.source]
        expected = pe.check([full, full, full])[-1]
        assert told == (0, expected)
    other = pe.read(SAMPLES / "beijing-fengtai-union.json")[0]
    with ledger_of_forms(full, full, full, other) as mixed:
        assert all(finding.source for _, finding in mixed.findings)


def test_a_region_that_does_not_mind_full_scores_is_left_out_of_that(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text('extends = "sichuan"\nid = "own"\n[severities]\noff = ["all-full-scores"]\n', "utf-8")
    full = pe.read(SAMPLES / "sichuan.json")[0]
    chosen = load_profile(str(own))
    results = [reviewed(f"{number}.json", [Reading(full, f"{number}.json")], profile=chosen) for number in range(3)]
    with gather(results, chosen) as ledger:
        assert all(finding.source for _, finding in ledger.findings)


# --- 自评质量 -------------------------------------------------------------------------------------------------------


def finding(name: str, field: str | None = None) -> Finding:
    blank = dict.fromkeys(("sheet", "cell", "found", "expected"))
    return Finding(code="", name=name, severity="error", message="", advice="", source="", form=0, field=field, **blank)


QUALITY = msgspec.structs.replace(
    load_profile("mof").quality,
    deductions={
        "weights-sum": Deduction(each=Decimal(10), most=Decimal(10)),
        "target-missed-full-score": Deduction(each=Decimal(8), most=Decimal(24)),
        "score-differs-from-rule": Deduction(each=Decimal(3), most=Decimal(12)),
    },
)


def test_one_mistake_is_charged_once_by_its_dearest_finding() -> None:
    same = [
        finding("score-differs-from-rule", "indicators[0].score"),
        finding("target-missed-full-score", "indicators[0].score"),
    ]
    assert charged(same, QUALITY) == {"target-missed-full-score": 1}
    assert charged(same[::-1], QUALITY) == {"target-missed-full-score": 1}
    other = finding("score-differs-from-rule", "indicators[1].score")
    assert charged([*same, other], QUALITY) == {"target-missed-full-score": 1, "score-differs-from-rule": 1}


def test_findings_without_a_field_are_mistakes_of_their_own() -> None:
    assert charged([finding("weights-sum"), finding("weights-sum")], QUALITY) == {"weights-sum": 2}


def test_what_is_not_in_the_table_costs_nothing() -> None:
    assert charged([finding("hidden-content", "remark"), finding("template-outdated")], QUALITY) == {}


@pytest.mark.parametrize(
    ("counts", "score", "level"),
    [
        ({}, 100, "可信"),
        ({"weights-sum": 1}, 90, "可信"),
        ({"weights-sum": 1, "score-differs-from-rule": 1}, 87, "基本可信"),
        ({"weights-sum": 5}, 90, "可信"),
        ({"score-differs-from-rule": 9}, 88, "基本可信"),
        ({"weights-sum": 1, "target-missed-full-score": 9, "score-differs-from-rule": 9}, 54, "不可信"),
    ],
)
def test_points_come_off_for_each_up_to_the_most_for_the_kind(counts: dict[str, int], score: int, level: str) -> None:
    assert quality_score(counts, QUALITY) == score
    assert quality_level(Decimal(score), QUALITY) == level


def test_no_score_is_below_zero() -> None:
    dear = {"weights-sum": Deduction(each=Decimal(70), most=Decimal(140))}
    assert quality_score({"weights-sum": 2}, msgspec.structs.replace(QUALITY, deductions=dear)) == 0


def test_an_office_weighs_otherwise_in_its_own_profile(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text(
        'extends = "mof"\nid = "own"\n[quality.deductions]\nweights-sum = { each = 30, most = 30 }\n', "utf-8"
    )
    profile = load_profile(str(own))
    form = clean_forms()["mof"]
    light = msgspec.structs.replace(form, indicators=form.indicators[:-1])
    with gather([reviewed("a.json", [Reading(light, "a.json")], profile=profile)], profile) as ledger:
        (found,) = ledger.forms
    assert found.charged["weights-sum"] == 1
    assert found.quality == quality_score(found.charged, profile.quality)
    assert found.quality < quality_score(found.charged, load_profile("mof").quality)


# --- what a batch adds up to -----------------------------------------------------------------------------------------


def test_departments_add_up_to_the_whole(samples: Ledger) -> None:
    whole, parts = groups.whole(samples), groups.departments(samples)
    assert sum(part.projects for part in parts) == whole.projects == 10
    assert sum((part.budget for part in parts), Decimal(0)) == whole.budget
    assert sum(whole.grades.values()) == 10
    union = next(part for part in parts if part.name == "示例区总工会")
    assert (union.projects, union.mean, union.median) == (3, Decimal("93.51"), Decimal("93.52"))
    assert union.rate == Decimal("0.8742")


def test_a_department_of_nobody_has_a_name() -> None:
    form = clean_forms()["mof"]
    nobody = msgspec.structs.replace(form.project, department=None, implementing_unit=" ")
    with ledger_of_forms(msgspec.structs.replace(form, project=nobody)) as ledger, in_language("zh"):
        assert [part.name for part in groups.departments(ledger)] == ["（未填主管部门）"]


def test_every_score_lies_in_one_band(samples: Ledger) -> None:
    bands = groups.distribution(samples)
    assert [(band.label, band.count) for band in bands] == [
        ("<60", 0), ("60–70", 0), ("70–80", 0), ("80–85", 0), ("85–90", 0), ("90–95", 3), ("95–100", 4), ("≥100", 3),
    ]  # fmt: skip


def test_the_disclosed_paragraph_says_projects_money_average_and_grades(samples: Ledger) -> None:
    assert groups.disclosure(samples) == (
        "2021–2024年度，6个部门共对 10 个项目开展了支出绩效自评，涉及预算资金 1,627.15 万元，实际执行 1,448.46 万元，"
        "预算执行率 89.02%；自评平均得分 96.62 分，其中：优 10 个、良 0 个、中 0 个、差 0 个、合格 0 个、不合格 0 个。"
    )
    with in_language("en"):
        assert "10 projects were self-evaluated" in groups.disclosure(samples)


def test_an_empty_batch_adds_up_to_nothing() -> None:
    with Ledger() as ledger, in_language("zh"):
        whole = groups.whole(ledger)
        assert (whole.projects, whole.mean, whole.median, whole.rate, whole.quality) == (0, None, None, None, None)
        assert "0 个项目" in groups.disclosure(ledger)


# --- records on the disk ------------------------------------------------------------------------------------------


class Line(msgspec.Struct):
    """A record."""

    text: str


def test_a_spool_gives_back_what_was_put_in_as_often_as_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("perfeval_xl.reports.spool.MOST_BYTES", 1000)
    spool: Spool[Line] = Spool(Line)
    lines = [(number, Line(f"第 {number} 行\n“,")) for number in range(500)]
    for number, line in lines:
        spool.put(number, line)
    assert len(spool) == 500
    assert list(spool) == lines
    assert list(zip(spool, spool, strict=True)) == list(zip(lines, lines, strict=True))
    halfway = iter(spool)
    next(halfway)
    spool.put(500, Line("later"))
    assert list(spool)[-1] == (500, Line("later"))
    spool.close()


# --- links -----------------------------------------------------------------------------------------------------------


def test_links_are_relative_to_the_report_and_name_the_cell(tmp_path: Path) -> None:
    source, output = tmp_path / "收到" / "a b#1%.xlsx", tmp_path / "out" / "r.html"
    assert links.web_link(str(source), "自评表", "H23", output) == (
        "./../%E6%94%B6%E5%88%B0/a%20b%231%25.xlsx#%E8%87%AA%E8%AF%84%E8%A1%A8!H23"
    )
    link = links.workbook_link(str(source), "It's", "B2", output)
    assert link.startswith("external:")
    assert link.endswith("a b%231%25.xlsx#'It''s'!B2")


def test_no_link_leads_to_what_is_no_file() -> None:
    for source in ("", "-", "bad\udce4name.xlsx"):
        assert links.web_link(source, "s", "A1", None) == ""
        assert links.workbook_link(source, "s", "A1", None) == ""
    assert links.workbook_link("x" * 3000, None, None, None) == ""


def test_a_file_name_is_no_scheme() -> None:
    assert links.web_link("javascript:alert(1).xlsx", None, None, None) == "./javascript%3Aalert%281%29.xlsx"


@pytest.mark.parametrize(
    ("sheet", "shown"),
    [("自评表", "自评表!H2"), ("自评 表", "'自评 表'!H2"), ("A1", "'A1'!H2"), ("1月", "'1月'!H2"), (None, "H2")],
)
def test_a_sheet_name_stands_in_quotes_where_formulas_want_them(sheet: str | None, shown: str) -> None:
    assert links.address(sheet, "H2") == shown
