"""``profiles`` and ``template``."""

from __future__ import annotations

import json
from pathlib import Path

import click

from perfeval_xl.cli.arguments import RegionOrProfile
from perfeval_xl.cli.terminal import note
from perfeval_xl.files import write_atomically, write_template
from perfeval_xl.messages import language, say
from perfeval_xl.profile import Profile, load_profile, profile_ids


@click.command("profiles")
@click.option("--json", "as_json", is_flag=True, help="JSON")
def profiles(as_json: bool) -> None:
    """列出各地区表样。 List the profiles of regions."""
    loaded = [load_profile(name) for name in profile_ids()]
    if as_json:
        entries = [
            {"id": p.id, "name": {"zh": p.name.zh, "en": p.name.en}, "unit": p.unit, "version": p.template_version}
            for p in loaded
        ]
        click.echo(json.dumps(entries, ensure_ascii=False, indent=2))
        return
    for profile in loaded:
        click.echo(f"{profile.id:<24}{profile.unit:<4}{getattr(profile.name, language())}")


@click.command("template")
@click.argument("profile", type=RegionOrProfile())
@click.option("-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path), help="输出 / output")
@click.option("--year", type=click.IntRange(1900, 9999), help="年度 / budget year")
@click.option("--rows", type=click.IntRange(1, 500), default=1, help="指标行数 / indicator rows")
@click.option("--macros", is_flag=True, help="带宏的 .xlsm / with macros, as .xlsm")
def template(profile: Profile, output: Path, year: int | None, rows: int, macros: bool) -> None:
    """生成一个地区的空白表。 Write the blank workbook of a profile (an id or a .toml file)."""
    if macros:
        _write_with_macros(profile, output, year, rows)
    else:
        write_template(profile, output, year=year, rows=rows)
    note(say("cli.template-written", path=output, name=getattr(profile.name, language())))


def _write_with_macros(profile: Profile, output: Path, year: int | None, rows: int) -> None:
    from perfeval_xl.addin.build import macro_template

    if output.suffix.lower() != ".xlsm":  # under another name Excel refuses to open it
        raise click.BadParameter(say("cli.macros-need-xlsm", path=output), param_hint="-o")
    write_atomically(output, macro_template(profile, year=year, rows=rows))
