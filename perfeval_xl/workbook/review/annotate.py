"""Findings put into a copy of their workbook: coloured cells, comments, and a sheet 审核意见 with links.

The package is patched: parts that hold no mark come out byte for byte. Marks of an earlier review are taken back
first, so that annotating twice gives one review.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from perfeval_xl.errors import CannotWrite
from perfeval_xl.messages import say
from perfeval_xl.model import Finding, Severity
from perfeval_xl.package.addresses import Cell, a1, parse_a1
from perfeval_xl.package.comments import Comments
from perfeval_xl.package.sheet_part import SheetPart
from perfeval_xl.package.workbook import SheetEntry, Workbook
from perfeval_xl.sources.formats import Kind
from perfeval_xl.sources.kinds import recognise
from perfeval_xl.workbook.review.marks import Marks
from perfeval_xl.workbook.review.review_sheet import Coloured, add_review, drop_review, earlier_review, recorded

Element = Any
_SEVERITIES: Final[tuple[Severity, ...]] = ("error", "warning", "info")


def annotate(data: bytes, name: str, findings: Sequence[Finding]) -> bytes:
    """The workbook ``data`` with its findings marked; ``name`` is told in errors.

    Findings without a cell stand in the sheet 审核意见 alone. Raises ``CannotWrite`` for a file of another
    kind, ``Unreadable`` for a damaged one.
    """
    if recognise(data, name)[0] is not Kind.XLSX:
        raise CannotWrite("annotate-other-kind", path=name)
    workbook = Workbook(without_review(data, name), name)
    if _is_locked(workbook):
        raise CannotWrite("structure-locked", path=name)
    marks = Marks(workbook)
    coloured: list[Coloured] = []
    for entry in workbook.sheets:
        wanted = _by_cell(findings, entry.name)
        if wanted:
            coloured += _mark(workbook, entry, marks, wanted)
    add_review(workbook, marks, findings, coloured)
    marks.save()
    return workbook.to_bytes()


def _is_locked(workbook: Workbook) -> bool:
    """Whether the workbook's structure is protected, so that no sheet may be added."""
    protection = workbook.root.find(workbook.tag("workbookProtection"))
    return protection is not None and protection.get("lockStructure") in ("1", "true")


def without_review(data: bytes, name: str) -> bytes:
    """The workbook without the marks of an earlier review; the same bytes when there was none."""
    workbook = Workbook(data, name)
    review = earlier_review(workbook)
    if review is None:
        return data
    marks = Marks(workbook)
    fills: dict[str, dict[str, str]] = {}
    for mark in recorded(workbook, review):
        fills.setdefault(mark.sheet, {})[mark.address] = mark.fill
    for entry in workbook.sheets:
        if entry != review:
            _unmark(workbook, entry, marks, fills.get(entry.name, {}))
    drop_review(workbook, review)
    marks.save()
    return workbook.to_bytes()


def _by_cell(findings: Sequence[Finding], sheet: str) -> dict[Cell, list[Finding]]:
    """The findings of one sheet by cell, the gravest first."""
    cells: dict[Cell, list[Finding]] = {}
    for finding in findings:
        if finding.sheet == sheet and finding.cell:
            cells.setdefault(parse_a1(finding.cell), []).append(finding)
    return {
        cell: sorted(found, key=lambda finding: _SEVERITIES.index(finding.severity)) for cell, found in cells.items()
    }


def _mark(
    workbook: Workbook, entry: SheetEntry, marks: Marks, wanted: Mapping[Cell, Sequence[Finding]]
) -> list[Coloured]:
    part = SheetPart(workbook.package.tree(entry.part))
    comments = Comments(workbook, entry, part)
    comments.add({cell: _comment(found) for cell, found in wanted.items()})
    comments.save()
    coloured = []
    for cell, found in wanted.items() if marks.possible else ():
        element = cell_element(part, cell)
        style = int(element.get("s", "0"))
        coloured.append(Coloured(entry.name, a1(*cell), marks.fill_text(style)))
        element.set("s", str(marks.marked(style, found[0].severity)))
    workbook.package.write_tree(entry.part, part.root)
    return coloured


def cell_element(part: SheetPart, cell: Cell) -> Element:
    """The element of a cell; a cell that was not stored yet is made, truly empty."""
    if cell.column not in part.cells(cell.row):
        part.set_value(cell, "")
        part.set_value(cell, None)
    return part.cells(cell.row)[cell.column]


def _comment(findings: Sequence[Finding]) -> str:
    """The text of a comment; it does not repeat the cell's address."""
    return "\n".join(
        say(
            "review.comment",
            severity=say(f"review.{finding.severity}"),
            code=finding.code,
            message=finding.message,
            advice=finding.advice,
        )
        for finding in findings
    )


def _unmark(workbook: Workbook, entry: SheetEntry, marks: Marks, fills: Mapping[str, str]) -> None:
    part = SheetPart(workbook.package.tree(entry.part))
    comments = Comments(workbook, entry, part)
    comments.remove_ours()
    comments.save()
    changed = comments.changed
    for row in part.rows() if marks.possible else ():
        for column, element in part.cells(row).items():
            style = int(element.get("s", "0"))
            if marks.is_marked(style):
                element.set("s", str(marks.restored(style, fills.get(a1(row, column), ""))))
                changed = True
    if changed:
        workbook.package.write_tree(entry.part, part.root)
