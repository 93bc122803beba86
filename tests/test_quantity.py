"""Targets and actual values as people write them: what is read, what is not, and how the two compare."""

from __future__ import annotations

import decimal
import re
import time
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from perfeval_xl.quantity import Quantity, Reason, compare, read, unit_of, value_of
from perfeval_xl.quantity.numerals import chinese
from tests import quantity_notation as notation

CASES = Path(__file__).parent / "cases"
DOCS = Path(__file__).parent.parent / "docs"


def rows(name: str) -> list[list[str]]:
    lines = (CASES / name).read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if line and not line.startswith("#")]


def options(written: str) -> dict[str, Any]:
    """``at-most``, ``months``, ``year=2023``, ``tolerance=0.3``."""
    found: dict[str, Any] = {}
    for word in written.split():
        name, _, value = word.partition("=")
        if name == "at-most":
            found["default_direction"] = "at-most"
        elif name == "months":
            found["as_months"] = True
        elif name == "year":
            found["fiscal_year"] = int(value)
        elif name == "tolerance":
            found["tolerance"] = Decimal(value)
        else:
            raise ValueError(word)
    return found


READINGS = rows("quantity.tsv")
PAIRS = rows("quantity_pairs.tsv")
REAL_TEXTS = sorted({row[0] for row in READINGS})


# --- the tables ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "expected"), READINGS)
def test_a_text_is_read(text: str, expected: str) -> None:
    assert notation.reading(read(text)) == expected


@pytest.mark.parametrize(("target", "actual", "written", "expected"), PAIRS)
def test_an_actual_is_held_against_its_target(target: str, actual: str, written: str, expected: str) -> None:
    assert notation.comparison(compare(read(target), read(actual), **options(written))) == expected


def test_the_tables_are_large_enough_to_mean_something() -> None:
    assert len(READINGS) >= 400
    assert len(PAIRS) >= 250
    assert len({expected.split()[0] for _, expected in READINGS}) >= 15


@pytest.mark.parametrize("name", ["reading-values.md", "reading-values.zh.md"])
def test_the_documented_examples_are_true(name: str) -> None:
    checked = 0
    for line in (DOCS / name).read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.replace(r"\|", "\0").strip("|").split("|")]
        if not line.startswith("| `"):
            continue
        texts = [cell.strip("`").replace("\0", "|") for cell in cells]
        if len(cells) == 2:
            assert notation.reading(read(texts[0])) == texts[1], texts[0]
        else:
            result = compare(read(texts[0]), read(texts[1]), **options(texts[2]))
            assert notation.comparison(result) == texts[3], texts[:2]
        checked += 1
    assert checked >= 60


def test_every_reason_is_documented_in_both_languages() -> None:
    for name in ("reading-values.md", "reading-values.zh.md"):
        text = (DOCS / name).read_text(encoding="utf-8")
        assert [reason for reason in Reason if reason and f"`{reason}`" not in text] == []


# --- single rules that a table does not show ---------------------------------------------------------------------


def test_a_worksheet_gets_the_number_and_the_unit() -> None:
    assert (value_of("2.3万份"), unit_of("2.3万份")) == (Decimal(23000), "份")
    assert (value_of("426.22 万元"), unit_of("426.22 万元")) == (Decimal(4262200), "元")
    assert (value_of("≥95%"), unit_of("≥95%")) == (Decimal("0.95"), "%")
    assert (value_of("≤24 小时"), unit_of("≤24 小时")) == (Decimal(24), "小时")
    assert (value_of("3~5天"), unit_of("3~5天")) == (None, "")
    assert (value_of("≤11月"), unit_of("按时完成")) == (None, "")


def test_the_number_of_a_numeric_cell_is_taken_as_it_is() -> None:
    assert read(Decimal("0.95")).number == Decimal("0.95")
    assert read(Decimal(-3)).number == -3
    assert read(Decimal("NaN")).kind == "unclear"
    assert compare(read("≥95%"), read(Decimal("0.95"))).met is True
    assert compare(read("≥95%"), read(Decimal(1))).met is None


def test_nothing_written_is_blank() -> None:
    assert read(None).kind == read("").kind == read(" \u3000\n").kind == "blank"
    assert compare(read("≥95%"), read(None)).reason is Reason.BLANK


def test_a_reading_says_which_text_the_number_came_from() -> None:
    assert read("调解成功 318 件").numerals == ("318件",)
    assert read("3~5天").numerals == ("3", "5天")
    assert read("调解成功318件").words == "调解成功"


def test_what_is_measurable() -> None:
    assert [read(text).measurable for text in ("≥95%", "≤11月", "优良中差", "及时", "3 5人", "不适用", "")] == [
        True, True, True, False, False, False, False,
    ]  # fmt: skip


def test_the_ratio_is_not_rounded() -> None:
    ratio = compare(read("≥3次"), read("2次")).ratio
    assert ratio is not None
    assert abs(ratio * 3 - 2) < Decimal("1e-40")


def test_the_decimal_context_of_the_caller_changes_nothing() -> None:
    with decimal.localcontext(decimal.Context(prec=3, rounding=decimal.ROUND_UP)):
        found = compare(read("≤ 4385666.5 5 元 "), read("426.2213 万元 "))
    assert found.ratio == compare(read("≤4385666.55元"), read("426.2213万元")).ratio


def test_a_text_is_read_in_less_than_30_microseconds_on_average() -> None:
    for text in REAL_TEXTS:
        read(text)
    began = time.process_time()
    for _ in range(20):
        for text in REAL_TEXTS:
            read(text)
    assert (time.process_time() - began) / (20 * len(REAL_TEXTS)) < 30e-6


@pytest.mark.parametrize(
    "piece", ["一", "1 ", "不", "3-", "[", "3人", "≥", "≥3人", "1.", "每人", "12月", "满意", "(", "元/"]
)
def test_the_longest_cell_is_read_in_a_moment(piece: str) -> None:
    began = time.process_time()
    read(piece * (32_767 // len(piece)))
    assert time.process_time() - began < 5


# --- laws --------------------------------------------------------------------------------------------------------

PIECES = [
    *"0123456789.,，、。%‰＞≥≤<>=~-—至到元人次件个项月日年天内前以上下第每万亿千百成一二三十两百零余几半",
    *"优良中差好坏高低 ()（）【】/:×号",
    *["不低于", "不超过", "万元", "以上", "以内", "左右", "百分之", "年底", "季度", "完成", "未", "满意", "及时"],
    *["元/人.年", "人次", "平方米", "2023年", "12月", "31日"],
    *["2024-01-01", "ABC", "\n", "\u3000", "\u200b", "😀", "\ud800"],
]  # fmt: skip
ANY_TEXT = st.one_of(st.text(max_size=40), st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
REAL_OR_MIXED = st.one_of(st.sampled_from(REAL_TEXTS), st.lists(st.sampled_from(PIECES), max_size=8).map("".join))
FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
OF_A_NUMBER = "0123456789.,，．－-"


def without_text(quantity: Quantity) -> tuple[Any, ...]:
    return (notation.reading(quantity), quantity.stance, quantity.words, quantity.scale)


@given(ANY_TEXT, ANY_TEXT)
def test_no_text_ever_raises(target: str, actual: str) -> None:
    compare(read(target), read(actual))


@given(st.decimals(), ANY_TEXT, st.booleans())
def test_no_number_ever_raises(number: Decimal, text: str, months: bool) -> None:
    compare(read(number), read(text), as_months=months)
    compare(read(text), read(number), as_months=months, fiscal_year=2023)


@given(REAL_OR_MIXED, st.data())
def test_white_space_outside_a_number_changes_nothing(text: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(text)))
    before, behind = text[:at].rstrip(), text[at:].lstrip()
    inside = bool(before) and bool(behind) and before[-1] in OF_A_NUMBER and behind[0] in OF_A_NUMBER
    assume(not inside and not any(mark in text for mark in "\u200b，"))
    space = data.draw(st.sampled_from([" ", "\u3000", "\n", "\xa0", "  "]))
    assert without_text(read(text[:at] + space + text[at:])) == without_text(read(text))


@given(REAL_OR_MIXED)
def test_full_width_characters_change_nothing(text: str) -> None:
    assume("，" not in text)
    assert without_text(read(text.translate(FULL_WIDTH))) == without_text(read(text))


def figures_in(text: str) -> set[Decimal]:
    """Every number that digits or Chinese numerals in the text could stand for."""
    plain = re.sub(r"[\s“”\u200b]", "", text.translate({wide: code for code, wide in FULL_WIDTH.items()}))
    found = {
        Decimal(figure) for figure in re.findall(r"\d+(?:\.\d+)?", re.sub(r"(?<=\d),(?=\d{3})", "", plain), re.ASCII)
    }
    runs = re.findall("[零〇一二三四五六七八九十百千万亿两壹贰叁肆伍陆柒捌玖拾佰仟]+", plain.replace("〇", "零"))
    for run in runs:
        for end in range(1, len(run) + 1):
            for begin in range(end):
                value = chinese(run[begin:end]).value
                if value is not None:
                    found.add(value)
    return found | ({Decimal(100)} if "百分" in plain else set())


def made_of_two(text: str, written: set[Decimal]) -> set[Decimal]:
    """What two numbers of the text make together: 10±2, 1小时30分."""
    pairs = list(product(written, repeat=2))
    reached = {one + sign * other for one, other in pairs for sign in (1, -1)} if "±" in text else set()
    steps = (7, 12, 24, 60, 1000, 1440, 3600)
    touch = re.search(r"\d *(?:小 *时|天|周|年|公 *里|分 *钟) *\d", text)
    return reached | ({one * step + other for one, other in pairs for step in steps} if touch else set())


@given(REAL_OR_MIXED)
@settings(max_examples=300)
def test_a_number_is_always_written_in_the_text(text: str) -> None:
    found = read(text)
    for bound in {found.low, found.high} - {None}:
        assert bound is not None
        written = figures_in(text)
        tenths = {figure * 10 + digit for figure in written for digit in range(10)} if "成" in text else set()
        magnitudes = [Decimal(10) ** power for power in (0, -1, -2, -3, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)]
        made = written | tenths | made_of_two(text, written)
        assert any(abs(bound) == figure * magnitude for figure in made for magnitude in magnitudes), text


@given(REAL_OR_MIXED, REAL_OR_MIXED)
def test_a_comparison_is_decided_or_gives_a_reason(target: str, actual: str) -> None:
    result = compare(read(target), read(actual))
    assert result.decided == (result.reason is Reason.READ)
    assert result.decided == (result.basis is not None)
    assert (result.months_late or 0) == 0 or result.met is False


@given(REAL_OR_MIXED)
def test_what_is_not_sure_carries_no_number(text: str) -> None:
    found = read(text)
    if found.kind != "number":
        assert (found.low, found.high, found.unit) == (None, None, "")
    assert (found.kind in ("number", "date", "scale")) == (found.reason is Reason.READ)


NUMBERS = st.decimals(min_value=0, max_value=10**9, places=2, allow_nan=False, allow_infinity=False)


@given(NUMBERS, NUMBERS, st.sampled_from(["元", "人次", "个", "平方米", "盏"]))
def test_at_least_and_at_most_follow_the_numbers(target: Decimal, actual: Decimal, unit: str) -> None:
    at_least = compare(read(f"≥{target}{unit}"), read(f"{actual}{unit}"))
    at_most = compare(read(f"≤{target}{unit}"), read(f"{actual}{unit}"))
    assert at_least.met is (actual >= target)
    assert at_most.met is (actual <= target)
    assert at_least.ratio == at_most.ratio
    if target:
        assert at_least.ratio is not None
        assert abs(at_least.ratio * target - actual) < Decimal("1e-30")
    else:
        assert at_least.ratio is None


@given(NUMBERS, NUMBERS)
def test_yuan_and_ten_thousand_yuan_compare_exactly(target: Decimal, actual: Decimal) -> None:
    result = compare(read(f"≤{target}元"), read(f"{actual}万元"))
    assert result.met is (actual * 10_000 <= target)
