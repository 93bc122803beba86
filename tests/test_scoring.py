"""Scores by rule: each rule as a case, the scores that offices printed, whole forms, and the command ``score``."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from perfeval_xl.batch import find_sources
from perfeval_xl.cli import perfeval
from perfeval_xl.files import read_path
from perfeval_xl.messages import LANGUAGES, in_language, knows
from perfeval_xl.model import Form, FundLine, Funds, Goals, Indicator, Project, Total, dump_document
from perfeval_xl.profile import Rules, load_profile, profile_ids
from perfeval_xl.quantity import Reason
from perfeval_xl.scoring import IndicatorScore, Judgement, ScoreCard, Setting, judge, score
from perfeval_xl.scoring.agreement import Agreement, Tally, agreement, tally, together
from perfeval_xl.scoring.card import Rule
from perfeval_xl.scoring.explain import explain, shown_points
from tests import strategies

CASES = Path(__file__).parent / "cases" / "scoring"
DOCS = Path(__file__).parent.parent / "docs"
REFERENCE_FORMS = Path(__file__).parent.parent.parent / "shared" / "forms"


def rows(name: str) -> list[dict[str, str]]:
    """The rows of a tab-separated table; the first line that is no comment names the columns."""
    lines = [line.split("\t") for line in (CASES / name).read_text("utf-8").splitlines() if not line.startswith("#")]
    return [dict(zip(lines[0], line, strict=True)) for line in lines[1:]]


def exact(value: Any) -> Any:
    """TOML numbers as decimals."""
    if isinstance(value, list):
        return [exact(item) for item in value]
    return Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value


# --- the rules, one by one -----------------------------------------------------------------------------------------


@cache
def rule_cases() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tomllib.loads((CASES / "rules.toml").read_text("utf-8"), parse_float=Decimal)["case"]
    return found


def with_settings(rules: Rules, settings: Mapping[str, Any]) -> Rules:
    """The rules with some set otherwise; ``overachievement.amount`` names a setting of a table."""
    values: dict[str, Any] = msgspec.to_builtins(rules, builtin_types=(Decimal,))
    for path, value in settings.items():
        *tables, key = path.split(".")
        table = values
        for name in tables:
            table = table[name]
        table[key] = value
    return msgspec.convert(values, Rules)


def judged(case: Mapping[str, Any]) -> Judgement:
    rules = with_settings(load_profile(case.get("profile", "mof")).rules, case.get("settings", {}))
    setting = Setting(case.get("level1"), case.get("level2"), case.get("year"))
    return judge(exact(case.get("target")), exact(case.get("actual")), exact(case.get("weight")), rules, setting)


@pytest.mark.parametrize("case", rule_cases(), ids=lambda case: case["name"])
def test_a_rule(case: dict[str, Any]) -> None:
    found = judged(case)
    if "reason" in case:
        assert (found.points, found.reason) == (None, case["reason"])
        return
    assert found.points is not None, found.reason
    expected = exact(case["expect"])
    ends = expected if isinstance(expected, list) else [expected, expected, expected]
    value = ends[2] if len(ends) > 2 else None
    assert [found.points.low, found.points.high, found.points.value] == [ends[0], ends[1], value]
    assert found.rule == case["rule"]
    assert found.beyond == case.get("beyond", False)


#: Why a score is not decided: what scoring adds, and what a comparison may say.
REASONS = (
    "weight-missing",
    "weight-negative",
    "lateness-not-ruled",
    "shortfall-unknown",
    "lateness-unknown",
    "ratio-unknown",
    str(Reason.BLANK),
    *(str(reason) for reason in list(Reason)[list(Reason).index(Reason.NOT_APPLICABLE) :]),
)


def test_every_rule_has_a_case() -> None:
    assert {case["rule"] for case in rule_cases() if "rule" in case} == set(get_args(Rule))


def test_every_rule_and_reason_has_a_sentence_in_both_languages() -> None:
    for name in (*get_args(Rule), *(f"reason-{reason}" for reason in REASONS)):
        assert knows(f"scoring.{name}"), name


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_case_is_explained_without_a_gap(language: Any) -> None:
    for case in rule_cases():
        with in_language(language):
            text = explain(judged(case))
        assert text, case["name"]
        assert not re.search(r"[{}]|None|“”|  | [.,]", text), text


# --- 福田: what was printed ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", rows("futian.tsv"), ids=lambda row: f"form {row['form']} {row['level2']}")
def test_the_rules_of_futian_give_the_printed_score(row: dict[str, str]) -> None:
    rules = load_profile("shenzhen-futian").rules
    setting = Setting(level2=row["level2"], fiscal_year=2023)
    found = judge(row["target"], row["actual"], Decimal(row["weight"]), rules, setting)
    assert found.value == Decimal(row["score"]), explain(found)


def futian_form(number: str) -> Form:
    """One of the thirteen forms: its funds and indicators, without its texts."""
    printed = next(row for row in rows("futian-totals.tsv") if row["form"] == number)
    line = fund_line(
        initial_budget=printed["initial_budget"],
        full_year_budget=printed["full_year_budget"],
        executed=printed["executed"],
        weight=printed["weight"],
        execution_rate=str(Decimal(printed["rate"]).scaleb(-2)),
        score=printed["score"],
    )
    indicators = [
        indicator(row["target"], row["actual"], row["weight"], row["score"], level2=row["level2"])
        for row in rows("futian.tsv")
        if row["form"] == number
    ]
    return form("shenzhen-futian", [line], indicators, Total(weight=Decimal(100), score=Decimal(printed["total"])))


@pytest.mark.parametrize("number", [row["form"] for row in rows("futian-totals.tsv")])
def test_a_whole_form_of_futian_adds_up_to_the_printed_total(number: str) -> None:
    card = score(futian_form(number))
    assert card.execution.rate_verdict == card.execution.verdict == "agrees"
    assert card.total.with_execution
    assert card.total.verdict == "agrees"
    assert card.total.points is not None
    assert card.total.points.value == card.total.stated == card.total.added_up
    assert card.grade.added_up == "优"


# --- whole forms ---------------------------------------------------------------------------------------------------


def fund_line(source: str = "total", **numbers: str | None) -> FundLine:
    columns = ("initial_budget", "full_year_budget", "executed", "weight", "execution_rate", "score")
    known = {name: numbers.get(name) for name in columns}
    return FundLine(
        source=source,
        label="年度资金总额",
        **{name: None if value is None else Decimal(value) for name, value in known.items()},
    )


def indicator(
    target: str | None,
    actual: str | None,
    weight: str | None,
    stated: str | None,
    *,
    level1: str = "产出指标",
    level2: str = "数量指标",
) -> Indicator:
    return Indicator(
        level1=level1,
        level2=level2,
        name=None,
        target=target,
        actual=actual,
        weight=None if weight is None else Decimal(weight),
        score=None if stated is None else Decimal(stated),
        deviation=None,
    )


def form(profile: str, lines: list[FundLine], indicators: list[Indicator], total: Total | None = None) -> Form:
    nobody = Project(code=None, name="道路养护", department=None, implementing_unit=None, leader=None, phone=None)
    return Form(
        profile=profile,
        title=None,
        fiscal_year=2023,
        project=nobody,
        funds=Funds(unit="万元", lines=tuple(lines)),
        goals=Goals(expected=None, actual=None),
        indicators=tuple(indicators),
        level1_weights={"产出指标": Decimal(50)},
        total=total or Total(weight=None, score=None),
        remark=None,
        extra={},
    )


FUNDS = fund_line(
    initial_budget="1195.22",
    full_year_budget="1018.18",
    executed="1018.18",
    weight="10",
    execution_rate="0.8519",
    score="8.52",
)


def test_verdicts_on_stated_scores() -> None:
    card = score(
        form(
            "mof",
            [FUNDS],
            [
                indicator("≥95%", "90%", "10", "9.47"),
                indicator("≥95%", "90%", "10", "10"),
                indicator("≥95%", "90%", "10", None),
                indicator("≥20台", "18人", "10", "10"),
                indicator("优良中差", "优", "20", "16"),
                indicator("优良中差", "优", "20", "15.99"),
            ],
        )
    )
    assert [row.verdict for row in card.indicators] == [
        "agrees",
        "differs",
        "not-stated",
        "not-decided",
        "agrees",
        "differs",
    ]
    assert [row.index for row in card.indicators] == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("profile", "rate", "points", "verdict"),
    [("shanghai-baoshan", "0.8519", "8.52", "agrees"), ("mof", "1", "10", "differs")],
)
def test_the_execution_base_is_the_regions(profile: str, rate: str, points: str, verdict: str) -> None:
    execution = score(form(profile, [FUNDS], [])).execution
    assert execution.rate == Decimal(rate)
    assert execution.points is not None
    assert execution.points.value == Decimal(points)
    assert (execution.rate_verdict, execution.verdict) == (verdict, verdict)


def test_execution_beyond_the_budget_is_capped_at_the_weight() -> None:
    line = fund_line(full_year_budget="10", executed="12", weight="10", execution_rate="1.2", score="12")
    execution = score(form("mof", [line], [])).execution
    assert execution.rate == Decimal("1.2")
    assert execution.points is not None
    assert execution.points.value == 10
    assert execution.verdict == "differs"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (None, "no-total-line"),
        (fund_line(executed="5", weight="10"), "budget-missing"),
        (fund_line(full_year_budget="0", executed="0", weight="10"), "budget-zero"),
        (fund_line(full_year_budget="5", weight="10"), "executed-missing"),
        (fund_line(full_year_budget="5", executed="5"), "weight-missing"),
    ],
)
def test_why_execution_is_not_decided(line: FundLine | None, reason: str) -> None:
    execution = score(form("mof", [line] if line else [], [indicator("≥1", "1", "90", "90")])).execution
    assert (execution.points, execution.reason, execution.verdict) == (None, reason, "not-decided")
    assert knows(f"scoring.execution-{reason}")


def test_levels_add_up_their_rows() -> None:
    card = score(
        form(
            "mof",
            [FUNDS],
            [
                indicator("≥10", "8", "30", "24"),
                indicator("优良中差", "良", "20", "18", level2="质量指标"),
                indicator("≥20台", "18人", "30", "30", level1="效益指标"),
                indicator("不适用", "不适用", None, None, level1="满意度指标"),
                indicator("≥90%", "95%", "10", "10", level1="满意度指标"),
            ],
        )
    )
    first, second, third = card.levels
    assert first.name == "产出指标"
    assert [first.printed_weight, first.weight, first.stated] == [50, 50, 42]
    assert first.points is not None
    assert [first.points.low, first.points.high, first.points.value] == [40, 44, None]
    assert (second.points, second.verdict) == (None, "not-decided")
    assert third.points is not None
    assert third.points.value == 10


@pytest.mark.parametrize(
    ("profile", "weight", "stated", "with_execution"),
    [
        ("mof", "100", "99.52", True),
        ("mof", "90", "90", False),
        ("beijing-fengtai-union", "100", "98.52", True),
        ("beijing-fengtai-union", None, "90", False),
        ("beijing-fengtai-union", None, "98.52", True),
        ("beijing-fengtai-union", None, None, False),
        ("mof", None, None, True),
    ],
)
def test_which_sum_the_printed_total_is(
    profile: str, weight: str | None, stated: str | None, with_execution: bool
) -> None:
    total = Total(weight=weight and Decimal(weight), score=stated and Decimal(stated))  # type: ignore[arg-type]
    card = score(form(profile, [FUNDS], [indicator("≥1", "1", "90", "90")], total))
    assert card.total.with_execution == with_execution
    assert card.total.added_up == (Decimal("98.52") if with_execution else 90)


def test_a_printed_total_that_does_not_add_up_differs_even_inside_the_rules_range() -> None:
    rows_ = [indicator("优良中差", "优", "90", "80")]
    card = score(form("mof", [FUNDS], rows_, Total(weight=Decimal(100), score=Decimal(95))))
    assert card.total.points is not None
    assert card.total.points.allows(Decimal(95))
    assert card.total.added_up == Decimal("88.52")
    assert card.total.verdict == "differs"


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        ("优", ("良", None, "良", "优")),
        ("差", ("良", None, "不合格", "合格")),
        ("坏", ("良", None, "不合格", "合格")),
        ("提高能力", ("良", None, None, None)),
    ],
)
def test_the_grade_by_rule_is_given_only_where_it_is_sure(
    actual: str, expected: tuple[str | None, str | None, str | None, str | None]
) -> None:
    grade = score(form("shanghai-baoshan", [FUNDS], [indicator("优良中差", actual, "90", "80")])).grade
    assert (grade.added_up, grade.by_rule, grade.lowest, grade.highest) == expected


def test_exactly_ninety_is_the_best_grade() -> None:
    line = fund_line(full_year_budget="1", executed="1", weight="10", score="10")
    card = score(form("mof", [line], [indicator("≥10", "8", "50", "40"), indicator("≥1", "1", "40", "40")]))
    assert card.grade.by_rule == card.grade.added_up == "优"


def test_an_unknown_profile_is_told() -> None:
    from perfeval_xl.errors import ProfileError

    with pytest.raises(ProfileError, match="nowhere"):
        score(form("nowhere", [FUNDS], []))


# --- laws ----------------------------------------------------------------------------------------------------------

amounts = st.decimals(min_value=0, max_value=10_000, places=2)
weights = st.decimals(min_value=0, max_value=100, places=1)
profiles = st.sampled_from(profile_ids())


@given(strategies.forms())
def test_any_form_is_scored_without_error_and_inside_its_weights(any_form: Form) -> None:
    card = score(any_form)
    assert len(card.indicators) == len(any_form.indicators)
    for row in card.indicators:
        points = row.judgement.points
        assert (points is None) == bool(row.judgement.reason)
        if points is not None:
            assert 0 <= points.low <= points.high <= (row.judgement.weight or 0)
            assert points.value is None or points.low <= points.value <= points.high
        assert explain(row.judgement)


@given(profiles, amounts, amounts, amounts, weights)
def test_doing_more_never_earns_less_short_of_the_threshold(
    profile: str, target: Decimal, one: Decimal, other: Decimal, weight: Decimal
) -> None:
    rules = load_profile(profile).rules
    limit = target * (1 + rules.overachievement.threshold)
    less, more = sorted((min(one, limit - 1), min(other, limit - 1)))
    low, high = (judge(f"≥{target}份", f"{actual}份", weight, rules).value for actual in (less, more))
    if low is not None and high is not None:
        assert low <= high


@given(profiles, amounts, amounts, amounts, weights, st.sampled_from(["ratio", "linear"]))
def test_spending_more_never_earns_more(
    profile: str, target: Decimal, one: Decimal, other: Decimal, weight: Decimal, formula: str
) -> None:
    rules = with_settings(load_profile(profile).rules, {"at_most": formula})
    less, more = sorted((one, other))
    high, low = (judge(f"≤{target}万元", f"{actual}万元", weight, rules).value for actual in (less, more))
    if low is not None and high is not None:
        assert low <= high


# --- agreement -----------------------------------------------------------------------------------------------------


def test_agreement_counts_rows_by_what_their_target_asks_for() -> None:
    card = score(
        form(
            "mof",
            [FUNDS],
            [
                indicator("≥95%", "90%", "10", "9.47"),
                indicator("≥95%", "90%", "10", "10"),
                indicator("≥95%", None, "10", "10"),
                indicator("≥95%", "95%", "10", None),
                indicator("优良中差", "优", "20", "20"),
                indicator("建立健全", "健全", "20", "20"),
                indicator("不适用", "不适用", "0", "0"),
                indicator("3 5人", "35人", "10", "10"),
            ],
        )
    )
    counted = agreement("一处", [card])
    assert (counted.forms, counted.indicators) == (1, 8)
    assert counted.measurable == Tally(indicators=4, decided=3, agreed=1, different=1)
    assert counted.qualitative == Tally(indicators=2, decided=1, agreed=1, different=0)
    twice = together("两处", [counted, counted])
    assert (twice.forms, twice.measurable.indicators, twice.qualitative.agreed) == (2, 8, 2)


#: The sets of reference forms as ``docs/agreement.md`` calls them, in the order of the files.
REGIONS = (
    "beijing-fengtai-union, 2024, first set",
    "beijing-fengtai-union, 2024, second set",
    "beijing-fengtai-hrss, 2024",
    "shanghai-baoshan, 2021",
)
FUTIAN = "shenzhen-futian, 2023"


def documented() -> dict[str, list[int]]:
    """The tables of ``docs/agreement.md``: first cell -> numbers of the line."""
    lines = (DOCS / "agreement.md").read_text("utf-8").splitlines()
    cells = [[cell.strip(" *") for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    return {row[0]: [int(cell) for cell in row[1:]] for row in cells if all(map(str.isdecimal, row[1:]))}


def numbers(counted: Agreement) -> list[int]:
    parts = [counted.measurable, counted.qualitative]
    return [
        counted.forms,
        counted.indicators,
        *(n for t in parts for n in (t.indicators, t.decided, t.agreed, t.different)),
    ]


def test_the_agreement_of_futian_is_the_documented_one() -> None:
    cards = [score(futian_form(row["form"])) for row in rows("futian-totals.tsv")]
    assert documented()[FUTIAN] == numbers(agreement(FUTIAN, cards))
    measurable = tally(row for card in cards for row in card.indicators if row.judgement.kind == "measurable")
    assert measurable == Tally(indicators=84, decided=84, agreed=84, different=0)


def reference_cards() -> Iterator[tuple[str, list[ScoreCard]]]:
    for region, path in zip(REGIONS, find_sources([str(REFERENCE_FORMS)]).paths, strict=True):
        yield region, [score(reading.form) for reading in read_path(path)]


@pytest.mark.shared
@pytest.mark.skipif(not REFERENCE_FORMS.is_dir(), reason="the reference forms are not here")
def test_the_agreement_of_the_reference_forms_is_the_documented_one() -> None:
    counted = [agreement(region, cards) for region, cards in reference_cards()]
    table = documented()
    for one in (*counted, together("All reference forms", counted)):
        assert table[one.source] == numbers(one)
    measurable = together("", counted).measurable
    assert measurable.decided >= Decimal("0.95") * measurable.indicators


@pytest.mark.shared
@pytest.mark.skipif(not REFERENCE_FORMS.is_dir(), reason="the reference forms are not here")
def test_how_many_decided_targets_rest_on_a_claim_or_a_scale_is_documented() -> None:
    judged_rows = [row.judgement for _, cards in reference_cards() for card in cards for row in card.indicators]
    claimed = sum(row.rule == "claimed" for row in judged_rows)
    wide = [row for row in judged_rows if row.target.measurable]
    text = (DOCS / "agreement.md").read_text("utf-8")
    assert f"{claimed} of the 58 rest on a claim" in text
    assert f"{sum(row.decided for row in wide)} of {len(wide)}" in text


@pytest.mark.shared
@pytest.mark.skipif(not REFERENCE_FORMS.is_dir(), reason="the reference forms are not here")
def test_the_differences_in_the_reference_forms_are_the_documented_ones() -> None:
    text = (DOCS / "agreement.md").read_text("utf-8")
    for region, cards in reference_cards():
        for card in cards:
            for row in card.indicators:
                if row.verdict == "differs" and row.judgement.kind == "measurable":
                    assert difference(row) in text, region


def difference(row: IndicatorScore) -> str:
    """A line of the table of differences: target, actual, weight, stated, by rule."""
    judgement, points = row.judgement, row.judgement.points
    assert points is not None
    target, actual, weight = judgement.target.text, judgement.actual.text, judgement.weight
    return f"| {target} | {actual} | {weight} | {row.stated} | {shown_points(points)} |"


# --- the command ---------------------------------------------------------------------------------------------------


@pytest.fixture
def document(tmp_path: Path) -> Path:
    path = tmp_path / "forms.json"
    total = Total(weight=Decimal(100), score=Decimal("38.52"))
    rows_ = [indicator("≥95%", "90%", "10", "10"), indicator("优良中差", "优", "20", "20")]
    path.write_bytes(dump_document([form("mof", [FUNDS], rows_, total), futian_form("1")]))
    return path


def run(*arguments: str) -> tuple[int, str, str]:
    made = CliRunner().invoke(perfeval, ["--lang", "zh", "score", *arguments])
    assert made.exception is None or isinstance(made.exception, SystemExit), made.exception
    return made.exit_code, made.stdout, made.stderr


def test_piped_text_is_one_tab_separated_line_per_indicator(document: Path) -> None:
    status, out, _ = run(str(document))
    assert status == 0
    assert "≥95%\t90%\t94.74%\t10\t10\t9.47\t不一致\t未达到目标" in out
    assert "优良中差\t优\t\t20\t20\t16–20\t一致\t" in out
    assert "\x1b" not in out
    assert out.count("# ") == 4


def test_json_gives_every_step(document: Path) -> None:
    status, out, _ = run(str(document), "--json")
    assert status == 0
    found = json.loads(out)
    assert found["errors"] == []
    first, second = found["scores"]
    assert (first["source"], first["form"], second["form"]) == (str(document), 0, 1)
    row = first["indicators"][0]
    assert (row["ratio"], row["low"], row["high"], row["score"]) == (0.947368, 9.47, 9.47, 9.47)
    assert (row["verdict"], row["rule"], row["reason"], row["met"]) == ("differs", "shortfall", None, False)
    assert (row["target"]["operator"], row["target"]["low"], row["target"]["unit"]) == (">=", 0.95, "%")
    assert first["execution"]["stated_rate"] == 0.8519
    assert first["grade"] == {"added_up": "差", "by_rule": "差", "lowest": "差", "highest": "差"}
    assert second["total"]["score"] == 99.86


def keys(value: Any, path: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for key, inside in value.items():
            yield key
            yield from keys(inside, f"{path}.{key}")
    elif isinstance(value, list):
        for inside in value:
            yield from keys(inside, path)


@pytest.mark.parametrize("page", ["scoring.md", "scoring.zh.md"])
@pytest.mark.parametrize("option", [[], ["--summary"]])
def test_every_key_of_the_json_is_documented(document: Path, page: str, option: list[str]) -> None:
    _, out, _ = run(str(document), "--json", *option)
    text = (DOCS / page).read_text("utf-8")
    assert [key for key in dict.fromkeys(keys(json.loads(out))) if f"`{key}`" not in text] == []


@pytest.mark.parametrize("page", ["scoring.md", "scoring.zh.md"])
def test_every_rule_reason_and_setting_is_documented(page: str) -> None:
    text = (DOCS / page).read_text("utf-8")
    settings = [*Rules.__struct_fields__]
    assert [name for name in (*get_args(Rule), *REASONS, *settings) if f"`{name}`" not in text] == []


def test_summary_counts_per_source(document: Path) -> None:
    status, out, _ = run(str(document), "--summary")
    assert status == 0
    assert out.splitlines()[1].split("\t") == [str(document), "2", "12", "7", "7", "6", "1", "1", "1", "1", "0"]
    _, out, _ = run(str(document), "--summary", "--json")
    (counted,) = json.loads(out)["summary"]
    assert counted["measurable"] == {"indicators": 7, "decided": 7, "agreed": 6, "different": 1}


def test_a_profile_may_be_named(document: Path) -> None:
    _, out, _ = run(str(document), "--json", "-p", "shanghai-baoshan")
    assert json.loads(out)["scores"][0]["execution"]["rate"] == 0.8519


def test_one_bad_file_does_not_stop_the_others(document: Path) -> None:
    broken = document.with_name("a.json")
    broken.write_text("{")
    odd = document.with_name("b.json")
    odd.write_bytes(dump_document([form("nowhere", [FUNDS], []), form("mof", [FUNDS], [])]))
    status, out, err = run(str(document.parent), "--json")
    assert status == 2
    found = json.loads(out)
    assert len(found["scores"]) == 3
    assert [error["source"] for error in found["errors"]] == [str(broken), str(odd)]
    assert "nowhere" in err
    assert "a.json" in err


def test_what_is_not_there_is_wrong_usage(tmp_path: Path) -> None:
    status, _, _ = run(str(tmp_path / "none.json"))
    assert status == 2


@pytest.mark.parametrize(("width", "table"), [(160, True), (60, False), (20, False)])
def test_a_terminal_gets_a_table_where_there_is_room(
    document: Path, monkeypatch: pytest.MonkeyPatch, width: int, table: bool
) -> None:
    from perfeval_xl.cli import score_tables

    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", str(width))
    screen = score_tables.Screen.of_stdout()
    out = "".join(
        score_tables.card_text("a.json", 0, "道路[养护]", score(reading.form), screen)
        for reading in read_path(document)
    )
    assert ("━" in out) == table
    assert "道路[养护]" in "".join(out.split())
    assert "不一致" in "".join(out.split())
