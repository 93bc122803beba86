"""The compression of streams in a VBA project, [MS-OVBA] 2.4.1. Section numbers are those of that document."""

from __future__ import annotations

import struct
from typing import Final

CHUNK: Final = 4096


def compress(data: bytes) -> bytes:
    """The compressed container of the data, 2.4.1.3.

    A chunk of 4096 bytes that does not shrink is stored as it is. A shorter last one can then only be
    stored padded with zero bytes (2.4.1.3.10), which stay when it is read.
    """
    container = bytearray(b"\x01")
    for start in range(0, len(data), CHUNK):
        chunk = data[start : start + CHUNK]
        shorter = tokens(chunk)
        if shorter is None:
            container += struct.pack("<H", 0x3000 | (CHUNK - 1)) + chunk.ljust(CHUNK, b"\0")
        else:
            container += struct.pack("<H", 0xB000 | (len(shorter) - 1)) + shorter
    return bytes(container)


def tokens(chunk: bytes) -> bytes | None:
    """The chunk as token sequences, each a flag byte and eight tokens; None where they are no shorter
    than a whole chunk."""
    body = bytearray()
    earlier: dict[bytes, list[int]] = {}
    position, flag_at, bit = 0, 0, 8
    while position < len(chunk):
        if bit == 8:
            flag_at, bit = len(body), 0
            body.append(0)
        length, offset = _longest_match(chunk, position, earlier)
        if length:
            body[flag_at] |= 1 << bit
            body += struct.pack("<H", (offset - 1) << _length_bits(position) | (length - 3))
        else:
            length = 1
            body.append(chunk[position])
        for passed in range(position, position + length):
            earlier.setdefault(chunk[passed : passed + 3], []).append(passed)
        position += length
        bit += 1
    return bytes(body) if len(body) < CHUNK else None


def _length_bits(position: int) -> int:
    """Bits of a copy token that hold its length, where so much of the chunk is decompressed, 2.4.1.3.19.1."""
    return 16 - max((position - 1).bit_length(), 4)


def _longest_match(chunk: bytes, position: int, earlier: dict[bytes, list[int]]) -> tuple[int, int]:
    """Length and distance of the longest earlier occurrence of what follows; (0, 0) for none of 3 bytes."""
    longest = min((1 << _length_bits(position)) + 2, len(chunk) - position)
    best = (0, 0)
    for candidate in reversed(earlier.get(chunk[position : position + 3], ())):
        length = 3
        while length < longest and chunk[candidate + length] == chunk[position + length]:
            length += 1
        if length > best[0]:
            best = length, position - candidate
        if best[0] == longest:
            break
    return best


def decompress(container: bytes) -> bytes:
    """The data of a compressed container, 2.4.1.3.1. Raises ``ValueError`` for what is none."""
    if container[:1] != b"\x01":
        raise ValueError("no compressed container")
    data = bytearray()
    position = 1
    while position + 2 <= len(container):
        (header,) = struct.unpack_from("<H", container, position)
        body = container[position + 2 : position + 3 + (header & 0xFFF)]
        position += 2 + len(body)
        data += _decompressed_chunk(body) if header & 0x8000 else body
    return bytes(data)


def _decompressed_chunk(body: bytes) -> bytes:
    """One chunk from its token sequences, 2.4.1.3.2."""
    chunk = bytearray()
    at = 0
    while at < len(body):
        flags = body[at]
        at += 1
        for bit in range(8):
            if at >= len(body):
                break
            if not flags >> bit & 1:
                chunk.append(body[at])
                at += 1
                continue
            if at + 2 > len(body):
                raise ValueError("a chunk ends within a token")
            (token,) = struct.unpack_from("<H", body, at)
            at += 2
            bits = _length_bits(len(chunk))
            length, offset = (token & (1 << bits) - 1) + 3, (token >> bits) + 1
            if offset > len(chunk):
                raise ValueError("a token points before its chunk")
            for _ in range(length):
                chunk.append(chunk[-offset])
    return bytes(chunk)
