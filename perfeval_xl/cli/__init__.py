"""The command ``perfeval``. Each command stands in its own module and is imported when it is called.

Exit status: 0 fine, 1 findings at or above ``--fail-on``, 2 wrong usage, unreadable input, or an output that cannot be
written; 130 when it was interrupted.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import Final

import click
import click.shell_completion

from perfeval_xl.cli import terminal, usage
from perfeval_xl.errors import PerfevalError
from perfeval_xl.messages import say, sentence

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
    "serve": ("serve", "serve"),
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
        return usage.furnished(getattr(import_module(f"perfeval_xl.cli.{module}"), function), cmd_name)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is named first; another name is told with the one that may have been meant."""
        name = args[0]
        if name not in COMMANDS and not name.startswith("-"):
            near = usage.near(name, list(COMMANDS))
            key = "cli.usage-command-near" if near else "cli.usage-command"
            raise usage.NoCommandError(say(key, command=name, near=near, known="、".join(COMMANDS)), ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands without importing any of them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, sentence(f"cli.{name}", "zh")) for name in COMMANDS])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="perfeval-xl")
def perfeval() -> None:
    """项目支出绩效自评表：模板、转换、评分、校验。 Templates, conversion, scoring and checks."""


perfeval.params.extend(usage.common_options())

_NAME: Final = "perfeval"
#: The variable by which a shell asks for completions.
_COMPLETE: Final = "_PERFEVAL_COMPLETE"
_USAGE: Final = 2
_INTERRUPTED: Final = 130


def main() -> None:
    """Runs the command line. Every failure is a sentence for the user, never a traceback."""
    terminal.prepare()
    usage.language_in(sys.argv[1:])
    sys.exit(run())


def run() -> int:
    """Runs what stands in ``sys.argv`` and gives the exit status.

    An output that cannot be written is 2, never the 1 that means findings.
    """
    try:
        status = _told()
        terminal.finish()
    except KeyboardInterrupt:
        return _interrupted()
    except OSError as problem:
        terminal.output_failed(problem)
        return _USAGE
    return status


def _told() -> int:
    try:
        return _called(sys.argv[1:])
    except click.exceptions.Exit as end:
        return end.exit_code
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0 if end.code is None else _USAGE
    except PerfevalError as error:
        click.echo(str(error), err=True)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
    except click.UsageError as error:
        click.echo(usage.sentence_of(error), err=True)
    except click.ClickException as error:
        click.echo(error.format_message(), err=True)
    except (KeyboardInterrupt, click.Abort):
        return _interrupted()
    except OSError:
        raise
    except (Exception, RecursionError) as problem:
        from perfeval_xl.last_resort import told

        click.echo(told(problem), err=True)
    return _USAGE


def _called(arguments: list[str]) -> int:
    """Like click's own ``main``, except that an interrupt and a closed pipe do not end with status 1."""
    if wanted := os.environ.get(_COMPLETE):
        return click.shell_completion.shell_complete(perfeval, {}, _NAME, _COMPLETE, wanted)
    with perfeval.make_context(_NAME, arguments) as context:
        perfeval.invoke(context)
    return 0


def _interrupted() -> int:
    click.echo(say("cli.interrupted"), err=True)
    return _INTERRUPTED
