"""Reading forms from a path and writing them to one, for the public functions and the commands."""

from __future__ import annotations

import contextlib
import os
import secrets
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from perfeval_xl.errors import PAUSES, SHARING_VIOLATIONS, CannotWrite, NotAForm, Unreadable, os_reason
from perfeval_xl.model import Form, dump_document, load_document
from perfeval_xl.package.deadline import within_its_time
from perfeval_xl.profile import Profile, load_profile
from perfeval_xl.reading import Reading, read_sheets

if TYPE_CHECKING:
    from perfeval_xl.sources.sheet import Sheet

#: Standard input or output.
STANDARD: Final = "-"


def read_path(path: Path | str, profile: Profile | None = None) -> list[Reading]:
    """Every form in a file of any kind; ``-`` is standard input.

    Raises ``Unreadable`` (also ``InvalidDocument``) and ``NotAForm``.
    """
    if str(path) == STANDARD:
        return read_bytes(sys.stdin.buffer.read(), STANDARD, profile)
    return read_bytes(bytes_of(Path(path)), shown_name(path), profile)


def shown_name(path: Path | str) -> str:
    """A path as text that every document can hold: bytes of a name that are no UTF-8 show as ``\\xff``."""
    return os.fsencode(str(path)).decode("utf-8", "backslashreplace") if not str(path).isprintable() else str(path)


def bytes_of(path: Path) -> bytes:
    """The bytes of a file. Raises ``Unreadable`` with the reason when there are none."""
    from perfeval_xl.sources import read_file

    return read_file(path)


def read_bytes(data: bytes, name: str, profile: Profile | None = None) -> list[Reading]:
    """Every form in a file already read; JSON is told by its first character."""
    with within_its_time(name, len(data)):
        return _readings(data, name, profile)


def _readings(data: bytes, name: str, profile: Profile | None) -> list[Reading]:
    if data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
        return [Reading(form, name) for form in load_document(data.removeprefix(b"\xef\xbb\xbf"), name).forms]
    if name.lower().endswith(".json"):
        load_document(data, name)
    from perfeval_xl.sources import open_bytes

    sheets = open_bytes(data, name)
    readings = read_sheets(sheets, profile)
    if not readings:
        hidden = hidden_forms(sheets, profile)
        raise (
            NotAForm("form-is-hidden", path=name, sheets="、".join(hidden))
            if hidden
            else NotAForm("no-form", path=name)
        )
    return readings


def hidden_forms(sheets: Sequence[Sheet], profile: Profile | None = None) -> list[str]:
    """The names of hidden sheets that hold a form: they are not read, and a warning names them."""
    found = []
    for sheet in sheets:
        with contextlib.suppress(NotAForm):
            if sheet.hidden and read_sheets([replace(sheet, hidden=False)], profile):
                found.append(sheet.name)
    return found


def write_forms(
    forms: Sequence[Form], path: Path, *, into: Path | None = None, profile: Profile | None = None
) -> tuple[str, ...]:
    """``forms`` as a workbook at ``path``: from our templates, or filled into the workbook ``into``.

    Gives what ``into`` has no cell for (``sheet: field``) and was therefore not written; our templates have them all.
    Raises ``CannotWrite``, ``ProfileError``, and for ``into`` ``Unreadable`` and ``NotAForm``; then nothing is written.
    """
    from perfeval_xl.workbook.open_workbook import into_workbook, to_workbook

    into = into or _own_workbook(forms, profile)
    check_suffix(path, ".xlsx" if into is None else into.suffix.lower() or ".xlsx")
    if into is None:
        write_atomically(path, to_workbook(forms, profile))
        return ()
    data = bytes_of(into)
    with within_its_time(str(into), len(data)):
        filled = into_workbook(data, str(into), forms, profile)
    write_atomically(path, filled.data)
    return filled.left_out


def _own_workbook(forms: Sequence[Form], profile: Profile | None) -> Path | None:
    """The office's workbook of a learned profile, when all forms share that one."""
    if profile is None and len({form.profile for form in forms}) == 1:
        profile = load_profile(forms[0].profile)
    return Path(profile.workbook) if profile is not None and profile.workbook else None


def write_json(forms: Sequence[Form], path: Path) -> None:
    """``forms`` as canonical JSON at ``path``. Raises ``CannotWrite``."""
    check_suffix(path, ".json")
    write_atomically(path, dump_document(forms))


def write_template(profile: Profile, path: Path, *, year: int | None = None, rows: int = 0) -> None:
    """The blank workbook of a profile at ``path``. Raises ``CannotWrite``."""
    check_suffix(path, Path(profile.workbook).suffix.lower() if profile.workbook else ".xlsx")
    write_atomically(path, blank_workbook(profile, year=year, rows=rows))


def blank_workbook(profile: Profile, *, year: int | None = None, rows: int = 0) -> bytes:
    """The blank workbook of a profile: our template, or the office's own where the profile was learned from it."""
    if profile.workbook:
        from perfeval_xl.workbook.fill.office_blank import office_blank

        return office_blank(profile, year=year, rows=rows)
    from perfeval_xl.workbook.template.drawing import blank

    return blank(profile, year=year, rows=rows)


def check_suffix(path: Path, *suffixes: str) -> None:
    """Refuse a name that says another kind of file than is written: Excel does not open an .xlsm that is none.

    A name without ending, standard output and a device may hold anything. Raises ``CannotWrite``.
    """
    suffix = path.suffix.lower()
    if suffixes and suffix and suffix not in suffixes and not (path.exists() and not path.is_file()):
        raise CannotWrite("output-other-kind", path=path, suffix=suffix, wanted=" ".join(suffixes))


def is_signed(data: bytes) -> bool:
    """Whether a workbook or document carries a digital signature, which no longer holds for a changed copy."""
    from perfeval_xl.package.parts import Parts

    try:
        return any(name.startswith("_xmlsignatures/") for name in Parts(data, "").names())
    except Unreadable:
        return False


def write_atomically(path: Path, data: bytes) -> None:
    """Puts ``data`` at ``path`` in one step: a failure leaves the old file as it was. Raises ``CannotWrite``.

    ``-`` is standard output. A link is followed; a device such as ``/dev/stdout`` is written to, never replaced. Any
    number of threads and processes may write at once, to one folder and even to one file: the last whole one stays.
    """
    with writing(path) as file:
        file.write(data)


@contextlib.contextmanager
def writing(path: Path) -> Iterator[BinaryIO]:
    """A file to write piece by piece, which takes its name when the block ends well; as ``write_atomically``."""
    if str(path) == STANDARD:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    target = Path(os.path.realpath(path))
    try:
        if target.exists() and not target.is_file() and not target.is_dir():
            with target.open("wb") as device:
                yield device
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        with _replacing(target) as file:
            yield file
    except (OSError, ValueError) as error:
        detail = os_reason(error) if isinstance(error, OSError) else str(error)
        raise CannotWrite("cannot-write", path=path, detail=detail) from None


@contextlib.contextmanager
def _replacing(target: Path) -> Iterator[BinaryIO]:
    """A temporary file beside the target; it is synchronised to disk, then renamed to the target."""
    partial = target.with_name(f".perfeval-{secrets.token_hex(8)}.partial")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    try:
        with os.fdopen(os.open(partial, flags, 0o666), "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if target.is_file():
            partial.chmod(target.stat().st_mode)
        _take_name(partial, target)
    except BaseException:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)
        raise
    _sync_folder(target.parent)


def _take_name(partial: Path, target: Path) -> None:
    """Renames, trying again for a moment: on Windows a file that another program has open cannot be replaced."""
    for pause in (*PAUSES, None):
        try:
            partial.replace(target)
            return
        except PermissionError as error:
            if pause is None or getattr(error, "winerror", None) not in (5, *SHARING_VIOLATIONS):
                raise
            time.sleep(pause)


def _sync_folder(folder: Path) -> None:
    """Synchronises the folder, so that the new name survives a power cut, where the system can do that."""
    with contextlib.suppress(OSError):
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)
