"""Characters of symbol fonts, which Word keeps as private characters, as the signs they show."""

from __future__ import annotations

from typing import Final

#: Tick boxes that Word draws with Wingdings and Wingdings 2.
_BOXES: Final = {
    **dict.fromkeys((0xFE, 0x52, 0xFD, 0xFC), "☑"),
    **dict.fromkeys((0xA8, 0xA3, 0x6F, 0x71), "□"),
}
#: The font Symbol, where it differs from ASCII.
_SYMBOL: Final = {
    0xB3: "≥", 0xA3: "≤", 0xB1: "±", 0xB9: "≠", 0xB4: "×", 0xB8: "÷", 0xBB: "≈", 0xB0: "°", 0xA5: "∞", 0xD7: "·",
    0xB7: "•", 0xAE: "→", 0xAC: "←", 0xAD: "↑", 0xAF: "↓", 0xD6: "√", 0x2D: "−", 0xBC: "…", 0xA4: "/", 0x7E: "~",
}  # fmt: skip
#: Shown for a character of an unknown symbol font.
UNKNOWN: Final = "□"
_PRIVATE: Final = range(0xF000, 0xF100)


def symbol(font: str, code: str) -> str:
    """The sign that ``w:sym`` shows: font name and character in hexadecimal."""
    try:
        number = int(code, 16)
    except ValueError:
        return UNKNOWN
    low = number - 0xF000 if number in _PRIVATE else number
    if font.casefold().startswith("wingdings") or not font:
        return _BOXES.get(low, UNKNOWN if font else _of_symbol(low))
    return _of_symbol(low)


def _of_symbol(low: int) -> str:
    if low in _SYMBOL:
        return _SYMBOL[low]
    return chr(low) if 0x20 <= low < 0x7F else UNKNOWN


def without_private(text: str) -> str:
    """A text whose private characters, of the font Symbol, are the signs they show."""
    if not any(ord(sign) in _PRIVATE for sign in text):
        return text
    return "".join(_of_symbol(ord(sign) - 0xF000) if ord(sign) in _PRIVATE else sign for sign in text)
