"""A sheet as a person sees it: glued text taken apart, hidden rows and columns left out."""

from __future__ import annotations

from dataclasses import replace

from perfeval_xl.layout.names import has_names
from perfeval_xl.layout.restored_names import with_names_restored
from perfeval_xl.package.addresses import Cell
from perfeval_xl.sources.glued import unglued
from perfeval_xl.sources.sheet import Sheet, Unseen


def as_seen(sheet: Sheet) -> Sheet:
    """The sheet without hidden rows and columns; our own templates keep their hidden columns, which names point to."""
    sheet = unglued(sheet)
    if has_names(sheet):
        return with_names_restored(sheet)
    if not (sheet.hidden_rows or sheet.hidden_columns):
        return sheet
    # A merged cell that begins in a hidden column still shows its value in the others.
    shown = {area.anchor for area in sheet.merges if _reaches_out(sheet, area.bottom, area.right)}
    hidden = {
        cell: Unseen("hidden", str(value))
        for cell, value in sheet.filled()
        if cell not in shown and (cell.row in sheet.hidden_rows or cell.column in sheet.hidden_columns)
    }
    rows = tuple(
        tuple(None if Cell(number, column) in hidden else value for column, value in enumerate(row))
        if number in sheet.hidden_rows or sheet.hidden_columns
        else row
        for number, row in enumerate(sheet.rows)
    )
    return replace(sheet, rows=rows, unseen={**sheet.unseen, **hidden})


def _reaches_out(sheet: Sheet, bottom: int, right: int) -> bool:
    return bottom not in sheet.hidden_rows and right not in sheet.hidden_columns
