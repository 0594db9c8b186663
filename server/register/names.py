"""Names of sectors by their codes, and initials and pinyin for searching Chinese names by keyboard."""

from __future__ import annotations

from pypinyin import Style, lazy_pinyin


def initials(name: str) -> str:
    """The first letters of the syllables of a Chinese name, lower case: 巴公煤矿 → bgmk; other letters stay."""
    # A list from the error handler is documented; the library's annotation forgets it.
    parts = lazy_pinyin(name, style=Style.FIRST_LETTER, errors=list)  # type: ignore[arg-type]
    letters = (part[:1] for part in parts)
    return "".join(letter for letter in letters if letter.isalnum()).lower()


def pinyin(name: str) -> str:
    """The syllables of a Chinese name without tones, lower case and together: 巴公煤矿 → bagongmeikuang; other letters stay."""
    return "".join(part for part in lazy_pinyin(name) if part.isalnum()).lower()
