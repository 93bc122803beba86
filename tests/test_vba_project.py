"""VBA projects made from text, read back by oletools and olefile: neither shares code with ours."""

from __future__ import annotations

import random
from io import BytesIO
from pathlib import Path

import olefile
import pytest
import xlwings
from hypothesis import example, given, settings
from hypothesis import strategies as st

from perfeval_xl.addin.vba_project import (
    Module,
    VbaSourceError,
    encrypt,
    module_text,
    vba_project,
)
from perfeval_xl.package.vba_compression import compress, decompress
from tests.olevba import decompressed, extracted

CHUNK = 4096
LARGEST_STORED_EXACTLY = 3640  # literals cost a flag bit each: 3640 * 9 / 8 = 4095 bytes

TINY = Module("Tiny", "module", "Option Explicit\n\nPublic Function TINY(x)\n    TINY = x * 2\nEnd Function\n")
BOOK = Module("ThisWorkbook", "workbook", "")
SHEET = Module("Sheet1", "sheet", "")
CLASS = Module(
    "Finding",
    "class",
    "VERSION 1.0 CLASS\nBEGIN\n  MultiUse = -1  'True\nEND\n"
    'Attribute VB_Name = "Finding"\nAttribute VB_PredeclaredId = True\nAttribute VB_Description = "One mistake"\n'
    "Public Code As String\n"
    "Public Property Get Text() As String\nAttribute Text.VB_UserMemId = 0\n    Text = Code\nEnd Property\n",
)


def noise(size: int, seed: int = 1) -> bytes:
    return random.Random(seed).randbytes(size)


def restored(data: bytes) -> bytes:
    """Compressed, and read by oletools; what we decompress must be the same."""
    container = compress(data)
    assert decompress(container) == decompressed(container)
    return decompressed(container)


# -- compression


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300), st.integers(1, 60))
@example(b"\0", 4097)
@example(b"ab", 5000)
@example(b"", 1)
def test_what_repeats_is_restored(piece: bytes, times: int) -> None:
    assert restored(piece * times) == piece * times


@settings(max_examples=100, deadline=None)
@given(st.text(st.sampled_from("AaBb \r\n(),.=\"'"), max_size=9000))
def test_text_is_restored(text: str) -> None:
    assert restored(text.encode()) == text.encode()


@pytest.mark.parametrize("size", [1, 2, 3, 15, 16, 17, 4095, 4096, 4097, 8191, 8192, 8193, 12_288])
@pytest.mark.parametrize("kind", ["zeros", "lines"])
def test_sizes_around_the_chunk_limit_are_restored(size: int, kind: str) -> None:
    lines = b"".join(b"    total = total + score(%d)\r\n" % number for number in range(size // 20 + 1))
    data = bytes(size) if kind == "zeros" else lines[:size]
    assert restored(data) == data
    assert len(compress(data)) < max(size, 20)


@pytest.mark.parametrize("size", [100, LARGEST_STORED_EXACTLY, CHUNK, 2 * CHUNK, 3 * CHUNK + 500])
def test_what_does_not_shrink_is_restored(size: int) -> None:
    assert restored(noise(size)) == noise(size)


@pytest.mark.parametrize("size", [LARGEST_STORED_EXACTLY + 1, 4000, CHUNK - 1, CHUNK + 4000])
def test_a_last_chunk_that_does_not_shrink_is_padded_as_the_format_says(size: int) -> None:
    padded = noise(size) + bytes(-size % CHUNK)
    assert restored(noise(size)) == padded


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**32), st.lists(st.tuples(st.booleans(), st.integers(0, 1500)), max_size=8))
def test_noise_and_repeats_together_are_restored(seed: int, parts: list[tuple[bool, int]]) -> None:
    data = b"".join(noise(size, seed) if noisy else bytes(size) for noisy, size in parts)
    back = restored(data)
    assert back[: len(data)] == data
    assert back[len(data) :].strip(b"\0") == b""


@pytest.mark.parametrize(
    ("plain", "packed"),
    [
        # The worked examples of [MS-OVBA] 3.2: without and with repeats, and the greatest repeat.
        (b"abcdefghijklmnopqrstuv.", "0119B000616263646566676800696A6B6C6D6E6F70007172737475762E"),
        (
            b"#aaabcdefaaaaghijaaaaaklaaamnopqaaaaaaaaaaaarstuvwxyzaaa",
            "012FB000236161616263646582660070616768696A013808616B6C0030 6D6E6F7006710270 0410 7273747576"
            "10 7778797A003C",
        ),
        (b"a" * 73, "0103B002614500"),
    ],
)
def test_the_examples_of_the_specification(plain: bytes, packed: str) -> None:
    assert restored(plain) == plain
    assert decompressed(bytes.fromhex(packed)) == plain
    assert len(compress(plain)) == len(bytes.fromhex(packed))


# -- modules


def test_olevba_extracts_every_module_unchanged() -> None:
    modules = [BOOK, SHEET, TINY, CLASS]
    assert extracted(vba_project(modules)) == {module.name: module_text(module) for module in modules}


def test_the_runtime_that_xlwings_ships_is_taken_as_it_is() -> None:
    source = (Path(xlwings.__file__).parent / "xlwings.bas").read_text(encoding="ascii")
    module = Module("xlwings", "module", source)
    (code,) = extracted(vba_project([module])).values()
    assert len(code) > 10 * CHUNK
    assert code.splitlines() == source.rstrip().splitlines()


@settings(max_examples=25, deadline=None)
@given(st.lists(st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=120), max_size=150))
def test_olevba_extracts_any_lines_unchanged(lines: list[str]) -> None:
    module = Module("Any", "module", "\n".join(["' top", *(line.removesuffix(" _") for line in lines)]))
    assert extracted(vba_project([module])) == {"Any": module_text(module)}


def test_a_text_that_does_not_shrink_gets_blank_lines_and_no_zero_bytes() -> None:
    letters = random.Random(3).choices("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", k=3900)
    lines = ["'" + "".join(letters[at : at + 1000]) for at in range(0, 3900, 1000)]
    module = Module("Noise", "module", "\n".join(lines))
    (code,) = extracted(vba_project([module])).values()
    assert code.startswith(module_text(module))
    assert code[len(module_text(module)) :].strip() == ""
    assert "\0" not in code


def test_olefile_reads_every_stream_of_the_container() -> None:
    with olefile.OleFileIO(BytesIO(vba_project([BOOK, TINY])), raise_defects=olefile.DEFECT_UNSURE) as ole:
        assert ole.parsing_issues == []
        streams = {"/".join(path): ole.openstream(path).read() for path in ole.listdir()}
    assert sorted(streams) == [
        "PROJECT",
        "PROJECTwm",
        "VBA/ThisWorkbook",
        "VBA/Tiny",
        "VBA/_VBA_PROJECT",
        "VBA/dir",
    ]
    assert streams["VBA/_VBA_PROJECT"] == bytes.fromhex("CC61FFFF000000")
    assert b"Document=ThisWorkbook/&H00000000\r\nModule=Tiny\r\n" in streams["PROJECT"]
    assert streams["PROJECTwm"] == (
        b"ThisWorkbook\0" + "ThisWorkbook\0".encode("utf-16-le") + b"Tiny\0" + "Tiny\0".encode("utf-16-le") + b"\0\0"
    )


def test_the_same_text_gives_the_same_bytes_and_another_text_another_project_id() -> None:
    again = Module(TINY.name, TINY.kind, TINY.source.replace("\n", "\r\n"))
    assert vba_project([BOOK, TINY]) == vba_project([BOOK, again])
    changed = Module(TINY.name, TINY.kind, TINY.source.replace("2", "3"))
    assert _project_id(vba_project([TINY])) != _project_id(vba_project([changed]))


def _project_id(project: bytes) -> bytes:
    with olefile.OleFileIO(BytesIO(project)) as ole:
        return bytes(ole.openstream("PROJECT").read()).splitlines()[0]


def test_attributes_of_a_class_are_kept_and_completed() -> None:
    lines = module_text(CLASS).split("\r\n")
    assert lines[0] == 'Attribute VB_Name = "Finding"'
    assert "Attribute VB_PredeclaredId = True" in lines
    assert "Attribute VB_Exposed = False" in lines
    assert 'Attribute VB_Description = "One mistake"' in lines
    assert "Attribute Text.VB_UserMemId = 0" in lines
    assert not any(line.startswith(("VERSION", "BEGIN", "  MultiUse")) for line in lines)


def test_document_modules_say_which_object_they_belong_to() -> None:
    assert 'Attribute VB_Base = "0{00020819-0000-0000-C000-000000000046}"' in module_text(BOOK)
    assert 'Attribute VB_Base = "0{00020820-0000-0000-C000-000000000046}"' in module_text(SHEET)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ('Dim a\n  s = "绩效"', "module Bad, line 2, column 8: '绩' is not ASCII; make the text with ChrW"),
        ("a\x00b", "module Bad, line 1, column 2: '\\x00' is not ASCII; make the text with ChrW"),
        ("a\r\nb\n" + "x" * 1024, "module Bad, line 3, column 1024: longer than 1023 characters"),
        ("a = 1 + _\n" * 25 + "1", "module Bad, line 25, column 9: more than 24 continuations"),
        ("VERSION 1.0 CLASS\nBEGIN\n", "module Bad: line 1 opens a VERSION block that no END closes"),
        ('Attribute VB_Name = "Good"\n', 'module Bad: its source says Attribute VB_Name = "Good"'),
        (
            'Attribute VB_Name = "Bad"\nAttribute VB_Name = "Bad"\n',
            "module Bad, line 2, column 1: a second VB_Name",
        ),
    ],
)
def test_a_source_vba_would_refuse_is_refused_with_its_place(source: str, message: str) -> None:
    with pytest.raises(VbaSourceError) as refused:
        vba_project([Module("Bad", "module", source)])
    assert str(refused.value) == message


def test_as_many_continuations_as_vba_takes_are_taken() -> None:
    vba_project([Module("Long", "module", "a = 1 + _\n" * 24 + "1\n" + "b = 1 + _\n" * 24 + "1\n")])


@pytest.mark.parametrize("name", ["", "1st", "a b", "表", "x" * 32, "_a"])
def test_a_name_vba_does_not_take_is_refused(name: str) -> None:
    with pytest.raises(VbaSourceError, match="not an ASCII identifier"):
        vba_project([Module(name, "module", "")])
    with pytest.raises(VbaSourceError, match="not an ASCII identifier"):
        vba_project([], name=name)


@pytest.mark.parametrize("names", [("Core", "CORE"), ("vbaproject",)])
def test_two_names_alike_are_refused(names: tuple[str, ...]) -> None:
    with pytest.raises(VbaSourceError, match="used twice"):
        vba_project([Module(name, "module", "") for name in names])


# -- protection records of the PROJECT stream


def decrypted(text: str) -> tuple[int, int, bytes]:
    """Version, project key and data of an obfuscated record: the decryption of [MS-OVBA] 2.4.3.3."""
    encrypted = bytes.fromhex(text)
    seed, version, key = encrypted[0], encrypted[0] ^ encrypted[1], encrypted[0] ^ encrypted[2]
    plain = bytearray()
    before = key
    for at in range(3, len(encrypted)):
        before = encrypted[at] ^ ((encrypted[at - 2] + before) & 0xFF)
        plain.append(before)
    start = (seed & 6) // 2
    length = int.from_bytes(plain[start : start + 4], "little")
    return version, key, bytes(plain[start + 4 : start + 4 + length])


def test_the_decryption_reads_the_example_of_the_specification() -> None:
    key = sum(b"{917DED54-440B-4FD1-A5C1-74ACF261E600}") & 0xFF
    assert decrypted("0705D8E3D8EDDBF1DBF1DBF1DBF1") == (2, key, bytes(4))
    assert decrypted("0E0CD1ECDFF4E7F5E7F5E7") == (2, key, b"\0")
    assert decrypted("1517CAF1D6F9D7F9D706") == (2, key, b"\xff")


@given(st.binary(max_size=40), st.integers(0, 255), st.integers(0, 255))
def test_an_obfuscated_record_is_read_back(data: bytes, key: int, seed: int) -> None:
    assert decrypted(encrypt(data, key, seed)) == (2, key, data)
