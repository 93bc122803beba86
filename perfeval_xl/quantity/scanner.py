"""One pass from left to right: figures with their units, dates, operators, clause ends; the rest is words."""

from __future__ import annotations

from typing import Final

from perfeval_xl.quantity.figures import from_digit
from perfeval_xl.quantity.spelled import chinese_figure, figure_with_prefix
from perfeval_xl.quantity.tokens import (
    AFTER_OPERATORS,
    AFTER_WORDS,
    DIGIT,
    JOINING,
    STOP,
    Scan,
    Token,
    starts_figure,
)
from perfeval_xl.quantity.units import by_first_character, word_at
from perfeval_xl.quantity.values import Reason
from perfeval_xl.quantity.vocabulary import (
    DATE_BEFORE,
    FILLERS,
    LOST_SIGNS,
    NOT_TOUCHING_BEFORE,
    OPERATOR_NOT_AFTER,
    OPERATOR_TURNED,
    OPERATORS_AT_FIGURE,
    OPERATORS_BEFORE,
    OPERATORS_TOUCHING,
    TOLERANCE_MARK,
)

_BEFORE: Final = {word: sign for sign, words in OPERATORS_BEFORE.items() for word in words.split()}
_DEADLINES: Final = {word: sign for sign, words in DATE_BEFORE.items() for word in words.split()}
_OPERATOR_WORDS: Final = by_first_character({**_BEFORE, **_DEADLINES})
_TOUCHING_WORDS: Final = by_first_character(OPERATORS_TOUCHING)
_AT_FIGURE: Final = frozenset(OPERATORS_AT_FIGURE.split())
_TURNED: Final = frozenset(OPERATOR_TURNED)
_OPERATOR_SIGNS: Final = frozenset("<>=≥≤≈~")
_LOST: Final = frozenset(LOST_SIGNS)


def scan(text: str) -> Scan:
    """The tokens of a folded text, in order."""
    found = Scan(text)
    at = 0
    while at < len(text):
        token = _token(found, at)
        if token is None:
            at += 1
            continue
        if token.kind != "words":
            found.tokens.append(token)
        at = token.end
    return found


def _token(found: Scan, at: int) -> Token | None:
    character = found.text[at]
    if _is_lost_sign(found.text, at):
        return Token("fault", at, at + 1, reason=Reason.OPERATOR_LOST)
    if character in STOP:
        found.currency = found.per = ""
        return _after_token(found, at) or Token("stop", at, at + 1)
    if character in DIGIT:
        return from_digit(found, at)
    return (
        figure_with_prefix(found, at)
        or _sign_or_range(found, at)
        or _operator(found, at)
        or _after_token(found, at)
        or chinese_figure(found, at)
    )


def _is_lost_sign(text: str, at: int) -> bool:
    """□5, ?95%, ³95%: the font or the code page that showed an operator here is gone, and with it which one."""
    character = text[at]
    return (character in _LOST or "\ue000" <= character <= "\uf8ff") and text[at + 1 : at + 2] in DIGIT


def _sign_or_range(found: Scan, at: int) -> Token | None:
    """A mark between two figures joins them to a range; a minus is read only in front of a lone figure."""
    text = found.text
    if text[at] not in JOINING:
        return None
    if at == 0 and text.startswith("- "):
        return Token("fault", at, at + 2, reason=Reason.SIGN_UNCLEAR)
    if not starts_figure(text, at + 1):
        return None
    last = found.tokens[-1] if found.tokens else None
    if last and last.end == at and last.kind in ("number", "date", "fault"):
        return Token("range", at, at + 1, operator=TOLERANCE_MARK if text[at] == TOLERANCE_MARK else "")
    if text[at] not in "-—±":
        return None
    behind_operator = last is not None and last.end == at and last.kind == "before"
    if text[at] == "-" and (at == 0 or behind_operator) and text[at + 1] in DIGIT:
        token = from_digit(found, at + 1)
        if token.kind == "number" and token.value is not None and token.unit in ("", "%", "‰"):
            token.start, token.value = at, token.value.copy_negate()
            return token
    return Token("fault", at, at + 1, reason=Reason.SIGN_UNCLEAR)


def _operator(found: Scan, at: int) -> Token | None:
    text = found.text
    word = word_at(_OPERATOR_WORDS, text, at)
    if not word:
        return None
    end = at + len(word)
    if word in _DEADLINES:
        return Token("deadline", at, end, operator=_DEADLINES[word])
    at_figure = starts_figure(text, end)
    before = text[at - 1] if at else ""
    if (word in _AT_FIGURE and not at_figure) or before in (*OPERATOR_NOT_AFTER.get(word, ""),):
        return None
    if before in _TURNED and word[0] not in _OPERATOR_SIGNS:
        return Token("fault", at, end, reason=Reason.OPERATORS_CONFLICT)
    while at_figure and text[end] in FILLERS:
        end += 1
    return Token("before", at, end, operator=_BEFORE[word])


def _after_token(found: Scan, at: int) -> Token | None:
    word = word_at(AFTER_WORDS, found.text, at)
    if word:
        return Token("after", at, at + len(word), operator=AFTER_OPERATORS[word])
    word = word_at(_TOUCHING_WORDS, found.text, at)
    last = found.tokens[-1] if found.tokens else None
    touches = last is not None and last.end == at and last.kind == "number"
    if word and touches and found.text[at + 1 : at + 2] not in (*NOT_TOUCHING_BEFORE,):
        return Token("after", at, at + len(word), operator=OPERATORS_TOUCHING[word])
    return None
