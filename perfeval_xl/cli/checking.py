"""``check`` and ``explain``."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

import click

from perfeval_xl.checks import check_readings, find_rule
from perfeval_xl.checks.catalogue import near_names
from perfeval_xl.cli import terminal
from perfeval_xl.cli.arguments import profile_option, sources_argument, write_output
from perfeval_xl.cli.outputs import check_output
from perfeval_xl.cli.reading import read_sources
from perfeval_xl.errors import CannotWrite, PerfevalError
from perfeval_xl.files import STANDARD, bytes_of, is_signed, write_atomically
from perfeval_xl.messages import language, say
from perfeval_xl.model import Finding
from perfeval_xl.profile import Profile, load_profile
from perfeval_xl.reading import Reading

Format = Literal["text", "json", "sarif"]
#: Gravest last; ``never`` is above all of them.
_WORKBOOKS: Final = (".xlsx", ".xlsm", ".xltx", ".xltm")
ORDER: Final = ("info", "warning", "error", "never")


@dataclass
class _Run:
    """What was read, what was found, and whether a source failed. ``data`` holds what is no file."""

    readings: list[Reading] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    data: dict[str, bytes] = field(default_factory=dict)
    #: A source as findings call it -> as the system does.
    paths: dict[str, str] = field(default_factory=dict)
    failed: bool = False

    def tell(self, error: PerfevalError) -> None:
        click.echo(str(error), err=True)
        self.failed = True


@click.command("check")
@sources_argument
@click.option(
    "--format", "form", type=click.Choice(("text", "json", "sarif")), default="text", help="输出格式 / format"
)
@click.option(
    "--fail-on", type=click.Choice(ORDER[::-1]), default="error", help="何时退出码为 1 / what makes exit status 1"
)
@click.option(
    "--annotate",
    "marked",
    metavar="OUT.xlsx",
    type=click.Path(dir_okay=False, path_type=Path),
    help="标注副本：颜色、批注和审核意见表 / a copy with colours, comments and a review sheet",
)
@click.option(
    "--fix",
    "fixed",
    metavar="OUT",
    type=click.Path(dir_okay=False, path_type=Path),
    help="写出可靠的更正 / write the safe fixes",
)
@profile_option
def check(
    sources: tuple[str, ...],
    form: Format,
    fail_on: str,
    marked: Path | None,
    fixed: Path | None,
    profile: Profile | None,
) -> None:
    """核对自评表，指出问题所在的单元格。 Check forms; every finding names its cell."""
    run = _read(sources, profile)
    try:
        run.findings = check_readings(run.readings, profile, files=run.data)
        if (fixed or marked) and run.readings:
            _write(run, sources, profile, fixed, marked)
    except PerfevalError as error:
        run.tell(error)
    _print(run.findings, form, forms=len(run.readings), failed=run.failed)
    if run.failed:
        sys.exit(2)
    if any(ORDER.index(finding.severity) >= ORDER.index(fail_on) for finding in run.findings):
        sys.exit(1)


def _read(sources: Sequence[str], profile: Profile | None) -> _Run:
    run = _Run()
    for result in read_sources(sources, profile, doubts=False):
        run.failed = run.failed or result.error is not None
        try:
            for reading in result.readings:
                if reading.layout is None and profile is None:  # a document: nothing but its word says which form it is
                    load_profile(reading.form.profile)
        except PerfevalError as error:
            run.tell(error)
            continue
        run.readings += result.readings
        run.paths |= {reading.source: result.path for reading in result.readings}
        if result.data is not None:
            run.data[result.path] = result.data
    return run


# --- writing ------------------------------------------------------------------------------------------------------


def _write(run: _Run, sources: Sequence[str], profile: Profile | None, fixed: Path | None, marked: Path | None) -> None:
    """Fixes first; what is marked then is the fixed workbook with what is left."""
    names = {reading.source for reading in run.readings}
    if len(names) != 1 or len(sources) != 1:
        raise CannotWrite("one-source-only", path=fixed or marked)
    source = names.pop()
    path = run.paths[source]
    data = run.data[source] if source in run.data else bytes_of(Path(path))
    ending = Path(path).suffix.lower() if path != STANDARD else ""
    check_output(fixed, [path], *([ending] if ending in (*_WORKBOOKS, ".json") else []))
    check_output(marked, [path], *([ending] if ending in _WORKBOOKS else []))
    if is_signed(data):
        click.echo(say("cli.signature", path=fixed or marked), err=True)
    if fixed is not None:
        from perfeval_xl.checks.fix import fix

        result = fix(data, str(fixed), run.readings, profile)
        write_atomically(fixed, result.data)
        for sentence in result.fixes:
            terminal.note(sentence)
        terminal.note(say("cli.fixed", path=fixed, count=len(result.fixes), left=len(result.left)))
        data, run.findings = result.data, list(result.left)
    if marked is not None:
        from perfeval_xl.workbook.review.annotate import annotate

        write_atomically(marked, annotate(data, source, run.findings))
        terminal.note(say("cli.annotated", path=marked, count=len(run.findings)))


# --- printing -----------------------------------------------------------------------------------------------------


def _print(findings: Sequence[Finding], form: Format, *, forms: int, failed: bool) -> None:
    if form == "text":
        _print_text(findings, forms, failed=failed)
        return
    import msgspec

    if form == "json":
        document: object = {"findings": list(findings)}
    else:
        from perfeval_xl.checks.sarif import sarif

        document = sarif(findings)
    write_output(msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n", None)


_COLOURS: Final = {"error": "bold red", "warning": "yellow", "info": "cyan"}


def _print_text(findings: Sequence[Finding], forms: int, *, failed: bool) -> None:
    from rich.text import Text

    if not sys.stdout.isatty():  # nothing to colour, and rich takes a millisecond for each finding
        _print_plain(findings, forms, failed=failed)
        return
    console = terminal.console(highlight=False, soft_wrap=True)
    source: str | None = None
    for finding in findings:
        if finding.source != source:
            source = finding.source
            console.print(Text(source or say("findings.where.batch"), style="bold underline"))
        line = Text("  ")
        line.append(say(f"review.{finding.severity}"), style=_COLOURS[finding.severity])
        line.append(f" {finding.code} ")
        line.append(_form_words(finding))
        line.append(finding.message)
        console.print(line)
        console.print(Text(f"      → {finding.advice}", style="dim"))
    if findings or not failed:
        console.print(_summary(findings, forms), style="bold" if findings else "green")


def _print_plain(findings: Sequence[Finding], forms: int, *, failed: bool) -> None:
    source: str | None = None
    for finding in findings:
        if finding.source != source:
            source = finding.source
            click.echo(source or say("findings.where.batch"))
        severity = say(f"review.{finding.severity}")
        click.echo(f"  {severity} {finding.code} {_form_words(finding)}{finding.message}\n      → {finding.advice}")
    if findings or not failed:
        click.echo(_summary(findings, forms))


def _summary(findings: Sequence[Finding], forms: int) -> str:
    counts = {severity: sum(finding.severity == severity for finding in findings) for severity in _COLOURS}
    return say("cli.check-summary", forms=forms, **counts)


def _form_words(finding: Finding) -> str:
    if not finding.source:
        return ""
    if finding.sheet:
        return say("cli.check-sheet", sheet=finding.sheet)
    return say("cli.check-form", number=finding.form + 1)


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
