"""perfeval-xl: the 项目支出绩效自评表, from spreadsheets to canonical JSON and back, scored and checked.

The flow, in which a module imports only what stands before it::

    model -> profile -> quantity -> sums -> scoring -> sources -> layout -> reading -> workbook -> files
    -> checks -> batch -> api, excel, addin, cli

What is public stands here::

    import perfeval_xl as pe

    forms = pe.read("自评表.xlsx")        # list[Form]
    pe.write(forms, "结果.xlsx")          # our template; into="单位的表.xlsx" fills that one
    pe.template("mof", "空白.xlsx")
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from perfeval_xl.api import check, dump, load, read, read_with_places, score, template, write
    from perfeval_xl.errors import NotAForm, ProfileError, Unreadable
    from perfeval_xl.model import Finding, Form
    from perfeval_xl.profile import Profile

_PUBLIC: Final = {
    **dict.fromkeys(("check", "dump", "load", "read", "read_with_places", "score", "template", "write"), "api"),
    **dict.fromkeys(("NotAForm", "ProfileError", "Unreadable"), "errors"),
    "Finding": "model",
    "Form": "model",
    "Profile": "profile",
}

__all__ = [
    "Finding",
    "Form",
    "NotAForm",
    "Profile",
    "ProfileError",
    "Unreadable",
    "check",
    "dump",
    "load",
    "read",
    "read_with_places",
    "score",
    "template",
    "write",
]


def __getattr__(name: str) -> Any:
    """Public names are imported when first used, so that ``import perfeval_xl`` costs nothing."""
    if name not in _PUBLIC:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"perfeval_xl.{_PUBLIC[name]}"), name)
