"""The start of the frozen program: the add-in calls it as it calls Python. What PyInstaller makes is not built here."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
START = ROOT / "packaging/windows/start.py"


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(START), *arguments], capture_output=True, text=True, timeout=60, check=False
    )


def test_it_runs_the_code_that_the_addin_hands_over_with_what_stands_behind() -> None:
    done = run("-B", "-P", "-c", "import sys; print(sys.argv)", "--wb=表.xlsx", "--from_xl=1")
    assert done.stdout.strip() == "['-c', '--wb=表.xlsx', '--from_xl=1']", done.stderr


@pytest.mark.parametrize("arguments", [("profiles",), ("--help",)])
def test_else_it_is_the_command_line(arguments: tuple[str, ...]) -> None:
    done = run(*arguments)
    assert done.returncode == 0
    assert "mof" in done.stdout or "Templates, conversion" in done.stdout


def test_the_code_of_another_command_is_not_run() -> None:
    assert run("check", "-c", "print('ran')").returncode == 2


def test_the_recipe_takes_along_what_is_no_code() -> None:
    spec = (ROOT / "packaging/windows/perfeval.spec").read_text("utf-8")
    shipped = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]["targets"]["wheel"]
    for target in shipped["force-include"].values():
        assert target.rpartition("/")[2] in spec
    assert 'collect_data_files("xlwings")' in spec
    assert "xlwings*.dll" in spec
    assert 'excludes=["xlwings.pro"]' in spec
