"""The documentation page of a finding, from its docstring and its sentences.

A docstring says in English, then in Chinese, when the finding is made and what the rule is; each of its paragraphs
belongs to the language of its first character.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from perfeval_xl.checks.registry import Rule
from perfeval_xl.messages import Language, in_language, say, sentence, topic_keys

_CHINESE: Final = re.compile(r"[\u4e00-\u9fff“（]")
_PLACE: Final = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Example:
    """A case of a finding (or of its absence) for its page: what was done to a clean form, and what is reported."""

    change: str
    cell: str | None
    found: str | None
    expected: str | None
    fails: bool


def explanation(rule: Rule, language: Language) -> str:
    """The docstring's paragraphs in one language; lines of a paragraph are joined."""
    paragraphs = [paragraph for paragraph in re.split(r"\n\s*\n", rule.docstring.strip()) if paragraph.strip()]
    wanted = [text for text in paragraphs if bool(_CHINESE.match(text)) == (language == "zh")]
    return "\n\n".join(_joined(paragraph) for paragraph in wanted)


def _joined(paragraph: str) -> str:
    """Lines in one: English ones with a space between, Chinese ones without."""
    lines = [line.strip() for line in paragraph.splitlines()]
    text = lines[0]
    for line in lines[1:]:
        text += line if _CHINESE.match(line) and not text[-1].isascii() else f" {line}"
    return text


def page(rule: Rule, language: Language, examples: Sequence[Example] = ()) -> str:
    """The page as Markdown in one language."""
    with in_language(language):
        parts = [
            f"# {rule.code} `{rule.name}`: {say(f'findings.{rule.name}.title')}",
            say("pages.severity", severity=say(f"review.{rule.severity}")),
            explanation(rule, language),
            f"## {say('pages.says')}",
            *(f"> {_with_places(key, language)}" for key in _messages(rule)),
            f"## {say('pages.to-do')}",
            _with_places(f"findings.{rule.name}.advice", language),
            *(_table(examples) if examples else ()),
            f"## {say('pages.setting')}",
            say("pages.setting-text", name=rule.name),
        ]
    return "\n\n".join(parts) + "\n"


def _messages(rule: Rule) -> list[str]:
    start = f"{rule.name}.message"
    return [f"findings.{key}" for key in topic_keys("findings") if key == start or key.startswith(f"{start}-")]


def _with_places(key: str, language: Language) -> str:
    """A stored sentence with ``…`` for what is filled in."""
    return _PLACE.sub(lambda match: say(f"pages.place-{match[1]}"), sentence(key, language))


def _table(examples: Sequence[Example]) -> list[str]:
    head = f"| {say('pages.change')} | {say('pages.cell')} | {say('pages.found')} | {say('pages.expected')} |"
    rows = [
        f"| {_cell(example.change)} | {example.cell or ''} | {_cell(example.found)} | {_cell(example.expected)} |"
        for example in examples
        if example.fails
    ]
    fine = [f"- {_cell(example.change)}" for example in examples if not example.fails]
    parts = [f"## {say('pages.examples')}", say("pages.examples-text"), "\n".join([head, "|---|---|---|---|", *rows])]
    return [*parts, say("pages.fine"), "\n".join(fine)] if fine else parts


def _cell(text: str | None) -> str:
    return (text or "").replace("|", "\\|").replace("\n", " ")
