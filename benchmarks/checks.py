"""Checking one form, beside reading the workbook it stands in."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.scoring import milliseconds, sample
from perfeval_xl.checks import check_readings
from perfeval_xl.files import read_path, write_forms
from perfeval_xl.quantity import reading as quantity_reading
from perfeval_xl.reading import Reading


def main() -> None:
    """Prints the time of reading, of scoring and checking a form, and of comparing its workbook with the template."""
    form = sample()
    with TemporaryDirectory() as folder:
        path = Path(folder) / "form.xlsx"
        write_forms([form], path)
        read = milliseconds(lambda: read_path(path))
        readings = read_path(path)
        check_readings(readings)
        whole = milliseconds(lambda: check_readings(readings))
    # The file is gone: what is left is the form with its addresses.
    addressed = [dataclasses.replace(found, source="gone.xlsx") for found in readings]
    alone = [Reading(form, "form.json")]
    fresh = milliseconds(lambda: check_readings(alone), before=quantity_reading._read.cache_clear)
    again = milliseconds(lambda: check_readings(alone))
    cells = milliseconds(lambda: check_readings(addressed))
    print(f"read one workbook                {read:8.3f} ms")
    for what, time in (
        ("score and check, texts new", fresh),
        ("score and check, texts seen", again),
        ("the same, with addresses", cells),
        ("and the state of the workbook", whole),
    ):
        print(f"{what:<33}{time:8.3f} ms   {time / read:.2f} of reading it")


if __name__ == "__main__":
    main()
