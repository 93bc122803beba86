"""``to-json``, ``to-xlsx`` and ``schema``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from perfeval_xl.batch import Result
from perfeval_xl.cli.arguments import profile_option, sources_argument, write_output
from perfeval_xl.cli.outputs import check_output
from perfeval_xl.cli.reading import read_sources
from perfeval_xl.cli.terminal import note
from perfeval_xl.files import STANDARD, bytes_of, is_signed, read_path, write_forms
from perfeval_xl.messages import say
from perfeval_xl.model import dump_document
from perfeval_xl.profile import Profile
from perfeval_xl.reading import Reading


@click.command("to-json")
@sources_argument
@click.option("-o", "--output", metavar="FILE|DIR", help="输出文件；目录则每个来源一份 / output file, or folder")
@profile_option
@click.option("--where", is_flag=True, help="附上每个字段所在的单元格 / add the cell of every field")
def to_json(sources: tuple[str, ...], output: str | None, profile: Profile | None, where: bool) -> None:
    """把各种文件读成规范 JSON。 Read any source into canonical JSON."""
    results = list(read_sources(sources, profile))
    inputs = [result.path for result in results]
    if output is not None and (Path(output).is_dir() or output.endswith(("/", "\\"))):
        _write_each(results, Path(output), where=where)
    elif any(result.readings for result in results):
        check_output(output, inputs, ".json")
        write_output(_document([reading for result in results for reading in result.readings], where=where), output)
    if any(result.error for result in results):
        sys.exit(2)


def _document(readings: list[Reading], *, where: bool) -> bytes:
    return dump_document(
        [reading.form for reading in readings], [reading.where() for reading in readings] if where else ()
    )


def _write_each(results: list[Result], folder: Path, *, where: bool) -> None:
    """One JSON per source, named after it; equal names from different folders get a number."""
    used: set[str] = set()
    for result in results:
        if result.readings:
            stem = "stdin" if result.path == STANDARD else Path(result.path).stem
            target = folder / f"{_unused(stem, used)}.json"
            check_output(target, [other.path for other in results])
            write_output(_document(list(result.readings), where=where), str(target))


def _unused(stem: str, used: set[str]) -> str:
    name, number = stem, 2
    while name.lower() in used:
        name, number = f"{stem}-{number}", number + 1
    used.add(name.lower())
    return name


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
