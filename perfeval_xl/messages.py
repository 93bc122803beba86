"""Every sentence a user reads, in Chinese (the default) and English, side by side in ``profiles/text/*.toml``.

A key is ``file.name``: ``say("errors.not-a-workbook", path="a.xlsx")``.
"""

from __future__ import annotations

import os
import tomllib
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, get_args

if TYPE_CHECKING:
    from collections.abc import Iterator

Language = Literal["zh", "en"]
LANGUAGES: Final = get_args(Language)
TEXT_FOLDER: Final = Path(__file__).parent / "profiles" / "text"


def _language_of_environment() -> Language:
    """``PERFEVAL_LANG`` decides; otherwise an English locale gets English and everybody else Chinese."""
    wanted = os.environ.get("PERFEVAL_LANG") or os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
    return "en" if wanted.lower().startswith("en") else "zh"


#: Each thread and task has its own language; the default is that of the environment.
_current: ContextVar[Language | None] = ContextVar("language", default=None)
_OF_ENVIRONMENT: Final = _language_of_environment()


def language() -> Language:
    """The language messages are written in now."""
    return _current.get() or _OF_ENVIRONMENT


def use_language(wanted: Language) -> None:
    """Write all further messages of this thread or task in ``wanted``."""
    _current.set(wanted)


@contextmanager
def in_language(wanted: Language) -> Iterator[None]:
    """Write the messages of one block in ``wanted``."""
    token = _current.set(wanted)
    try:
        yield
    finally:
        _current.reset(token)


def say(key: str, /, **values: object) -> str:
    """The sentence ``key`` in the current language, with ``{name}`` places filled from ``values``."""
    return sentence(key, language()).format_map({name: str(value) for name, value in values.items()})


def knows(key: str) -> bool:
    """Whether there is a sentence of that key."""
    topic, _, name = key.partition(".")
    return (TEXT_FOLDER / f"{topic}.toml").is_file() and name in _topic(topic)


def sentence(key: str, wanted: Language) -> str:
    """The text of ``key`` as stored, places unfilled. Raises ``KeyError`` for an unknown key."""
    topic, _, name = key.partition(".")
    return _topic(topic)[name][wanted]


def topic_keys(topic: str) -> list[str]:
    """All names of one text file, in file order."""
    return list(_topic(topic))


@cache
def _topic(topic: str) -> dict[str, dict[Language, str]]:
    with (TEXT_FOLDER / f"{topic}.toml").open("rb") as file:
        return tomllib.load(file)
