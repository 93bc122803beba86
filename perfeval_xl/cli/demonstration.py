"""``demo``: the main job on shipped samples, start to finish."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

import click

from perfeval_xl import shown
from perfeval_xl.files import read_path, write_forms, write_json, write_template
from perfeval_xl.messages import say
from perfeval_xl.model import Form
from perfeval_xl.profile import load_profile
from perfeval_xl.sums import add_up

SAMPLES: Final = Path(__file__).parents[1] / "samples"


@click.command("demo")
@click.argument("folder", default="demo", type=click.Path(file_okay=False, path_type=Path))
def demo(folder: Path) -> None:
    """用自带样表走一遍：空白表、填好的表、读回的 JSON。 Template, filled workbook and JSON from shipped samples."""
    samples = {path.stem: [reading.form for reading in read_path(path)] for path in sorted(SAMPLES.glob("*.json"))}
    click.echo(say("cli.demo-start", count=sum(map(len, samples.values()))))
    for name, forms in samples.items():
        click.echo(f"\n{name}")
        _one(name, forms, folder)
    _totals([form for forms in samples.values() for form in forms])
    click.echo("\n" + say("cli.demo-end", path=folder))
    click.echo(say("cli.demo-page", command=_command()))


def _command() -> str:
    """How this program was started, so that the words can be typed as they stand."""
    started = Path(sys.argv[0])
    return sys.argv[0] if started.stem == "perfeval" else "perfeval"


def _one(name: str, forms: list[Form], folder: Path) -> None:
    blank, filled, back = (folder / f"{name}-{part}" for part in ("空白.xlsx", "已填.xlsx", "读回.json"))
    write_template(load_profile(forms[0].profile), blank)
    click.echo(say("cli.demo-template", path=blank))
    write_forms(forms, filled)
    click.echo(say("cli.demo-filled", path=filled, count=len(forms)))
    found = [reading.form for reading in read_path(filled)]
    write_json(found, back)
    click.echo(say("cli.demo-json", path=back))
    click.echo(say("cli.demo-same" if found == forms else "cli.demo-different"))
    if found != forms:
        raise SystemExit(1)


def _totals(forms: list[Form]) -> None:
    click.echo("\n" + say("cli.demo-totals"))
    for form in forms:
        sums = add_up(form, load_profile(form.profile))
        stated = shown.number(form.total.score)
        wrong = form.total.score not in (sums.score, sums.full_score)
        mark = "✗" if wrong else "✓"
        click.echo(
            f"  {mark} {stated:>6} / {shown.number(sums.full_score):>6} / {sums.grade or '-'}  {form.project.name}"
        )
