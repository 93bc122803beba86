"""``python -m scripts.fuzz.families``: the files of ``tests/hostile_files.py`` through reading, checking and writing.

What was wrong is printed, one line for a file, and the status is 1 then.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from perfeval_xl.messages import sentence
from perfeval_xl.package import deadline
from scripts.fuzz.campaign import warm
from scripts.fuzz.children import Outcome, commands, run_case
from scripts.fuzz.seeds import seeds
from tests.hostile_files import CASES, Case

#: What these files were made against: reading with findings, and whatever writes into a copy.
_COMMANDS = ("check", "to-xlsx")


def chosen(first: int) -> list[Case]:
    """The table, or only the ``first`` so many of every family."""
    seen: Counter[str] = Counter()
    found = []
    for case in CASES:
        seen[case.family] += 1
        if not first or seen[case.family] <= first:
            found.append(case)
    return found


def tried(cases: list[Case], folder: Path) -> Iterator[tuple[Case, Outcome]]:
    """Each case with what became of it."""
    document = folder / "document.json"
    document.write_bytes(seeds()["mof.json"])
    os.environ["TMPDIR"] = str(folder)  # where logs of mistakes go
    tempfile.tempdir = None
    warm(document, folder, _COMMANDS)
    for case in cases:
        path = folder / case.name
        path.write_bytes(case.make())
        work = [command for command in commands(path, document, folder) if command[0] in _COMMANDS]
        yield case, run_case(path, document, folder, work)


def wrong(case: Case, outcome: Outcome) -> str:
    """What is wrong with what became of a case; nothing for most."""
    told = outcome.said[0] if outcome.said else ""
    if outcome.faults:
        return str(outcome.faults)
    if case.expected == "any" or case.expected == ("read" if outcome.read else "refused"):
        return ""
    if case.expected not in ("read", "refused"):
        words = re.split(r"\\\{\w+\\\}", re.escape(sentence(f"errors.{case.expected}", "en")))
        if not outcome.read and re.search(".*".join(words), told):
            return ""
    return f"{case.expected} expected, {'read' if outcome.read else 'refused'}: {told[-300:]}"


def main() -> int:
    """Tries the table and prints what is wrong, and how many files were tried."""
    parser = argparse.ArgumentParser(prog="python -m scripts.fuzz.families", description=__doc__)
    parser.add_argument("--first", type=int, default=0, help="only so many of every family (default: all)")
    parser.add_argument("--part", type=int, nargs=2, default=(0, 1), help="every so many-th file: place and number")
    parser.add_argument("--seconds", type=float, help="a shorter time for every file")
    options = parser.parse_args()
    if options.seconds:
        setattr(deadline, "LONGEST_FILE", options.seconds)  # noqa: B010 (a name that is not exported there)
    place, number = options.part
    cases = chosen(options.first)[place::number]
    faults = 0
    with tempfile.TemporaryDirectory(prefix="perfeval-families-") as name:
        for case, outcome in tried(cases, Path(name)):
            if fault := wrong(case, outcome):
                faults += 1
                print(f"{case}: {fault}", flush=True)
    print(f"{len(cases)} files, {faults} faults")
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main())
