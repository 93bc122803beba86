"""Reading and filling a workbook of one form, beside openpyxl on the file alone; and how the command starts."""

from __future__ import annotations

import io
import subprocess
import sys
from typing import Final

import openpyxl

from benchmarks.scoring import milliseconds, sample
from perfeval_xl.files import read_bytes
from perfeval_xl.workbook.open_workbook import into_workbook, to_workbook

ROUNDS: Final = 60


def load_with_openpyxl(data: bytes) -> None:
    """Loads the workbook, and no more: no form is understood."""
    openpyxl.load_workbook(io.BytesIO(data))


def save_with_openpyxl(data: bytes) -> None:
    """Loads, fills one cell and saves: no form is written."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    book.worksheets[0]["A1"] = "x"
    book.save(io.BytesIO())


def start(*arguments: str) -> None:
    """Starts the command in a process of its own."""
    subprocess.run([sys.executable, "-m", "perfeval_xl.cli", *arguments], check=True, capture_output=True)


def main() -> None:
    """Prints times and ratios within this run."""
    form = sample()
    data = to_workbook([form])
    load, save = (
        milliseconds(lambda: load_with_openpyxl(data), rounds=ROUNDS),
        milliseconds(lambda: save_with_openpyxl(data), rounds=ROUNDS),
    )
    read = milliseconds(lambda: read_bytes(data, "form.xlsx"), rounds=ROUNDS)
    fresh = milliseconds(lambda: to_workbook([form]), rounds=ROUNDS)
    into = milliseconds(lambda: into_workbook(data, "form.xlsx", [form]), rounds=ROUNDS)
    bare = milliseconds(lambda: subprocess.run([sys.executable, "-c", ""], check=True), rounds=8)
    begin = milliseconds(lambda: start("--help"), rounds=8)
    print(f"openpyxl loads the workbook      {load:8.2f} ms")
    print(f"read its form                    {read:8.2f} ms   {load / read:.1f} times as fast")
    print(f"openpyxl loads and saves         {save:8.2f} ms")
    print(f"write the form into a template   {fresh:8.2f} ms   {save / fresh:.1f} times as fast")
    print(f"fill it into that workbook       {into:8.2f} ms   {save / into:.1f} times as fast")
    print(f"Python starts and ends           {bare:8.2f} ms")
    print(f"perfeval --help                  {begin:8.2f} ms   {begin / bare:.1f} times Python alone")


if __name__ == "__main__":
    main()
