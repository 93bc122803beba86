"""What the plain template scores by itself: never anything else than Python says, and most of the simple targets."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from msgspec.structs import replace

import perfeval_xl as pe
from perfeval_xl.files import read_path
from perfeval_xl.model import Form, Indicator
from perfeval_xl.package.addresses import Range
from perfeval_xl.profile import load_profile, profile_ids
from perfeval_xl.quantity import read
from perfeval_xl.scoring import score
from perfeval_xl.sources import open_sheets
from perfeval_xl.workbook.template.simple_rows import FORMULAS, MET, MISSED, cached_row
from tests.office import convert
from tests.samples import sample_forms

SAMPLES = Path(pe.__file__).parent / "samples"
PAIRS = Path(__file__).parent / "cases" / "quantity_pairs.tsv"
#: Pairs a person may write in a cell: target, actual, what the sheet makes of them with 10 points (None: not simple).
WRITTEN: list[tuple[str | Decimal, str | Decimal, str | None]] = [
    *(("≥95%", "97%", MET), ("≥95％", "９５％", MET), ("≥98%", "50%", MISSED), (">=100人次", "52人次", MISSED)),
    *(("不少于100份", "100份", MET), ("≥1,200户", "1,300户", MET), ("≥1,20户", "130户", None)),
    *(("≤30万元", "28.5万元", MET), ("≤30万元", "36万元", MISSED), ("≧3项", "3项", MET), ("＞2个", "3个", MET)),
    *((Decimal(12), Decimal(10), MISSED), ("100", Decimal(120), MET), ("≥2万人", "3万人", MET)),
    *(("3-5个", "4个", None), ("12月", "11月", None), ("3天", "2天", None), ("2024/1/1", "2024/1/1", None)),
    *(("≥95%", "0.97", None), ("≥95", "97%", None), ("≥2万人", "30000人", None), ("≥5..5个", "6个", None)),
    *(("45292", "45300", None), ("≥.5个", "1个", None), ("≥0个", "1个", None), ("优良中差", "优", None)),
    *(("≥90%满意", "93%满意", None), ("  ≥ 5 个 ", "6 个", MET), ("=5个", "5个", None)),
]


def shared_pairs() -> list[tuple[str, str]]:
    lines = [line for line in PAIRS.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    pairs = (tuple(line.split("\t")[:2]) for line in lines)
    return list(dict.fromkeys((target, actual) for target, actual in pairs if target and actual))


def forms_of(profile: str, pairs: list[tuple[str | Decimal, str | Decimal]]) -> list[Form]:
    """The pairs as indicators of as many forms as they fill, under the levels the profile prints, in turn."""
    clean = sample_forms(profile)[0]
    levels = [(row.level1, row.level2) for row in load_profile(profile).indicators.rows]
    forms = []
    for start in range(0, len(pairs), len(levels)):
        rows = zip(pairs[start:], levels, strict=False)
        indicators = tuple(indicator(*pair, *labels, number) for number, (pair, labels) in enumerate(rows, start + 1))
        forms.append(replace(clean, indicators=indicators, project=replace(clean.project, name=f"表 {start}")))
    return forms


def indicator(
    target: str | Decimal, actual: str | Decimal, level1: str | None, level2: str | None, number: int
) -> Indicator:
    return Indicator(
        level1=level1,
        level2=level2,
        name=f"指标 {number}",
        target=target,
        actual=actual,
        weight=Decimal(10),
        score=Decimal(10),
        deviation=None,
    )


@pytest.mark.libreoffice
@pytest.mark.parametrize("profile", profile_ids())
def test_the_sheet_says_what_python_says_or_nothing(profile: str, tmp_path: Path) -> None:
    """Every cell of this part, as Python wrote it, is what LibreOffice computes."""
    pairs = [*((target, actual) for target, actual, _ in WRITTEN), *shared_pairs()]
    forms = forms_of(profile, pairs)
    path = tmp_path / "pairs.xlsx"
    pe.write(forms, path)
    computed = convert(path, "xlsx", tmp_path / "computed")
    for ours, theirs in zip(open_sheets(path), open_sheets(computed), strict=True):
        if "perf_status" not in ours.names:
            continue
        areas: dict[str, Range] = {column: ours.names[f"perf_calc_simple_{column}"] for column in FORMULAS}
        differing = [
            (column, ours[cell], theirs[cell], *(ours[cell.row, areas[name].left] for name in ("target", "actual")))
            for column, area in areas.items()
            for cell in area.cells()
            if (ours[cell] or "") != (theirs[cell] or "")
        ]
        assert differing == []
        assert ours[ours.names["perf_status"].anchor] == theirs[theirs.names["perf_status"].anchor]


@pytest.mark.parametrize(("target", "actual", "result"), WRITTEN)
def test_a_pair_is_simple_or_left_alone(target: str | Decimal, actual: str | Decimal, result: str | None) -> None:
    (form,) = forms_of("mof", [(target, actual)])
    row = form.indicators[0]
    assert cached_row(1, row, load_profile("mof"))["result"] == (result or "")


def test_most_of_the_number_targets_are_decided() -> None:
    """What docs/templates.md says: of the rows with a number for a target that Python decides, the sheet has most."""
    decided = judged = 0
    for path in sorted(SAMPLES.glob("*.json")):
        for form in (reading.form for reading in read_path(path)):
            profile = load_profile(form.profile)
            for row, card in zip(form.indicators, score(form, profile).indicators, strict=True):
                if read(row.target).kind == "number" and card.judgement.value is not None:
                    decided += 1
                    judged += cached_row(1, row, profile)["result"] != ""
    print(f"{judged} of {decided}")
    assert judged >= 0.7 * decided


@pytest.mark.libreoffice
def test_indicators_for_which_there_is_no_room_are_not_said_to_be_judged(tmp_path: Path) -> None:
    """Rows inserted into a blank template beyond its spare ones; the last of them missed its target in full."""
    (form,) = forms_of("mof", [("≥5个", "6个")])
    row = form.indicators[0]
    many = tuple(replace(row, name=f"指标 {number}") for number in range(29))
    long = replace(form, indicators=(*many, replace(row, name="最后", actual="1个")))
    blank, path = tmp_path / "blank.xlsx", tmp_path / "long.xlsx"
    pe.template("mof", blank)
    pe.write([long], path, into=blank)
    ours, theirs = open_sheets(path)[0], open_sheets(convert(path, "xlsx", tmp_path / "computed"))[0]
    status = ours[ours.names["perf_status"].anchor]
    assert status == theirs[theirs.names["perf_status"].anchor]
    assert str(status).endswith("（第 20 项以后的指标没有判定完成与否。）")
    assert not ours[ours.names["perf_check_missed"].anchor]
    pe.write([long], path)
    drawn = open_sheets(path)[0]
    assert "没有完成指标值却得满分" in str(drawn[drawn.names["perf_check_missed"].anchor])
