"""What the ``type`` column of an XLSForm row means, by pyxform's own tables, and which of our kinds it becomes."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from pyxform import aliases, constants
from pyxform.question_type_dictionary import QUESTION_TYPE_DICT
from pyxform.xls2json import RE_BEGIN_CONTROL, RE_END_CONTROL, RE_SELECT

from forms.xlsform.cells import text
from vocabulary import Text


class Kind(StrEnum):
    """What a row is to us."""

    BEGIN_GROUP = "begin_group"
    BEGIN_REPEAT = "begin_repeat"
    END_GROUP = "end_group"
    END_REPEAT = "end_repeat"
    SELECT_ONE = "select_one"
    SELECT_MULTIPLE = "select_multiple"
    NUMBER = "number"
    TEXT = "text"
    PHOTO = "photo"
    LEFT_OUT = "left_out"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class QuestionType:
    """A row's kind, the choices it uses, for numbers the decimals, and why it is refused or left out (a loop still begins)."""

    kind: Kind
    list_name: str = ""
    decimals: int = 0
    constraint: str = ""
    why: Text | None = None
    mend: Text | None = None


_REFUSED = {
    "date": ("日期题没有对应的检查项", "dates have no counterpart", "改用 text，或用数值写天数", "use text, or a number of days"),
    "time": ("时间题没有对应的检查项", "times have no counterpart", "改用 text", "use text"),
    "dateTime": ("时间题没有对应的检查项", "times have no counterpart", "改用 text", "use text"),
    "geopoint": ("位置由走访和照片自动记录", "visits and photos record the position", "删去这一行", "remove this row"),
    "geotrace": ("不记录轨迹", "tracks are not recorded", "删去这一行", "remove this row"),
    "geoshape": ("不记录范围", "outlines are not recorded", "删去这一行", "remove this row"),
    "barcode": ("没有扫码题", "there are no barcode items", "改用 text", "use text"),
    "binary": ("只收照片，不收录音、录像和文件", "photos only: no audio, video or files",
               "改用 image，或删去", "use image, or remove it"),
    "calculate": ("没有计算题，分数由程序按规则算", "there are no calculations",
                  "删去这一行，条件直接写在 relevant", "remove it; put the test into relevant"),
    "hidden": ("没有隐藏题", "there are no hidden questions", "删去这一行", "remove this row"),
    "trigger": ("没有“确认”题", "there are no acknowledgements", "改用 select_one 的判断题", "use a select_one judgement"),
}  # fmt: skip


def question_type(written: str) -> QuestionType:
    """The meaning of a type cell; unknown ones are refused with the way to mend them."""
    plain = " ".join(unicodedata.normalize("NFKC", written).split())
    lower = plain.lower()
    if found := RE_BEGIN_CONTROL.search(lower):
        control = aliases.control[found["type"]]
        if control == constants.LOOP:
            why = text("loop 不能转换", "loops cannot be used")
            return QuestionType(Kind.BEGIN_GROUP, why=why, mend=text("改用 begin_repeat", "use begin_repeat"))
        return QuestionType(Kind.BEGIN_REPEAT if control == constants.REPEAT else Kind.BEGIN_GROUP)
    if found := RE_END_CONTROL.search(lower):
        return QuestionType(Kind.END_REPEAT if aliases.control[found["type"]] == constants.REPEAT else Kind.END_GROUP)
    if found := RE_SELECT.search(_with_lower_command(plain)):
        return _select(found["select_command"], found["list_name"], bool(found["specify_other"]))
    if re.match(r"select|rank", lower):
        return _refused(
            f"看不懂题型“{plain}”",
            f"the type “{plain}” is not understood",
            "写成 select_one 选项表名 或 select_multiple 选项表名",
            "write select_one list_name or select_multiple list_name",
        )
    known = QUESTION_TYPE_DICT.get(plain) or QUESTION_TYPE_DICT.get(lower)
    if known is None:
        return _refused(
            f"没有 {plain} 这种题型",
            f"there is no question type {plain}",
            "用 select_one、select_multiple、integer、decimal、text、image、begin_group、begin_repeat",
            "use select_one, select_multiple, integer, decimal, text, image, begin_group or begin_repeat",
        )
    return _plain(lower, known)


def as_xlsform(written: str) -> str:
    """A type cell as the reference reader wants it: in plain signs, commands in lower case."""
    plain = " ".join(unicodedata.normalize("NFKC", written).split())
    lower = plain.lower()
    known = RE_BEGIN_CONTROL.search(lower) or RE_END_CONTROL.search(lower) or lower in QUESTION_TYPE_DICT
    return lower if known else _with_lower_command(plain)


def _plain(lower: str, known: dict[str, dict[str, str]]) -> QuestionType:
    bind, control = known.get("bind", {}), known.get("control", {})
    if "jr:preload" in bind or lower in ("audit", "start-geopoint", "background-geopoint", "username", "email"):
        why = text("走访记录自己带有时间、位置和填表人", "the visit itself records time, place and author")
        return QuestionType(Kind.LEFT_OUT, why=why, mend=text("可以删去这一行", "the row may be removed"))
    if bind.get("readonly"):
        why = text("说明文字没有对应的检查项", "notes have no counterpart")
        return QuestionType(
            Kind.LEFT_OUT, why=why, mend=text("要保留的，写进下一项的 hint", "move what matters into the hint of the next item")
        )
    if control.get("tag") == "range" or bind.get("type") in ("int", "decimal"):
        return QuestionType(
            Kind.NUMBER, decimals=2 if bind.get("type") == "decimal" else 0, constraint=bind.get("constraint", "")
        )
    if control.get("mediatype") == "image/*":
        return QuestionType(Kind.PHOTO)
    if control.get("tag") == "input" and bind.get("type") == "string":
        return QuestionType(Kind.TEXT)
    kind = "calculate" if "calculate" in lower else lower if lower in _REFUSED else control.get("tag", "")
    zh, en, mend_zh, mend_en = (
        _REFUSED.get(kind)
        or _REFUSED.get(bind.get("type", ""))
        or (f"不支持 {lower} 题", f"{lower} is not supported", "删去这一行", "remove this row")
    )
    return _refused(zh, en, mend_zh, mend_en)


def _select(command: str, list_name: str, or_other: bool) -> QuestionType:
    if or_other:
        return _refused(
            "不支持 or_other",
            "or_other is not supported",
            "在选项里加“其他”，另加一行 text",
            "add “other” to the choices and a text row after it",
        )
    if "file" in command or "external" in command or re.search(r"\.(csv|xml|geojson)$", list_name):
        return _refused(
            "选项不能来自外部文件",
            "choices cannot come from a file",
            "把选项写进 choices 工作表",
            "put the choices on the choices sheet",
        )
    if list_name.startswith("${"):
        return _refused(
            "选项不能来自另一题的答案",
            "choices cannot come from another answer",
            "把选项写进 choices 工作表",
            "put the choices on the choices sheet",
        )
    select = aliases.select[command]
    if select == constants.RANK:
        return _refused("不支持排序题", "ranking is not supported", "改用 select_one", "use select_one")
    kind = Kind.SELECT_MULTIPLE if select == constants.SELECT_ALL_THAT_APPLY else Kind.SELECT_ONE
    return QuestionType(kind, list_name=list_name)


def _with_lower_command(plain: str) -> str:
    """The command of a select may be written in any case, the name of its choices is kept as it is."""
    lower = plain.lower()
    command = max((alias for alias in aliases.select if lower.startswith(alias + " ")), key=len, default="")
    return command + plain[len(command) :]


def _refused(zh: str, en: str, mend_zh: str, mend_en: str) -> QuestionType:
    return QuestionType(Kind.REFUSED, why=text(zh, en), mend=text(mend_zh, mend_en))
