"""The words for "nothing" that people write into cells: the one set that every reader and rule uses.

``DASHES`` stand where a number does not apply; ``NOTHING`` adds the words that are no reason and no value.
"""

from __future__ import annotations

from typing import Final

#: Printed where a number does not apply.
DASHES: Final = frozenset({"—", "-", "/", "——", "–", "―", "--", "---", "----", "———", "————", "//", "\\", "∕"})
#: A rule that does not apply to a row says so with this word.
NOT_APPLICABLE: Final = "不适用"
#: Stands in a cell to say that it holds no value.
NO_VALUE: Final = DASHES | {"无", NOT_APPLICABLE}
#: Words that say that an indicator does not apply.
NOT_ASKED: Final = frozenset({"N/A", "n/a", "NA", "na", "不涉及", "未涉及", "无此项", "无相关内容", "不考核"})
#: A target or an actual value that is not to be judged.
DOES_NOT_APPLY: Final = NO_VALUE | NOT_ASKED
#: Texts that give no reason for a deviation; full stops and commas around them are ignored.
NOTHING: Final = NO_VALUE | {"无偏差"}
#: Punctuation that is ignored.
STOPS: Final = "。.;；"
#: White space that is neither a space, a tab nor a line break, and that people type without seeing it.
WIDE_SPACES: Final = "\u3000\u00a0\u2002\u2003\u2009"


def bare(text: str | None) -> str:
    """``text`` without white space and stops."""
    return "".join(character for character in (text or "") if not character.isspace() and character not in STOPS)


def says_nothing(text: str | None) -> bool:
    """Whether a text gives no reason: blank, a dash, 无, 不适用, with or without a full stop."""
    plain = bare(text)
    return not plain or plain in NOTHING
