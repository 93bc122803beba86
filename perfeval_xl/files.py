"""A path -> readings, and forms -> a path. What the public functions and the commands share."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from perfeval_xl.errors import CannotWrite, NotAForm, Unreadable, os_reason
from perfeval_xl.model import Form, dump_document, load_document
from perfeval_xl.profile import Profile, load_profile
from perfeval_xl.reading import Reading, read_sheets

#: Standard input or output.
STANDARD: Final = "-"


def read_path(path: Path | str, profile: Profile | None = None) -> list[Reading]:
    """Every form in a file of any kind; ``-`` is standard input.

    Raises ``Unreadable`` (also ``InvalidDocument``) and ``NotAForm``.
    """
    if str(path) == STANDARD:
        return read_bytes(sys.stdin.buffer.read(), STANDARD, profile)
    if Path(path).suffix.lower() == ".json":
        return read_bytes(_bytes_of(Path(path)), str(path), profile)
    from perfeval_xl.sources import open_sheets

    return _with_forms(read_sheets(open_sheets(Path(path)), profile), str(path))


def read_bytes(data: bytes, name: str, profile: Profile | None = None) -> list[Reading]:
    """Every form in a file already read; JSON is told by its first character."""
    if data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
        return [Reading(form, name) for form in load_document(data.removeprefix(b"\xef\xbb\xbf"), name).forms]
    if name.lower().endswith(".json"):
        load_document(data, name)
    from perfeval_xl.sources import open_bytes

    return _with_forms(read_sheets(open_bytes(data, name), profile), name)


def _with_forms(readings: list[Reading], name: str) -> list[Reading]:
    if not readings:
        raise NotAForm("no-form", path=name)
    return readings


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Unreadable("cannot-open", path=path, detail=os_reason(error)) from None


def write_forms(
    forms: Sequence[Form], path: Path, *, into: Path | None = None, profile: Profile | None = None
) -> tuple[str, ...]:
    """``forms`` as a workbook at ``path``: from our templates, or filled into the workbook ``into``.

    Gives what ``into`` has no cell for (``sheet: field``) and was therefore not written; our templates have them all.
    Raises ``CannotWrite``, ``ProfileError``, and for ``into`` ``Unreadable`` and ``NotAForm``; then nothing is written.
    """
    from perfeval_xl.workbook.open_workbook import into_workbook, to_workbook

    into = into or _own_workbook(forms, profile)
    if into is None:
        write_atomically(path, to_workbook(forms, profile))
        return ()
    filled = into_workbook(_bytes_of(into), str(into), forms, profile)
    write_atomically(path, filled.data)
    return filled.left_out


def _own_workbook(forms: Sequence[Form], profile: Profile | None) -> Path | None:
    """The office's workbook of a learned profile, when all forms share that one."""
    if profile is None and len({form.profile for form in forms}) == 1:
        profile = load_profile(forms[0].profile)
    return Path(profile.workbook) if profile is not None and profile.workbook else None


def write_json(forms: Sequence[Form], path: Path) -> None:
    """``forms`` as canonical JSON at ``path``. Raises ``CannotWrite``."""
    write_atomically(path, dump_document(forms))


def write_template(profile: Profile, path: Path, *, year: int | None = None, rows: int = 0) -> None:
    """The blank workbook of a profile at ``path``. Raises ``CannotWrite``."""
    if profile.workbook:
        from perfeval_xl.workbook.fill.office_blank import office_blank

        write_atomically(path, office_blank(profile, year=year, rows=rows))
        return
    from perfeval_xl.workbook.template.drawing import blank

    write_atomically(path, blank(profile, year=year, rows=rows))


def write_atomically(path: Path, data: bytes) -> None:
    """Puts ``data`` at ``path`` in one step: a failure leaves the old file as it was. Raises ``CannotWrite``.

    ``-`` is standard output. A link is followed; a device such as ``/dev/stdout`` is written to, never replaced.
    """
    if str(path) == STANDARD:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    target = Path(os.path.realpath(path))
    partial = target.with_name(f".perfeval-{os.getpid()}.partial")
    try:
        if target.exists() and not target.is_file() and not target.is_dir():
            target.write_bytes(data)
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        partial.write_bytes(data)
        if target.is_file():
            partial.chmod(target.stat().st_mode)
        partial.replace(target)
    except OSError as error:
        raise CannotWrite("cannot-write", path=path, detail=os_reason(error)) from None
    finally:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)
