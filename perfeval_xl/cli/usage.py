"""Options that every command takes, examples in every help text, and what is said about wrong usage."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches
from typing import Final

import click

from perfeval_xl.cli.terminal import be_quiet
from perfeval_xl.messages import LANGUAGES, knows, say, use_language

_LANGUAGE: Final = re.compile(r"--lang(?:=(\w+))?")
#: Similarity of a suggestion: ``chekc`` and ``check`` are just similar enough.
_NEAR: Final = 0.6


def language_in(arguments: Sequence[str]) -> None:
    """Takes the language from anywhere on the command line, so that wrong usage is told in it too."""
    for place, argument in enumerate(arguments):
        match = _LANGUAGE.fullmatch(argument)
        wanted = match and (match[1] or "".join(arguments[place + 1 : place + 2]))
        if argument == "--":
            return
        if wanted in LANGUAGES:
            use_language(wanted)  # type: ignore[arg-type]


def common_options() -> list[click.Option]:
    """``--lang`` and ``-q``, which may stand before and after the command."""
    return [
        click.Option(
            ["--lang"],
            type=click.Choice(LANGUAGES),
            expose_value=False,
            is_eager=True,
            callback=lambda _context, _option, wanted: use_language(wanted) if wanted else None,
            help="消息语言 / language of messages",
        ),
        click.Option(
            ["-q", "--quiet"],
            is_flag=True,
            expose_value=False,
            callback=be_quiet,
            help="只说错误和疑点，不报进度 / only errors and doubts, no progress",
        ),
    ]


def furnished(command: click.Command, name: str) -> click.Command:
    """Adds the common options, and examples at the end of the help text."""
    if not any("--lang" in parameter.opts for parameter in command.params):
        command.params.extend(common_options())
    key = f"examples.{name}"
    if knows(key):
        command.epilog = f"\b\n{say('cli.examples')}\n" + "\n".join(f"  {line}" for line in say(key).splitlines())
    for inner in command.commands.values() if isinstance(command, click.Group) else ():
        furnished(inner, f"{name}-{inner.name}")
    return command


def near(word: str, known: Sequence[str]) -> str:
    """The most similar name, formatted for a sentence; an empty text where none is similar."""
    return "、".join(get_close_matches(word, known, n=2, cutoff=_NEAR))


def sentence_of(error: click.UsageError) -> str:
    """Wrong usage in one sentence of the language, with where to look it up."""
    said = _what(error)
    path = error.ctx.command_path if error.ctx else "perfeval"
    return f"{said} {say('cli.usage-help', command=path)}"


def _what(error: click.UsageError) -> str:
    """The problem in words: translated where the message is click's own, as it is where it is ours."""
    if isinstance(error, click.NoSuchOption):
        close = "、".join(error.possibilities or ())
        return say("cli.usage-option-near" if close else "cli.usage-option", option=error.option_name, near=close)
    if isinstance(error, click.MissingParameter):
        return say("cli.usage-missing", name=_called(error.param))
    if isinstance(error, click.BadOptionUsage):
        return say("cli.usage-no-value", option=error.option_name)
    if isinstance(error, click.BadParameter):
        return _bad_value(error)
    if isinstance(error, NoCommandError):
        return str(error.message)
    if "extra argument" in error.message:
        return say("cli.usage-extra", words=error.message.partition("(")[2].rstrip(").") or error.message)
    return error.message


def _bad_value(error: click.BadParameter) -> str:
    kind = error.param.type if error.param else None
    name = _called(error.param) if error.param else str(error.param_hint or "")
    if isinstance(kind, click.Choice):
        return say("cli.usage-choice", name=name, choices="、".join(map(str, kind.choices)))
    if isinstance(kind, click.IntRange):
        return say("cli.usage-range", name=name, least=kind.min, most=kind.max)
    if isinstance(kind, click.Path):
        return say("cli.usage-folder" if not kind.dir_okay else "cli.usage-file", name=name)
    return error.message


def _called(parameter: click.Parameter | None) -> str:
    """How a parameter is written: its options, or the name of an argument in the usage line."""
    if parameter is None:
        return ""
    if isinstance(parameter, click.Argument):
        return parameter.metavar or str(parameter.name).upper()
    return " / ".join(parameter.opts)


class NoCommandError(click.UsageError):
    """There is no command of that name; the sentence is in the language already."""
