"""The command ``perfeval``. Each command stands in its own module and is imported when it is called.

Exit status: 0 fine, 1 findings at or above ``--fail-on``, 2 wrong usage or unreadable input.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any, Final

import click

from perfeval_xl.errors import PerfevalError
from perfeval_xl.messages import LANGUAGES, sentence, use_language

#: Command -> (module, function, key of its short help in ``profiles/text/cli.toml``).
COMMANDS: Final = {
    "profiles": ("templates", "profiles"),
    "template": ("templates", "template"),
    "stamp": ("stamping", "stamp"),
    "to-json": ("convert", "to_json"),
    "to-xlsx": ("convert", "to_xlsx"),
    "schema": ("convert", "schema"),
    "adopt": ("adopt", "adopt"),
    "score": ("scoring", "score"),
    "check": ("checking", "check"),
    "summary": ("reports", "summary"),
    "report": ("reports", "report"),
    "explain": ("checking", "explain"),
    "addin": ("addin", "addin"),
    "demo": ("demonstration", "demo"),
}


class LazyGroup(click.Group):
    """Lists commands by name and imports the module of the one that is called: ``--help`` stays quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All commands in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, imported now."""
        if cmd_name not in COMMANDS:
            return None
        module, function = COMMANDS[cmd_name]
        command: click.Command = getattr(import_module(f"perfeval_xl.cli.{module}"), function)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands without importing any of them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, sentence(f"cli.{name}", "zh")) for name in COMMANDS])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--lang", type=click.Choice(LANGUAGES), help="消息语言 / language of messages")
@click.version_option(package_name="perfeval-xl")
def perfeval(lang: Any) -> None:
    """项目支出绩效自评表：模板、转换、评分、校验。 Templates, conversion, scoring and checks."""
    if lang:
        use_language(lang)


def main() -> None:
    """Runs the command line; an error of ours is one sentence and exit status 2."""
    try:
        perfeval()
    except PerfevalError as error:
        click.echo(str(error), err=True)
        sys.exit(2)
