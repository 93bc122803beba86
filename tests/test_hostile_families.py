"""Every family of files made to do harm, in many variants: read or refused in a sentence, soon and in little memory.

The table is ``tests/hostile_files.py``. Each file goes through ``check`` and a command that writes, in a child with
limits; that its time is two seconds here, not eight, only makes the test shorter.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from perfeval_xl.messages import sentence
from tests.hostile_files import CASES

ROOT = Path(__file__).parents[1]
PARTS = 6
_PROGRAM = """
import json, os, sys, tempfile
from pathlib import Path
from perfeval_xl.package import deadline
from scripts.fuzz import campaign
from scripts.fuzz.children import run_case
from scripts.fuzz.seeds import seeds
from tests.hostile_files import CASES

deadline.LONGEST_FILE = 2.0
folder, part, parts = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
document = folder / "document.json"
document.write_bytes(seeds()["mof.json"])
os.environ["TMPDIR"] = str(folder)
tempfile.tempdir = None
campaign.warm(document, folder)
for number, case in enumerate(CASES):
    if number % parts == part:
        path = folder / case.name
        path.write_bytes(case.make())
        work = [["check", str(path), "--fail-on", "never"]]
        if path.suffix == ".xlsx":
            work.append(["to-xlsx", str(document), "--into", str(path), "-o", str(folder / "out.xlsx")])
        elif path.suffix == ".json":
            work.append(["to-xlsx", str(path), "-o", str(folder / "out.xlsx")])
        found = run_case(path, document, folder, work)
        print(json.dumps([number, found.read, found.faults, found.said]))
"""


def wrong(number: int, read: bool, faults: list[str], said: list[str]) -> str:
    """What is wrong with what became of a case; nothing for most."""
    case = CASES[number]
    told = said[0] if said else ""
    if faults:
        return str(faults)
    if case.expected == "any" or case.expected == ("read" if read else "refused"):
        return ""
    if case.expected not in ("read", "refused"):
        words = re.split(r"\\\{\w+\\\}", re.escape(sentence(f"errors.{case.expected}", "en")))
        if not read and re.search(".*".join(words), told):
            return ""
    return f"{case.expected} expected, {'read' if read else 'refused'}: {told[-300:]}"


@pytest.mark.parametrize("part", range(PARTS))
def test_a_family_is_wider_than_its_file(part: int, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, str(tmp_path), str(part), str(PARTS)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    outcomes: list[tuple[int, bool, list[str], list[str]]] = [json.loads(line) for line in done.stdout.splitlines()]
    assert [number for number, *_ in outcomes] == list(range(part, len(CASES), PARTS))
    found: dict[str, Any] = {str(CASES[outcome[0]]): wrong(*outcome) for outcome in outcomes}
    assert {name: fault for name, fault in found.items() if fault} == {}


def test_every_family_has_three_variants_at_least() -> None:
    families = [case.family for case in CASES]
    assert len(CASES) == len({str(case) for case in CASES})
    assert {family for family in families if families.count(family) < 3} == set()
