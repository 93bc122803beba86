"""The report of a batch, or the 审核意见书 of one form, as HTML, Word, Markdown or PDF."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from perfeval_xl.errors import CannotWrite, Unreadable
from perfeval_xl.reports.jinja import rendered
from perfeval_xl.reports.ledger import Ledger
from perfeval_xl.reports.view import MOST_LISTED, View, names

#: What a report may be, by the ending of its name.
SUFFIXES: Final = (".html", ".docx", ".md", ".pdf")


def document(
    ledger: Ledger, output: Path, *, suffix: str = "", templates: Path | None = None, deadline: str = ""
) -> bytes:
    """The report that will lie at ``output``, of the kind its ending (or ``suffix``) says.

    ``templates`` is an office's own folder of templates, ``deadline`` the day by which findings are to be mended. Of
    one form it is an opinion, of more a report. Raises ``CannotWrite`` and ``Unreadable`` (a wrong template).
    """
    kind = suffix or output.suffix.lower()
    if kind not in SUFFIXES:
        raise CannotWrite("report-kind", path=output, kinds=" ".join(SUFFIXES))
    view = View(ledger, output, deadline=deadline, listed=None if kind == ".html" else MOST_LISTED)
    stem = "opinion" if view.single else "report"
    if kind in (".docx", ".pdf"):
        from perfeval_xl.reports.word import word_document

        written = word_document(f"{stem}.docx", names(view), templates, output)
        return _pdf(written, output) if kind == ".pdf" else written
    return rendered(f"{stem}{kind}", names(view), templates)


def office_suffix() -> str:
    """The default kind of report: Word where docxtpl is installed, else HTML."""
    try:
        import docxtpl  # noqa: F401 (only whether it is there)
    except ImportError:
        return ".html"
    return ".docx"


def _pdf(data: bytes, output: Path) -> bytes:
    """The Word document as PDF, by LibreOffice."""
    from perfeval_xl.sources.word import convert, find_office

    office = find_office()
    if office is None:
        raise CannotWrite("pdf-needs-office", path=output)
    try:
        return convert(data, office, str(output), ".docx", to="pdf")
    except Unreadable:
        raise CannotWrite("pdf-not-made", path=output) from None
