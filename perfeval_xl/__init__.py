"""perfeval-xl: the 项目支出绩效自评表, from spreadsheets to canonical JSON and back, scored and checked.

The flow, in which a module imports only what stands before it::

    model -> profile -> quantity -> sums -> laws -> scoring -> package -> sources -> layout -> reading -> workbook
    -> files -> checks -> batch -> stamp -> book, excel, addin, cli

What is public stands here::

    import perfeval_xl as pe

    book = pe.open("自评表.xlsx")           # path, bytes or file: a book
    book.forms, book.check(), book.score()  # forms; findings with sheet and cell; scores by rule
    forms = pe.read("自评表.xlsx")          # list[Form]
    pe.write(forms, "结果.xlsx")            # our template; into="单位的表.xlsx" fills that one
    pe.template("mof", "空白.xlsx")
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from perfeval_xl.book import Book, check, dump, load, open, read, read_with_places, score, template, write
    from perfeval_xl.errors import CannotWrite, NotAForm, PerfevalError, ProfileError, Unreadable
    from perfeval_xl.model import Finding, Form
    from perfeval_xl.profile import Profile
    from perfeval_xl.reading import Reading
    from perfeval_xl.scoring import ScoreCard

    __version__: str

_PUBLIC: Final = {
    **dict.fromkeys(
        ("Book", "check", "dump", "load", "open", "read", "read_with_places", "score", "template", "write"), "book"
    ),
    **dict.fromkeys(("CannotWrite", "NotAForm", "PerfevalError", "ProfileError", "Unreadable"), "errors"),
    "Finding": "model",
    "Form": "model",
    "Profile": "profile",
    "Reading": "reading",
    "ScoreCard": "scoring",
}

__all__ = [
    "Book",
    "CannotWrite",
    "Finding",
    "Form",
    "NotAForm",
    "PerfevalError",
    "Profile",
    "ProfileError",
    "Reading",
    "ScoreCard",
    "Unreadable",
    "__version__",
    "check",
    "dump",
    "load",
    "open",
    "read",
    "read_with_places",
    "score",
    "template",
    "write",
]


def __getattr__(name: str) -> Any:
    """Public names are imported when first used, so that ``import perfeval_xl`` costs nothing."""
    if name == "__version__":
        from importlib.metadata import PackageNotFoundError, version

        try:
            return version("perfeval-xl")
        except PackageNotFoundError:  # run from a folder, not installed
            return "0"
    if name not in _PUBLIC:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"perfeval_xl.{_PUBLIC[name]}"), name)


def __dir__() -> list[str]:
    """What is public, and nothing else."""
    return sorted(__all__)
