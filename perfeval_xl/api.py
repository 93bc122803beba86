"""The public functions of ``import perfeval_xl as pe``: small, typed, and nothing that the modules below lack."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from perfeval_xl import files
from perfeval_xl.model import Finding, Form
from perfeval_xl.profile import Profile, load_profile

if TYPE_CHECKING:
    from perfeval_xl.scoring import ScoreCard


def _profile(profile: Profile | str | None) -> Profile | None:
    return load_profile(profile) if isinstance(profile, str) else profile


def read(path: str | Path, profile: Profile | str | None = None) -> list[Form]:
    """Every form in a file of any readable kind, in its order.

    Raises ``Unreadable`` when the file cannot be read and ``NotAForm`` when it holds no form.
    """
    return [reading.form for reading in files.read_path(path, _profile(profile))]


def read_with_places(path: str | Path, profile: Profile | str | None = None) -> list[tuple[Form, Mapping[str, str]]]:
    """Every form with the address of each field (``indicators[3].score`` -> ``H23``). Raises as ``read`` does."""
    return [(reading.form, reading.where().cells) for reading in files.read_path(path, _profile(profile))]


def write(
    forms: Sequence[Form], path: str | Path, into: str | Path | None = None, profile: Profile | str | None = None
) -> None:
    """Forms as a workbook: from our templates, or filled into the existing workbook ``into``.

    A failure leaves what was at ``path`` as it was. Raises ``PerfevalError`` of one kind or another.
    """
    files.write_forms(forms, Path(path), into=None if into is None else Path(into), profile=_profile(profile))


def load(path: str | Path) -> list[Form]:
    """The forms of a canonical JSON file. Raises ``Unreadable`` with the JSON path of what is wrong."""
    return read(path)


def dump(forms: Sequence[Form], path: str | Path) -> None:
    """Forms as canonical JSON."""
    files.write_json(forms, Path(path))


def template(profile: Profile | str, path: str | Path, *, year: int | None = None, rows: int = 0) -> None:
    """The blank workbook of a profile, by id, path of a TOML file, or ``Profile``."""
    chosen = load_profile(profile) if isinstance(profile, str) else profile
    files.write_template(chosen, Path(path), year=year, rows=rows)


def score(form: Form, profile: Profile | str | None = None) -> ScoreCard:
    """Every score by the region's rule, explained step by step."""
    from perfeval_xl.scoring import score as score_form

    return score_form(form, _profile(profile) or load_profile(form.profile))


def check(forms: Sequence[Form], profile: Profile | str | None = None) -> list[Finding]:
    """Everything that is wrong in the forms."""
    from perfeval_xl.checks import check_readings
    from perfeval_xl.reading import Reading

    return check_readings([Reading(form, "-") for form in forms], _profile(profile))
