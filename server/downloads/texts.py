"""How a text that people typed goes into a file, so that what is read back is what was stored and nothing of it is run. Pure."""

from __future__ import annotations

import re
import unicodedata

# A cell of Excel holds no more; openpyxl would write a file that Excel offers to repair.
EXCEL_TEXT_LIMIT = 32_767
_FORMULA_STARTS = frozenset("=+-@＝＋－＠")
# Control, format and space characters: a spreadsheet drops or ignores them before it looks for a formula.
_UNSEEN = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})

# What no XML 1.0 document may hold (https://www.w3.org/TR/xml/#charsets), what its readers turn into another character, and
# what would be read as such an escape.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0d\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_LIKE_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")


def starts_formula(text: str) -> bool:
    """Whether a spreadsheet may take the text for a formula, also behind what nobody sees (OWASP, CSV injection)."""
    for character in text:
        if character in _FORMULA_STARTS:
            return True
        if unicodedata.category(character) not in _UNSEEN:
            return False
    return False


def csv_text(text: str) -> str:
    return f"'{text}" if starts_formula(text) or text[:1] in {"\t", "\r", "\n"} else text


def xlsx_text(text: str) -> str:
    """The text as a workbook's XML holds it: `_xHHHH_` for what XML cannot (ECMA-376, 22.9.2.19, ST_Xstring)."""
    marked = _LIKE_ESCAPE.sub("_x005F_", text[:EXCEL_TEXT_LIMIT])
    return _NOT_XML.sub(lambda found: f"_x{ord(found[0]):04X}_", marked)


def from_xlsx_text(written: str) -> str:
    """What a spreadsheet shows for a text of a workbook's XML."""
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), written)
