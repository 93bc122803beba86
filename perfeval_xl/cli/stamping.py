"""``stamp``: one pre-filled workbook per project of a list."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from perfeval_xl.cli.arguments import profile_option
from perfeval_xl.cli.many_files import with_bar
from perfeval_xl.files import blank_workbook, read_bytes, write_atomically
from perfeval_xl.messages import say
from perfeval_xl.profile import DEFAULT_PROFILE, Profile, load_profile

MANIFEST = "manifest.csv"


@click.command("stamp")
@click.argument("projects", metavar="PROJECTS.csv|.xlsx|.json", type=click.Path(dir_okay=False, path_type=Path))
@profile_option
@click.option(
    "-o", "--output", "folder", required=True, type=click.Path(file_okay=False, path_type=Path), help="文件夹 / folder"
)
@click.option(
    "--name",
    "pattern",
    default="{code}-{name}.xlsx",
    show_default=True,
    help="文件名，可用 {code} {name} {department} {unit} {year} {number} / file names",
)
@click.option("--year", type=click.IntRange(1900, 9999), help="年度 / budget year")
@click.option("--rows", type=click.IntRange(1, 500), default=1, help="指标行数 / indicator rows")
@click.option("--macros", is_flag=True, help="带宏的 .xlsm / with macros, as .xlsm")
@click.option("--force", is_flag=True, help="覆盖已有的文件 / overwrite files that are there")
def stamp(
    projects: Path,
    profile: Profile | None,
    folder: Path,
    pattern: str,
    year: int | None,
    rows: int,
    macros: bool,
    force: bool,
) -> None:
    """按项目清单批量生成预填好的表。 One pre-filled workbook for each project of a list."""
    from perfeval_xl.stamp import Columns, NamePattern, manifest, read_list
    from perfeval_xl.stamp import stamp as stamp_all

    chosen = profile or load_profile(DEFAULT_PROFILE)
    suffix = ".xlsm" if macros else ".xlsx"
    names = NamePattern(pattern, suffix)
    blank = _blank(chosen, year, rows, macros=macros)
    columns = Columns(chosen, read_bytes(blank, f"{chosen.id}{suffix}", chosen)[0].form)
    listed = read_list(projects, columns)
    for heading in columns.unknown(listed.headings):
        click.echo(say("cli.column-not-used", path=projects, heading=heading), err=True)
    results = []
    made = stamp_all(listed.projects, columns, blank, chosen, folder, names, force=force)
    for result in with_bar(made, len(listed.projects)):
        results.append(result)
        if result.error is not None:
            click.echo(say("cli.row-failed", number=result.number, reason=result.error), err=True)
    write_atomically(folder / MANIFEST, manifest(results))
    failed = sum(result.error is not None for result in results)
    values = {"folder": folder, "count": len(results) - failed, "failed": failed, "manifest": folder / MANIFEST}
    click.echo(say("cli.stamped", **values), err=True)
    if failed:
        sys.exit(2)


def _blank(profile: Profile, year: int | None, rows: int, *, macros: bool) -> bytes:
    if not macros:
        return blank_workbook(profile, year=year, rows=rows)
    from perfeval_xl.addin.build import macro_template

    return macro_template(profile, year=year, rows=rows)
