"""The beginning of the campaign (``make fuzz`` is the whole of it): damaged files, writes that fail, writers killed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from scripts.fuzz import campaign
from scripts.fuzz.seeds import seeds

ROOT = Path(__file__).parents[1]


def run(code: str, folder: Path) -> list[str]:
    """The lines a program prints; it forks, which a test process with threads had better not."""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, timeout=600, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert not list(folder.glob(".perfeval-*"))
    return done.stdout.splitlines()


@pytest.mark.parametrize("half", [0, 1])
def test_damaged_files_meet_their_promises(half: int, tmp_path: Path) -> None:
    code = (
        "from scripts.fuzz import campaign\n"
        f"tally = campaign.run(1, range({half}, 160, 2))\n"
        "print(tally.cases, tally.read, *tally.faults, sep='\\n')"
    )
    cases, read, *faults = run(code, tmp_path)
    assert faults == []
    assert int(cases) == 80
    assert int(read) > 0


@pytest.mark.parametrize("chosen", ["('to-json', 'adopt')", "(), problems=1"])
def test_every_step_of_a_write_may_fail(chosen: str, tmp_path: Path) -> None:
    """For every reason in two commands, for want of room in all of them."""
    code = (
        "from pathlib import Path\nfrom scripts.fuzz import writing\n"
        f"tried, faults = writing.failing(Path({str(tmp_path)!r}), {chosen})\n"
        f"faults += writing.full_disk(Path({str(tmp_path)!r}))\n"
        "print(tried, *faults, sep='\\n')"
    )
    tried, *faults = run(code, tmp_path)
    assert faults == []
    assert int(tried) > 50


def test_a_killed_writer_leaves_the_old_file_or_the_new_one(tmp_path: Path) -> None:
    code = (
        "from pathlib import Path\nfrom scripts.fuzz import writing\n"
        f"killed, faults = writing.killing(Path({str(tmp_path)!r}), 1, 24)\n"
        "print(killed, *faults, sep='\\n')"
    )
    killed, *faults = run(code, tmp_path)
    assert faults == []
    assert int(killed) > 5


def test_a_writer_without_memory_leaves_the_old_file_or_the_new_one(tmp_path: Path) -> None:
    code = (
        "from pathlib import Path\nfrom scripts.fuzz import writing\n"
        f"starved, faults = writing.starving(Path({str(tmp_path)!r}), 1, 15)\n"
        "print(starved, *faults, sep='\\n')"
    )
    starved, *faults = run(code, tmp_path)
    assert faults == []
    assert int(starved) > 2


def test_a_case_is_made_again_by_its_number() -> None:
    for number in range(200):
        assert campaign.make(7, number) == campaign.make(7, number)
    assert len({campaign.make(7, number) for number in range(200)}) == 200


def test_every_kind_of_file_is_among_the_seeds_and_is_broken() -> None:
    kinds = {Path(name).suffix for name in seeds()}
    assert {".xlsx", ".xls", ".ods", ".docx", ".html", ".txt", ".md", ".csv", ".pdf", ".json"} == kinds
    broken = [campaign.make(1, number) for number in range(300)]
    assert sum(data != seeds()[name] for name, data in broken) > 280
