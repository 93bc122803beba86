"""``python -m scripts.fuzz``: the campaign from the command line; status 1 when anything promised did not hold."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from scripts.fuzz import campaign, writing


def main() -> int:
    """Runs the campaign and prints its figures."""
    parser = argparse.ArgumentParser(prog="python -m scripts.fuzz", description=__doc__)
    parser.add_argument("--files", type=int, default=12_000, help="damaged files (default: %(default)s)")
    parser.add_argument("--begin", type=int, default=0, help="go on at this case (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="another number, other files (default: %(default)s)")
    parser.add_argument("--jobs", type=int, default=2, help="processes (default: %(default)s)")
    parser.add_argument("--kills", type=int, default=400, help="writers to kill (default: %(default)s)")
    parser.add_argument("--seconds", type=float, default=float("inf"), help="end the campaign after so long")
    parser.add_argument("--only", type=int, help="one case by its number")
    parser.add_argument("--keep", type=Path, help="folder for the files that showed a fault")
    chosen = parser.parse_args()
    started = time.monotonic()
    first, last = (chosen.only, chosen.only + 1) if chosen.only is not None else (chosen.begin, chosen.files)
    tally = campaign.Tally()
    with ProcessPoolExecutor(chosen.jobs) as pool:
        slices = [range(first + job, last, chosen.jobs) for job in range(chosen.jobs)]
        limits = {"seconds": chosen.seconds, "keep": chosen.keep}
        work = [pool.submit(campaign.run, chosen.seed, each, **limits) for each in slices]
        for each in work:
            part = each.result()
            tally.cases += part.cases
            tally.read += part.read
            tally.kinds += part.kinds
            tally.faults += part.faults
    print("\n".join(tally.lines()))
    faults = _writing(chosen.seed, chosen.kills) if chosen.only is None else []
    print(f"{time.monotonic() - started:.0f} s")
    return int(bool(tally.faults or faults))


def _writing(seed: int, kills: int) -> list[str]:
    with tempfile.TemporaryDirectory(prefix="perfeval-fuzz-") as name:
        folder = Path(name)
        tried, faults = writing.failing(folder)
        print(f"{tried} steps of writing made to fail")
        killed, more = writing.killing(folder, seed, kills)
        print(f"{killed} writers killed")
        starved, hungry = writing.starving(folder, seed, kills)
        print(f"{starved} writers without memory")
        faults += more + hungry + writing.full_disk(folder)
    for fault in faults:
        print(f"  {fault}")
    return faults


if __name__ == "__main__":
    sys.exit(main())
