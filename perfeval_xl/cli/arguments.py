"""Arguments that several commands share: profiles, sources, outputs."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from perfeval_xl.files import STANDARD, write_atomically
from perfeval_xl.profile import Profile, load_profile

F = TypeVar("F", bound=Callable[..., Any])


class ProfileReference(click.ParamType[Profile]):
    """A profile id or the path of a TOML file, as a ``Profile``."""

    name = "PROFILE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Profile:
        """Loads the profile; an unknown id is told with the known ones."""
        return value if isinstance(value, Profile) else load_profile(value)


def profile_option(function: F) -> F:
    """``-p PROFILE``: read with this profile instead of the one that fits best."""
    return click.option("-p", "--profile", type=ProfileReference(), help="表样 id 或 .toml / profile id or .toml file")(
        function
    )


def sources_argument(function: F) -> F:
    """``SOURCE...``: files, folders, patterns, or ``-`` for standard input."""
    return click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")(function)


def write_output(data: bytes, output: str | None) -> None:
    """To the file that was named, else to standard output."""
    if output is None or output == STANDARD:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    else:
        write_atomically(Path(output), data)
