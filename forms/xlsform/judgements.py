"""Which choices of a foreign form are a judgement (pass, fail, not applicable …) under other names."""

from __future__ import annotations

from collections.abc import Sequence

_NAMES = {
    "pass": {"pass", "passed", "ok", "compliant", "conforming", "conforms", "conformity", "satisfactory",
             "符合", "合格", "达标", "正常"},
    "fail": {
        "fail", "failed", "not_ok", "nok", "non_compliant", "noncompliant", "not_compliant", "nonconforming", "non_conformity",
        "unsatisfactory", "不符合", "不合格", "不达标", "异常",
    },
    "partial": {"partial", "partially", "partly", "部分符合", "部分不符合"},
    "not_applicable": {"not_applicable", "na", "n_a", "n/a", "不适用", "缺项"},
    "unchecked": {"unchecked", "not_checked", "dk", "dont_know", "don_t_know", "don't_know", "unknown",
                  "未检查", "不知道", "不清楚"},
}  # fmt: skip
_YES_NO = {"pass": {"yes", "y", "true", "是", "有"}, "fail": {"no", "n", "false", "否", "没有", "无"}}
_RESULT_OF = {name: result for result, names in _NAMES.items() for name in names}
_YES_NO_RESULT_OF = {name: result for result, names in _YES_NO.items() for name in names}


def judgement_of(choices: Sequence[tuple[str, Sequence[str]]]) -> tuple[dict[str, str], bool] | None:
    """Result by choice name when the choices (name, labels) say pass and fail and nothing else; None if they do not.

    The second value tells that they only say yes and no: a person must look whether yes is what is right.
    """
    found: dict[str, str] = {}
    yes_no = False
    for name, labels in choices:
        words = [_plain(name), *map(_plain, labels)]
        result = next((_RESULT_OF[word] for word in words if word in _RESULT_OF), None)
        if result is None:
            result = next((_YES_NO_RESULT_OF[word] for word in words if word in _YES_NO_RESULT_OF), None)
            yes_no = yes_no or result is not None
        if result is None or result in found.values():
            return None
        found[name] = result
    return (found, yes_no) if {"pass", "fail"} <= set(found.values()) else None


def _plain(word: str) -> str:
    return word.strip().lower().replace("-", "_").replace(" ", "_").strip(".。")
