"""Turns the errors of the JSON Schema validator into plain words: what is wrong and how to mend it."""

from __future__ import annotations

import json
from typing import Any

from jsonschema.exceptions import ValidationError

from forms.problems import Problem, pointer_to
from vocabulary import Text

_TYPE_NAMES = {
    "string": ("文字", "a text"),
    "number": ("数字", "a number"),
    "integer": ("整数", "a whole number"),
    "object": ("对象 {…}", "an object {…}"),
    "array": ("列表 […]", "a list […]"),
    "boolean": ("true 或 false", "true or false"),
    "null": ("null", "null"),
}


def problem_from(error: ValidationError) -> Problem:
    """One plain-words problem from one schema error."""
    what, mend = _words(error)
    return Problem(pointer_to(*error.absolute_path), f"schema-{error.validator or 'false'}".lower(), what, mend)


def _words(error: ValidationError) -> tuple[Text, Text]:
    wanted: Any = error.validator_value
    match error.validator:
        case "required":
            missing = [key for key in wanted if key not in error.instance]
            return (
                _text(f"缺少 {_names(missing)}", f"{_names(missing)} is missing"),
                _text(f"补上 {_names(missing)}", f"add {_names(missing)}"),
            )
        case "additionalProperties":
            known = error.schema.get("properties", {}) if isinstance(error.schema, dict) else {}
            extra = [key for key in error.instance if key not in known]
            return (
                _text(f"这里没有 {_names(extra)} 这一项", f"{_names(extra)} is not known here"),
                _text(f"删去，或改为：{_names(known)}", f"remove it, or use one of {_names(known)}"),
            )
        case "type":
            kinds = [wanted] if isinstance(wanted, str) else wanted
            zh = "或".join(_TYPE_NAMES[kind][0] for kind in kinds)
            en = " or ".join(_TYPE_NAMES[kind][1] for kind in kinds)
            return _text(f"{_shown(error)} 不是{zh}", f"{_shown(error)} is not {en}"), _text(f"改为{zh}", f"write {en}")
        case "enum":
            return (
                _text(f"{_shown(error)} 不在可选值内", f"{_shown(error)} is not one of the allowed values"),
                _text(f"改为其中之一：{_names(wanted)}", f"use one of {_names(wanted)}"),
            )
        case "const":
            return (
                _text(f"{_shown(error)} 不对", f"{_shown(error)} is wrong"),
                _text(f"写成 {_json(wanted)}", f"write {_json(wanted)}"),
            )
        case "pattern":
            return _pattern_words(error, wanted)
        case "minLength" | "minItems" | "minProperties":
            return (
                _text(f"内容太少，至少要 {wanted} 个", f"too little: at least {wanted} wanted"),
                _text("补充内容", "add what is missing"),
            )
        case "maxLength" | "maxItems" | "maxProperties":
            return (
                _text(f"内容太多，最多 {wanted} 个", f"too much: at most {wanted} allowed"),
                _text("删减，或拆成几项", "shorten it or split it"),
            )
        case "minimum" | "exclusiveMinimum":
            zh, en = ("不小于", "at least") if error.validator == "minimum" else ("大于", "more than")
            return (
                _text(f"{_shown(error)} 太小", f"{_shown(error)} is too small"),
                _text(f"应{zh} {wanted}", f"must be {en} {wanted}"),
            )
        case "maximum" | "exclusiveMaximum":
            zh, en = ("不大于", "at most") if error.validator == "maximum" else ("小于", "less than")
            return (
                _text(f"{_shown(error)} 太大", f"{_shown(error)} is too large"),
                _text(f"应{zh} {wanted}", f"must be {en} {wanted}"),
            )
        case "uniqueItems":
            return _text("列表里有重复", "the list has the same thing twice"), _text("去掉重复的", "remove the repeated one")
        case "anyOf":
            return (
                _text(f"{_shown(error)} 不合格式", f"{_shown(error)} has none of the allowed forms"),
                _text(
                    "条件须用 all、any、at_least+of、not、item、profile 之一；日期写 YYYY-MM-DD 或 null",
                    "a condition needs all, any, at_least + of, not, item or profile; a date is YYYY-MM-DD or null",
                ),
            )
        case None:
            return _text("这里不能有这一项", "this does not belong here"), _text("删去这一项", "remove it")
    return _text(f"不合格式：{error.message}", error.message), _text(
        "对照 docs/checklist-format.md", "see docs/checklist-format.md"
    )


def _pattern_words(error: ValidationError, wanted: str) -> tuple[Text, Text]:
    if wanted == "\\S":
        return _text("文字是空的", "the text is empty"), _text("写上中文和英文", "write it in Chinese and in English")
    forms = {
        "^[a-z][a-z0-9_]*$": (
            "小写字母开头，只用小写字母、数字、下划线",
            "a lower-case letter, then lower-case letters, digits, _",
        ),
        "^[a-z0-9][a-z0-9_]*$": ("只用小写字母、数字、下划线", "lower-case letters, digits and _ only"),
        "^[a-z0-9]+(-[a-z0-9]+)*$": ("只用小写字母、数字，用 - 连接", "lower-case letters and digits, joined by -"),
        "^[0-9]{4}-[0-9]{2}-[0-9]{2}$": ("日期写成 2026-07-01 的样子", "a date like 2026-07-01"),
        "^[0-9]{4}\\.[0-9]{1,3}$": ("版本写成 2026.1 的样子", "a version like 2026.1"),
    }
    zh, en = forms.get(wanted, (f"须匹配 {wanted}", f"must match {wanted}"))
    return _text(f"{_shown(error)} 的写法不对", f"{_shown(error)} is not written as it must be"), _text(zh, en)


def _shown(error: ValidationError) -> str:
    text = _json(error.instance)
    return text if len(text) <= 80 else text[:77] + "…"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _names(values: Any) -> str:
    return ", ".join(value if isinstance(value, str) else _json(value) for value in values)


def _text(zh: str, en: str) -> Text:
    return {"zh": zh, "en": en}
