"""Findings about the workbook: what happened to a template since it was built, and what reading was unsure of."""

from __future__ import annotations

from collections.abc import Iterator

from perfeval_xl.checks.registry import form_finding
from perfeval_xl.checks.subject import Subject
from perfeval_xl.laws.deviations import Deviation
from perfeval_xl.shown import content, number, rate


@form_finding("PE701", "formula-overwritten", "warning")
def formula_overwritten(subject: Subject) -> Iterator[Deviation]:
    """A cell of our template that computes itself holds a typed value, or nothing, instead of its formula.

    The expected value is what the formula gives for the form as it stands. A workbook filled from a document whose
    printed rate or total differs from the computed one shows this too: there the document's value took the
    formula's place. ``perfeval check --fix`` puts formulas back.

    模板中自动计算的单元格，公式被直接填入的数（或空白）取代。

    “应为”是公式按表上现有内容算出的值。由文档转成的工作簿，所印执行率或总分与计算值不同时也会这样：文档的值取代了公式。
    perfeval check --fix 可以恢复公式。
    """
    for lost in subject.condition.overwritten if subject.condition else ():
        if lost.field is None:
            yield Deviation(None, content(lost.found), lost.formula, cell=lost.cell, variant="check-area")
        else:
            show = rate if lost.field.endswith("execution_rate") else number
            variant = "" if lost.found else "blank"
            yield Deviation(lost.field, content(lost.found), show(lost.computed), cell=lost.cell, variant=variant)


@form_finding("PE702", "locked-cell-changed", "warning")
def locked_cell_changed(subject: Subject) -> Iterator[Deviation]:
    """A locked cell of our template (a label, a heading, a mark such as —) no longer says what the template says.

    Compared with the template of the same profile and version, cell by cell, through the names in the sheet, so rows
    that were added or moved do not matter. White space is not compared.

    模板中锁定的单元格（标签、标题、“—”等标记）与模板不一致。

    与同一表样、同一版本的模板逐格比较；依靠工作表里的名称对应位置，增加或移动行不受影响。不比较空格。
    """
    for changed in subject.condition.changed if subject.condition else ():
        yield Deviation(None, content(changed.found), content(changed.expected), cell=changed.cell)


@form_finding("PE703", "template-outdated", "warning")
def template_outdated(subject: Subject) -> Iterator[Deviation]:
    """The workbook was made from another version of the template than the one this program knows.

    What it holds is read all the same. Its formulas and locked cells are not compared, because the template of that
    version is not here. Also told when the profile it names is not known on this machine.

    工作簿所用模板的版本与本程序自带的不同。

    内容照常读取；因为没有那个版本的模板，不比较公式和锁定单元格。工作簿所写的表样在本机不存在时也报。
    """
    condition = subject.condition
    if condition is None or condition.mark is None or condition.mark_cell is None:
        return
    stated = f"{condition.mark[0]}/v{condition.mark[1]}"
    profile = condition.profile
    if profile is None:
        yield Deviation(None, stated, None, cell=condition.mark_cell, variant="unknown")
    elif condition.mark[1] != profile.template_version:
        variant = "newer" if condition.mark[1] > profile.template_version else ""
        known = f"{profile.id}/v{profile.template_version}"
        yield Deviation(None, stated, known, cell=condition.mark_cell, variant=variant)


@form_finding("PE704", "located-by-label", "info")
def located_by_label(subject: Subject) -> Iterator[Deviation]:
    """A cell of our template lost its name and was found by the label beside it.

    Names get lost when cells are deleted, when a sheet is pasted into another workbook, or in programs that drop them.
    The value was read; check that it is the right cell.

    模板单元格的名称丢失，是按旁边的文字标签找到的。

    删除单元格、把表粘贴到别的工作簿、用不保留名称的程序保存，都会丢失名称。值已读入，请核对位置。
    """
    for note in subject.notes("located-by-label"):
        yield Deviation(note.field, content(note.found), None, cell=note.cell)


@form_finding("PE705", "unread-content", "warning")
def unread_content(subject: Subject) -> Iterator[Deviation]:
    """A cell of the form holds something whose meaning is not sure; it was not read.

    An error such as #REF!, text that belongs to no field, or a value whose column cannot be told. Nothing is guessed:
    the field is blank in the result.

    表中某个单元格的内容不能确定含义，没有读入。

    例如 #REF! 之类的错误值、不属于任何栏目的文字、分不清是哪一列的值。程序不猜测，结果中这一栏为空。
    """
    for note in subject.notes("unread-content"):
        yield Deviation(note.field, content(note.found), None, cell=note.cell)


@form_finding("PE706", "unit-unclear", "warning")
def unit_unclear(subject: Subject) -> Iterator[Deviation]:
    """No unit of money is printed, one that is neither 万元 nor 元, or two that disagree.

    千元, 百万元 and the like are converted; for a foreign currency the amounts are read as they stand. Without a unit
    the profile's own is taken.

    表上没有印金额单位，印的不是万元或元，或者前后不一致。

    千元、百万元等会折算；外币按原数读入。没有印单位时，采用表样的单位。
    """
    for note in subject.notes("unit-unclear"):
        yield Deviation(note.field, content(note.found), note.expected, cell=note.cell, variant=note.variant)


@form_finding("PE707", "year-unclear", "warning")
def year_unclear(subject: Subject) -> Iterator[Deviation]:
    """The title and the lines around it name different years; none is taken.

    标题和它附近印的年度不一致，没有采用任何一个。
    """
    for note in subject.notes("year-unclear"):
        yield Deviation(note.field, content(note.found), None, cell=note.cell)


@form_finding("PE708", "formula-not-calculated", "warning")
def formula_not_calculated(subject: Subject) -> Iterator[Deviation]:
    """A cell of the form holds a formula that was saved without its result.

    Plain arithmetic over cells of the same sheet is worked out, which is told as well; anything else is not read.

    表中某个单元格是公式，文件里没有它的结果。

    同一工作表内的简单算式会算出来（同样报告）；其他公式没有读入。
    """
    for note in subject.notes("formula-not-calculated"):
        expected = note.expected if note.variant else None
        yield Deviation(note.field, content(note.found), expected, cell=note.cell, variant=note.variant)


@form_finding("PE709", "column-unknown", "info")
def column_unknown(subject: Subject) -> Iterator[Deviation]:
    """A table has a column with a heading nobody knows; what stands in it is kept in ``extra``. Told once per column.

    表中有一列的表头不认识，内容保存在 extra 里。每列只报一次。
    """
    for note in subject.notes("column-unknown"):
        yield Deviation(None, content(note.found), None, cell=note.cell)


@form_finding("PE710", "hidden-content", "warning")
def hidden_content(subject: Subject) -> Iterator[Deviation]:
    """Something of the form is in the file and not to be seen: in a hidden row, column or sheet, or under a format.

    What a person does not see is not read.

    表中有内容隐藏在行、列、工作表里，或被单元格格式遮住。

    看不见的内容不读入。
    """
    for note in subject.notes("hidden-content"):
        yield Deviation(note.field, content(note.found), None, cell=note.cell, variant=note.variant)
