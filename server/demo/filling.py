"""Fills a checklist the way an inspector might: every relevant item, mostly passing, sometimes failing."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from typing import Any

import forms
from vocabulary import AnswerResult, DesignComparison, ItemKind

_REPEATED = re.compile(r"(?P<section>\w+)\[(?P<index>\d+)\]\.(?P<item>\w+)")
_ROUNDS = 12


def fill(checklist: forms.Checklist, profile: Mapping[str, Any], chance: random.Random, fail_rate: float) -> dict[str, Any]:
    """An answers document without faults: {profile, answers, repeats}."""
    asked = {key["id"] for key in checklist.document.get("profile", [])}
    answers: dict[str, Any] = {
        "profile": {key: value for key, value in profile.items() if key in asked},
        "answers": {},
        "repeats": {
            section.id: [{"key": f"{number + 1} 号", "answers": {}} for number in range(chance.randrange(1, 3))]
            for section in checklist.sections
            if section.repeat_maximum is not None and _is_shown(checklist, section.id, profile)
        },
    }
    for _ in range(_ROUNDS):
        relevant = forms.relevant_paths(checklist, answers)
        missing = [path for path in relevant if _at(answers, path) is None]
        for path in missing:
            item = checklist.find_item(path)
            assert item is not None
            _put(answers, path, _answer(item, chance, fail_rate, answers["profile"]))
        _drop_hidden(answers, set(forms.relevant_paths(checklist, answers)))
        if not missing:
            break
    return answers


def _is_shown(checklist: forms.Checklist, section_id: str, profile: Mapping[str, Any]) -> bool:
    probe = {"profile": dict(profile), "answers": {}, "repeats": {section_id: [{"key": "1", "answers": {}}]}}
    asked = {key["id"] for key in checklist.document.get("profile", [])}
    probe["profile"] = {key: value for key, value in profile.items() if key in asked}
    return any(path.startswith(f"{section_id}[") for path in forms.relevant_paths(checklist, probe))


def _answer(item: Mapping[str, Any], chance: random.Random, fail_rate: float, profile: Mapping[str, Any]) -> dict[str, Any]:
    fails = chance.random() < fail_rate
    match item["type"]:
        case ItemKind.JUDGEMENT:
            if not fails and item.get("not_applicable") and chance.random() < 0.04:
                return {"result": AnswerResult.NOT_APPLICABLE, "reason": item["not_applicable"]["reasons"][0]["zh"]}
            return {"result": AnswerResult.FAIL if fails else AnswerResult.PASS}
        case ItemKind.NUMBER:
            return _reading(item["number"], fails)
        case ItemKind.CHOICE:
            wanted = AnswerResult.FAIL if fails else AnswerResult.PASS
            options = item["choice"]["options"]
            fitting = [option for option in options if option["result"] == wanted] or options
            return {"value": fitting[0]["value"]}
        case ItemKind.FACTS:
            return {"value": [chance.choice(item["facts"]["options"])["value"]] if chance.random() < 0.06 else []}
        case ItemKind.TEXT:
            return {"value": "现场情况正常（演示）"}
        case _:
            return {"result": AnswerResult.UNCHECKED}


def _reading(spec: Mapping[str, Any], fails: bool) -> dict[str, Any]:
    """What an instrument shows; where it is compared, with the value beside it."""
    design = spec.get("design")
    if design is None:
        return {"value": _number(spec, fails)}
    planned = max(min(100.0, float(design["maximum"]) / 2), float(design["minimum"]))
    limit = spec["limits"][0]
    bound = float(next(limit[key] for key in ("at_least", "above", "at_most", "below") if key in limit))
    low, high = 0.0, max(bound, min(100.0, bound * 2)) if {"at_least", "above"} & set(limit) else bound * 2
    if design["comparison"] == DesignComparison.DIFFERENCE:
        low, high = -planned / 2, planned / 2
    figure = float(_number({"minimum": low, "maximum": high, "limits": [limit], "decimals": 3}, fails))
    match design["comparison"]:
        case DesignComparison.PERCENT:
            value = planned * figure / 100
        case DesignComparison.DIFFERENCE:
            value = planned + figure
        case _:
            value = planned * figure
    shown = max(float(spec["minimum"]), min(float(spec["maximum"]), value))
    return {"value": f"{shown:.{spec['decimals']}f}", "design": f"{planned:.{design.get('decimals', spec['decimals'])}f}"}


def _number(spec: Mapping[str, Any], fails: bool) -> str:
    """A plausible measured value that keeps, or breaks, the first limit."""
    low, high = float(spec["minimum"]), float(spec["maximum"])
    limit = spec["limits"][0] if spec.get("limits") else {}
    span = (high - low) or 1.0
    value = low + span / 4
    if "at_most" in limit or "below" in limit:
        bound = float(limit["at_most"] if "at_most" in limit else limit["below"])
        value = min(bound + span * 0.02, high) if fails else low + (bound - low) * 0.7
    if "at_least" in limit or "above" in limit:
        bound = float(limit["at_least"] if "at_least" in limit else limit["above"])
        ceiling = float(limit.get("at_most", limit.get("below", high)))
        value = max(bound - span * 0.02, low) if fails else bound + (ceiling - bound) * 0.3
    return f"{value:.{spec['decimals']}f}"


def _at(answers: Mapping[str, Any], path: str) -> Any:
    match = _REPEATED.fullmatch(path)
    if match is None:
        return answers["answers"].get(path)
    return answers["repeats"][match["section"]][int(match["index"])]["answers"].get(match["item"])


def _put(answers: dict[str, Any], path: str, answer: dict[str, Any]) -> None:
    match = _REPEATED.fullmatch(path)
    if match is None:
        answers["answers"][path] = answer
    else:
        answers["repeats"][match["section"]][int(match["index"])]["answers"][match["item"]] = answer


def _drop_hidden(answers: dict[str, Any], relevant: set[str]) -> None:
    answers["answers"] = {path: answer for path, answer in answers["answers"].items() if path in relevant}
    for section, instances in answers["repeats"].items():
        for index, instance in enumerate(instances):
            instance["answers"] = {
                item: answer for item, answer in instance["answers"].items() if f"{section}[{index}].{item}" in relevant
            }
