"""``addin``: build, install and examine the add-ins for Excel and LibreOffice."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from perfeval_xl.messages import say

if TYPE_CHECKING:
    from perfeval_xl.addin.install import Steps
    from perfeval_xl.addin.machine import Machine

_MARKS: Final = {"good": "✓", "bad": "✗", "note": "·"}


@click.group("addin")
def addin() -> None:
    """Excel 加载项、带宏的空白表、LibreOffice 扩展。 The add-in, macro templates, the LibreOffice extension."""


@addin.command("build")
@click.option("-o", "--output", default="addin", type=click.Path(file_okay=False, path_type=Path), help="目录 / folder")
def build(output: Path) -> None:
    """由文本生成全部文件。 Build perfeval.xlam, PROFILE.xlsm and perfeval.oxt from text."""
    from perfeval_xl.addin.build import build as build_all

    for path in build_all(output):
        click.echo(say("addin.built", path=path))


@addin.command("install")
@click.option("--uninstall", is_flag=True, help="卸载，恢复原有文件 / remove, put back what was there")
def install(uninstall: bool) -> None:
    """放到 Excel 和 LibreOffice 能找到的地方。 Put them where Excel and LibreOffice look.

    有一步没有做成时，退出状态为 1。 Exit status 1 when a step could not be done.
    """
    from perfeval_xl.addin import install as installing

    _carry_out(installing.uninstall if uninstall else installing.install)


@addin.command("uninstall")
def uninstall() -> None:
    """卸载，恢复原有文件。 Take them away and put back what was there. Exit status 1 when a step could not be done."""
    from perfeval_xl.addin import install as installing

    _carry_out(installing.uninstall)


def _carry_out(step: Callable[[Machine], Steps]) -> None:
    """Carries out the step, prints what was done, and ends with its exit status."""
    from perfeval_xl.addin.machine import Machine

    done = step(Machine())
    for sentence in done.told:
        click.echo(sentence)
    sys.exit(int(not done.complete))


@addin.command("doctor")
def doctor() -> None:
    """检查缺什么、怎么补。 Say what is missing and how to fix it. Exit status 1 when something is."""
    from perfeval_xl.addin.doctor import examine
    from perfeval_xl.addin.machine import Machine

    found = examine(Machine())
    for diagnosis in found:
        click.echo(f"{_MARKS[diagnosis.state]} {diagnosis.topic:<12}{diagnosis.text}")
    sys.exit(int(any(diagnosis.state == "bad" for diagnosis in found)))
