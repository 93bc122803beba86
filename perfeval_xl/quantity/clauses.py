"""The clauses of a text with several numbers or dates: which of them is the one achieved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from perfeval_xl.quantity.sense import FIGURE_MARK, intends, names_rate, says_done
from perfeval_xl.quantity.tokens import Token

#: Brackets and a colon do not end a clause here: 5次（拟）, 计划：5次.
_ENDS: Final = frozenset(",、。;!?|\n")
_FIGURES: Final = ("number", "date")


class WordsAround(NamedTuple):
    """The words in front of a number up to the one before it, and those behind it up to the end of its clause."""

    lead: str
    written: str
    tail: str

    @property
    def beside(self) -> str:
        """The clause with ``#`` where the number was."""
        return self.lead + FIGURE_MARK + self.tail


def words_around(folded: str, tokens: list[Token], first: int, last: int) -> WordsAround:
    """The words around the number or date made of ``tokens[first]`` to ``tokens[last]``."""
    start, end = tokens[first].start, tokens[last].end
    begin, finish = start, end
    floor = next((token.end for token in _back_from(tokens, first) if token.kind in _FIGURES), 0)
    ceiling = next((token.start for token in _on_from(tokens, last) if token.kind in _FIGURES), len(folded))
    while begin > floor and folded[begin - 1] not in _ENDS:
        begin -= 1
    while finish < ceiling and folded[finish] not in _ENDS:
        finish += 1
    reaches_next = finish == ceiling < len(folded)
    return WordsAround(folded[begin:start], folded[start:end], "" if reaches_next else folded[end:finish])


def _back_from(tokens: list[Token], at: int) -> Iterator[Token]:
    return (tokens[before] for before in range(at - 1, -1, -1))


def _on_from(tokens: list[Token], at: int) -> Iterator[Token]:
    return (tokens[behind] for behind in range(at + 1, len(tokens)))


def achieved(places: Sequence[WordsAround], rates: frozenset[int] = frozenset()) -> list[int]:
    """Those left when plans and rates of completion are put aside: 计划5次，实际4次 leaves the second.

    All of them when nothing tells which was achieved. ``rates``: the places of rates of completion.
    """
    rest = [at for at in range(len(places)) if at not in rates]
    kept = [at for at in rest if not intends(places[at].lead + FIGURE_MARK)]
    is_sure = len(kept) == len(rest) or any(says_done(places[at].lead) for at in kept)
    return kept if kept and is_sure else list(range(len(places)))


def rates_of_completion(places: Sequence[WordsAround], units: Sequence[str]) -> frozenset[int]:
    """The places of percentages that say how much was done of what another number counts: 完成4次，完成率80%."""
    if all(unit == "%" for unit in units):
        return frozenset()
    return frozenset(at for at, unit in enumerate(units) if unit == "%" and names_rate(places[at].lead))


def put_aside(places: Sequence[WordsAround], kept: Sequence[int]) -> str:
    """The numbers that are not kept, with the words in front of them."""
    dropped = set(range(len(places))).difference(kept)
    return ",".join(places[at].lead + places[at].written for at in sorted(dropped))


def clauses_of(places: Sequence[WordsAround], kept: Sequence[int]) -> str:
    """The clauses of those that are kept, each once."""
    return "|".join(dict.fromkeys(places[at].beside for at in kept))
