"""Shared formulas of a worksheet part: written once for many cells, in the first of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

Element = Any


def written_out(text: str, origin: str, cell: str) -> str:
    """The formula that a cell has whose shared formula reads ``text`` in the cell ``origin`` (both as ``C7``)."""
    from openpyxl.formula.translate import Translator

    return str(Translator("=" + text, origin=origin).translate_formula(cell))[1:]


def write_out(formula: Element, text: str, origin: str, cell: str) -> None:
    """Gives the ``f`` element of a cell its own text in place of the shared one."""
    formula.text = written_out(text, origin, cell)
    keep_alone(formula)


def keep_alone(formula: Element) -> None:
    """Makes a formula that of its own cell only."""
    for attribute in ("t", "si", "ref"):
        formula.attrib.pop(attribute, None)


def leave_behind(owner: Element, formula: Element, others: Iterable[tuple[Element, Element]]) -> None:
    """Before a cell loses its formula: the cells that share it get it written out, if it is written in that cell.

    ``others`` are the cells of the sheet with their ``f`` elements. Without this Excel takes the file for damaged.
    """
    if formula.get("t") != "shared" or not formula.text:
        return
    for cell, shared in others:
        if shared is not formula and shared.get("t") == "shared" and shared.get("si") == formula.get("si"):
            write_out(shared, formula.text, owner.get("r"), cell.get("r"))
