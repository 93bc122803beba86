"""The canonical form of 项目支出绩效自评表 and its JSON. No files here.

A document is ``{"schema": "perfeval/1", "forms": [Form, ...]}``. Every key is always present; a blank is ``null``.
Numbers are exact decimals: at most 15 significant digits, which is what a spreadsheet cell holds exactly.
Text is at most 32,767 UTF-16 units, which is what a spreadsheet cell holds.
"""

from __future__ import annotations

import re
from abc import ABC
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, Literal

import msgspec

from perfeval_xl.errors import InvalidDocument
from perfeval_xl.messages import say

SCHEMA_ID: Final = "perfeval/1"
MOST_DIGITS: Final = 15
MOST_CHARACTERS: Final = 32_767
#: ``FundLine.source`` of the rows every region has; any other row carries its printed label.
SOURCES: Final = ("total", "current_year_appropriation", "carryover", "other")
#: The columns of ``FundLine`` that hold money, of which the first two are budgets.
MONEY: Final = ("initial_budget", "full_year_budget", "executed")
BUDGETS: Final = MONEY[:2]
#: Halves of a character and U+FFFE, U+FFFF: no workbook part and no reader of one carries them.
_NO_CHARACTER: Final = re.compile("[\ud800-\udfff\ufffe\uffff]")

if TYPE_CHECKING:
    Number = Decimal
    TextOrNumber = str | Decimal
else:
    # A JSON number must be a number and never a string, and a target may be either: msgspec's own Decimal
    # would take both, so these stand in for it in the types and are checked in ``_from_json``.
    class Number(ABC):
        """A JSON number read as an exact ``Decimal``."""

    class TextOrNumber(ABC):
        """A JSON string, or a JSON number read as an exact ``Decimal``."""

    Number.register(Decimal)
    TextOrNumber.register(str)
    TextOrNumber.register(Decimal)


class _Checked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A record whose numbers and texts fit a spreadsheet cell, however it was made.

    Raises ``ValueError`` naming the field when a value does not fit.
    """

    def __post_init__(self) -> None:
        for field in self.__struct_fields__:
            value = getattr(self, field)
            if isinstance(value, Decimal):
                msgspec.structs.force_setattr(self, field, plain(value, field))
            elif isinstance(value, str):
                check_text(value, field)


class Project(_Checked, frozen=True, kw_only=True):
    """项目 identity. ``code`` and ``phone`` are text: leading zeros and 21 digits survive."""

    code: str | None
    name: str | None
    department: str | None
    implementing_unit: str | None
    leader: str | None
    phone: str | None


class FundLine(_Checked, frozen=True, kw_only=True):
    """One row of 项目资金. Money is in ``Funds.unit``; ``execution_rate`` is a ratio (100% is 1)."""

    source: str
    label: str | None
    initial_budget: Number | None
    full_year_budget: Number | None
    executed: Number | None
    weight: Number | None
    execution_rate: Number | None
    score: Number | None


class Funds(_Checked, frozen=True, kw_only=True):
    """项目资金: the unit of money and its rows, top to bottom."""

    unit: Literal["万元", "元"]
    lines: tuple[FundLine, ...]


class Goals(_Checked, frozen=True, kw_only=True):
    """年度总体目标: 预期目标 and 实际完成情况."""

    expected: str | None
    actual: str | None


class Indicator(_Checked, frozen=True, kw_only=True):
    """One row of 绩效指标. ``target`` 年度指标值 and ``actual`` 实际完成值 are text as written, or a number."""

    level1: str | None
    level2: str | None
    name: str | None
    target: TextOrNumber | None
    actual: TextOrNumber | None
    weight: Number | None
    score: Number | None
    deviation: str | None


class Total(_Checked, frozen=True, kw_only=True):
    """总分 as printed, never recomputed."""

    weight: Number | None
    score: Number | None


class Form(_Checked, frozen=True, kw_only=True):
    """One 项目支出绩效自评表 as it was filled in."""

    profile: str
    title: str | None
    fiscal_year: int | None
    project: Project
    funds: Funds
    goals: Goals
    indicators: tuple[Indicator, ...]
    level1_weights: dict[str, Number]
    total: Total
    remark: str | None
    extra: dict[str, str | None]

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.fiscal_year is not None and not 1900 <= self.fiscal_year <= 9999:
            raise ValueError(say("errors.expected-year"))
        for name, points in self.level1_weights.items():
            check_text(name, "level1_weights")
            self.level1_weights[name] = plain(points, f"level1_weights.{name}")
        for label, text in self.extra.items():
            check_text(label, "extra")
            check_text(text or "", f"extra.{label}")


Severity = Literal["error", "warning", "info"]


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """Something wrong in a form, as a value with an address.

    ``form`` counts the forms of ``source`` from 0; ``cell`` is an address or ``None``; ``field`` is a path such as
    ``indicators[3].score``; ``found`` and ``expected`` are what stands there and what should, as text.
    """

    code: str
    name: str
    severity: Severity
    message: str
    advice: str
    source: str
    form: int
    sheet: str | None
    cell: str | None
    field: str | None
    found: str | None
    expected: str | None


class Where(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where one form was read: file, sheet, and the cell of every field path (``indicators[3].score`` -> ``H23``)."""

    source: str
    sheet: str
    cells: dict[str, str]


class Document(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a JSON file holds: the schema mark and the forms; ``where`` only when it was asked for."""

    schema: Literal["perfeval/1"]
    forms: tuple[Form, ...]
    where: tuple[Where, ...] = ()


def plain(value: Decimal, field: str) -> Decimal:
    """``value`` without needless zeros or exponent (``350000.00`` -> ``350000``), so equal numbers look equal.

    Raises ``ValueError`` naming ``field`` for a number no spreadsheet cell holds exactly.
    """
    _, digits, exponent = value.as_tuple()
    if not isinstance(exponent, int):
        raise ValueError(say("errors.expected-finite", field=field))
    if len(digits) < MOST_DIGITS and -MOST_DIGITS < exponent <= 0 and (digits[-1] or (value and not exponent)):
        return value  # as almost all are
    if not value:
        return Decimal(0)
    if not -MOST_DIGITS <= value.adjusted() < MOST_DIGITS:  # before arithmetic, which huge exponents overflow
        raise ValueError(say("errors.expected-fewer-digits", field=field, digits=MOST_DIGITS))
    short = value.normalize() if len(digits) <= 28 else _normalize_long(value)
    _, digits, exponent = short.as_tuple()
    if len(digits) > MOST_DIGITS:
        raise ValueError(say("errors.expected-fewer-digits", field=field, digits=MOST_DIGITS))
    return short.quantize(Decimal(1)) if isinstance(exponent, int) and exponent > 0 else short


def _normalize_long(value: Decimal) -> Decimal:
    """``normalize`` would round at 28 digits; only zeros are cut, so that a too long number stays detectable."""
    sign, digits, exponent = value.as_tuple()
    end = len(digits)
    while end > 1 and digits[end - 1] == 0:
        end -= 1
    return Decimal((sign, digits[:end], exponent + len(digits) - end)) if isinstance(exponent, int) else value


def check_text(text: str, field: str) -> None:
    """Raises ``ValueError`` naming ``field`` for text that no spreadsheet cell holds."""
    # Every code point takes at most two UTF-16 units, so short text needs no encoding to be sure.
    if len(text) > MOST_CHARACTERS // 2 and len(text.encode("utf-16-le", "surrogatepass")) // 2 > MOST_CHARACTERS:
        raise ValueError(say("errors.expected-shorter-text", field=field, most=MOST_CHARACTERS))
    if not text.isascii() and _NO_CHARACTER.search(text):
        raise ValueError(say("errors.expected-whole-characters", field=field))


def _from_json(wanted: object, value: object) -> object:
    """msgspec's hook for the two number types above. ``TypeError`` becomes an error that carries the JSON path."""
    if isinstance(value, str) and wanted is TextOrNumber:
        return value
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return Decimal(value)
    raise TypeError(say("errors.expected-number" if wanted is Number else "errors.expected-text-or-number"))


_number_decoder: Final = msgspec.json.Decoder(float_hook=Decimal)
_encoder: Final = msgspec.json.Encoder(decimal_format="number")


def load_document(data: bytes | str, source: str = "-") -> Document:
    """The document in JSON ``data``; ``source`` is the name used in errors.

    Raises ``InvalidDocument`` with the JSON path and what was expected.
    """
    try:
        raw = _number_decoder.decode(data)
        return msgspec.convert(raw, Document, dec_hook=_from_json)
    except msgspec.ValidationError as error:
        raise InvalidDocument("not-canonical", path=source, detail=_explained(error)) from None
    except ArithmeticError:
        detail = say("errors.expected-fewer-digits", field="$", digits=MOST_DIGITS)
        raise InvalidDocument("not-canonical", path=source, detail=detail) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidDocument("not-json", path=source, detail=str(error)) from None


#: What msgspec says of a value -> our sentence for it, which fills the same places.
_REASONS: Final = (
    (re.compile(r"Object missing required field `(?P<key>[^`]*)`"), "json-missing-key"),
    (re.compile(r"Object contains unknown field `(?P<key>[^`]*)`"), "json-unknown-key"),
    (re.compile(r"Expected `(?P<wanted>[^`]*)`, got `(?P<found>[^`]*)`"), "json-other-kind"),
    (re.compile(r"Invalid enum value (?P<found>.*)"), "json-other-value"),
)
_KINDS: Final = ("str", "int", "float", "bool", "decimal", "null", "array", "object")


def _explained(error: msgspec.ValidationError) -> str:
    """msgspec writes ``what - at `$.path` ``; a reader wants the place first, and the words in the own language."""
    what, _, place = str(error).partition(" - at ")
    for pattern, key in _REASONS:
        if match := pattern.fullmatch(what):
            what = say(f"errors.{key}", **{name: _kinds(text) for name, text in match.groupdict().items()})
    return f"{place.strip('`') or '$'}: {what}"


def _kinds(text: str) -> str:
    """``str | null`` in words; any other text as it is."""
    kinds = text.split(" | ")
    if not all(kind in _KINDS for kind in kinds):
        return text
    return say("errors.json-or").join(say(f"errors.json-{kind}") for kind in kinds)


def dump_document(forms: Sequence[Form], where: Sequence[Where] = ()) -> bytes:
    """``forms`` as canonical JSON: UTF-8, two spaces of indent, a line break at the end."""
    document = Document(schema=SCHEMA_ID, forms=tuple(forms), where=tuple(where))
    return msgspec.json.format(_encoder.encode(document), indent=2) + b"\n"


def json_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of the document."""

    def number_schema(wanted: object) -> dict[str, Any]:
        return {"type": "number"} if wanted is Number else {"type": ["string", "number"]}

    schema = msgspec.json.schema(Document, schema_hook=number_schema)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "perfeval/1: 项目支出绩效自评表",
        **schema,
    }


def json_schema_text() -> bytes:
    """The JSON Schema as the file ``docs/perfeval-1.schema.json`` holds it."""
    return msgspec.json.format(msgspec.json.encode(json_schema()), indent=2) + b"\n"
