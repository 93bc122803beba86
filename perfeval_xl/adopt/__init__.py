"""A profile learned from an office's workbook: its labels, columns, rows, unit and vocabulary.

The profile extends the one that fits best and states only what differs. What no sheet can tell, such as how a missed
target is scored, stands in the file as a comment with the value that is taken over.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path, PurePath
from typing import Any

import msgspec
import tomlkit
from tomlkit.items import Item

from perfeval_xl.adopt.learn import Learner
from perfeval_xl.adopt.printed import Learned, Settings
from perfeval_xl.errors import CannotWrite, ProfileError, Unreadable, os_reason
from perfeval_xl.files import read_bytes, write_atomically
from perfeval_xl.package.deadline import within_its_time
from perfeval_xl.profile import Profile, load_profile
from perfeval_xl.sources.formats import Kind
from perfeval_xl.sources.kinds import recognise


@dataclass(frozen=True, slots=True)
class Adopted:
    """What was learned: the profile it extends, how many settings differ, and the keys no sheet can tell."""

    profile: Profile
    extends: str
    settings: int
    unknown: tuple[str, ...]


def adopt_workbook(source: Path, output: Path, profile_id: str | None = None) -> Adopted:
    """Learns a profile from the first form of a workbook and writes it as TOML; the workbook becomes its template.

    Raises ``NotAForm`` for a workbook without the form, ``Unreadable``, ``CannotWrite`` for anything but a workbook and
    for a template of ours, ``ProfileError`` when the learned profile cannot be used; then nothing is written.
    """
    try:
        data = source.read_bytes()
    except OSError as error:
        raise Unreadable("cannot-open", path=source, detail=os_reason(error)) from None
    with within_its_time(str(source), len(data)):
        return _adopted(data, source, output, profile_id)


def _adopted(data: bytes, source: Path, output: Path, profile_id: str | None) -> Adopted:
    kind, _ = recognise(data, str(source))
    if kind is not Kind.XLSX:
        raise CannotWrite("into-other-kind", path=source)
    reading = read_bytes(data, str(source))[0]
    if reading.layout is not None and reading.layout.by == "name":
        raise CannotWrite("adopt-own-template", path=source, id=reading.form.profile)
    learned = Learner(data, reading).learn()
    learned.settings["name"] = _name(learned.settings.get("title", learned.base.title), profile_id or output.stem)
    own = {"id": profile_id or output.stem, "workbook": _relative(source, output)}
    settings = own | _different(learned.settings, msgspec.to_builtins(learned.base))
    text = _document(learned, settings)
    profile = _vetted(text, output)
    write_atomically(output, text.encode())
    return Adopted(profile, learned.base.id, _count(settings), learned.unknown)


def _name(title: str, profile_id: str) -> dict[str, str]:
    return {"zh": title, "en": f"{profile_id} (adopted from a workbook)"}


def _relative(source: Path, output: Path) -> str:
    """The workbook as seen from the folder of the profile."""
    try:
        return PurePath(os.path.relpath(source.resolve(), output.resolve().parent)).as_posix()
    except ValueError:  # another drive
        return source.resolve().as_posix()


def _vetted(text: str, output: Path) -> Profile:
    """The profile as it will be loaded, from a file beside the one to be written."""
    trial = output.with_name(f".perfeval-{os.getpid()}-{output.stem}.toml")
    try:
        write_atomically(trial, text.encode())
        return load_profile(str(trial))
    except ProfileError as error:
        raise ProfileError(error.key, **error.values | {"path": output}) from None
    finally:
        with contextlib.suppress(OSError):
            trial.unlink()


# --- what differs -------------------------------------------------------------------------------------------------


def _different(learned: Mapping[str, Any], base: Mapping[str, Any]) -> Settings:
    """The settings that the profile below does not have already."""
    kept: Settings = {}
    for key, value in learned.items():
        below = base.get(key)
        if isinstance(value, dict) and isinstance(below, dict):
            inner = _different(value, below)
            if inner:
                kept[key] = inner
        elif _plain(value) != _plain(below):
            kept[key] = value
    return kept


def _plain(value: Any) -> Any:
    """Tuples as lists and numbers as decimals, for comparing."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items() if item is not None}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, str) and re.fullmatch(r"\d+(\.\d+)?", value):
        return Decimal(value)
    return Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _count(settings: Mapping[str, Any]) -> int:
    return sum(_count(value) if isinstance(value, dict) else 1 for value in settings.values())


# --- as TOML ------------------------------------------------------------------------------------------------------


def _document(learned: Learned, settings: Settings) -> str:
    document = tomlkit.document()
    document.add(tomlkit.comment(" ".join(learned.where.split())))
    document.add("extends", tomlkit.item(learned.base.id))
    plain = {key: value for key, value in settings.items() if not isinstance(value, dict)}
    for key, value in plain.items():
        document.add(key, _item(value))
    document.add(tomlkit.nl())
    builtins = msgspec.to_builtins(learned.base)
    for key in learned.unknown:
        shown = _item(_plain(_at(builtins, key))).as_string()
        document.add(tomlkit.comment(f"表上看不出 / not known from the sheet: {key} = {shown}"))
    for line in learned.remarks:
        document.add(tomlkit.comment(" ".join(line.split())))
    for key, value in settings.items():
        if isinstance(value, dict):
            document.add(tomlkit.nl())
            document.add(key, _table(value))
    return tomlkit.dumps(document)


def _at(table: Any, key: str) -> Any:
    for step in key.split("."):
        table = table[step]
    return table


def _table(values: Mapping[str, Any]) -> Item:
    table = tomlkit.table()
    for key, value in values.items():
        table.add(key, _table(value) if isinstance(value, dict) else _item(value))
    return table


def _item(value: Any) -> Any:
    if isinstance(value, Decimal):
        return tomlkit.value(f"{value.normalize():f}")
    if isinstance(value, dict):
        inline = tomlkit.inline_table()
        for key, entry in value.items():
            if entry is not None:
                inline.add(key, _item(entry))
        return inline
    if isinstance(value, list | tuple):
        array = tomlkit.array()
        array.extend(_item(entry) for entry in value)
        array.multiline(len(value) > 0 and isinstance(value[0], dict))
        return array
    return tomlkit.item(value)
