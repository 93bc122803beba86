"""Looks of a template's cells: white where a person types, grey where the sheet computes or prints."""

from __future__ import annotations

from typing import Any, Final

from perfeval_xl import colours
from perfeval_xl.colours import FAINT_LINE, LOCKED_GREY, PANEL, SYSTEM_GREY, WHITE
from perfeval_xl.profile import Profile

RED: Final = {"bg_color": colours.WRONG, "font_color": colours.ALARM}
YELLOW: Final = {"bg_color": colours.DOUBTFUL}
ORANGE: Final = {"bg_color": colours.INCOMPLETE}
BLANK: Final = {"bg_color": colours.MISSING}
GREEN: Final = {"font_color": colours.FINE, "bg_color": colours.FINE_GROUND}


class Styles:
    """The cell formats of one form sheet. Formats are shared by content, so equal ones are made once."""

    def __init__(self, book: Any, profile: Profile) -> None:
        self.book = book
        self.profile = profile
        self._made: dict[tuple[tuple[str, object], ...], Any] = {}
        page = profile.page
        self._base: dict[str, object] = {
            "font_name": page.font,
            "font_size": page.font_size,
            "valign": "vcenter",
            "text_wrap": True,
        }
        self._cell = {**self._base, "border": 1, "border_color": colours.BLACK}
        self._input = {**self._cell, "locked": False}
        center: dict[str, object] = {"align": "center"}
        self.outside = self._make({"font_name": page.font, "font_size": page.font_size})
        self.title = self._make(
            {
                "font_name": page.title_font,
                "font_size": 16,
                "bold": True,
                **center,
                "valign": "vcenter",
                "locked": False,
            }
        )
        self.year = self._make(
            {
                "font_name": page.title_font,
                "font_size": 11,
                **center,
                "num_format": page.year.replace("{year}", '"0"').join('""') if page.year else "0",
                "locked": False,
            }
        )
        self.label = self._make({**self._cell, **center, "bold": True, "bg_color": LOCKED_GREY})
        self.bar = self._make({**self._cell, **center, "bold": True, "bg_color": LOCKED_GREY})
        self.fund_label = self._make({**self._cell, "bg_color": LOCKED_GREY, "indent": 1, "locked": False})
        self.not_applicable = self._make({**self._cell, **center, "bg_color": LOCKED_GREY})
        self.computed = self._make({**self._cell, **center, "bg_color": LOCKED_GREY, "num_format": "General"})
        self.rate = self._make({**self._cell, **center, "bg_color": LOCKED_GREY, "num_format": self._rate_format()})
        self.number = self._make({**self._input, **center, "num_format": "0", **self._grey("fiscal_year")})
        self.text = self._make({**self._input, "align": "left", "valign": "top"})
        self.key = self._make({"font_color": FAINT_LINE, "num_format": "@", "locked": False})
        self.signature = self._make({**self._base, "align": "left", "text_wrap": False})
        self.status = self._make({**self._base, "bold": True, "font_color": colours.ALARM, "bg_color": colours.STATUS})
        self.mark = self._make({**self._base, "font_size": 8, "font_color": colours.SMALL_PRINT, "align": "right"})
        panel = {**self._base, "border": 1, "border_color": FAINT_LINE, "bg_color": PANEL, "font_size": 9}
        self.panel_title = self._make({**self._base, "bold": True, "bg_color": colours.HEADING})
        self.panel_label = self._make({**panel, "bold": True})
        self.panel_number = self._make({**panel, **center})
        self.panel_rate = self._make({**panel, **center, "num_format": self._rate_format()})
        self.panel_message = self._make({**panel, "font_color": colours.ALARM})
        self.panel_text = self._make({**panel, "locked": False, "num_format": "@", "bg_color": WHITE})
        self.panel_input = self._make({**panel, **center, "locked": False, "bg_color": WHITE})

    def _make(self, properties: dict[str, object]) -> Any:
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            self._made[key] = self.book.add_format(properties)
        return self._made[key]

    def conditional(self, **properties: object) -> Any:
        """A format for a conditional rule."""
        return self._make(properties)

    def _rate_format(self) -> str:
        return "General" if self.profile.funds.rate == "percent" else "0.##%"

    def _grey(self, path: str) -> dict[str, object]:
        return {"bg_color": SYSTEM_GREY} if path in self.profile.marks.grey else {}

    def field(self, path: str) -> Any:
        """A short text of the identity block. Text format: leading zeros and 21 digits stay what was typed."""
        return self._make({**self._input, "align": "left", "num_format": "@", **self._grey(path)})

    def long_text(self, path: str) -> Any:
        """A paragraph. Not text format, in which old Excel shows more than 255 characters as ####."""
        return self._make({**self._input, "align": "left", "valign": "top", **self._grey(path)})

    def fund(self, column: str) -> Any:
        """Money and points of the funds table."""
        format_ = "#,##0.00####" if column in ("initial_budget", "full_year_budget", "executed") else "General"
        return self._make({**self._input, "align": "center", "num_format": format_, **self._grey(f"funds.{column}")})

    def indicator(self, column: str) -> Any:
        """A cell of the indicator table. Level cells have no line above: a rule draws it where the label changes."""
        path = "indicators." + column.partition("_")[0]
        if column in ("level1", "level2"):
            edges = {"left": 1, "right": 1, "left_color": colours.BLACK, "right_color": colours.BLACK}
            return self._make(
                {**self._base, **edges, "align": "center", "locked": False, "num_format": "@", **self._grey(path)}
            )
        if column in ("weight", "score"):
            return self._make({**self._input, "align": "center", **self._grey(path)})
        if column == "deviation":
            return self._make({**self._input, "align": "left", **self._grey(path)})
        align = "left" if column == "name" else "center"
        return self._make({**self._input, "align": align, "num_format": "@", **self._grey(path)})
