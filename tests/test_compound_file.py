"""The compound files we write, read back by olefile, an implementation not ours."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO

import olefile
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perfeval_xl.package.compound_file import CompoundFileError, Storage, compound_file

SIZES_AT_LIMITS = [0, 1, 63, 64, 65, 511, 512, 513, 4095, 4096, 4097, 65_536]


def read_back(data: bytes) -> dict[str, bytes]:
    """Every stream by its path; fails on the slightest defect olefile sees."""
    with olefile.OleFileIO(BytesIO(data), raise_defects=olefile.DEFECT_UNSURE) as ole:
        assert ole.parsing_issues == []
        return {"/".join(path): ole.openstream(path).read() for path in ole.listdir()}


def flat(content: Storage, prefix: str = "") -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for name, value in content.items():
        if isinstance(value, Mapping):
            found |= flat(value, f"{prefix}{name}/")
        else:
            found[prefix + name] = value
    return found


@pytest.mark.parametrize("size", SIZES_AT_LIMITS)
def test_a_stream_of_any_size_is_read_back(size: int) -> None:
    content = {"data": bytes(range(256)) * (size // 256) + bytes(range(size % 256))}
    assert read_back(compound_file(content)) == content


def test_streams_on_both_sides_of_the_mini_limit_live_together() -> None:
    content: Storage = {"small": b"s" * 100, "large": b"l" * 9000, "folder": {"inside": b"i" * 4096, "empty": b""}}
    assert read_back(compound_file(content)) == flat(content)


names = st.text(
    st.characters(codec="ascii", exclude_characters="/\\:!\0", categories=["L", "N"]), min_size=1, max_size=31
)
folders = st.dictionaries(names, st.binary(max_size=5000), max_size=12)


def unlike(content: Storage) -> bool:
    return len({name.upper() for name in content}) == len(content)


@settings(max_examples=60, deadline=None)
@given(top=folders.filter(unlike), inside=folders.filter(unlike))
def test_any_tree_is_read_back(top: dict[str, bytes], inside: dict[str, bytes]) -> None:
    content: Storage = {**top, "a folder": inside}
    assert read_back(compound_file(content)) == flat(content)


@pytest.mark.parametrize("count", range(1, 40))
def test_every_entry_is_found_by_the_search_the_format_prescribes(count: int) -> None:
    """olefile lists the tree; a program looks names up in it, which needs the order and the colours."""
    content = {f"Name{'x' * (number % 7)}{number}": b"" for number in range(count)}
    with olefile.OleFileIO(BytesIO(compound_file(content))) as ole:
        entries = ole.direntries
        for name in content:
            assert _found(entries, entries[0].sid_child, name)
        _check_red_black(entries, entries[0].sid_child)


def _key(name: str) -> tuple[int, str]:
    return len(name), name.upper()


def _found(entries: list[olefile.OleDirectoryEntry], number: int, name: str) -> bool:
    while number != olefile.NOSTREAM:
        entry = entries[number]
        if entry.name == name:
            return True
        number = entry.sid_left if _key(name) < _key(entry.name) else entry.sid_right
    return False


def _check_red_black(entries: list[olefile.OleDirectoryEntry], number: int, parent_red: bool = True) -> int:
    """The number of black entries below, the same on every path; the root is black, no red below red."""
    if number == olefile.NOSTREAM:
        return 0
    entry = entries[number]
    red = entry.color == 0
    assert not (red and parent_red)
    left, right = (_check_red_black(entries, side, red) for side in (entry.sid_left, entry.sid_right))
    assert left == right
    return left + (not red)


def test_the_same_content_gives_the_same_bytes() -> None:
    content: Storage = {"b": b"2" * 5000, "a": {"c": b"3"}}
    assert compound_file(content) == compound_file(content)


@pytest.mark.parametrize("name", ["", "x" * 32, "a/b", "a:b", "a\\b", "a!b"])
def test_a_name_the_format_forbids_is_refused(name: str) -> None:
    with pytest.raises(CompoundFileError, match="name"):
        compound_file({name: b""})


def test_two_names_alike_but_for_case_are_refused() -> None:
    with pytest.raises(CompoundFileError, match=r"'DIR'.*case"):
        compound_file({"dir": b"", "DIR": b""})


def test_the_largest_file_without_a_difat_is_whole_and_one_more_sector_is_refused() -> None:
    directory, fat = 1, 109
    largest = (109 * 128 - fat - directory) * 512
    assert len(read_back(compound_file({"big": b"x" * largest}))["big"]) == largest
    with pytest.raises(CompoundFileError, match="about 7 MB"):
        compound_file({"big": b"x" * (largest + 1)})
