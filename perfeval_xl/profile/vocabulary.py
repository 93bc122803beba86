"""The words an importer must know, from one profile or from all shipped ones: labels, levels, titles, captions."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

from perfeval_xl.profile.loading import load_profile, profile_ids
from perfeval_xl.profile.types import SCOPES, Profile, label_key

#: A longer text is no label.
LONGEST_LABEL: Final = 80

_MARKUP: Final = re.compile(r"</?\w[^<>]*>|\*\*|^\s*#+")
_NUMBERING: Final = re.compile(r"^(?:\d+[.、)]|[一二三四五六七八九十]+、|[①-⑳])+")
_POINTS: Final = re.compile(r"\d+(?:\.\d+)?分$")

#: Traditional characters that occur in labels.
SIMPLER: Final = str.maketrans(
    "項績評稱門實單預數執資總額當財撥結轉際標級產質時經濟會態續響滿務對計備註偏進說負責聯繫電話編碼號餘類況論題問審專區縣補業達還劃劑導層",
    "项绩评称门实单预数执资总额当财拨结转际标级产质时经济会态续响满务对计备注偏进说负责联系电话编码号余类况论题问审专区县补业达还划剂导层",
)

Roles = Mapping[str, str]
_NO_ROLES: Final[Roles] = {}


@lru_cache(maxsize=4096)
def compact(text: str) -> str:
    """``text`` without white space, in half width."""
    return "".join(unicodedata.normalize("NFKC", text).split())


@lru_cache(maxsize=8192)
def printed_key(text: str) -> str:
    """``label_key`` of a label as it stands in print, also without numbering, printed points and markup."""
    if len(text) > LONGEST_LABEL:
        return ""
    # ``label_key`` keeps every text it has seen; here whole documents pass through.
    key = label_key.__wrapped__(_MARKUP.sub("", text)).translate(SIMPLER)
    key = _NUMBERING.sub("", key) or key
    return _POINTS.sub("", key) or key


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Labels by their key: scope -> field. A label may mean different things in different scopes."""

    roles: Mapping[str, Roles]
    #: Canonical names of 一级指标 and 二级指标, and the 一级指标 a 二级指标 may stand under.
    level1: frozenset[str]
    level2: frozenset[str]
    parents: Mapping[str, frozenset[str]]
    titles: tuple[str, ...]
    sisters: tuple[str, ...]
    footers: frozenset[str]
    #: Phrases of printed instructions.
    instructions: tuple[str, ...]
    operators: frozenset[str]

    def of(self, text: str) -> Roles:
        """What ``text`` may be a label of."""
        return self.roles.get(printed_key(text), _NO_ROLES)

    def is_instruction(self, text: str) -> bool:
        """Whether ``text`` is a printed instruction that stands where an answer belongs."""
        plain = compact(text)
        return any(phrase in plain for phrase in self.instructions)


_built: dict[int, tuple[Profile, Vocabulary]] = {}
_MOST_BUILT: Final = 32


def vocabulary(profile: Profile | None) -> Vocabulary:
    """The words of ``profile``, or of all shipped profiles when there is none."""
    if profile is None:
        return _of_all()
    known = _built.get(id(profile))
    if known is None or known[0] is not profile:
        if len(_built) >= _MOST_BUILT:
            _built.clear()
        known = _built[id(profile)] = (profile, _build([profile]))
    return known[1]


@cache
def shipped() -> tuple[Profile, ...]:
    """The shipped profiles, the default first."""
    return tuple(load_profile(name) for name in profile_ids())


@cache
def _of_all() -> Vocabulary:
    return _build(shipped())


def _build(profiles: Iterable[Profile]) -> Vocabulary:
    profiles = list(profiles)
    roles: dict[str, dict[str, str]] = {}
    for profile in profiles:
        for scope, label, field in _labels(profile):
            roles.setdefault(printed_key(label), {}).setdefault(scope, field)
    levels = [level for profile in (*profiles, *shipped()) for level in profile.indicators.level1]
    parents: dict[str, set[str]] = {}
    for level in levels:
        for name in level.level2:
            parents.setdefault(name, set()).add(level.name)
    sections = [profile.aliases.sections for profile in profiles]
    return Vocabulary(
        roles=roles,
        level1=frozenset(level.name for level in levels),
        level2=frozenset(parents),
        parents={name: frozenset(above) for name, above in parents.items()},
        titles=_keys(title for profile in profiles for title in (profile.title, *profile.titles)),
        sisters=_keys(title for profile in profiles for title in profile.sisters),
        footers=frozenset(_keys(caption for profile in profiles for caption in profile.footers)),
        instructions=tuple(compact(phrase) for section in sections for phrase in section.get("instruction", ())),
        operators=frozenset(compact(sign) for profile in profiles for sign in profile.indicators.operators),
    )


def _keys(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(printed_key(text) for text in texts))


def _labels(profile: Profile) -> Iterable[tuple[str, str, str]]:
    """Scope, label and field: first what the profile itself prints, then its aliases."""
    for heading, field in _headings(profile):
        if heading:
            yield "sections", heading.replace("{unit}", ""), field
    for scope in SCOPES:
        for label, field in profile.labels(scope).items():
            if field != "instruction":
                yield scope, label, field


def _headings(profile: Profile) -> Iterable[tuple[str, str]]:
    yield from ((profile.funds.heading, "funds"), (profile.funds.bar, "funds"))
    yield from ((profile.goals.heading, "goals"), (profile.goals.bar, "goals"))
    yield from ((profile.indicators.heading, "indicators"), (profile.total.label, "total"))
    yield profile.remark_label, "remark"
    yield from ((note.label, "extra") for note in profile.notes)
