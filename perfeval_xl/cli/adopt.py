"""``adopt``."""

from __future__ import annotations

from pathlib import Path

import click

from perfeval_xl.cli.outputs import check_output
from perfeval_xl.cli.terminal import note
from perfeval_xl.messages import say


@click.command("adopt")
@click.argument("office", metavar="OFFICE.xlsx", type=click.Path(path_type=Path))
@click.option(
    "-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path), help="输出 .toml / output .toml"
)
@click.option("--id", "profile_id", help="表样 id，默认用文件名 / id of the profile, by default the file's name")
def adopt(office: Path, output: Path, profile_id: str | None) -> None:
    """从单位的空白（或已填）工作簿学一个表样。 Learn a profile from an office's workbook, blank or filled."""
    from perfeval_xl.adopt import adopt_workbook

    check_output(output, [office], ".toml")
    adopted = adopt_workbook(office, output, profile_id)
    values = {"path": output, "extends": adopted.extends, "count": adopted.settings, "unknown": len(adopted.unknown)}
    note(say("cli.adopted", **values))
