"""The part of msgspec that this project uses, in plain Python, for a Python that cannot install packages.

It goes into the LibreOffice add-in as ``msgspec`` and stands behind a real one where that is installed. Slower by far,
which a form at a time does not notice; it gives the same objects and the same bytes, which a test holds it to.
"""

from __future__ import annotations

import json as _json
import types
import typing
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Literal

Hook = Callable[[Any, Any], Any]
_MISSING = object()


class ValidationError(ValueError):
    """A value is not of the type asked for; ends with the place of it: ``… - at `$.path` ``."""


class DecodeError(ValueError):
    """The text is no JSON."""


# --- records -------------------------------------------------------------------------------------------------------


class _Meta(type):
    """Collects the annotated fields of a class and of those it extends."""

    def __new__(cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **settings: bool) -> Any:
        made = super().__new__(cls, name, bases, namespace)
        fields = [field for base in bases for field in getattr(base, "__struct_fields__", ())]
        own = [key for key in namespace.get("__annotations__", {}) if bases and key not in fields]
        made.__struct_fields__ = (*fields, *own)  # type: ignore[attr-defined]
        inherited = {key: value for base in bases for key, value in getattr(base, "_settings", {}).items()}
        made._settings = inherited | settings  # type: ignore[attr-defined]
        return made

    def __init__(cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **_settings: bool) -> None:
        super().__init__(name, bases, namespace)


class Struct(metaclass=_Meta):
    """A record: fields are the annotations, given by name; equal when all fields are."""

    __struct_fields__: tuple[str, ...]
    _settings: dict[str, bool]

    def __init__(self, **values: Any) -> None:
        for field in self.__struct_fields__:
            value = values.pop(field) if field in values else getattr(type(self), field, _MISSING)
            if value is _MISSING:
                raise TypeError(f"Missing required argument '{field}'")
            object.__setattr__(self, field, value)
        if values:
            raise TypeError(f"Unexpected keyword argument '{next(iter(values))}'")
        if hasattr(self, "__post_init__"):
            self.__post_init__()

    def __setattr__(self, name: str, value: Any) -> None:
        if self._settings.get("frozen"):
            raise AttributeError(f"immutable type: '{type(self).__name__}'")
        object.__setattr__(self, name, value)

    def _values(self) -> tuple[Any, ...]:
        return tuple(getattr(self, field) for field in self.__struct_fields__)

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and isinstance(other, Struct) and self._values() == other._values()

    def __hash__(self) -> int:
        return hash((type(self), self._values()))

    def __repr__(self) -> str:
        shown = ", ".join(f"{field}={getattr(self, field)!r}" for field in self.__struct_fields__)
        return f"{type(self).__name__}({shown})"


class _Structs:
    """``msgspec.structs``."""

    @staticmethod
    def force_setattr(record: Struct, name: str, value: Any) -> None:
        """Sets a field of a frozen record, as only its own ``__post_init__`` may."""
        object.__setattr__(record, name, value)

    @staticmethod
    def replace(record: Any, **changes: Any) -> Any:
        """A copy with other values in some fields."""
        return type(record)(**{field: getattr(record, field) for field in record.__struct_fields__} | changes)


structs = _Structs()


# --- values of a type ----------------------------------------------------------------------------------------------


def convert(value: Any, type: Any, *, dec_hook: Hook | None = None) -> Any:
    """``value``, made of dicts, lists and plain values, as ``type``. Raises ``ValidationError``."""
    return _converted(value, type, dec_hook, "$")


def _converted(value: Any, wanted: Any, hook: Hook | None, place: str) -> Any:
    origin = typing.get_origin(wanted)
    if wanted is Any:
        return value
    if origin is Literal:
        if value in typing.get_args(wanted) and isinstance(value, str):
            return value
        raise _wrong(f"Invalid enum value {value!r}", place)
    if origin in (typing.Union, types.UnionType):
        return _one_of(value, typing.get_args(wanted), hook, place)
    if origin in (tuple, list):
        return _sequence(value, origin, typing.get_args(wanted), hook, place)
    if origin is dict:
        return _mapping(value, typing.get_args(wanted), hook, place)
    if isinstance(wanted, _Meta):
        return _record(value, wanted, hook, place)
    return _plain(value, wanted, hook, place)


def _wrong(what: str, place: str) -> ValidationError:
    return ValidationError(what if place == "$" else f"{what} - at `{place}`")


def _one_of(value: Any, choices: tuple[Any, ...], hook: Hook | None, place: str) -> Any:
    if value is None and types.NoneType in choices:
        return None
    problem: ValidationError | None = None
    for choice in choices:
        if choice is not types.NoneType:
            try:
                return _converted(value, choice, hook, place)
            except ValidationError as error:
                problem = problem or error
    raise problem or _wrong(f"Expected `null`, got `{_kind(value)}`", place)


def _sequence(value: Any, kind: Any, inner: tuple[Any, ...], hook: Hook | None, place: str) -> Any:
    if not isinstance(value, list | tuple):
        raise _wrong(f"Expected `array`, got `{_kind(value)}`", place)
    if kind is list or inner[-1:] == (Ellipsis,):
        types_ = [inner[0]] * len(value)
    elif len(inner) == len(value):
        types_ = list(inner)
    else:
        raise _wrong(f"Expected `array` of length {len(inner)}", place)
    return kind(_converted(item, t, hook, f"{place}[{n}]") for n, (item, t) in enumerate(zip(value, types_)))  # noqa: B905


def _mapping(value: Any, inner: tuple[Any, ...], hook: Hook | None, place: str) -> dict[Any, Any]:
    if not isinstance(value, dict):
        raise _wrong(f"Expected `object`, got `{_kind(value)}`", place)
    return {
        _converted(key, inner[0], hook, f"key in {place}"): _converted(item, inner[1], hook, f"{place}.{key}")
        for key, item in value.items()
    }


def _record(value: Any, wanted: Any, hook: Hook | None, place: str) -> Any:
    if isinstance(value, wanted):
        return value
    if not isinstance(value, dict):
        raise _wrong(f"Expected `object`, got `{_kind(value)}`", place)
    hints = _hints(wanted)
    unknown = next((key for key in value if key not in hints), None)
    if unknown is not None and wanted._settings.get("forbid_unknown_fields"):
        raise _wrong(f"Object contains unknown field `{unknown}`", place)
    missing = next((key for key in hints if key not in value and not hasattr(wanted, key)), None)
    if missing is not None:
        raise _wrong(f"Object missing required field `{missing}`", place)
    given = {key: _converted(value[key], t, hook, f"{place}.{key}") for key, t in hints.items() if key in value}
    try:
        return wanted(**given)
    except (TypeError, ValueError) as error:
        raise _wrong(str(error), place) from error


_known_hints: dict[type, dict[str, Any]] = {}


def _hints(wanted: type) -> dict[str, Any]:
    """The types of a record's fields, in their order; worked out once."""
    if wanted not in _known_hints:
        hints = typing.get_type_hints(wanted)
        _known_hints[wanted] = {field: hints[field] for field in wanted.__struct_fields__}  # type: ignore[attr-defined]
    return _known_hints[wanted]


def _plain(value: Any, wanted: Any, hook: Hook | None, place: str) -> Any:
    if wanted is Decimal and isinstance(value, int | float | str | Decimal) and not isinstance(value, bool):
        return value if isinstance(value, Decimal) else Decimal(str(value))
    if wanted in (str, int, float, bool):
        if isinstance(value, wanted) and (wanted is bool or not isinstance(value, bool)):
            return value
        raise _wrong(f"Expected `{wanted.__name__}`, got `{_kind(value)}`", place)
    if hook is None:
        raise _wrong(f"Unsupported type {wanted!r}", place)
    try:
        return hook(wanted, value)
    except (TypeError, ValueError) as error:
        raise _wrong(str(error), place) from error


def _kind(value: Any) -> str:
    """The type of a value in the words of JSON."""
    names = {dict: "object", list: "array", tuple: "array", types.NoneType: "null"}
    return names.get(type(value), type(value).__name__)


# --- JSON ----------------------------------------------------------------------------------------------------------


class _Decoder:
    """``msgspec.json.Decoder``: ``float_hook`` makes the numbers that have a point or an exponent."""

    def __init__(self, type: Any = Any, *, float_hook: Callable[[str], Any] = float) -> None:
        self._type, self._float_hook = type, float_hook

    def decode(self, data: bytes | str) -> Any:
        """Raises ``DecodeError``."""
        try:
            raw = _json.loads(data, parse_float=self._float_hook, parse_constant=_no_constant)
        except ValueError as error:
            raise DecodeError(f"JSON is malformed: {error}") from None
        return convert(raw, self._type)


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


class _Encoder:
    """``msgspec.json.Encoder``: records as objects, decimals as numbers or as texts."""

    def __init__(self, *, decimal_format: Literal["string", "number"] = "string") -> None:
        self._numbers = decimal_format == "number"

    def encode(self, value: Any) -> bytes:
        """As compact UTF-8."""
        return self._text(value).encode()

    def _text(self, value: Any) -> str:
        if isinstance(value, Decimal):
            return str(value) if self._numbers else f'"{value}"'
        if isinstance(value, Struct):
            value = _fields(value)
        if isinstance(value, dict):
            return "{" + ",".join(f"{self._text(key)}:{self._text(item)}" for key, item in value.items()) + "}"
        if isinstance(value, list | tuple):
            return "[" + ",".join(map(self._text, value)) + "]"
        return _json.dumps(value, ensure_ascii=False)


def _fields(record: Struct) -> dict[str, Any]:
    """The fields that are written: with ``omit_defaults`` those that are not as the class has them."""
    values = {field: getattr(record, field) for field in record.__struct_fields__}
    if record._settings.get("omit_defaults"):
        return {key: value for key, value in values.items() if getattr(type(record), key, _MISSING) != value}
    return values


class _Exact(str):
    """A number kept as it is written."""


class _Json:
    """``msgspec.json``."""

    Decoder = _Decoder
    Encoder = _Encoder

    @staticmethod
    def encode(value: Any) -> bytes:
        """As compact UTF-8."""
        return _Encoder().encode(value)

    @staticmethod
    def format(data: bytes, *, indent: int = 2) -> bytes:
        """JSON laid out over lines; the numbers stay as they are written."""
        value = _json.loads(data, parse_float=_Exact, parse_int=_Exact)
        return _laid_out(value, " " * indent, "\n").encode()


def _laid_out(value: Any, step: str, line: str) -> str:
    deeper = line + step
    if isinstance(value, dict) and value:
        items = (
            f"{_json.dumps(key, ensure_ascii=False)}: {_laid_out(item, step, deeper)}" for key, item in value.items()
        )
        return "{" + deeper + ("," + deeper).join(items) + line + "}"
    if isinstance(value, list) and value:
        return "[" + deeper + ("," + deeper).join(_laid_out(item, step, deeper) for item in value) + line + "]"
    return str(value) if isinstance(value, _Exact) else _json.dumps(value, ensure_ascii=False)


json = _Json()
