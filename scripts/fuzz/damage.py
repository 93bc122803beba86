"""Ways to break a file: its bytes, its zip, its XML, and what only its format knows."""

from __future__ import annotations

import io
import re
import struct
import warnings
import zipfile
from collections.abc import Callable
from pathlib import PurePath
from random import Random

Damage = Callable[[Random, bytes], bytes]
_NUMBERS = (
    b"0",
    b"1",
    b"-1",
    b"7",
    b"65535",
    b"1048576",
    b"4294967295",
    b"99999999999999999999",
    b"1e400",
    b"NaN",
    b"",
)
_WORDS = (
    *_NUMBERS, b"\xff\xfe", b"\x00", "自评表".encode(), b"XFD1048576", b"A0", b"<!-- -->", b"&a;", b"&#49;", b"<x>",
    b"]]>", b"../../a", b"true", b"\xef\xbf\xbe", b"\xed\xa0\x80", "①".encode(), b"%", b"=1+1", b"'",
)  # fmt: skip
_INTEGERS = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF)


def damaged(random: Random, name: str, data: bytes) -> bytes:
    """``data`` after one to three blows that fit its kind."""
    ways = [*_BYTES, *_OF_KIND.get(PurePath(name).suffix, ())]
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # zipfile warns of names that stand twice: that is the damage
            data = random.choice(ways)(random, data)
    return data


# --- bytes --------------------------------------------------------------------------------------------------------


def _flip(random: Random, data: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(random.choice((1, 1, 4, 30))):
        if changed:
            changed[random.randrange(len(changed))] = random.randrange(256)
    return bytes(changed)


def _number(random: Random, data: bytes) -> bytes:
    at = random.randrange(len(data) + 1)
    size = random.choice((1, 2, 4))
    value = random.choice(_INTEGERS) & ((1 << 8 * size) - 1)
    return data[:at] + value.to_bytes(size, random.choice(("little", "big"))) + data[at + size :]


def _cut(random: Random, data: bytes) -> bytes:
    at = random.randrange(len(data) + 1)
    return data[:at] if random.random() < 0.5 else data[:at] + data[at + random.randrange(1, 500) :]


def _double(random: Random, data: bytes) -> bytes:
    at = random.randrange(len(data) + 1)
    return data[:at] + data[at : at + random.randrange(1, 2000)] * random.choice((2, 3, 50)) + data[at:]


def _insert(random: Random, data: bytes) -> bytes:
    at = random.randrange(len(data) + 1)
    return data[:at] + random.choice(_WORDS) * random.choice((1, 1, 100)) + data[at:]


_BYTES: tuple[Damage, ...] = (_flip, _number, _cut, _double, _insert)


# --- text and XML -------------------------------------------------------------------------------------------------


def _value(random: Random, data: bytes) -> bytes:
    """A number, a word or an attribute becomes another."""
    places = list(re.finditer(rb"[0-9]+(?:\.[0-9]+)?|\"[^\"<>]{0,40}\"", data))
    if not places:
        return data
    place = random.choice(places)
    word = random.choice(_WORDS)
    return data[: place.start()] + (b'"%s"' % word if place[0][:1] == b'"' else word) + data[place.end() :]


def _element(random: Random, data: bytes) -> bytes:
    """An element is lost, repeated, or put inside itself."""
    places = list(re.finditer(rb"<([\w:]+)[^<>]*(?:/>|>[^<>]*</\1>)", data))
    if not places:
        return data
    place = random.choice(places)
    times = random.choice((0, 0, 2, 3, 1000))
    return data[: place.start()] + place[0] * times + data[place.end() :]


def _entity(random: Random, data: bytes) -> bytes:
    at = data.find(b"?>") + 2 if data.startswith(b"<?xml") else 0
    blank = b"<!--" + b" " * random.choice((0, 5000)) + b"-->"
    return data[:at] + blank + b'<!DOCTYPE a [<!ENTITY a "9">]>' + data[at:].replace(b"<v>", b"<v>&a;", 1)


def _inside(random: Random, data: bytes) -> bytes:
    """Something stands inside a value."""
    places = [match.end() for match in re.finditer(rb"<(?:v|t|w:t|x:p)>", data)]
    if not places:
        return data
    at = random.choice(places)
    return data[:at] + random.choice((b"<!-- x -->", b"<?a b?>", b"<![CDATA[1]]>", b"&#49;", b" ", b"\n5")) + data[at:]


def _deep(random: Random, data: bytes) -> bytes:
    at = data.find(b">", random.randrange(len(data) + 1)) + 1
    depth = random.choice((50, 300, 5000))
    return data[:at] + b"<a>" * depth + b"</a>" * depth + data[at:]


_XML: tuple[Damage, ...] = (_value, _value, _element, _entity, _inside, _deep)


# --- packages -----------------------------------------------------------------------------------------------------


def _part(random: Random, data: bytes) -> bytes:
    """One part of a package is damaged; the package itself stays sound."""
    parts = _parts(data)
    if not parts:
        return data
    name = random.choice(list(parts))
    return _zipped({**parts, name: random.choice((*_XML, *_BYTES))(random, parts[name])})


def _directory(random: Random, data: bytes) -> bytes:
    """Parts are lost, empty, swapped, renamed or stand twice."""
    parts = _parts(data)
    if not parts:
        return data
    one, other = random.choice(list(parts)), random.choice(list(parts))
    way = random.randrange(5)
    if way == 0:
        parts.pop(one)
    elif way == 1:
        parts[one] = b""
    elif way == 2:
        parts[one], parts[other] = parts[other], parts[one]
    elif way == 3:
        parts[one.upper()] = parts.pop(one)
    else:
        return _zipped(parts, twice=one)
    return _zipped(parts)


def _header(random: Random, data: bytes) -> bytes:
    """A field of an entry of the directory lies."""
    places = [match.start() for match in re.finditer(b"PK\x01\x02|PK\x03\x04", data)]
    if not places:
        return data
    at = random.choice(places) + random.randrange(4, 42)
    return data[:at] + random.choice(_INTEGERS).to_bytes(4, "little") + data[at + 4 :]


def _parts(data: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return {name: archive.read(name) for name in archive.namelist()}
    except Exception:
        return {}


def _zipped(parts: dict[str, bytes], twice: str = "") -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in parts.items():
            archive.writestr(zipfile.ZipInfo(name), body, zipfile.ZIP_DEFLATED)
        if twice:
            archive.writestr(zipfile.ZipInfo(twice), parts[twice])
    return file.getvalue()


# --- one format each ----------------------------------------------------------------------------------------------


def _record(random: Random, data: bytes) -> bytes:
    """A record of an old workbook: another number, length or content."""
    start = 512
    places: list[tuple[int, int]] = []
    while start + 4 < len(data) and len(places) < 3000:
        number, size = struct.unpack_from("<HH", data, start)
        if number == 0 and size == 0:
            break
        places.append((start, size))
        start += 4 + size
    if not places:
        return data
    at, size = random.choice(places)
    field = random.choice((at, at + 2, at + 4, at + 6, at + 4 + random.randrange(size + 1)))
    value = random.choice((*_INTEGERS, 0xFC, 0x0200, 0xBD, 0x0809))
    return data[:field] + (value & 0xFFFF).to_bytes(2, "little") + data[field + 2 :]


def _sector(random: Random, data: bytes) -> bytes:
    """A link of an old container leads elsewhere."""
    at = random.choice((44, 48, 60, 64, 68, 72, *range(76, 120, 4), *range(512, min(len(data), 4096), 4)))
    value = random.choice((0, 1, 2, 3, 5, 0xFFFFFFFE, 0xFFFFFFFF, 0x7FFFFFFF))
    return data[:at] + value.to_bytes(4, "little") + data[at + 4 :]


def _object(random: Random, data: bytes) -> bytes:
    """An object of a PDF is repeated, or one of its numbers is another."""
    if random.random() < 0.3:
        words = (b"/Filter/FlateDecode", b"/DecodeParms<</Predictor 12/Columns 999999999>>", b"/Filter/LZWDecode")
        return data.replace(b"/Length", random.choice(words) + b"/Length", 1)
    return _value(random, data)


def _lines(random: Random, data: bytes) -> bytes:
    """Lines of a text change places, or one is printed ten thousand times."""
    lines = data.split(b"\n")
    one, other = random.randrange(len(lines)), random.randrange(len(lines))
    if random.random() < 0.3:
        lines[one:one] = [lines[other]] * random.choice((1, 100, 10_000))
    else:
        lines[one], lines[other] = lines[other], lines[one]
    return b"\n".join(lines)


_PACKAGE: tuple[Damage, ...] = (_part, _part, _part, _part, _directory, _header)
_OF_KIND: dict[str, tuple[Damage, ...]] = {
    ".xlsx": _PACKAGE,
    ".docx": _PACKAGE,
    ".ods": _PACKAGE,
    ".xls": (_record, _record, _record, _sector),
    ".pdf": (_object, _object, _value),
    ".html": _XML,
    ".txt": (_lines, _value),
    ".md": (_lines, _value),
    ".csv": (_lines, _value),
    ".json": (_value, _value, _lines),
}
