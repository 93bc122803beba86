"""The second sheet of a template, 填表说明: what each cell wants, how it is scored, one worked example."""

from __future__ import annotations

from typing import Any

from perfeval_xl.layout.names import GUIDE_NAME
from perfeval_xl.profile import Profile
from perfeval_xl.workbook.package import quoted


def draw(book: Any, profile: Profile, name: str) -> None:
    """Adds the guide of ``profile`` as a sheet called ``name``."""
    sheet = book.add_worksheet(name)
    sheet.write_string(0, 0, profile.name.zh)
    book.define_name(f"{quoted(name)}!{GUIDE_NAME}", f"={quoted(name)}!$A$1")
