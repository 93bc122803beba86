"""Reads one form off its sheet, field by field; a value that cannot be read is null and noted, never guessed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal

from perfeval_xl.cell_values import NotANumber, number_in, rate_in, text_in, year_in
from perfeval_xl.layout import KEY_COLUMN, ROW_PRESENT, Layout, Row
from perfeval_xl.model import MONEY, Form, FundLine, Funds, Goals, Indicator, Project, Total, check_text
from perfeval_xl.money_unit import PrintedUnit, printed_unit
from perfeval_xl.notes import Note, NoteName, of_columns, of_hidden_cells, of_hidden_rows, of_left_over
from perfeval_xl.package.addresses import Cell
from perfeval_xl.profile import label_key
from perfeval_xl.reading.print import (
    CODE_AND_NAME,
    POINTS_BESIDE_LABEL,
    REMARK,
    YEAR_BEFORE_TITLE,
    YEAR_IN_TITLE,
    is_placeholder,
    join_target,
    rates_in_percent,
)
from perfeval_xl.reading.result import Reading
from perfeval_xl.sources.sheet import CellError, NotCalculated, Sheet, Value


def _year_or_none(value: Value) -> int | None:
    try:
        return year_in(value)
    except NotANumber:
        return None


def _name_of(value: Value, expected: str) -> NoteName:
    """The finding of a value that is not what is expected."""
    if isinstance(value, NotCalculated):
        return "formula-not-calculated"
    return "unread-content" if isinstance(value, CellError) or expected == "text" else "not-a-number"


@dataclass
class FormReader:
    """Reads one layout. ``exact`` templates keep every character; labelled print loses its typesetting's spaces."""

    sheet: Sheet
    layout: Layout
    notes: list[Note] = field(default_factory=list)
    #: Rows that turned out to belong to the form; blank rows of the layout are not counted in field paths.
    fund_rows: list[Row] = field(default_factory=list)
    indicator_rows: list[Row] = field(default_factory=list)

    @property
    def exact(self) -> bool:
        """Whether the sheet is a template of ours, in which nothing is typesetting."""
        return self.layout.by == "name"

    def reading(self) -> Reading:
        """The whole form."""
        level1_weights = self._level1_weights()
        form = Form(
            profile=self._profile_id(),
            title=self._title(),
            fiscal_year=self._year(),
            project=self._project(),
            funds=self._funds(),
            goals=Goals(expected=self._text("goals.expected"), actual=self._text("goals.actual")),
            indicators=tuple(self._indicators(level1_weights)),
            level1_weights=level1_weights,
            total=Total(weight=self._number("total.weight"), score=self._number("total.score")),
            remark=self._remark(),
            extra=self._extra(),
        )
        self._doubtful()
        return Reading(form, self.sheet.source, self.sheet, self.layout, dict(self._places()), tuple(self.notes))

    def _profile_id(self) -> str:
        from perfeval_xl.layout.names import template_mark

        mark = template_mark(self.sheet) if self.exact else None
        return mark[0] if mark else self.layout.profile.id

    # -- cells --

    def _value(self, cell: Cell | None) -> Value:
        if cell is None:
            return None
        value = self.sheet[cell]
        if not self.exact and isinstance(value, str):
            return value.strip() or None
        return value

    def _part(self, path: str, cell: Cell) -> Value:
        """Of a cell that holds a label or other fields as well, what belongs to ``path``."""
        start, end = self.layout.parts[path]
        return str(self.sheet[cell])[start:end].strip() or None

    def _take(
        self,
        path: str,
        cell: Cell | None,
        read: Callable[..., Decimal | str | int | None],
        expected: str,
        *how: object,
    ) -> object:
        """The field ``path`` as ``read`` takes it from the value of its cell; ``how`` are its further arguments."""
        if cell is None:
            return None
        value = self._value(cell)
        if path in self.layout.parts:
            value = self._part(path, cell)
        try:
            result = read(value, *how)
            if isinstance(result, str):
                check_text(result, path)
        except ValueError:
            self.notes.append(Note(_name_of(value, expected), path, cell, str(value), expected))
            return None
        if cell in self.sheet.unseen:
            self._note_unseen(path, cell, result)
        return result

    def _note_unseen(self, path: str, cell: Cell, result: object) -> None:
        unseen = self.sheet.unseen[cell]
        if unseen.why == "worked-out":
            if self.exact:
                return  # our own formula: what it gives is known
            shown = "" if result is None else str(result)
            self.notes.append(Note("formula-not-calculated", path, cell, unseen.text, shown, "worked-out"))
        elif result is None:
            self.notes.append(Note("hidden-content", path, cell, unseen.text))

    def _number_at(self, path: str, cell: Cell | None, unit: str = "") -> Decimal | None:
        result = self._take(path, cell, number_in, "number", unit)
        return result if isinstance(result, Decimal) else None

    def _text_at(self, path: str, cell: Cell | None) -> str | None:
        result = self._take(path, cell, text_in, "text")
        return result if isinstance(result, str) else None

    def _number(self, path: str) -> Decimal | None:
        return self._number_at(path, self.layout.fields.get(path), "分")

    def _text(self, path: str) -> str | None:
        return self._text_at(path, self.layout.fields.get(path))

    # -- parts of the form --

    def _title(self) -> str | None:
        title = self._text("title")
        if title is None or self.exact:
            return title
        return "".join(YEAR_IN_TITLE.sub("", YEAR_BEFORE_TITLE.sub("", title)).split()) or None

    def _year(self) -> int | None:
        years = {year for cell in self.layout.years if (year := _year_or_none(self.sheet[cell])) is not None}
        cell = self.layout.fields.get("fiscal_year")
        if len(years) > 1:
            self.notes.append(Note("year-unclear", "fiscal_year", cell, "、".join(map(str, sorted(years))), "year"))
            return None
        result = self._take("fiscal_year", cell, year_in, "year")
        return result if isinstance(result, int) else None

    def _project(self) -> Project:
        fields = self.layout.fields
        texts = {name: self._text(f"project.{name}") for name in Project.__struct_fields__}
        joined = fields.get("project.code")
        if joined is not None and joined == fields.get("project.name"):
            match = CODE_AND_NAME.match(texts["name"] or "")
            texts["code"] = match["code"] if match else None
            texts["name"] = match["name"] if match else texts["name"]
        return Project(**texts)

    def _unit(self) -> PrintedUnit:
        text = self._text("funds.unit")
        cells = [cell for cell in self.layout.units if cell != self.layout.fields.get("funds.unit")]
        return printed_unit([text or "", *(str(self.sheet[cell]) for cell in cells)], self.layout.profile.unit)

    def _funds(self) -> Funds:
        unit = self._unit()
        percent = rates_in_percent(self.sheet, self.layout)
        lines: list[FundLine] = []
        for row in self.layout.fund_rows:
            line = self._fund_line(f"funds.lines[{len(lines)}]", row, unit, percent=percent)
            if line is not None:
                lines.append(line)
                self.fund_rows.append(row)
        if unit.unclear and any(getattr(line, column) is not None for line in lines for column in MONEY):
            self._note_unit(unit)
        return Funds(unit=unit.unit, lines=tuple(lines))

    def _note_unit(self, unit: PrintedUnit) -> None:
        cell = self.layout.fields.get("funds.unit") or next(iter(self.fund_rows[0].values()), None)
        variant = "" if unit.unclear == "differ" else unit.unclear
        self.notes.append(Note("unit-unclear", "funds.unit", cell, "、".join(unit.printed), unit.unit, variant))

    def _fund_line(self, path: str, row: Row, unit: PrintedUnit, *, percent: bool) -> FundLine | None:
        label = self._text_at(f"{path}.label", row.get("label"))
        if label is not None and not self.exact:
            label = self._whole_label("".join(label.split()))
        rate = self._take(
            f"{path}.execution_rate", row.get("execution_rate"), lambda value: rate_in(value, percent=percent), "rate"
        )
        printed = unit.printed[0] if unit.printed else unit.unit
        money = {name: unit.read(self._number_at(f"{path}.{name}", row.get(name), printed)) for name in MONEY}
        points = {name: self._number_at(f"{path}.{name}", row.get(name), "分") for name in ("weight", "score")}
        key = self._value(row.get(KEY_COLUMN))
        values = (*money.values(), *points.values())
        if label is None and rate is None and key is None and not any(value is not None for value in values):
            return None
        source = str(key) if key is not None else self._source(label or "")
        ratio = rate if isinstance(rate, Decimal) else None
        return FundLine(source=source, label=label, execution_rate=ratio, **money, **points)

    def _whole_label(self, label: str) -> str:
        """A label whose end the print cut off, when it can only be the beginning of one printed label."""
        whole = {row.label for row in self.layout.profile.funds.rows if row.label.startswith(label)}
        return whole.pop() if len(whole) == 1 and len(label) > 1 else label

    def _source(self, label: str) -> str:
        return self.layout.profile.labels("fund_rows").get(label_key(label), label)

    def _indicators(self, level1_weights: dict[str, Decimal]) -> Iterator[Indicator]:
        for row in self.layout.indicator_rows:
            noted = len(self.notes)
            indicator = self._indicator(f"indicators[{len(self.indicator_rows)}]", row, level1_weights)
            if self._belongs(indicator, row) or len(self.notes) > noted:
                self.indicator_rows.append(row)
                yield indicator

    def _belongs(self, indicator: Indicator, row: Row) -> bool:
        """A row that says no more than its levels is a blank row of the template, unless its key says otherwise."""
        filled = (
            indicator.name,
            indicator.target,
            indicator.actual,
            indicator.weight,
            indicator.score,
            indicator.deviation,
        )
        if not self.exact and is_placeholder(indicator.name) and not any(value is not None for value in filled[1:]):
            return False
        return any(value is not None for value in filled) or self._value(row.get(KEY_COLUMN)) == ROW_PRESENT

    def _indicator(self, path: str, row: Row, level1_weights: dict[str, Decimal]) -> Indicator:
        level1 = self._level(f"{path}.level1", row.get("level1"), level1_weights)
        level2 = self._level(f"{path}.level2", row.get("level2"))
        if level1 is None and not self.exact:
            level1 = self.layout.profile.level1_of(level2)
        return Indicator(
            level1=level1,
            level2=level2,
            name=self._text_at(f"{path}.name", row.get("name")),
            target=self._target(path, row),
            actual=self._text_or_number(f"{path}.actual", row.get("actual")),
            weight=self._number_at(f"{path}.weight", row.get("weight"), self._unit_of_weight(row)),
            score=self._number_at(f"{path}.score", row.get("score"), "分"),
            deviation=self._text_at(f"{path}.deviation", row.get("deviation")),
        )

    def _unit_of_weight(self, row: Row) -> str:
        """A weight of 20% is 20 points of 100."""
        value = self._value(row.get("weight"))
        return "%" if isinstance(value, str) and value.rstrip().endswith(("%", "％")) else "分"

    def _level(self, path: str, cell: Cell | None, points: dict[str, Decimal] | None = None) -> str | None:
        text = self._text_at(path, cell)
        if text is None or self.exact:
            return text
        match = POINTS_BESIDE_LABEL.match(text) if points is not None else None
        label = "".join((match["label"] if match else text).split()) or None
        if match and points is not None and label:
            points[label] = Decimal(match["points"])
        return label

    def _text_or_number(self, path: str, cell: Cell | None) -> str | Decimal | None:
        value = self._value(cell)
        if isinstance(value, Decimal):
            return self._number_at(path, cell)
        return self._text_at(path, cell)

    def _target(self, path: str, row: Row) -> str | Decimal | None:
        if "target_value" not in row:
            return self._text_or_number(f"{path}.target", row.get("target"))
        value = self._text_or_number(f"{path}.target", row["target_value"])
        operator = self._text_at(f"{path}.target", row.get("target_operator"))
        unit = self._text_at(f"{path}.target", row.get("target_unit"))
        return join_target(operator, value, unit)

    def _level1_weights(self) -> dict[str, Decimal]:
        weights: dict[str, Decimal] = {}
        for row in self.layout.level1_rows:
            name = self._text_at("level1_weights", row.get("name"))
            points = self._number_at(f"level1_weights.{name}", row.get("weight"), "分")
            if name is not None and points is not None:
                weights[name] = points
        return weights

    def _remark(self) -> str | None:
        remark = self._text("remark")
        if remark is None or self.exact:
            return remark
        return REMARK.sub("", remark).strip() or None

    def _extra(self) -> dict[str, str | None]:
        extra: dict[str, str | None] = {}
        for entry in self.layout.extra:
            text = self._text_at(f"extra.{entry.label}", entry.cell)
            if text is not None:
                extra[entry.label] = text
        for row in self.layout.extra_rows:
            label = self._text_at("extra", row.get("label"))
            if label is not None:
                extra[label] = self._text_at(f"extra.{label}", row.get("value"))
        return extra

    # -- what could not be told for sure --

    def _found_by_label(self) -> None:
        """Cells of our own template that lost their names; a column is told by its first cell."""
        layout = self.layout
        tables = {"funds": layout.fund_rows, "indicators": layout.indicator_rows}
        for path in layout.by_label:
            table, _, column = path.partition(".")
            cell = layout.fields.get(path) or tables[table][0][column]
            self.notes.append(Note("located-by-label", path, cell, str(self.sheet[cell] or "")))

    def _doubtful(self) -> None:
        """What the layout could not settle, and text that stands on the form and belongs to no field."""
        noted = {note.cell for note in self.notes}
        for ambiguity in self.layout.ambiguous:
            noted.add(ambiguity.cell)
            found = str(self.sheet[ambiguity.cell])
            self.notes.append(Note("unread-content", self._counted(ambiguity.field), ambiguity.cell, found, "column"))
        if self.exact:
            self._found_by_label()
            self.notes += of_hidden_rows(self.sheet, self.layout)
            return
        self.notes += of_columns(self.sheet, self.layout)
        told = {note.cell for note in self.notes if note.name in ("hidden-content", "formula-not-calculated")}
        self.notes += [note for note in of_hidden_cells(self.sheet, self.layout) if note.cell not in told]
        self.notes += of_left_over(self.sheet, self.layout, noted)

    def _counted(self, path: str) -> str | None:
        """A path that counts the layout's rows, as the form counts them; a blank row has none."""
        for table, rows, kept in (
            ("indicators", self.layout.indicator_rows, self.indicator_rows),
            ("funds.lines", self.layout.fund_rows, self.fund_rows),
        ):
            match = re.match(rf"{re.escape(table)}\[(\d+)\](.*)", path)
            if match and int(match[1]) < len(rows):
                row = rows[int(match[1])]
                number = next((n for n, other in enumerate(kept) if other is row), None)
                return None if number is None else f"{table}[{number}]{match[2]}"
        return path

    def _places(self) -> Iterator[tuple[str, Cell]]:
        kept = replace(
            self.layout, fund_rows=tuple(self.fund_rows), indicator_rows=tuple(self.indicator_rows), level1_rows=()
        )
        for path, cell in kept.places():
            if not path.endswith("." + KEY_COLUMN):
                yield path.replace("].target_value", "].target"), cell
        for table, rows, label, value in (
            ("level1_weights", self.layout.level1_rows, "name", "weight"),
            ("extra", self.layout.extra_rows, "label", "value"),
        ):
            for row in rows:
                # A name may be lost while its neighbour is still there.
                if label in row and value in row and self.sheet[row[label]] is not None:
                    yield f"{table}.{self.sheet[row[label]]}", row[value]
