"""Arguments that several commands share: profiles, sources, outputs."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

import click
import click.shell_completion

from perfeval_xl.batch.remote import is_url
from perfeval_xl.batch.remote import writing as remote_writing
from perfeval_xl.errors import ProfileError
from perfeval_xl.files import STANDARD, writing
from perfeval_xl.messages import language
from perfeval_xl.profile import Profile, load_profile, profile_ids

F = TypeVar("F", bound=Callable[..., Any])


class ProfileReference(click.ParamType[Profile]):
    """A profile id or the path of a TOML file, as a ``Profile``."""

    name = "PROFILE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Profile:
        """Loads the profile; an unknown id is told with the known ones."""
        return value if isinstance(value, Profile) else load_profile(value)

    def shell_complete(
        self, _ctx: click.Context, _param: click.Parameter, incomplete: str
    ) -> list[click.shell_completion.CompletionItem]:
        """The ids that begin so; anything else may be the path of a file."""
        ids = [name for name in profile_ids() if name.startswith(incomplete)]
        found = [click.shell_completion.CompletionItem(name, help=load_profile(name).name.zh) for name in ids]
        return found or [click.shell_completion.CompletionItem(incomplete, type="file")]


class RegionOrProfile(ProfileReference):
    """Also a word of a profile's name: 北京, 宝山, Shanghai. Several that match are named, none is guessed."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Profile:
        """The profile; a word that stands in one name only is that profile."""
        try:
            return super().convert(value, param, ctx)
        except ProfileError:
            found = _named(value)
            if not found:
                raise
        if len(found) > 1:
            listed = "；".join(f"{profile.id}（{getattr(profile.name, language())}）" for profile in found)
            raise ProfileError("profile-several", word=value, count=len(found), listed=listed)
        return found[0]


def _named(word: str) -> list[Profile]:
    """The shipped profiles in whose name a word stands."""
    wanted = word.strip().casefold()
    loaded = [load_profile(name) for name in profile_ids()] if wanted else []
    return [
        profile
        for profile in loaded
        if any(wanted in name.casefold() for name in (profile.id, profile.name.zh, profile.name.en))
    ]


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
    with output_stream(output) as stream:
        stream.write(data)


def output_stream(output: str | Path | None) -> AbstractContextManager[BinaryIO]:
    """The file that was named, else standard output, to write piece by piece; the file appears when all is written."""
    if output is not None and is_url(str(output)):
        return remote_writing(str(output))
    return writing(Path(STANDARD if output is None else output))


def is_stdout(stream: object) -> bool:
    """Whether a binary stream is standard output."""
    return stream is getattr(sys.stdout, "buffer", None)


def write_text(stream: BinaryIO, text: str) -> None:
    """Text at once: files in UTF-8, standard output in its own encoding, where what it cannot write becomes ``?``."""
    stream.write(text.encode(sys.stdout.encoding if is_stdout(stream) else "utf-8", "replace"))
    stream.flush()


def output_option(function: F) -> F:
    """``-o FILE``: there instead of to standard output."""
    return click.option(
        "-o", "--output", metavar="FILE", type=click.Path(dir_okay=False), help="输出文件 / output file"
    )(function)
