"""Many cases, counted."""

from __future__ import annotations

import gc
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Container
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from perfeval_xl.cli import COMMANDS
from scripts.fuzz.children import Outcome, commands, quietly, run_case
from scripts.fuzz.damage import damaged
from scripts.fuzz.seeds import seeds

#: Files after which a campaign says how far it is.
_TOLD = 500


@dataclass
class Tally:
    """What a campaign has come to. ``faults`` holds case number, name and fault."""

    cases: int = 0
    read: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    faults: list[tuple[int, str, str]] = field(default_factory=list)

    def add(self, number: int, name: str, outcome: Outcome) -> None:
        """One case more."""
        self.cases += 1
        self.read += outcome.read
        self.kinds[name.rpartition(".")[2]] += 1
        self.faults += [(number, name, fault) for fault in outcome.faults]

    def lines(self) -> list[str]:
        """The figures for a person."""
        kinds = ", ".join(f"{kind} {count}" for kind, count in sorted(self.kinds.items()))
        found = Counter(fault.partition(":")[0] for _, _, fault in self.faults)
        return [
            f"{self.cases} files ({kinds}): {self.read} read, {self.cases - self.read} refused in a sentence",
            f"faults: {dict(found) or 'none'}",
            *(f"  case {number} {name}: {fault}" for number, name, fault in self.faults[:60]),
        ]


def make(seed: int, number: int) -> tuple[str, bytes]:
    """Case ``number`` of a campaign: its name and bytes."""
    random = Random(f"{seed}:{number}")
    name = random.choice(sorted(seeds()))
    return name, damaged(random, name, seeds()[name])


def warm(document: Path, folder: Path, names: Container[str] = COMMANDS) -> None:
    """Every library that the commands ``names`` need is imported once here, not in each child."""
    for name, data in seeds().items():
        if name.startswith("mof"):
            path = folder / f"sound{Path(name).suffix}"
            path.write_bytes(data)
            for command in commands(path, document, folder):
                if command[0] in names:
                    quietly(command)
    gc.freeze()  # what is there now is shared with the children, not copied into each


def run(seed: int, numbers: range, *, seconds: float = float("inf"), keep: Path | None = None) -> Tally:
    """The cases of ``numbers`` in turn, as many as the time allows. Files with faults are put into ``keep``."""
    tally = Tally()
    with tempfile.TemporaryDirectory(prefix="perfeval-fuzz-") as name:
        folder = Path(name)
        os.environ["TMPDIR"] = name  # where logs of mistakes go
        tempfile.tempdir = None
        document = folder / "document.json"
        document.write_bytes(seeds()["mof.json"])
        warm(document, folder)
        until = time.monotonic() + seconds
        for number in numbers:
            if time.monotonic() > until:
                break
            kind, data = make(seed, number)
            path = folder / f"case{Path(kind).suffix}"
            path.write_bytes(data)
            outcome = run_case(path, document, folder)
            tally.add(number, kind, outcome)
            if tally.cases % _TOLD == 0:
                print(f"case {number}: {tally.cases} files, {len(tally.faults)} faults", file=sys.stderr, flush=True)
            if outcome.faults and keep is not None:
                keep.mkdir(parents=True, exist_ok=True)
                (keep / f"{number}-{kind}").write_bytes(data)
    return tally
