"""What each button of the ribbon does, over a small protocol of the open workbook and of the person before it.

Every action ends in a sentence for the user, also when Excel refuses something. Nothing is written that was not asked
for: 评分 fills only score cells that are blank, 导入 JSON changes only cells that differ; cells that are locked or
compute are known before anything is written, and told.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

from perfeval_xl.checks import check_readings
from perfeval_xl.errors import PerfevalError
from perfeval_xl.excel import marks
from perfeval_xl.excel.marks import Place
from perfeval_xl.last_resort import told as told_of
from perfeval_xl.messages import language, say
from perfeval_xl.package.addresses import Cell
from perfeval_xl.reading import Reading, read_sheets
from perfeval_xl.sources.sheet import Sheet, Value

#: What a cell is given: a number, a text, or nothing.
Content = str | float | None
#: What a message box shows on a small screen.
MOST_LINES: Final = 20
#: COM's numbers for an Excel that takes no calls: a cell is being edited, or a dialog is open.
_BUSY: Final = frozenset((-2147418111, -2147417846, -2146777998))


@dataclass(frozen=True, slots=True)
class Change:
    """A cell and what it gets."""

    place: Place
    value: Value


class OpenBook(marks.MarkedBook, Protocol):
    """An open workbook."""

    @property
    def folder(self) -> Path | None:
        """Where it was saved; ``None`` for one that was not."""

    def refused(self, places: Sequence[Place]) -> set[Place]:
        """Those of the cells that are not to be written: locked on a protected sheet, computed, or part of an array."""

    def write(self, changes: Sequence[Change]) -> None:
        """Puts values into cells, all or none of them, in one step that the user can take back."""

    def undo(self) -> bool:
        """Takes the last ``write`` back; whether there was one."""

    def copy(self) -> bytes | None:
        """The workbook as a file, as it stands on the screen; ``None`` when it must be saved first."""


class Person(Protocol):
    """Who pressed the button."""

    def tell(self, text: str) -> None:
        """Shows a sentence."""

    def ask_open(self, title: str, kind: str) -> Path | None:
        """A file to read, of an extension; ``None`` when nothing was chosen."""

    def ask_save(self, title: str, name: str) -> Path | None:
        """Where to write a file; ``name`` may carry the folder to begin in. ``None`` when nothing was chosen."""

    def ask_folder(self, title: str) -> Path | None:
        """A folder of forms; ``None`` when nothing was chosen."""

    def show(self, path: Path) -> None:
        """Opens a workbook, or a document in the program it belongs to."""

    def progress(self, text: str) -> None:
        """Shows how far long work is, without asking for anything; an empty text ends it."""


Action = Callable[[OpenBook, Person], str]


def press(name: str, book: OpenBook, person: Person) -> None:
    """Does what a button is for and tells the outcome. ``new:<profile>`` is 新建 of a profile. Never raises."""
    try:
        told = _run(name, book, person)
    except PerfevalError as error:
        told = str(error)
    except Exception as error:  # nobody before a worksheet can do anything with a traceback
        told = failure(error)
    if told:
        person.tell(brief(told))


def failure(error: Exception) -> str:
    """What an error of Excel, or of anything else below, says to a person.

    An error of COM holds its number, and the sentence that Excel would show, in Excel's language. Any other is a
    mistake of ours, whose details go to a log file that the sentence names.
    """
    number = next((part for part in error.args if isinstance(part, int)), 0)
    if number in _BUSY:
        return say("addin.excel-busy")
    details: tuple[Any, ...] = next((part for part in error.args if isinstance(part, tuple)), (None, None, ""))
    spoken = str(details[2] or "") if len(details) > 2 else ""
    nameless = f"{type(error).__name__}: {error}" if number else told_of(error)
    return say("addin.failed", detail=spoken or nameless)


def brief(text: str) -> str:
    """No more lines than a message box can show, and how many more there are."""
    lines = text.split("\n")
    if len(lines) <= MOST_LINES:
        return text
    return "\n".join([*lines[:MOST_LINES], say("addin.more-lines", count=len(lines) - MOST_LINES)])


def _run(name: str, book: OpenBook, person: Person) -> str:
    action, _, detail = name.partition(":")
    if action == "new":
        return new(detail, person)
    if action not in ACTIONS:
        return say("addin.unknown-action", name=name)
    return ACTIONS[action](book, person)


# --- forms of the open workbook ------------------------------------------------------------------------------------


def _readings(book: OpenBook) -> list[Reading]:
    """The forms of the workbook. Raises ``NotAForm`` for a sister form."""
    return read_sheets(book.sheets())


def score(book: OpenBook, _person: Person) -> str:
    """评分: the score by rule into every blank score cell; stated scores stay, and those that differ are told."""
    from perfeval_xl.scoring import score as score_form
    from perfeval_xl.scoring.explain import explain

    readings = _readings(book)
    if not readings:
        return say("errors.no-form", path=book.title)
    changes: list[Change] = []
    differing: list[str] = []
    undecided = 0
    for reading in readings:
        for row in score_form(reading.form).indicators:
            place = _place(reading, f"indicators[{row.index}].score")
            if row.verdict == "not-stated" and row.judgement.value is not None and place is not None:
                changes.append(Change(place, row.judgement.value))
            elif row.verdict == "differs" and place is not None:
                differing.append(f"{marks_address(place)}（{explain(row.judgement)}）")
            elif row.verdict in ("not-decided", "not-stated") and row.judgement.kind != "not-applicable":
                undecided += 1
    kept = _write(book, changes)
    told = say("addin.scored", count=len(changes) - len(kept), undecided=undecided, differing=len(differing))
    return "\n".join([told, *_kept(kept), *differing])


def _write(book: OpenBook, changes: Sequence[Change]) -> list[Change]:
    """Writes what can be written, in one step; the changes that would be refused."""
    refused = book.refused([change.place for change in changes])
    wanted = [change for change in changes if change.place not in refused]
    if wanted:
        book.write(wanted)
    return [change for change in changes if change.place in refused]


def _kept(changes: Sequence[Change]) -> list[str]:
    """The sentence about cells that were left as they are."""
    if not changes:
        return []
    cells = "、".join(f"{marks_address(change.place)}（{_shown(change.value)}）" for change in changes)
    return [say("addin.kept-cells", cells=cells)]


def _shown(value: Value) -> str:
    return say("addin.blank") if value is None else str(value)


def _place(reading: Reading, field: str) -> Place | None:
    cell = reading.places.get(field)
    return None if cell is None or reading.sheet is None else Place(reading.sheet.name, cell)


def marks_address(place: Place) -> str:
    """``自评表!H12``."""
    from perfeval_xl.package.addresses import a1

    return f"{place.sheet}!{a1(*place.cell)}"


def check(book: OpenBook, _person: Person) -> str:
    """校验."""
    return marks.check(book)


def submit(book: OpenBook, _person: Person) -> str:
    """报送前检查: whether the form may be submitted. Nothing is marked, and nothing is kept from anybody."""
    readings = _readings(book)
    if not readings:
        return say("errors.no-form", path=book.title)
    findings = check_readings(readings)
    counts = {severity: sum(each.severity == severity for each in findings) for severity in marks.COLOURS}
    verdict = "errors" if counts["error"] else "findings" if findings else "fine"
    return say(f"addin.verdict-{verdict}", **counts)


def go_to_next(book: OpenBook, _person: Person) -> str:
    """下一条."""
    return marks.go_to_next(book)


def clear(book: OpenBook, _person: Person) -> str:
    """清除标记."""
    return marks.clear(book)


def undo(book: OpenBook, _person: Person) -> str:
    """撤销 of what 评分 or 导入 JSON wrote."""
    return say("addin.undone" if book.undo() else "addin.nothing-to-undo")


# --- JSON ----------------------------------------------------------------------------------------------------------


def export_json(book: OpenBook, person: Person) -> str:
    """导出 JSON: the forms of the workbook as a canonical document."""
    from perfeval_xl.files import write_json

    readings = _readings(book)
    if not readings:
        return say("errors.no-form", path=book.title)
    path = person.ask_save(say("addin.choose-json-target"), f"{Path(book.title).stem}.json")
    if path is None:
        return ""
    write_json([reading.form for reading in readings], path)
    return say("cli.written", path=path, count=len(readings))


def import_json(book: OpenBook, person: Person) -> str:
    """导入 JSON: the forms of a document into the open workbook; only cells that differ change.

    A cell that computes stays a formula: it follows by itself, and where the document says otherwise that is told.
    Where rows are missing, or the workbook holds another number of forms, cells alone do not do: then a filled copy
    is written beside it and opened.
    """
    from perfeval_xl.files import read_path, write_atomically
    from perfeval_xl.sources import open_bytes
    from perfeval_xl.workbook.open_workbook import into_workbook

    path = person.ask_open(say("addin.choose-json"), "json")
    if path is None:
        return ""
    forms = [reading.form for reading in read_path(path)]
    data = book.copy()
    if data is None:
        return say("addin.save-first", name=book.title)
    filled, left_out = into_workbook(data, book.title, forms)
    before, after = (open_bytes(content, book.title) for content in (data, filled))
    if same_shape(before, after):
        follow = formula_cells(filled)
        changes = [change for change in differences(before, after) if change.place not in follow]
        kept = _write(book, changes)
        told = say("addin.imported", count=len(changes) - len(kept))
        return "\n".join([told, *_kept(kept), *_without_cell(left_out)])
    target = person.ask_save(say("addin.choose-copy"), f"{Path(book.title).stem}-{path.stem}{Path(book.title).suffix}")
    if target is None:
        return ""
    write_atomically(target, filled)
    person.show(target)
    return "\n".join([say("cli.written", path=target, count=len(forms)), *_without_cell(left_out)])


def _without_cell(fields: Sequence[str]) -> list[str]:
    return [say("addin.left-out", fields="、".join(fields))] if fields else []


def formula_cells(data: bytes) -> set[Place]:
    """The cells of a workbook that compute: they follow by themselves."""
    from perfeval_xl.package.addresses import parse_a1
    from perfeval_xl.package.workbook import Workbook

    workbook = Workbook(data, "")
    cell, formula, row = (workbook.tag(name) for name in ("c", "f", "row"))
    return {
        Place(entry.name, parse_a1(each.get("r")))
        for entry in workbook.sheets
        for each in workbook.package.tree(entry.part).iterfind(f".//{row}/{cell}")
        if each.find(formula) is not None and each.get("r")
    }


def same_shape(before: Sequence[Sheet], after: Sequence[Sheet]) -> bool:
    """Whether two states of a workbook differ in the values of cells alone."""
    return [(sheet.name, sheet.names, sheet.merges) for sheet in before] == [
        (sheet.name, sheet.names, sheet.merges) for sheet in after
    ]


def differences(before: Sequence[Sheet], after: Sequence[Sheet]) -> list[Change]:
    """The cells that differ, with their new values, row by row."""
    found = []
    for old, new_ in zip(before, after, strict=True):
        for row in range(max(len(old.rows), len(new_.rows))):
            for column in range(max(old.width, new_.width)):
                cell = Cell(row, column)
                if old[cell] != new_[cell]:
                    found.append(Change(Place(new_.name, cell), new_[cell]))
    return found


# --- files ---------------------------------------------------------------------------------------------------------


def new(profile: str, person: Person) -> str:
    """新建: the blank workbook of a profile, written where the user wants it and opened. Raises ``ProfileError``."""
    from perfeval_xl.files import write_template
    from perfeval_xl.profile import load_profile

    chosen = load_profile(profile)
    path = person.ask_save(say("addin.choose-new"), f"{getattr(chosen.name, language())}.xlsx")
    if path is None:
        return ""
    write_template(chosen, path)
    person.show(path)
    return say("cli.template-written", path=path, name=getattr(chosen.name, language()))


def summary(book: OpenBook, person: Person) -> str:
    """批量汇总."""
    from perfeval_xl.excel import reports

    return reports.summary(book, person)


def report(book: OpenBook, person: Person) -> str:
    """报告."""
    from perfeval_xl.excel import reports

    return reports.report(book, person)


#: Button -> action, by the name the ribbon's macros use.
ACTIONS: Final[dict[str, Action]] = {
    "score": score,
    "check": check,
    "submit": submit,
    "next": go_to_next,
    "clear": clear,
    "undo": undo,
    "export-json": export_json,
    "import-json": import_json,
    "summary": summary,
    "report": report,
}
