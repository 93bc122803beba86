"""``to-json``, ``to-xlsx`` and ``schema``."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from perfeval_xl.batch.forms import FormsRead, FormsWork
from perfeval_xl.batch.remote import is_url
from perfeval_xl.batch.sources import find_sources
from perfeval_xl.cli.arguments import profile_option, sources_argument, write_output
from perfeval_xl.cli.form_formats import form_writer
from perfeval_xl.cli.ledger_parts import write_ledger_parts
from perfeval_xl.cli.many_files import Manner, many_files_options, tell_all, worked_on
from perfeval_xl.cli.outputs import check_output
from perfeval_xl.cli.terminal import note
from perfeval_xl.files import bytes_of, is_signed, read_path, write_forms
from perfeval_xl.messages import say
from perfeval_xl.profile import Profile


@click.command("to-json")
@sources_argument
@click.option(
    "-o",
    "--output",
    metavar="FILE|DIR",
    help="输出文件（.json .jsonl .parquet）；目录则每个来源一份 / output file, or folder",
)
@click.option("--jsonl", "lines", is_flag=True, help="每行一张表 / one form per line")
@many_files_options
@profile_option
@click.option("--where", is_flag=True, help="附上每个字段所在的单元格 / add the cell of every field")
def to_json(
    sources: tuple[str, ...], output: str | None, lines: bool, manner: Manner, profile: Profile | None, where: bool
) -> None:
    """把各种文件读成规范 JSON。 Read any source into canonical JSON."""
    failed = False
    work = FormsWork(profile, where)
    _check_outputs(sources, output)
    if manner.cluster is not None and output is not None and output.rstrip("/").endswith(".parquet"):
        failed = write_ledger_parts(sources, work, output, manner.cluster)
        sys.exit(2 if failed else 0)
    with form_writer(output, lines=lines) as writer, worked_on(sources, work, manner) as outcomes:
        for outcome in outcomes:
            failed = failed or outcome.error is not None
            if outcome.error is None:
                tell_all(outcome.decoded(FormsRead).doubts)
            writer.write(outcome)
    if failed:
        sys.exit(2)


def _check_outputs(sources: Sequence[str], output: str | None) -> None:
    """Refuse to write over a source, or under an ending that says another kind."""
    if output is None or is_url(output):
        return
    paths = [path for path in find_sources(sources).paths if not is_url(path)]
    if Path(output).is_dir() or output.endswith(("/", "\\")):
        for path in paths:
            check_output(Path(output) / f"{Path(path).stem}.json", paths)
    else:
        check_output(output, paths, ".json", ".jsonl", ".parquet")


@click.command("to-xlsx")
@click.argument("source", metavar="FILE.json")
@click.option("-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path), help="输出 / output")
@click.option(
    "--into", type=click.Path(path_type=Path), help="填入现有工作簿 / fill this workbook instead of a template"
)
@profile_option
def to_xlsx(source: str, output: Path, into: Path | None, profile: Profile | None) -> None:
    """把规范 JSON 写进模板，或填入现有工作簿。 Write canonical JSON into a template or an existing workbook."""
    check_output(output, [source])
    forms = [reading.form for reading in read_path(source)]
    signed = into is not None and is_signed(bytes_of(into))
    for place in write_forms(forms, output, into=into, profile=profile):
        click.echo(say("cli.left-out", path=output, place=place), err=True)
    if signed:
        click.echo(say("cli.signature", path=output), err=True)
    note(say("cli.written", path=output, count=len(forms)))


@click.command("schema")
def schema() -> None:
    """输出文档的 JSON Schema。 Print the JSON Schema of the document."""

    from perfeval_xl.model import json_schema_text

    write_output(json_schema_text(), None)
