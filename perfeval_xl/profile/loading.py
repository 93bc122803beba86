"""A profile from its TOML: the file, what it extends, and one sentence for whatever is wrong with them."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Final, get_args

import msgspec

from perfeval_xl.errors import ProfileError, os_reason
from perfeval_xl.profile.types import FundColumn, IndicatorColumn, Profile, ProjectField, TargetPart, TomlTable
from perfeval_xl.profile.vetting import ID, Layer, near, stated, vet

PROFILE_FOLDER: Final = Path(__file__).parents[1] / "profiles"
TEMPLATE_FOLDERS: Final = (
    Path(__file__).parents[2] / "xlsx_templates",
    Path(__file__).parents[1] / "_shipped" / "xlsx_templates",
)
#: Folders of a user's own profiles, found by id like the shipped ones.
USER_FOLDER_VARIABLE: Final = "PERFEVAL_PROFILES"
DEFAULT_PROFILE: Final = "mof"
#: Characters of an unknown profile name that the error message quotes.
MOST_SHOWN: Final = 255
#: ``base.toml``, which states everything, has 13 kB.
MOST_BYTES: Final = 256 * 1024
#: A dotted key of dozens of parts: ``tomllib`` would take minutes, so it is refused.
_DEEP_KEY: Final = re.compile(r"(?:\.\s*[^\s.=\]]+\s*){40}")


def profile_ids() -> list[str]:
    """Ids of the shipped profiles, the default first."""
    found = sorted(path.stem for path in PROFILE_FOLDER.glob("*.toml") if path.stem != "base")
    return sorted(found, key=lambda name: name != DEFAULT_PROFILE)


def shipped_template(name: str) -> bytes | None:
    """The blank workbook of a shipped profile, or ``None``."""
    return next((_bytes_of(path) for folder in TEMPLATE_FOLDERS if (path := folder / f"{name}.xlsx").is_file()), None)


@cache
def _bytes_of(path: Path) -> bytes:
    return path.read_bytes()


def is_shipped(profile: Profile) -> bool:
    """Whether this is a shipped profile, unchanged: then whatever is known for its id is true of it."""
    return (PROFILE_FOLDER / f"{profile.id}.toml").is_file() and load_profile(profile.id) is profile


@cache
def level_keys_of_all() -> frozenset[str]:
    """``label_key`` of every level label of every shipped profile."""
    return frozenset(key for name in profile_ids() for key in load_profile(name).level_keys())


def load_profile(reference: str | Path) -> Profile:
    """The profile of a shipped id, of an id in ``$PERFEVAL_PROFILES``, or in the user's own TOML file.

    Raises ``ProfileError``.
    """
    path = _locate(str(reference))
    try:
        changed = path.stat().st_mtime_ns
    except OSError as error:
        raise ProfileError("profile-not-readable", path=path, detail=os_reason(error)) from None
    return _load(path, changed)


def _locate(reference: str) -> Path:
    if reference.endswith(".toml"):
        path = Path(reference)
        if _is_file(path):
            return path.resolve()
        raise ProfileError("profile-file-missing", path=_shown(reference))
    if ID.fullmatch(reference) and reference != "base":
        for folder in (PROFILE_FOLDER, *_user_folders()):
            path = folder / f"{reference}.toml"
            if _is_file(path):
                return path
    shown, known = _shown(reference), profile_ids()
    raise ProfileError("profile-unknown", id=shown, known="、".join(known), hint=near(shown, known))


def _is_file(path: Path) -> bool:
    """``False`` also for a name that no file can have, such as one of 300 letters."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def _shown(reference: str) -> str:
    """The beginning of a name with invisible characters replaced, for an error message."""
    visible = "".join(letter if letter.isprintable() else "�" for letter in reference[:MOST_SHOWN])
    return visible if len(reference) <= MOST_SHOWN else f"{visible}…"


def _user_folders() -> list[Path]:
    return [Path(part) for part in os.environ.get(USER_FOLDER_VARIABLE, "").split(os.pathsep) if part]


@cache
def _load(path: Path, _changed: int) -> Profile:
    """The profile of a file as it was when it was changed last."""
    layers = _layers(path)
    merged: dict[str, Any] = {}
    try:
        for _, table in reversed(layers):
            merged = _merge(merged, table)
        # The id is not inherited: two profiles with one id could not be told apart in a workbook.
        merged["id"] = layers[0][1].get("id", path.stem)
        profile = msgspec.convert(merged, Profile)
    except msgspec.ValidationError as error:
        raise _explained(error, layers) from None
    except RecursionError:
        raise ProfileError("profile-nested", path=path) from None
    vet(profile, layers)
    return profile


def _layers(path: Path) -> list[Layer]:
    """The file and everything it extends, nearest first."""
    layers: list[Layer] = []
    while True:
        if any(path == seen for seen, _ in layers):
            raise ProfileError("profile-circle", path=path)
        table = _table(path)
        parent = table.pop("extends", None)
        if isinstance(table.get("workbook"), str) and table["workbook"]:
            table["workbook"] = str((path.parent / table["workbook"]).resolve())
        layers.append((path, table))
        if parent is None:
            break
        path = _parent(path, parent)
    if layers[-1][0] != PROFILE_FOLDER / "base.toml":
        raise ProfileError("profile-extends-missing", path=layers[-1][0], key="extends")
    return layers


def _table(path: Path) -> dict[str, Any]:
    """The table of one file."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ProfileError("profile-too-large", path=path, most=MOST_BYTES // 1024)
        text = path.read_bytes().decode("utf-8-sig")
        if _DEEP_KEY.search(text):
            raise RecursionError
        return tomllib.loads(text, parse_float=Decimal)
    except UnicodeDecodeError:
        raise ProfileError("profile-not-utf-8", path=path) from None
    except RecursionError:
        raise ProfileError("profile-nested", path=path) from None
    except (ValueError, ArithmeticError) as error:  # includes a number with more digits than Python converts
        raise ProfileError("profile-not-toml", path=path, detail=error) from None
    except OSError as error:
        raise ProfileError("profile-not-readable", path=path, detail=os_reason(error)) from None


def _parent(path: Path, parent: object) -> Path:
    if not isinstance(parent, str):
        raise ProfileError("profile-extends-missing", path=path, key="extends")
    if parent == "base":
        return PROFILE_FOLDER / "base.toml"
    try:
        return _locate(str(path.parent / parent) if parent.endswith(".toml") else parent)
    except ProfileError as error:
        hint = error.values.get("hint", "")
        raise ProfileError("profile-extends-unknown", path=path, key="extends", id=_shown(parent), hint=hint) from None


def _merge(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        old = merged.get(key)
        merged[key] = _merge(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return merged


# --- telling what is wrong ------------------------------------------------------------------------------------

_UNKNOWN: Final = re.compile(r"unknown field `(?P<key>[^`]*)`")
_MISSING: Final = re.compile(r"missing required field `(?P<key>[^`]*)`")
#: A table whose keys are fields: msgspec says ``Invalid enum value 'nmae' - at `key` in `$.project` ``.
_NO_FIELD: Final = re.compile(r"value '(?P<key>[^']*)'$")


def _explained(error: msgspec.ValidationError, layers: list[Layer]) -> ProfileError:
    what, _, place = str(error).partition(" - at ")
    steps = re.findall(r"[^.\[\]$`]+|\[\d+\]|\[\.\.\.\]", place.rpartition("`$")[2])
    unknown, missing = _UNKNOWN.search(what), _MISSING.search(what)
    if place.startswith("`key`"):
        unknown = _NO_FIELD.search(what)
    steps += [match["key"] for match in (unknown or missing,) if match]
    key = ".".join(steps).replace(".[", "[")
    path = _supplier(steps, layers)
    if unknown:
        return ProfileError("profile-unknown-key", path=path, key=key, hint=near(unknown["key"], _known_keys()))
    if missing:
        return ProfileError("profile-missing-key", path=path, key=key)
    return ProfileError("profile-wrong-value", path=path, key=key, detail=what)


def _supplier(steps: list[str], layers: list[Layer]) -> Path:
    """The nearest file that states the offending key (or as much of its path as any does)."""
    return max(layers, key=lambda layer: stated(steps, layer[1]))[0]


def _known_keys() -> list[str]:
    fields = {*get_args(ProjectField), *get_args(FundColumn), *get_args(IndicatorColumn), *get_args(TargetPart)}
    tables = {field for table in TomlTable.__subclasses__() for field in table.__struct_fields__}
    return sorted(fields | tables | {"extends"})
