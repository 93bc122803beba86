"""The Word templates of the reports, drawn by python-docx with the tags of docxtpl in them.

An office changes its own copy in Word (``perfeval report --write-templates DIR``); these are where it begins.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from typing import Any, Final

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

#: Western and Chinese font of text and headings.
FONTS: Final = ("Times New Roman", "仿宋")
HEADING_FONTS: Final = ("Times New Roman", "黑体")
#: The date that every part of the package bears, so that the bytes are the same on every day.
DATE: Final = (1980, 1, 1, 0, 0, 0)
HEAD_FILL: Final = "E8EEF5"
BAR_COLOUR: Final = "2F5D8A"
#: Columns of numbers stand to the right.
NUMBERS: Final = frozenset(
    f"column-{name}"
    for name in (
        "number",
        "projects",
        "budget",
        "executed",
        "rate",
        "mean",
        "score",
        "errors",
        "warnings",
        "count",
        "forms",
    )
) | {"axis-forms", "column-mean-quality"}


def opinion() -> bytes:
    """``opinion.docx``: the 审核意见书 of one form."""
    document = _blank(landscape=False)
    _title(document, '{{ text("title-opinion") }}')
    document.add_paragraph('{{ text("opinion-to", unit=batch.form.unit or batch.form.department) }}')
    year = 'text("year", year=batch.form.year) if batch.form.year else ""'
    document.add_paragraph(f'{{{{ text("opinion-intro", project=batch.form.project, year={year}) }}}}')
    _facts(
        document,
        (
            ("column-project", "project", "column-code", "code"),
            ("column-department", "department", "column-unit", "unit"),
            ("column-budget", "budget", "column-executed", "executed"),
            ("column-rate", "rate", "column-grade", "grade"),
            ("stated-score", "score", "rule-score", "by_rule"),
            ("column-quality", "quality", "column-level", "level"),
        ),
    )
    verdicts = (
        (
            "if batch.form.errors",
            'text("opinion-mend", errors=batch.form.errors, warnings=batch.form.warnings, infos=batch.form.infos)',
        ),
        (
            "elif batch.form.warnings + batch.form.infos",
            'text("opinion-explain", warnings=batch.form.warnings, infos=batch.form.infos)',
        ),
        ("else", 'text("opinion-fine")'),
    )
    document.add_paragraph()
    document.add_paragraph("".join(f"{{% {test} %}}{{{{ {said} }}}}" for test, said in verdicts) + "{% endif %}")
    document.add_paragraph("{%p if batch.listed %}")
    _table(
        document,
        "finding in batch.findings",
        (
            ("column-number", "loop.index", 1.1),
            ("column-place", 'finding.severity_word ~ " " ~ finding.place', 2.2),
            ("column-message", "finding.message", 4.4),
            ("column-expected", "finding.expected", 1.7),
            ("column-advice", "finding.advice", 3.6),
            ("column-deadline", 'batch.deadline or text("deadline-open")', 1.8),
            ("column-answer", '""', 2.6),
        ),
    )
    document.add_paragraph("{%p endif %}")
    _more(document)
    document.add_paragraph()
    signs = document.add_table(rows=2, cols=2)
    keys = ("signed-by-reviewer", "signed-date", "signed-by-unit", "answered-date")
    for cell, key in zip((cell for row in signs.rows for cell in row.cells), keys, strict=True):
        cell.text = f'{{{{ text("{key}") }}}}'
        cell.paragraphs[0].paragraph_format.space_before = Pt(18)
    return _bytes(document)


def report() -> bytes:
    """``report.docx``: the report of a batch."""
    document = _blank(landscape=True)
    _title(document, "{{ batch.title }}")
    document.add_paragraph("{{ batch.disclosure }}").paragraph_format.first_line_indent = Pt(24)
    _heading(document, "section-departments")
    _table(
        document,
        "group in batch.departments + [batch.group]",
        (
            ("column-department", "group.name", 5.5),
            ("column-projects", "group.projects", 1.6),
            ("column-budget", "money(group.budget)", 3.0),
            ("column-executed", "money(group.executed)", 3.0),
            ("column-rate", "percent(group.rate)", 2.0),
            ("column-mean", "number(group.mean)", 1.8),
            ("column-grade", "grades(group)", 3.6),
            ("column-errors", "group.errors", 1.4),
            ("column-warnings", "group.warnings", 1.4),
            ("column-mean-quality", "number(group.quality)", 2.0),
        ),
    )
    _heading(document, "chart-scores")
    bars = (
        ("axis-score", "bar.label", 3.0),
        ("axis-forms", "bar.count", 2.0),
        ("column-share", '"█" * ((bar.share * 50) | round | int)', 19.0),
    )
    _table(document, "bar in batch.score_bars", bars)
    _heading(document, "section-kinds")
    document.add_paragraph("{%p if not batch.kinds %}")
    document.add_paragraph('{{ text("no-findings") }}')
    document.add_paragraph("{%p else %}")
    _table(
        document,
        "kind in batch.kinds",
        (
            ("column-finding", "kind.code", 2.5),
            ("column-kind", "kind.title", 9.0),
            ("column-count", "kind.count", 3.0),
            ("column-forms", "kind.forms", 3.0),
        ),
    )
    document.add_paragraph("{%p endif %}")
    _heading(document, "section-forms")
    _table(
        document,
        "form in batch.forms",
        (
            ("column-number", "form.number", 1.2),
            ("column-project", "form.project", 5.4),
            ("column-department", "form.department", 4.0),
            ("column-budget", "form.budget", 2.4),
            ("column-rate", "form.rate", 1.9),
            ("column-score", "form.score", 1.7),
            ("column-by-rule", "form.by_rule", 2.4),
            ("column-grade", "form.grade", 1.3),
            ("column-errors", "form.errors", 1.3),
            ("column-warnings", "form.warnings", 1.3),
            ("column-quality", 'form.quality ~ " " ~ form.level', 2.5),
        ),
    )
    _heading(document, "section-findings")
    document.add_paragraph("{%p if not batch.listed %}")
    document.add_paragraph('{{ text("no-findings") }}')
    document.add_paragraph("{%p else %}")
    _table(
        document,
        "finding in batch.findings",
        (
            ("column-number", 'finding.number or ""', 1.2),
            ("column-severity", 'finding.severity_word ~ " " ~ finding.code', 2.3),
            ("column-project", "finding.project", 4.6),
            ("column-place", 'finding.file ~ " " ~ finding.place', 4.0),
            ("column-message", "finding.message", 6.4),
            ("column-expected", "finding.expected", 2.2),
            ("column-advice", "finding.advice", 5.0),
        ),
    )
    document.add_paragraph("{%p endif %}")
    _more(document)
    document.add_paragraph("{%p if batch.unread %}")
    _heading(document, "section-unread")
    document.add_paragraph("{%p for reason in batch.unread %}")
    document.add_paragraph("{{ reason }}")
    document.add_paragraph("{%p endfor %}")
    document.add_paragraph("{%p endif %}")
    return _bytes(document)


# --- parts of a document -------------------------------------------------------------------------------------------


def _blank(*, landscape: bool) -> Any:
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    if landscape:
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = Cm(29.7), Cm(21)
    section.left_margin = section.right_margin = Cm(1.8)
    section.top_margin = section.bottom_margin = Cm(2)
    _fonts(document.styles["Normal"], FONTS, 11)
    for level, size in ((1, 14), (2, 12)):
        _fonts(document.styles[f"Heading {level}"], HEADING_FONTS, size)
    footer = section.footer.paragraphs[0]
    footer.text = '{{ text("made-by", version=version) }}'
    footer.runs[0].font.size = Pt(8)
    return document


def _fonts(style: Any, fonts: tuple[str, str], size: int) -> None:
    style.font.name, style.font.size = fonts[0], Pt(size)
    style.font.color.rgb = RGBColor(0, 0, 0)
    properties = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in list(properties.attrib):
        if name.endswith("Theme"):
            del properties.attrib[name]
    properties.set(qn("w:ascii"), fonts[0])
    properties.set(qn("w:hAnsi"), fonts[0])
    properties.set(qn("w:eastAsia"), fonts[1])


def _title(document: Any, text: str) -> None:
    paragraph = document.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.paragraph_format.space_after = Pt(12)
    run = paragraph.add_run(text)
    run.bold, run.font.size = True, Pt(18)
    run.font.name = HEADING_FONTS[0]
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), HEADING_FONTS[1])


def _heading(document: Any, key: str) -> None:
    document.add_heading(f'{{{{ text("{key}") }}}}', level=1)


def _facts(document: Any, rows: Sequence[tuple[str, str, str, str]]) -> None:
    """A table of two pairs a row: the key of a caption, the name of a field of the form."""
    table = document.add_table(rows=0, cols=4)
    table.style = "Table Grid"
    for first, one, second, other in rows:
        cells = table.add_row().cells
        texts = (f'text("{first}")', f"batch.form.{one}", f'text("{second}")', f"batch.form.{other}")
        for index, (cell, text) in enumerate(zip(cells, texts, strict=True)):
            _fill(cell, f"{{{{ {text} }}}}", 10, head=index % 2 == 0)
            cell.width = Cm(2.9 if index % 2 == 0 else 5.8)


def _table(document: Any, loop: str, columns: Sequence[tuple[str, str, float]]) -> None:
    """A table with a row for each item of ``loop``: key of the heading, what a cell shows, width in cm."""
    table = document.add_table(rows=4, cols=len(columns))
    table.style = "Table Grid"
    table.autofit = False
    _repeat(table.rows[0])
    table.rows[1].cells[0].text = f"{{%tr for {loop} %}}"
    table.rows[3].cells[0].text = "{%tr endfor %}"
    for index, (key, shown, width) in enumerate(columns):
        table.columns[index].width = Cm(width)
        for row in table.rows:
            row.cells[index].width = Cm(width)
        _fill(table.rows[0].cells[index], f'{{{{ text("{key}") }}}}', 9, head=True)
        _fill(table.rows[2].cells[index], f"{{{{ {shown} }}}}", 9, head=False)
        if key in NUMBERS:
            table.rows[2].cells[index].paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
        if key == "column-share":
            table.rows[2].cells[index].paragraphs[0].runs[0].font.color.rgb = RGBColor.from_string(BAR_COLOUR)


def _repeat(row: Any) -> None:
    """The row stands on top of every page; rows are not torn."""
    properties = row._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:tblHeader"))


def _fill(cell: Any, text: str, size: int, *, head: bool) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_after = Pt(0)
    run = paragraph.add_run(text)
    run.font.size, run.bold = Pt(size), head
    if head:
        _shade(cell._tc.get_or_add_tcPr(), HEAD_FILL)


def _shade(properties: Any, fill: str) -> None:
    shade = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", fill)):
        shade.set(qn(f"w:{name}"), value)
    properties.append(shade)


def _more(document: Any) -> None:
    said = 'text("more-findings", shown=batch.listed, more=batch.more)'
    document.add_paragraph("{%p if batch.more %}")
    document.add_paragraph(f"{{{{ {said} }}}}")
    document.add_paragraph("{%p endif %}")


def _bytes(document: Any) -> bytes:
    saved, packed = io.BytesIO(), io.BytesIO()
    document.core_properties.author = "perfeval-xl"
    document.core_properties.comments = ""
    document.save(saved)
    with zipfile.ZipFile(saved) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = zipfile.ZipInfo(name, DATE)
            part.compress_type = zipfile.ZIP_DEFLATED
            part.external_attr = 0o600 << 16
            new.writestr(part, old.read(name))
    return packed.getvalue()
