"""``check`` and ``explain``."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final, cast

import click

from perfeval_xl.batch.checking import MARKABLE, Checked, CheckWork, MarkedFolder
from perfeval_xl.batch.sources import find_sources
from perfeval_xl.batch.task import Outcome
from perfeval_xl.checks import find_rule
from perfeval_xl.checks.batch import FormTrace
from perfeval_xl.checks.catalogue import near_names
from perfeval_xl.checks.run import check_batch
from perfeval_xl.cli import terminal
from perfeval_xl.cli.arguments import output_option, output_stream, profile_option, sources_argument
from perfeval_xl.cli.finding_formats import FORMATS, Format, writer
from perfeval_xl.cli.many_files import Manner, many_files_options, tell_all, worked_on
from perfeval_xl.cli.outputs import check_output, check_result
from perfeval_xl.errors import CannotWrite, PerfevalError
from perfeval_xl.files import STANDARD
from perfeval_xl.messages import language, say
from perfeval_xl.model import Finding
from perfeval_xl.profile import Profile

#: Formats that are written as a report or a summary workbook.
REPORTS: Final = ("html", "xlsx")
#: The least severe first; ``never`` is above all of them.
ORDER: Final = ("info", "warning", "error", "never")
#: Endings of a file of each format.
ENDINGS: Final[dict[str, tuple[str, ...]]] = {
    "text": (),
    "json": (".json",),
    "jsonl": (".jsonl", ".json"),
    "sarif": (".sarif", ".json"),
    "html": (".html", ".htm"),
    "xlsx": (".xlsx",),
}


@click.command("check")
@sources_argument
@click.option("--format", "form", type=click.Choice((*FORMATS, *REPORTS)), default="text", help="输出格式 / format")
@output_option
@click.option(
    "--fail-on", type=click.Choice(ORDER[::-1]), default="error", help="何时退出码为 1 / what makes exit status 1"
)
@click.option(
    "--annotate",
    "marked",
    metavar="OUT.xlsx|DIR/",
    help="标注副本：颜色、批注和审核意见表；目录则每个工作簿一份 / marked copies with a review sheet",
)
@click.option(
    "--fix",
    "fixed",
    metavar="OUT",
    type=click.Path(dir_okay=False, path_type=Path),
    help="写出可靠的更正 / write the safe fixes",
)
@many_files_options
@profile_option
def check(
    sources: tuple[str, ...],
    form: str,
    output: str | None,
    fail_on: str,
    marked: str | None,
    fixed: Path | None,
    manner: Manner,
    profile: Profile | None,
) -> None:
    """核对自评表，指出问题所在的单元格。 Check forms; every finding names its cell."""
    result = check_result(output, sources, *ENDINGS[form])
    if form in REPORTS:
        if fixed or marked:
            raise click.UsageError(say("cli.format-alone", format=form))
        from perfeval_xl.cli.reports import checked

        severities, failed = checked(sources, profile, manner, output, form)
        _end(severities, failed=failed, fail_on=fail_on)
        return
    run = _Run(profile)
    work = run.work(sources, marked, fixed)
    with (
        output_stream(output) as stream,
        worked_on(sources, work, manner, results=work.results or result) as outcomes,
        writer(cast(Format, form), stream, forms=run.forms, failed=lambda: run.failed) as write,
    ):
        for findings in run.findings(outcomes):
            write(findings)
    _end(run.severities, failed=run.failed, fail_on=fail_on)


def _end(severities: Iterable[str], *, failed: bool, fail_on: str) -> None:
    """The exit status: 2 for what could not be read, 1 for findings that matter."""
    if failed:
        sys.exit(2)
    if any(ORDER.index(severity) >= ORDER.index(fail_on) for severity in severities):
        sys.exit(1)


class _Run:
    """The state of a run: counts, and a trace of each form for findings about the whole batch."""

    def __init__(self, profile: Profile | None) -> None:
        self.profile = profile
        self.failed = False
        self.severities: Counter[str] = Counter()
        self._forms = 0
        self._traces: list[FormTrace] = []

    def forms(self) -> int:
        """How many forms were checked until now."""
        return self._forms

    def tell(self, error: PerfevalError) -> None:
        """Reports an error; the remaining files are still checked."""
        click.echo(str(error), err=True)
        self.failed = True

    def work(self, sources: Sequence[str], marked: str | None, fixed: Path | None) -> CheckWork:
        """What is done with each file; copies of one file are refused where there are several."""
        if marked is not None and _is_folder(marked):
            if fixed is None:
                return CheckWork(self.profile, marked_folder=_marked_folder(sources, Path(marked)))
            self.tell(CannotWrite("one-source-only", path=fixed))
            return CheckWork(self.profile)
        if (marked or fixed) and (len(sources) != 1 or len(find_sources(sources).paths) != 1):
            self.tell(CannotWrite("one-source-only", path=fixed or marked))
            return CheckWork(self.profile)
        path = find_sources(sources).paths[0] if marked or fixed else ""
        ending = Path(path).suffix.lower() if path != STANDARD else ""
        check_output(fixed, [path], *([ending] if ending in (*MARKABLE, ".json") else []))
        check_output(marked, [path], *([ending] if ending in MARKABLE else []))
        return CheckWork(self.profile, Path(marked) if marked else None, fixed)

    def findings(self, outcomes: Iterator[Outcome]) -> Iterator[Sequence[Finding]]:
        """The findings of each file, and at the end those about all of them together."""
        for outcome in outcomes:
            self.failed = self.failed or outcome.error is not None
            if outcome.error is None:
                yield self._counted(self._of_file(outcome.decoded(Checked)))
        yield self._counted(check_batch(self._traces, self.profile))

    def _of_file(self, checked: Checked) -> Sequence[Finding]:
        self._forms += checked.forms
        self._traces += checked.traces
        tell_all(checked.said)
        for failure in checked.failures:
            self.tell(failure.error())
        return checked.findings

    def _counted(self, findings: Sequence[Finding]) -> Sequence[Finding]:
        self.severities.update(finding.severity for finding in findings)
        return findings


def _is_folder(name: str) -> bool:
    return name.endswith(("/", "\\")) or Path(name).is_dir()


def _marked_folder(sources: Sequence[str], folder: Path) -> MarkedFolder:
    """Copies keep their places below the innermost folder that holds all sources."""
    folders = {Path(path).absolute().parent for path in find_sources(sources, results=folder).paths}
    return MarkedFolder(Path(os.path.commonpath(folders)) if folders else Path.cwd(), folder)


# --- explain ------------------------------------------------------------------------------------------------------


@click.command("explain")
@click.argument("code", metavar="CODE|NAME", required=False)
def explain(code: str | None) -> None:
    """说明一种问题：什么时候报、怎么改。 What a finding means and what to do; without CODE, the list of all."""
    from perfeval_xl.checks import rules
    from perfeval_xl.checks.pages import page

    if code is None:
        for rule in rules():
            click.echo(f"{rule.code}  {rule.name:<28}{say(f'findings.{rule.name}.title')}")
        return
    wanted = find_rule(code)
    if wanted is None:
        near = "、".join(near_names(code))
        click.echo(say("cli.explain-unknown-near" if near else "cli.explain-unknown", code=code, near=near), err=True)
        sys.exit(2)
    text = page(wanted, language())
    if not sys.stdout.isatty():
        click.echo(text, nl=False)
        return
    from rich.markdown import Markdown

    terminal.console().print(Markdown(text))
