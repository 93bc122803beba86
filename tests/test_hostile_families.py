"""Every family of files made to do harm, in several variants: read or refused in a sentence, soon and in little memory.

The table is ``tests/hostile_files.py``; ``scripts.fuzz.families`` tries each file in a child with limits, through
reading, ``check``, ``--annotate``, ``--fix`` and ``--into``. Three files of every family are tried here, all of them by
``make fuzz``. That their time is two seconds here, not eight, only makes the test shorter.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from scripts.fuzz.families import chosen
from tests.hostile_files import CASES

ROOT = Path(__file__).parents[1]
PARTS = 2


@pytest.mark.parametrize("part", range(PARTS))
def test_a_family_is_wider_than_its_file(part: int) -> None:
    options = ["--first", "3", "--seconds", "2", "--part", str(part), str(PARTS)]
    done = subprocess.run(
        [sys.executable, "-m", "scripts.fuzz.families", *options],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=600,
        check=False,
    )
    assert done.stdout == f"{len(chosen(3)[part::PARTS])} files, 0 faults\n", done.stderr[-2000:]


def test_every_family_has_three_variants_at_least() -> None:
    families = [case.family for case in CASES]
    assert len(CASES) == len({str(case) for case in CASES})
    assert {family for family in families if families.count(family) < 3} == set()
