"""What an office's workbook tells about its form: labels, columns, rows, unit, vocabulary, points and formulas.

Only what the sheet shows is learned; ``Learned.unknown`` names the settings that no sheet can tell.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from perfeval_xl.adopt.printed import (
    MOST_IN_A_ROW,
    NOTE_HEIGHT,
    UNIT,
    YEAR,
    Learned,
    PrintedSheet,
    Settings,
    label_in,
)
from perfeval_xl.nothing import DASHES
from perfeval_xl.package.addresses import Cell, a1
from perfeval_xl.profile import label_key
from perfeval_xl.reading import POINTS_BESIDE_LABEL, rates_in_percent
from perfeval_xl.workbook.fill.align import LEVELS, MONEY, row_of


class Learner(PrintedSheet):
    """Looks at one form on its sheet, section by section."""

    def learn(self) -> Learned:
        """Everything the sheet tells."""
        settings = self.found.settings
        settings["title"] = self.reading.form.title or self.base.title
        settings["unit"] = self.reading.form.funds.unit
        settings["project"] = self._project()
        settings["page"] = self._page()
        settings["funds"] = self._funds()
        settings["goals"] = self._goals()
        settings["indicators"] = self._indicators()
        settings["total"] = self._total()
        settings["notes"] = self._notes()
        settings |= self._remark()
        settings["rules"] = self._rules()
        settings["aliases"] = self._aliases()
        return self.found

    # -- printed cells --

    # -- who and what --

    def _project(self) -> dict[str, str]:
        labels: dict[str, str] = {}
        for name, cell in self._identity_cells().items():
            label = self._printed("project", name, self._beside(cell))
            if label:
                labels[name] = label
        return labels

    def _page(self) -> Settings:
        cells = self._identity_cells()
        rows: dict[int, list[tuple[int, str]]] = {}
        for name, cell in cells.items():
            rows.setdefault(cell.row, []).append((cell.column, name))
        identity = [
            [name for _, name in sorted(rows[row])][start : start + MOST_IN_A_ROW]
            for row in sorted(rows)
            for start in range(0, len(rows[row]), MOST_IN_A_ROW)
        ]
        page: Settings = {"sections": self._sections()}
        if identity:
            page["identity"] = identity
            page["year"] = "" if "fiscal_year" in cells else self._year()
        return page

    def _year(self) -> str:
        cell = self.layout.fields.get("fiscal_year")
        if cell is None:
            self.found.remarks.append("表上没有年度 / the sheet prints no year")
        elif cell == self.layout.fields.get("title"):
            self.found.remarks.append("年度印在标题里 / the year is printed in the title")
        else:
            printed = YEAR.sub("{year}", self._text(cell), count=1)
            if "{year}" in printed:
                return printed
        return self.base.page.year or "（{year}年度）"

    def _sections(self) -> list[str]:
        """Sections in the order of their first rows; those the sheet does not show stay where they were."""
        fields = self.layout.fields
        tops = {
            "identity": [cell.row for cell in self._identity_cells().values()],
            "funds": [row_of(row) for row in self.layout.fund_rows],
            "goals": [fields[path].row for path in ("goals.expected", "goals.actual") if path in fields],
            "indicators": [row_of(row) for row in self.layout.indicator_rows],
        }
        shown = sorted((min(rows), name) for name, rows in tops.items() if rows)
        order = iter([name for _, name in shown])
        names = {name for _, name in shown}
        return [next(order) if name in names else name for name in self.base.page.sections]

    # -- funds --

    def _funds(self) -> Settings:
        rows = self.layout.fund_rows
        if not rows:
            return {}
        first = min(row_of(row) for row in rows)
        cells = {column: cell for column, cell in rows[0].items() if column in MONEY}
        heading, bar = self._heading("funds", first)
        marks = [self._text(cell) for row in rows for cell in row.values() if self._text(cell) in DASHES]
        notes = [entry.label for entry in self.layout.extra if entry.cell.row == first]
        funds: Settings = {
            "bar": bar,
            "columns": self._ordered(cells, self.base.funds.columns, "funds"),
            "labels": self._headings(cells, "funds", first),
            "rows": [self._fund_row(row) for row in rows if self._text(row.get("label"))],
            "rate": "percent" if rates_in_percent(self.sheet, self.layout) else "ratio",
            "note_label": notes[0] if notes else "",
        }
        if heading:
            funds["heading"] = UNIT.sub("{unit}", heading, count=1)
        if marks:
            funds["not_applicable"] = max(set(marks), key=marks.count)
        if [row["source"] for row in funds["rows"]].count("total") != 1:
            del funds["rows"]
        return funds

    def _fund_row(self, row: Mapping[str, Cell]) -> Settings:
        label = "".join(self._text(row["label"]).split())
        source = self.base.labels("fund_rows").get(label_key(label), label)
        columns = [column for column in self.base.funds.columns if column in row]
        prints = [column for column in columns if self._text(row[column]) not in DASHES]
        # Weight and score stand in the row of the total only; an empty cell elsewhere is no invitation.
        if source != "total":
            prints = [column for column in prints if column not in ("weight", "score")]
        return {"source": source, "label": label, "prints": prints}

    # -- goals --

    def _goals(self) -> Settings:
        cells = {
            name: self.layout.fields[path]
            for name, path in (("expected", "goals.expected"), ("actual", "goals.actual"))
            if path in self.layout.fields
        }
        if not cells:
            return {}
        first = min(cell.row for cell in cells.values())
        heading, bar = self._heading("goals", first)
        goals: Settings = {"bar": bar} | ({"heading": heading} if heading else {})
        for name in cells:
            label = self._printed("goals", name, self._print(first - 1, first))
            if label:
                goals[name] = label
        return goals

    # -- indicators --

    def _indicators(self) -> Settings:
        rows = [row for row in self.layout.indicator_rows if row]
        first = min(row_of(row) for row in rows)
        cells = {column: cell for row in reversed(rows) for column, cell in row.items()}
        parts = [name for name in ("target_operator", "target_value", "target_unit") if name in cells]
        columns = {("target" if name == "target_value" else name): cell for name, cell in cells.items()}
        columns = {name: cell for name, cell in columns.items() if name not in ("target_operator", "target_unit")}
        heading, _ = self._heading("indicators", first)
        levels, points, default_rows = self._vocabulary(rows)
        indicators: Settings = {
            "columns": self._ordered(columns, self.base.indicators.columns, "indicators"),
            "target": ["target_operator", "target_value", "target_unit"] if len(parts) > 1 else ["target"],
            "labels": self._headings(cells, "indicators", first),
            "level1_points": points,
        }
        if heading:
            indicators["heading"] = heading
        if levels:
            indicators["level1"] = levels
            indicators["rows"] = default_rows
        return indicators

    def _vocabulary(self, rows: Sequence[Mapping[str, Cell]]) -> tuple[list[Settings], bool, list[Settings]]:
        """一级指标 with their 二级指标 and points, whether points are printed, and the rows of the blank form."""
        level2: dict[str, list[str]] = {}
        printed: dict[str, Decimal] = {}
        typed: dict[str, list[Decimal | None]] = {}
        default_rows: list[Settings] = []
        for row in rows:
            one, two = (self._text(row.get(column)) for column in LEVELS)
            match = POINTS_BESIDE_LABEL.match(one)
            name, other = label_in(match["label"] if match else one), label_in(two)
            if not name:
                continue
            if match:
                printed[name] = Decimal(match["points"])
            under = level2.setdefault(name, [])
            under += [other] if other and other not in under else []
            weight = self.sheet[row["weight"]] if "weight" in row else None
            typed.setdefault(name, []).append(weight if isinstance(weight, Decimal) else None)
            default_rows.append({"level1": name, "level2": other})
        weights = printed or _sums(typed) or self._inherited(level2)
        if weights and sum(weights.values()) + self._execution_weight() != self.base.rules.full_marks:
            shown = ", ".join(f"{name} {weight}" for name, weight in weights.items())
            self.found.remarks.append(f"表上的分值相加不是满分，没有采用 / points do not add up, not taken: {shown}")
            weights = {}
        levels = [
            {"name": name, "weight": weights.get(name), "level2": under or [name]} for name, under in level2.items()
        ]
        if any(not row["level2"] for row in default_rows):
            default_rows = [row for row in default_rows if row["level2"]]
        return [_without_none(level) for level in levels], bool(printed), default_rows

    def _inherited(self, names: Iterable[str]) -> dict[str, Decimal]:
        """The usual weights of the profile below, where the sheet has the same 一级指标 and prints no points."""
        known = {level.name: level.weight for level in self.base.indicators.level1}
        weights = {name: weight for name, weight in known.items() if weight is not None}
        if not list(names) == list(known) == list(weights):
            return {}
        self.found.remarks.append(f"一级指标的分值沿用 / points of level 1 are those of: {self.base.id}")
        return weights

    # -- the rest --

    def _execution_weight(self) -> Decimal:
        row = next(iter(self.layout.fund_rows), {})
        value = self.sheet[row["weight"]] if "weight" in row else None
        return value if isinstance(value, Decimal) else self.base.rules.execution_weight

    def _rules(self) -> Settings:
        rules: Settings = {"execution_weight": self._execution_weight()}
        row = next(iter(self.layout.fund_rows), {})
        formula = self.part.formula(row["execution_rate"]) if "execution_rate" in row else None
        bases = [column for column in ("initial_budget", "full_year_budget") if _refers(formula, row.get(column))]
        if len(bases) == 1:
            rules["execution_base"] = bases[0]
            self._known("rules.execution_base")
        return rules

    def _total(self) -> Settings:
        cell = self.layout.fields.get("total.weight") or self.layout.fields.get("total.score")
        if cell is None:
            return {}
        sections = self.base.labels("sections")
        labels = [
            label_in(self._text(other))
            for other in self._print(cell.row, cell.row)
            if sections.get(label_key(self._text(other))) == "total"
            or label_key(self._text(other)) == label_key(self.base.total.label)
        ]
        total: Settings = {"label": labels[0]} if labels else {}
        includes = self._includes_execution()
        if includes is not None:
            total["includes_execution"] = includes
            self._known("total.includes_execution")
        return total

    def _includes_execution(self) -> bool | None:
        """Told by the formula of the total, or by the number printed there."""
        row = next(iter(self.layout.fund_rows), {})
        for column in ("weight", "score"):
            cell = self.layout.fields.get(f"total.{column}")
            formula = self.part.formula(cell) if cell is not None else None
            if formula and column in row:
                return _refers(formula, row[column])
        printed = self.reading.form.total.weight
        rules = self.base.rules
        if printed in (rules.full_marks, rules.full_marks - self._execution_weight()):
            return printed == rules.full_marks
        return None

    def _below(self) -> int:
        return max((row_of(row) for row in self.layout.indicator_rows if row), default=0)

    def _notes(self) -> list[Settings]:
        known = {note.label: note.height for note in self.base.notes}
        return [
            {"label": entry.label, "height": known.get(entry.label, NOTE_HEIGHT)}
            for entry in self.layout.extra
            if entry.cell.row > self._below() and entry.label not in self.layout.parts and "[" not in entry.label
        ]

    def _remark(self) -> Settings:
        """The label of the remark, and the text printed in its cell or in a note below the form."""
        sections = dict(self.base.labels("sections")) | {label_key(self.base.remark_label): "remark"}
        below = list(self._print(self._below() + 1, self.layout.area.bottom))
        labels = [cell for cell in below if sections.get(label_key(self._text(cell))) == "remark"]
        found: Settings = {"remark_label": label_in(self._text(labels[0]))} if labels else {}
        remark = self.reading.form.remark
        notes = [self._text(cell) for cell in below if self._text(cell).startswith(("注", "说明"))]
        if remark or notes:
            found["remark_text"] = remark or notes[0]
        return found

    def _aliases(self) -> Settings:
        """Words of the sheet that no list has yet, so that they are known when a filled form is read."""
        aliases: Settings = {}
        known = self.base.labels("sections")
        funds = {row_of(row) for row in self.layout.fund_rows}
        own = [entry.label for entry in self.layout.extra if "[" not in entry.label and entry.cell.row not in funds]
        extra = [label for label in own if label_key(label) not in known]
        if extra:
            aliases["sections"] = {"extra": [*self.base.aliases.sections.get("extra", ()), *extra]}
        levels = self.base.labels("levels")
        learned = self.found.settings.get("indicators", {}).get("level1", [])
        names = [name for level in learned for name in (level["name"], *level["level2"])]
        new = {name: [name] for name in names if label_key(name) not in levels}
        if new:
            aliases["levels"] = new
        title = self.found.settings["title"]
        if title not in (*self.base.titles, self.base.title):
            self.found.settings["titles"] = [title, *self.base.titles]
        return aliases


def _without_none(values: Settings) -> Settings:
    return {key: value for key, value in values.items() if value is not None}


def _sums(typed: Mapping[str, Sequence[Decimal | None]]) -> dict[str, Decimal]:
    """Weights typed into the rows of a blank form, added up by 一级指标; nothing when any is missing."""
    if not typed or any(weight is None for weights in typed.values() for weight in weights):
        return {}
    return {name: sum((w for w in weights if w is not None), Decimal(0)) for name, weights in typed.items()}


def _refers(formula: str | None, cell: Cell | None) -> bool:
    """Whether a formula names a cell."""
    if formula is None or cell is None:
        return False
    names = {name.replace("$", "").upper() for name in re.findall(r"\$?[A-Za-z]{1,3}\$?\d+", formula)}
    return a1(*cell) in names
