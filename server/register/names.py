"""Names of sectors by their codes, and initials for searching Chinese names by keyboard."""

from __future__ import annotations

from pypinyin import Style, lazy_pinyin

SECTORS: dict[str, str] = {
    "coal_mine": "煤矿",
    "non_coal_mine": "非煤矿山",
    "hazardous_chemicals": "危险化学品",
    "fire_safety": "消防安全",
    "road_transport": "道路运输",
    "transportation": "交通运输",
    "urban_construction": "城市建设",
    "industrial_park": "工业园区",
    "hazardous_waste": "危险废弃物",
    "special_equipment": "特种设备",
}


def initials(name: str) -> str:
    """The first letters of the syllables of a Chinese name, lower case: 巴公煤矿 → bgmk; other letters stay."""
    # A list from the error handler is documented; the library's annotation forgets it.
    parts = lazy_pinyin(name, style=Style.FIRST_LETTER, errors=list)  # type: ignore[arg-type]
    letters = (part[:1] for part in parts)
    return "".join(letter for letter in letters if letter.isalnum()).lower()
