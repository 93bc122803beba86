"""``summary`` and ``report``; ``check --format html|xlsx`` is a short way to them."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import click

from perfeval_xl.cli.arguments import profile_option, sources_argument, write_output
from perfeval_xl.cli.many_files import Manner, many_files_options, worked_on
from perfeval_xl.cli.outputs import check_result
from perfeval_xl.errors import CannotWrite
from perfeval_xl.files import STANDARD
from perfeval_xl.messages import say
from perfeval_xl.model import Severity
from perfeval_xl.profile import Profile
from perfeval_xl.reports.gather import ReviewWork, gather
from perfeval_xl.reports.ledger import Ledger

_WORKBOOK: Final = ".xlsx"


@click.command("summary")
@sources_argument
@click.option(
    "-o",
    "--output",
    required=True,
    metavar="FILE.xlsx",
    type=click.Path(dir_okay=False, path_type=Path),
    help="写到哪里 / where to write",
)
@many_files_options
@profile_option
def summary(sources: tuple[str, ...], output: Path, manner: Manner, profile: Profile | None) -> None:
    """汇总许多自评表：台账、指标库、问题清单、自评质量、图表。 Many forms as one workbook, with charts."""
    if output.suffix.lower() != _WORKBOOK and str(output) != STANDARD:
        raise CannotWrite("summary-kind", path=output)
    with _ledger(sources, profile, manner, output) as ledger:
        _write(ledger, output, _WORKBOOK)
        sys.exit(2 if ledger.unread else 0)


def _write_templates(context: click.Context, _option: click.Parameter, folder: Path | None) -> None:
    """``--write-templates`` needs no sources: it writes and ends."""
    if folder is None or context.resilient_parsing:
        return
    from perfeval_xl.reports.jinja import write_templates

    write_templates(folder)
    click.echo(say("reports.templates-written", path=folder), err=True)
    context.exit()


@click.command("report")
@sources_argument
@click.option(
    "-o",
    "--output",
    required=True,
    metavar="FILE.(html|docx|md|pdf)",
    type=click.Path(dir_okay=False, path_type=Path),
    help="写到哪里；扩展名决定格式 / where to write; the ending decides the kind",
)
@click.option("--deadline", default="", metavar="DATE", help="审核意见书的整改期限 / the day by which to mend")
@click.option(
    "--templates",
    metavar="DIR",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="单位自己的报告模板 / the office's own templates",
)
@click.option(
    "--write-templates",
    metavar="DIR",
    is_eager=True,
    expose_value=False,
    callback=_write_templates,
    type=click.Path(file_okay=False, path_type=Path),
    help="写出自带的模板以便修改，不生成报告 / write the shipped templates to be changed, and end",
)
@many_files_options
@profile_option
def report(
    sources: tuple[str, ...],
    output: Path,
    deadline: str,
    templates: Path | None,
    manner: Manner,
    profile: Profile | None,
) -> None:
    """一张表的审核意见书，或一批表的审核报告。 The review opinion on one form, or the report of many."""
    from perfeval_xl.reports.documents import SUFFIXES

    if output.suffix.lower() not in SUFFIXES and str(output) != STANDARD:
        raise CannotWrite("report-kind", path=output, kinds=" ".join(SUFFIXES))
    with _ledger(sources, profile, manner, output) as ledger:
        kind = ".html" if str(output) == STANDARD else output.suffix.lower()
        _write(ledger, output, kind, deadline=deadline, templates=templates)
        sys.exit(2 if ledger.unread else 0)


# --- what check shares ---------------------------------------------------------------------------------------------


def checked(
    sources: Sequence[str], profile: Profile | None, manner: Manner, output: str | None, kind: str
) -> tuple[set[Severity], bool]:
    """``check --format html|xlsx``: writes the report or the summary.

    Gives the severities that were found, and whether a source could not be read.
    """
    target = Path(output or STANDARD)
    with _ledger(sources, profile, manner, target) as ledger:
        _write(ledger, target, f".{kind}")
        return {finding.severity for _, finding in ledger.findings}, bool(ledger.unread)


def _ledger(sources: Sequence[str], profile: Profile | None, manner: Manner, output: Path) -> Ledger:
    """What the sources hold. What is to be written is never one of them; one left in a folder is passed over."""
    result = check_result(output, sources, output.suffix.lower())
    with worked_on(sources, ReviewWork(profile), manner, results=result) as outcomes:
        return gather(outcomes, profile)


def _write(ledger: Ledger, output: Path, kind: str, **settings: Any) -> None:
    """The workbook or the document. Raises ``CannotWrite`` when there is no form to speak of."""
    if not ledger.forms:
        raise CannotWrite("nothing-to-report", path=output)
    if kind == _WORKBOOK:
        from perfeval_xl.reports.summary import summary_workbook

        data = summary_workbook(ledger, output)
    else:
        from perfeval_xl.reports.documents import document

        data = document(ledger, output, suffix=kind, **settings)
    write_output(data, str(output))
    click.echo(say("reports.written", path=output, forms=len(ledger.forms), findings=len(ledger.findings)), err=True)
