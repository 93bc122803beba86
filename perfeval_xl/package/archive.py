"""A zip written member by member; one that did not change goes over as it is, not inflated and deflated again."""

from __future__ import annotations

import copy
import struct
import zipfile
import zlib
from collections.abc import Iterable
from typing import Final, NamedTuple

_LOCAL: Final = struct.Struct("<4s5H3I2H")
_CENTRAL: Final = struct.Struct("<4s4B4H3I5H2I")
_END: Final = struct.Struct("<4s4H2IH")
#: Sizes stand in the headers, so no data descriptor follows a member.
_DESCRIPTOR: Final = 0x8
#: Encrypted members, and patches of others.
_NOT_READ: Final = 0x1 | 0x20 | 0x40
_UTF8: Final = 0x800
#: Of the levels of deflate: a sheet takes half the time of the usual level 6 and a sixth more room.
_LEVEL: Final = 3
_NEEDED_VERSION: Final = 20
#: zlib's ``memLevel`` that is fastest for parts of a hundred kilobytes.
_SMALL_TABLES: Final = 7


class Member(NamedTuple):
    """A member of a zip: its directory entry, and its bytes as they stand in the file."""

    info: zipfile.ZipInfo
    stored: bytes


def member_of(data: bytes, info: zipfile.ZipInfo) -> Member:
    """A member of the zip ``data`` as it is. Raises ``ValueError`` when its header is damaged or names another."""
    start = info.header_offset
    header = data[start : start + _LOCAL.size]
    if len(header) < _LOCAL.size or not header.startswith(b"PK\x03\x04"):
        raise ValueError(info.filename)
    _, _, flags, *_, length, extra = _LOCAL.unpack(header)
    begin = start + _LOCAL.size + length
    name = data[start + _LOCAL.size : begin].decode("utf-8" if flags & _UTF8 else "cp437")
    if name != info.orig_filename:
        raise ValueError(info.filename)
    begin += extra
    stored = data[begin : begin + info.compress_size]
    if len(stored) != info.compress_size:
        raise ValueError(info.filename)
    return Member(info, stored)


def content_of(member: Member) -> bytes:
    """What a member holds, checked. Raises ``ValueError`` when it is damaged or its directory entry is not true."""
    info = member.info
    if info.flag_bits & _NOT_READ:
        raise ValueError(info.filename)
    content = member.stored
    if info.compress_type == zipfile.ZIP_DEFLATED:
        press = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            content = press.decompress(member.stored, info.file_size + 1)
        except zlib.error as problem:
            raise ValueError(info.filename) from problem
    if len(content) != info.file_size or zlib.crc32(content) != info.CRC:
        raise ValueError(info.filename)
    return content


class Packed(NamedTuple):
    """A part as a zip stores it, with the checksum and the size of what it holds."""

    stored: bytes
    checksum: int
    size: int


def new_member(info: zipfile.ZipInfo, content: bytes) -> Member:
    """A member with new content: name, date and attributes are those of ``info``."""
    stored = deflated(content) if info.compress_type == zipfile.ZIP_DEFLATED else content
    return packed_member(info, Packed(stored, zlib.crc32(content), len(content)))


def packed_member(info: zipfile.ZipInfo, packed: Packed) -> Member:
    """A member with new content that is compressed as ``info`` says."""
    fresh = copy.copy(info)
    fresh.CRC, fresh.file_size, fresh.compress_size = packed.checksum, packed.size, len(packed.stored)
    return Member(fresh, packed.stored)


def deflated(content: bytes) -> bytes:
    """``content`` as a zip stores it."""
    press = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    return press.compress(content) + press.flush()


class PackedPiece(NamedTuple):
    """The end of a part, compressed so that it may follow whatever begins the part: it refers to nothing before it."""

    content: bytes
    stored: bytes


def packed_piece(content: bytes) -> PackedPiece:
    """``content`` as the end of parts, compressed once for all of them."""
    press = zlib.compressobj(zlib.Z_BEST_COMPRESSION, zlib.DEFLATED, -zlib.MAX_WBITS)
    return PackedPiece(content, press.compress(content) + press.flush())


def packed_before(content: bytes, end: PackedPiece) -> Packed:
    """A part that begins with ``content`` and ends with a piece that is compressed already."""
    press = zlib.compressobj(zlib.Z_BEST_SPEED, zlib.DEFLATED, -zlib.MAX_WBITS, _SMALL_TABLES)
    # A full flush ends on a whole byte, where the piece can begin.
    stored = press.compress(content) + press.flush(zlib.Z_FULL_FLUSH) + end.stored
    checksum = zlib.crc32(end.content, zlib.crc32(content))
    return Packed(stored, checksum, len(content) + len(end.content))


def archive(members: Iterable[Member]) -> bytes:
    """A zip of the members, in their order."""
    body = bytearray()
    directory = bytearray()
    count = 0
    for info, stored in members:
        count += 1
        offset = len(body)
        name = info.filename.encode("utf-8")
        flags = (info.flag_bits & ~_DESCRIPTOR) | (0 if info.filename.isascii() else _UTF8)
        moment = _moment(info)
        sizes = (info.CRC, len(stored), info.file_size)
        body += _LOCAL.pack(b"PK\x03\x04", _NEEDED_VERSION, flags, info.compress_type, *moment, *sizes, len(name), 0)
        body += name + stored
        directory += _CENTRAL.pack(
            b"PK\x01\x02", info.create_version, info.create_system, _NEEDED_VERSION, 0, flags, info.compress_type,
            *moment, *sizes, len(name), 0, 0, 0, info.internal_attr, info.external_attr, offset,
        )  # fmt: skip
        directory += name
    end = _END.pack(b"PK\x05\x06", 0, 0, count, count, len(directory), len(body), 0)
    return bytes(body + directory + end)


def _moment(info: zipfile.ZipInfo) -> tuple[int, int]:
    """Time and date as zip writes them."""
    year, month, day, hour, minute, second = info.date_time
    return hour << 11 | minute << 5 | second // 2, (year - 1980) << 9 | month << 5 | day
