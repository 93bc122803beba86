"""All findings, by code; finding one by its code or name."""

from __future__ import annotations

import difflib
from functools import cache
from importlib import import_module
from typing import Final

from perfeval_xl.checks.registry import Rule, entered

#: The modules that enter findings when they are imported.
_TOPICS: Final = ("laws", "scores", "reasons", "completeness", "batch", "state")


@cache
def rules() -> tuple[Rule, ...]:
    """The whole catalogue, by code."""
    for topic in _TOPICS:
        import_module(f"perfeval_xl.checks.{topic}")
    return tuple(entered())


def find_rule(wanted: str) -> Rule | None:
    """The finding of that code or name, however it is capitalised; ``None`` when there is none."""
    key = wanted.strip().lower().replace("_", "-")
    return next((rule for rule in rules() if key in (rule.code.lower(), rule.name)), None)


def near_names(wanted: str) -> list[str]:
    """Codes and names that look like ``wanted``, best first."""
    known = {text.lower(): text for rule in rules() for text in (rule.name, rule.code)}
    return [known[text] for text in difflib.get_close_matches(wanted.lower(), list(known), n=3, cutoff=0.5)]
