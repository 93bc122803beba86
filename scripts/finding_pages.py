"""``docs/findings/<code>-<name>.md`` and ``.zh.md``: a page for each finding, and the list of all.

Made from the docstring of its function, its sentences, and its cases, which are the tests as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

from perfeval_xl.checks import Rule, rules
from perfeval_xl.checks.pages import Example, page
from perfeval_xl.messages import LANGUAGES, Language, in_language, say
from tests.check_cases import cases

FOLDER: Final = "docs/findings"


def pages() -> Iterator[tuple[str, partial[bytes]]]:
    """The path of every page in the repository, and what makes its bytes."""
    for language in LANGUAGES:
        ending = "zh.md" if language == "zh" else "md"
        yield f"{FOLDER}/README.{ending}", partial(_index, language)
        for rule in rules():
            yield f"{FOLDER}/{rule.code}-{rule.name}.{ending}", partial(_page, rule, language)


def _page(rule: Rule, language: Language) -> bytes:
    examples = [
        Example(getattr(case, language), case.cell, case.found, case.expected, case.fails)
        for case in cases()
        if case.name == rule.name
    ]
    return page(rule, language, examples).encode()


def _index(language: Language) -> bytes:
    ending = "zh.md" if language == "zh" else "md"
    with in_language(language):
        lines = [
            f"# {say('pages.all')}",
            "",
            say("pages.all-text"),
            "",
            f"| {say('pages.columns')} |",
            "|---|---|---|---|",
        ]
        for rule in rules():
            link = f"[{rule.code}]({rule.code}-{rule.name}.{ending})"
            title = say(f"findings.{rule.name}.title")
            lines.append(f"| {link} | `{rule.name}` | {say(f'review.{rule.severity}')} | {title} |")
    return ("\n".join(lines) + "\n").encode()
