"""The writer of the VBA module PerfLaws: a procedure for each law, a line for each step of its terms.

What the terms mean in VBA stands in the hand-written module PerfTerms. Every function there takes nothing ("") and then
gives nothing or False, so steps can be worked out one after another without asking first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from perfeval_xl.laws import terms
from perfeval_xl.laws.catalogue import LAWS

MODULE: Final = "PerfLaws"
_HEAD: Final = (
    "Option Explicit",
    "Option Compare Binary",
    "Option Private Module",
    "' The laws of the form. Made from the project's data; not edited by hand. What the terms mean: PerfTerms.",
    "",
    "Private mForm As PerfForm",
    "",
)
_ONE_LEVEL: Final = "mForm.LevelNames.Item(index), mForm.LevelPoints.Item(index)"
#: How the rows of each kind are gone through: the lines around a call, and what is passed on.
_LOOPS: Final[dict[terms.Each, tuple[Sequence[str], str, str]]] = {
    "form": ((), "", ""),
    "indicators": (("If Holds(mForm.Profile.Setting(\"required\"), \"indicators.\") Then",), "End If", ""),
    "fund line": (("For Each fundLine In mForm.Lines",), "Next fundLine", "fundLine"),
    "total line": (("If Not mForm.TotalLine Is Nothing Then",), "End If", "mForm.TotalLine"),
    "indicator": (("For Each indicator In mForm.Indicators",), "Next indicator", "indicator"),
    "level1": (("For index = 1 To mForm.LevelNames.Count",), "Next index", _ONE_LEVEL),
    "required field": (("For index = LBound(list) To UBound(list)",), "Next index", "CStr(list(index))"),
    "required cell": (
        ("For Each indicator In mForm.Indicators", "For index = LBound(list) To UBound(list)"),
        "Next index",
        "indicator, CStr(list(index))",
    ),
}  # fmt: skip
_PARAMETERS: Final[dict[terms.Each, str]] = {
    "form": "",
    "indicators": "",
    "fund line": "ByVal fundLine As PerfFundLine",
    "total line": "ByVal fundLine As PerfFundLine",
    "indicator": "ByVal indicator As PerfIndicator",
    "level1": "ByVal label As String, ByVal points As String",
    "required field": "ByVal path As String",
    "required cell": "ByVal indicator As PerfIndicator, ByVal required As String",
}
#: Before the steps: what the terms of this kind mention.
_BEFORE: Final[dict[terms.Each, Sequence[str]]] = {
    "fund line": ("path = fundLine.Path",),
    "total line": ("path = fundLine.Path",),
    "indicator": ("path = indicator.Path",),
    "level1": ('path = "level1_weights." & label', "below = WeightBelow(label)"),
    "required field": (
        'If Left$(path, 11) = "indicators." Then Exit Sub',
        "answer = mForm.TextAt(path)",
    ),
    "required cell": (
        'If Left$(required, 11) <> "indicators." Then Exit Sub',
        "path = indicator.Path & Mid$(required, 11)",
        "answer = IndicatorCell(indicator, Mid$(required, 12))",
    ),
}
_LOCALS: Final[dict[terms.Each, str]] = {
    "fund line": "path As String",
    "total line": "path As String",
    "indicator": "path As String",
    "level1": "path As String, below As String",
    "required field": "answer As String",
    "required cell": "path As String, answer As String",
}
_FIELDS: Final[dict[terms.Each, Callable[[terms.Law], str]]] = {
    "form": lambda law: f'"{law.field}"',
    "indicators": lambda law: f'"{law.field}"',
    "level1": lambda _: "path",
    "required field": lambda _: "path",
    "required cell": lambda _: "path",
}


def module_text(unicode_text: Callable[[str], str]) -> str:
    """The text of PerfLaws. ``unicode_text`` writes a text as a VBA expression in ASCII."""
    procedures = [_Procedure(law, f"Law{number}", unicode_text) for number, law in enumerate(LAWS, start=1)]
    bodies = [procedure.lines() for procedure in procedures]
    lines = [*_HEAD, *_entry(procedures)]
    for procedure, body in zip(procedures, bodies, strict=True):
        lines += [line for function in procedure.functions for line in (*function, "")]
        lines += [*body, ""]
    return "\n".join(lines)


def _entry(procedures: Sequence[_Procedure]) -> list[str]:
    lines = [
        "' Asks every law of a form; what is broken is added to the findings.",
        "Public Sub AskLaws(ByVal form As PerfForm)",
        "    Dim fundLine As PerfFundLine, indicator As PerfIndicator, list As Variant, index As Long",
        "    Set mForm = form",
        '    list = mForm.Profile.Items("required")',
    ]
    for procedure in procedures:
        opening, closing, passed = _LOOPS[procedure.law.each]
        depth = 1
        for line in opening:
            lines.append("    " * depth + line)
            depth += 1
        lines.append("    " * depth + f"{procedure.name} {passed}".rstrip())
        closings = [closing] if closing else []
        if len(opening) > 1:
            closings.append("Next indicator")
        for line in closings:
            depth -= 1
            lines.append("    " * depth + line)
    return [*lines, "End Sub", ""]


@dataclass
class _Procedure:
    """Writes one law. Each term becomes a step: a variable and the line that works it out."""

    law: terms.Law
    name: str
    unicode_text: Callable[[str], str]
    steps: list[str] = field(default_factory=list)
    conditions: int = 0
    functions: list[list[str]] = field(default_factory=list)

    def lines(self) -> list[str]:
        """The whole procedure."""
        law = self.law
        given = self._test(law.given)
        self.steps.append(f"If Not {given} Then Exit Sub")
        broken = [(self._test(breach.when), breach) for breach in law.breaches]
        for number, (condition, breach) in enumerate(broken):
            self.steps.append(f"{'ElseIf' if number else 'If'} {condition} Then")
            expected = '""' if breach.expected is None else self._told_later(breach.expected)
            variant = f'"-{breach.variant}"' if breach.variant else '""'
            self.steps.append(f'    Set made = AddFinding("{law.name}", {self._field()}, {variant}, _')
            self.steps.append(f"        {self._told_later(law.found)}, {expected})")
        self.steps.append("End If")
        values = [(name, self._told_later(value)) for name, value in law.values]
        values += [("name", "label")] if law.each == "level1" else []
        if values:
            self.steps.append("If made Is Nothing Then Exit Sub")
            self.steps += [f'made.FillIn "{name}", {told}' for name, told in values]
        return self._assembled()

    def _assembled(self) -> list[str]:
        head = [f"Private Sub {self.name}({_PARAMETERS[self.law.each]})", "    Dim made As PerfFinding"]
        local = _LOCALS.get(self.law.each)
        head += [f"    Dim {local}"] if local else []
        head += _declared("t", self.conditions, "Boolean")
        before = _BEFORE.get(self.law.each, ())
        return [*head, *(f"    {line}" for line in (*before, *self.steps)), "End Sub"]

    def _field(self) -> str:
        own = _FIELDS.get(self.law.each)
        return own(self.law) if own else f'path & ".{self.law.field}"'

    # -- values --

    def _told_later(self, node: terms.Value) -> str:
        """The text of a value, as an expression over steps that are already there: values are worked out once."""
        match node:
            case terms.AsRate(value):
                return f"RateShown({self._inline(value)})"
            case terms.NumberRange(low, high):
                return f"Shown({self._inline(low)}) & ChrW(8211) & Shown({self._inline(high)})"
            case terms.RowCell("deviation" | "value"):
                return f"OnOneLine({self._inline(node)})"
            case _:
                return f"Shown({self._inline(node)})"

    def _inline(self, node: terms.Value) -> str:  # noqa: C901 (one line for each kind of node)
        match node:
            case terms.FixedNumber(number):
                return f'"{number}"'
            case terms.RuleNumber(name):
                return f'RuleOf("{name}")'
            case terms.RowCell(column):
                return self._cell(column)
            case terms.Single(path):
                return self._single(path)
            case terms.Sum("indicators", column):
                return f'mForm.Added("{column}")'
            case terms.Sum(_, column, lines):
                return f'LinesAdded("{column}", {lines == "usual parts"})'
            case terms.Count(column, lines):
                return f'LinesCounted("{column}", {lines == "usual parts"})'
            case terms.Plus(left, right):
                return f"SumOf({self._inline(left)}, {self._inline(right)})"
            case terms.Minus(left, right):
                return f"DifferenceOf({self._inline(left)}, {self._inline(right)})"
            case terms.Times(left, right):
                return f"ProductOf({self._inline(left)}, {self._inline(right)})"
            case _:
                return self._composed(node)

    def _composed(self, node: terms.Value) -> str:
        match node:
            case terms.Quotient(dividend, divisor, places):
                return f'QuotientOf({self._inline(dividend)}, {self._inline(divisor)}, mForm.Profile.Whole("{places}"))'
            case terms.Rounded(value, places):
                return f'RoundedTo({self._inline(value)}, mForm.Profile.Whole("{places}"))'
            case terms.Within(value, low, high):
                return f"Within({self._inline(value)}, {self._inline(low)}, {self._inline(high)})"
            case terms.First(value, otherwise):
                return f"FirstOf({self._inline(value)}, {self._inline(otherwise)})"
            case terms.If(test, then, otherwise):
                return f"Chosen({self._condition(test)}, {self._inline(then)}, {self._inline(otherwise)})"
            case terms.AsRate(value):
                return self._inline(value)
            case _:
                raise TypeError(f"no VBA for {node}")

    def _cell(self, column: str) -> str:
        if self.law.each == "level1":
            return column
        if column == "value":
            return "answer" if self.law.each.startswith("required") else '""'
        if self.law.each in ("fund line", "total line"):
            return f'LineCell(fundLine, "{column}")'
        return f'IndicatorCell(indicator, "{column}")'

    def _single(self, path: str) -> str:
        section, _, name = path.partition(".")
        if section == "execution":
            return f'OfExecution("{name}")'
        return {"total.weight": "mForm.TotalWeight", "total.score": "mForm.TotalScore"}[path]

    # -- tests --

    def _test(self, node: terms.Test) -> str:
        """A step for each test that joins others, so that no line grows too long."""
        match node:
            case terms.All(tests) if tests:
                return self._joined([self._test(test) for test in tests], " And ")
            case terms.Any(tests) if tests:
                return self._joined([self._test(test) for test in tests], " Or ")
            case terms.Not(test):
                return self._step(f"Not {self._test(test)}")
            case _:
                return self._step(self._condition(node))

    def _joined(self, conditions: Iterable[str], word: str) -> str:
        return self._step(word.join(conditions))

    def _step(self, expression: str) -> str:
        self.conditions += 1
        self.steps.append(f"t{self.conditions} = {expression}")
        return f"t{self.conditions}"

    def _condition(self, node: terms.Test) -> str:
        match node:
            case terms.Present(value):
                return f"Len({self._inline(value)}) > 0"
            case terms.Near(left, right, tolerance):
                return f"Near({self._inline(left)}, {self._inline(right)}, {self._inline(tolerance)})"
            case terms.Order(left, how, right):
                return f'Compared({self._inline(left)}, "{how}", {self._inline(right)})'
            case terms.AsPrinted(printed, dividend, divisor):
                numbers = ", ".join(self._inline(part) for part in (printed, dividend, divisor))
                return f'AsPrinted({numbers}, mForm.Profile.Whole("rate_places"))'
            case terms.All(tests):
                return f"({' And '.join(map(self._condition, tests))})" if tests else "True"
            case terms.Any(tests):
                return f"({' Or '.join(map(self._condition, tests))})" if tests else "False"
            case terms.Not(test):
                return f"Not ({self._condition(test)})"
            case terms.CountsExecution():
                return 'RuleOf("includes_execution") = "yes"'
            case terms.AnyIndicator(test):
                return self._any_indicator(test)
            case _:
                return self._about_cells(node)

    def _about_cells(self, node: terms.Test) -> str:
        match node:
            case terms.Blank(cell):
                return f"IsBlankText({self._inline(cell)})"
            case terms.SaysNothing(cell):
                return f"SaysNothing({self._inline(cell)})"
            case terms.Says(cell, word):
                return f"SaysWord({self._inline(cell)}, {self.unicode_text(word)})"
            case terms.Unread("value", None):
                return "mForm.IsUnread(path)"
            case terms.Unread("indicators", None):
                return 'mForm.IsUnread("indicators")'
            case terms.Unread(column, None):
                return f'mForm.IsUnread(path & ".{column}")'
            case terms.Unread(column, table):
                return f'mForm.ColumnUnread("{table}", "{column}")'
            case _:
                raise TypeError(f"no VBA for {node}")

    def _any_indicator(self, test: terms.Test) -> str:
        """A function of its own that goes through the rows."""
        inner = _Procedure(self.law, f"{self.name}Any", self.unicode_text)
        holds = inner._test(test)
        self.functions.append(
            [
                f"Private Function {inner.name}() As Boolean",
                "    Dim indicator As PerfIndicator",
                *_declared("t", inner.conditions, "Boolean"),
                "    For Each indicator In mForm.Indicators",
                *(f"        {step}" for step in inner.steps),
                f"        If {holds} Then {inner.name} = True",
                "    Next indicator",
                "End Function",
            ]
        )
        return f"{inner.name}()"


def _declared(letter: str, count: int, kind: str) -> list[str]:
    """Declarations of numbered variables, a few on a line."""
    names = [f"{letter}{number} As {kind}" for number in range(1, count + 1)]
    return [f"    Dim {', '.join(names[start : start + 5])}" for start in range(0, len(names), 5)]
