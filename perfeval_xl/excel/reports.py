"""批量汇总 and 报告: the summary workbook of a folder, and the review of the open form or of a folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from perfeval_xl.batch.engine import run
from perfeval_xl.batch.sources import find_sources
from perfeval_xl.batch.task import Outcome
from perfeval_xl.errors import CannotWrite, NotAForm
from perfeval_xl.files import write_atomically
from perfeval_xl.messages import say
from perfeval_xl.reading import Reading, read_sheets
from perfeval_xl.reports.gather import ReviewWork, gather, reviewed
from perfeval_xl.reports.ledger import Ledger

if TYPE_CHECKING:
    from perfeval_xl.excel.actions import OpenBook, Person

Writer = Callable[[Ledger, Path], bytes]


def summary(_book: OpenBook, person: Person) -> str:
    """批量汇总: the forms of a folder as one workbook, which is opened."""
    from perfeval_xl.reports.summary import summary_workbook

    folder = person.ask_folder(say("addin.choose-folder"))
    if folder is None:
        return ""
    target = person.ask_save(
        say("addin.choose-summary"), str(folder / f"{folder.name}-{say('addin.name-summary')}.xlsx")
    )
    return "" if target is None else _write(_read(folder, target, person), target, person, summary_workbook)


def report(book: OpenBook, person: Person) -> str:
    """报告: the 审核意见书 of the open form, or the report of the forms in a folder where none is open."""
    from perfeval_xl.reports.documents import document, office_suffix

    readings = _open_forms(book)
    if readings:
        name = f"{Path(book.title).stem}-{say('addin.name-opinion')}{office_suffix()}"
        target = person.ask_save(say("addin.choose-report"), str(book.folder / name if book.folder else Path(name)))
        results = [reviewed(book.title, readings, book.copy())]
        return "" if target is None else _write(iter(results), target, person, document)
    folder = person.ask_folder(say("addin.choose-folder"))
    if folder is None:
        return ""
    name = f"{folder.name}-{say('addin.name-report')}{office_suffix()}"
    target = person.ask_save(say("addin.choose-report"), str(folder / name))
    return "" if target is None else _write(_read(folder, target, person), target, person, document)


def _open_forms(book: OpenBook) -> list[Reading]:
    try:
        return read_sheets(book.sheets())
    except NotAForm:
        return []


def _read(folder: Path, target: Path, person: Person) -> Iterator[Outcome]:
    """The files of a folder but the one to be written, one by one, with progress."""
    own = target.resolve()
    paths = [path for path in find_sources([str(folder)]).paths if Path(path).resolve() != own]
    for done, result in enumerate(run(paths, ReviewWork()), start=1):
        person.progress(say("reports.progress", done=done, all=len(paths)))
        yield result


def _write(results: Iterator[Outcome], target: Path, person: Person, writer: Writer) -> str:
    """Writes what was read, opens it, and tells how much it was; also what could not be read."""
    try:
        with gather(results) as ledger:
            if not ledger.forms:
                raise CannotWrite("nothing-to-report", path=target)
            write_atomically(target, writer(ledger, target))
            told = say("reports.written", path=target, forms=len(ledger.forms), findings=len(ledger.findings))
            unread = [unread.reason for unread in ledger.unread]
    finally:
        person.progress("")
    person.show(target)
    return "\n".join([told, *unread])
