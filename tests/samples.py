"""A form of every profile: its shipped sample, else one made up, so that a new profile needs only its TOML."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

import perfeval_xl as pe
from perfeval_xl.model import Form, load_document
from perfeval_xl.profile import Profile, load_profile
from tests.made_forms import Counts, made_form

SAMPLES: Final = Path(pe.__file__).parent / "samples"


@cache
def sample_forms(profile: str) -> tuple[Form, ...]:
    """The forms of a profile, at least one."""
    path = SAMPLES / f"{profile}.json"
    if path.is_file():
        return load_document(path.read_bytes()).forms
    return (made_sample(load_profile(profile)),)


def made_sample(profile: Profile) -> Form:
    """A form made up from what the profile prints: a row for each row of its blank form."""
    rows: Counts = [(row.level1, row.level2, 1) for row in profile.indicators.rows]
    return made_form(profile, rows, points=profile.indicators.level1_points)
