"""Other ways to the same end, beside ours in the same run: openpyxl, XlsxWriter, flatten-tool, and the floor.

The floor is what nobody can go below: inflating the sheets; deflating them and writing the file. flatten-tool turns
records into sheets and back without knowing a form: no layout, no formulas, nothing checked.
"""

from __future__ import annotations

import io
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Final

import flattentool
import msgspec
import openpyxl
import xlsxwriter

from benchmarks.scoring import sample
from benchmarks.workbooks import MANY, NAME, in_turns
from perfeval_xl.files import read_bytes
from perfeval_xl.model import Form
from perfeval_xl.workbook.open_workbook import to_workbook

RECORDS: Final = "forms"


def main() -> None:
    """Prints times for one form and for thirteen, and how many times ours is as fast."""
    form = sample()
    for count in (1, MANY):
        forms = [form] * count
        data = to_workbook(forms)
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            _print(f"{count} to a workbook", partial(to_workbook, forms), _writers(forms, data, folder))
            _print(f"{count} from a workbook", partial(read_bytes, data, NAME), _readers(forms, data, folder))


def _print(title: str, ours: Callable[[], object], others: dict[str, Callable[[], object]]) -> None:
    own, *rest = in_turns(ours, *others.values())
    print(f"{title:18} ours {own:37.2f} ms")
    for name, taken in zip(others, rest, strict=True):
        print(f"{'':18} {name:34} {taken:9.2f} ms, {taken / own:8.2f} times ours")


# --- writing ------------------------------------------------------------------------------------------------------


def _writers(forms: list[Form], data: bytes, folder: Path) -> dict[str, Callable[[], object]]:
    loaded = openpyxl.load_workbook(io.BytesIO(data))
    return {
        "openpyxl load, fill, save": lambda: _fill_and_save(openpyxl.load_workbook(io.BytesIO(data))),
        "openpyxl loaded once, fill, save": partial(_fill_and_save, loaded),
        "XlsxWriter, values alone": partial(_values_alone, forms),
        "flatten-tool, records to .xlsx": partial(_flatten, _records(forms, folder), folder),
        "floor: deflate and write": partial(_deflate_and_write, _sheets(data), folder / "floor.xlsx"),
    }


def _fill_and_save(book: Any) -> None:
    for sheet in book.worksheets:
        sheet["A1"] = "x"
    book.save(io.BytesIO())


def _values_alone(forms: list[Form]) -> None:
    """The values of each form in rows, without frame, formulas or names."""
    book = xlsxwriter.Workbook(io.BytesIO(), {"in_memory": True})
    for form in forms:
        sheet = book.add_worksheet()
        for row, indicator in enumerate(form.indicators):
            for column, value in enumerate(msgspec.structs.astuple(indicator)):
                sheet.write(row, column, None if value is None else str(value))
    book.close()


def _records(forms: list[Form], folder: Path) -> Path:
    """The forms as the records that flatten-tool takes: each needs an id, or its rows lose their form."""
    path = folder / "records.json"
    records = [{"id": str(number), **msgspec.to_builtins(form)} for number, form in enumerate(forms)]
    path.write_bytes(msgspec.json.encode({RECORDS: records}))
    return path


def _flatten(records: Path, folder: Path) -> Path:
    target = folder / "flat.xlsx"
    flattentool.flatten(
        str(records),
        output_name=str(target),
        output_format="xlsx",
        root_list_path=RECORDS,
        main_sheet_name=RECORDS,
    )
    return target


def _sheets(data: bytes) -> list[bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return [package.read(name) for name in package.namelist() if name.startswith("xl/worksheets/sheet")]


def _deflate_and_write(sheets: list[bytes], path: Path) -> None:
    path.write_bytes(b"".join(map(zlib.compress, sheets)))


# --- reading ------------------------------------------------------------------------------------------------------


def _readers(forms: list[Form], data: bytes, folder: Path) -> dict[str, Callable[[], object]]:
    flat = _flatten(_records(forms, folder), folder)
    return {
        "openpyxl load": lambda: openpyxl.load_workbook(io.BytesIO(data)),
        "openpyxl read-only, every cell": partial(_every_cell, data),
        "flatten-tool, .xlsx to records": partial(_unflatten, flat, folder),
        "floor: inflate": partial(_sheets, data),
    }


def _every_cell(data: bytes) -> None:
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True)
    for sheet in book.worksheets:
        for _ in sheet.iter_rows(values_only=True):
            pass
    book.close()


def _unflatten(flat: Path, folder: Path) -> None:
    flattentool.unflatten(
        str(flat),
        input_format="xlsx",
        output_name=str(folder / "back.json"),
        root_list_path=RECORDS,
        id_name="id",
    )


if __name__ == "__main__":
    main()
