"""Random checklists and answers: mostly right, sometimes wrong in every way that a phone or a stranger could send.

Hypothesis chooses the seeds. Its own strategies would shrink better but made thirty times fewer documents a second, and
what catches a difference between two languages is the number of documents.
"""

from __future__ import annotations

from random import Random
from typing import Any

from tests.forms.sketches import completed

PHOTOS = [f"5b1d8f9e-6c1e-4f39-9f6c-0d3ee0a1b{n:03d}" for n in range(4)]
KINDS = ("judgement", "judgement", "number", "choice", "facts", "text", "photo")
PROFILE = [
    {"id": "method", "type": "choice", "options": [{"value": "a"}, {"value": "b"}, {"value": "c"}]},
    {"id": "has_tank", "type": "boolean"},
    {"id": "staff", "type": "number"},
]
OPTIONS = ["x", "y", "z"]
# Few figures, so that answers often stand exactly on a limit.
FIGURES = [-1, 0, 0.5, 0.75, 1, 2.5]
VALUES = ["-1", "0", "0.50", "0.5", "0.75", "0.749", "0.751", "1.0", "2", "2.5", "-0.001", "10"]
JUNK: list[Any] = [
    None, True, False, -1, 0, 1, 2000, 1.5, 2.0, 1e300, "", "pass", "partial", "1.0", "01", "1e2", "１", "-0", "-0.0",
    "0.1234", " ", "\u3000", "x" * 501, "𠀀" * 300, "𠀀" * 1001, [], ["x"], ["x", "x"], ["y", 1, None], [PHOTOS[0], PHOTOS[0]],
    [PHOTOS[0], "x"], {}, {"a": 1}, {"__proto__": 1}, {"constructor": {}},
]  # fmt: skip


def random_checklist(random: Random) -> dict[str, Any]:
    """A checklist document with up to four sections of up to six items."""
    earlier: list[tuple[str, str]] = []
    sections = []
    for section_number in range(random.randint(1, 4)):
        section: dict[str, Any] = {"id": f"s{section_number}", "weight": random.choice([1, 2, 20, 0.5, 33.3])}
        if random.random() < 0.2:
            section["relevant"] = _condition(random, earlier)
        if random.random() < 0.4:
            section["repeat"] = {"max": random.randint(1, 3)}
        if random.random() < 0.3:
            section["gate_minimum_percent"] = random.choice([40, 60, 99.9])
        section["items"] = []
        for item_number in range(random.randint(1, 6)):
            item = _item(random, f"q{section_number}_{item_number}", earlier)
            section["items"].append(item)
            earlier.append((item["id"], item["type"]))
        sections.append(section)
    scoring = {
        "rounding": random.choice(["one_decimal", "whole"]),
        "not_applicable_limit_percent": random.choice([0, 33.3, 50, 100]),
    }
    determinations = [_determination(random, number, earlier) for number in range(random.randint(0, 5))]
    return completed({"profile": PROFILE, "sections": sections, "determinations": determinations, "scoring": scoring})


def random_answers(random: Random, checklist: dict[str, Any]) -> Any:
    """An answers document for a checklist: mostly answers that fit, with strays and junk in every place."""
    if random.random() < 0.02:
        return random.choice(JUNK)
    # A fifth of the documents has no junk at all, so that scores come out complete.
    junk = random.choice([0, 0.02, 0.02, 0.05, 0.2])
    everything = [item for section in checklist["sections"] for item in section["items"]]
    document: dict[str, Any] = {"profile": _profile(random, checklist, junk), "answers": {}, "repeats": {}}
    for section in checklist["sections"]:
        if "repeat" not in section:
            document["answers"] |= _part(random, section["items"], everything, junk)
            continue
        instances = []
        for number in range(random.randint(0, section["repeat"]["max"] + (random.random() < junk))):
            key = random.choice(["1", " 1 ", "", None, "k" * 61]) if random.random() < junk else str(number)
            instances.append({"key": key, "answers": _part(random, section["items"], everything, junk)})
            if random.random() < 0.6:
                instances[-1]["id"] = random.choice(["0", "a", "A-1", "a b", "", 3]) if random.random() < junk else f"i{number}"
            if random.random() < junk / 2:
                instances[-1] = random.choice(JUNK)
        if instances or random.random() < 0.5:
            document["repeats"][section["id"]] = instances
        if random.random() < (0.1 if instances else 0.3):
            reason = random.choice(["没有", " ", "x" * 501, 5]) if random.random() < junk else "没有"
            document.setdefault("none_here", {})[section["id"]] = {"reason": reason}
    if random.random() < 0.4:
        document["scope"] = random.choice(["core", "core", "full"])
        document["sections"] = [section["id"] for section in checklist["sections"] if random.random() < 0.3]
    for key in ("profile", "answers", "repeats", "scope", "sections", "none_here", "other", "__proto__"):
        if random.random() < junk / 10:
            document[key] = random.choice(JUNK)
    return document


def _determination(random: Random, number: int, earlier: list[tuple[str, str]]) -> dict[str, Any]:
    return {
        "id": f"d{number}",
        "grade": random.choice(["major", "general"]),
        "halt": "area",
        "route": "help_track",
        "regulator": "transport",
        "when": _condition(random, earlier),
        **({"unless": _condition(random, earlier)} if random.random() < 0.4 else {}),
        **({"unverified": True} if random.random() < 0.3 else {}),
        **({"reviewer": {"question": {"zh": "哪一条", "en": "Which clause"}}} if random.random() < 0.2 else {}),
    }


def _item(random: Random, item_id: str, earlier: list[tuple[str, str]]) -> dict[str, Any]:
    kind = random.choice(KINDS)
    item: dict[str, Any] = {"id": item_id, "type": kind, "points": random.choice([0, 1, 2, 3, 5, 10, 0.5, 2.125, 33.333])}
    if random.random() < 0.3:
        item["relevant"] = _condition(random, earlier)
    if random.random() < 0.5:
        item["not_applicable"] = True
    if random.random() < 0.3:
        item["core"] = True
    if kind in ("judgement", "number", "choice", "facts"):
        item["gate"], item["veto"] = random.random() < 0.15, random.random() < 0.15
    if kind == "judgement" and random.random() < 0.6:
        item["partial"] = {"deduction_per_occurrence": random.choice([1, 2, 0.333])}
    elif kind == "number":
        limits = [_limit(random, earlier) for _ in range(random.randint(0, 2))]
        item["number"] = {"decimals": random.randint(1, 3), "minimum": -10, "maximum": 20, "limits": limits}
        if random.random() < 0.4:
            comparison = random.choice(["percent", "difference", "quotient"])
            item["number"]["design"] = {
                "label": {"zh": "设计值", "en": "Design"}, "comparison": comparison, "minimum": 0.5, "maximum": 20,
            }  # fmt: skip
    elif kind == "choice":
        results = random.sample(["pass", "fail", "partial", "not_applicable"], 3)
        results[random.randrange(3)] = "pass"
        item["choice"] = {"options": [_option(value, result) for value, result in zip(OPTIONS, results, strict=True)]}
    elif kind == "facts":
        item["facts"] = {"options": [{"value": value} for value in OPTIONS]}
    elif kind == "text":
        item["text"] = {"max_length": random.randint(1, 5), "required": item["points"] > 0 or random.random() < 0.5}
    elif kind == "photo":
        item["photo"] = {"minimum": 1 if item["points"] > 0 else random.randint(0, 2), "maximum": 3}
    return item


def _option(value: str, result: str) -> dict[str, Any]:
    return {"value": value, "result": result, **({"deduction": 1.5} if result == "partial" else {})}


def _limit(random: Random, earlier: list[tuple[str, str]]) -> dict[str, Any]:
    keys = random.sample(["below", "at_most", "above", "at_least"], random.randint(1, 2))
    when = {"when": _condition(random, earlier)} if random.random() < 0.7 else {}
    return {**when, **{key: random.choice(FIGURES) for key in keys}}


def _condition(random: Random, earlier: list[tuple[str, str]], depth: int = 0) -> dict[str, Any]:
    shape = random.random()
    if depth < 2 and shape < 0.4:
        children = [_condition(random, earlier, depth + 1) for _ in range(random.randint(2, 3))]
        return random.choice([{"all": children}, {"any": children}, {"at_least": 2, "of": children}])
    if depth < 2 and shape < 0.55:
        return {"not": _condition(random, earlier, depth + 1)}
    if not earlier or shape > 0.9:
        return random.choice(
            [
                {"profile": "method", "is": random.choice("ab")},
                {"profile": "has_tank", "is": random.random() < 0.5},
                {"profile": "method", "in": ["b", "c"]},
                {"profile": "staff", "number": _bounds(random)},
            ]
        )
    return _item_test(random, *random.choice(earlier))


def _item_test(random: Random, item_id: str, kind: str) -> dict[str, Any]:
    if kind == "number" and random.random() < 0.7:
        return {"item": item_id, "number": _bounds(random)}
    if kind == "choice" and random.random() < 0.7:
        return {"item": item_id, "value": random.choice(OPTIONS)}
    if kind == "facts" and random.random() < 0.7:
        return {"item": item_id, "has": random.choice(OPTIONS)}
    return {"item": item_id, "result": random.choice(["pass", "fail", "fail", "partial", "not_applicable"])}


def _bounds(random: Random) -> dict[str, Any]:
    keys = random.sample(["at_least", "above", "at_most", "below", "equals"], random.randint(1, 2))
    return {key: random.choice(FIGURES) for key in keys}


def _profile(random: Random, checklist: dict[str, Any], junk: float) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key in checklist.get("profile", []):
        if random.random() < 0.2:
            continue
        right = {"boolean": random.random() < 0.5, "number": random.choice(VALUES)}
        options = [option["value"] for option in key.get("options", [])]
        value = random.choice(options) if options else right[key["type"]]
        found[key["id"]] = random.choice(JUNK) if random.random() < junk else value
    if random.random() < junk:
        found["stray~/"] = random.choice(JUNK)
    return found


def _part(random: Random, asked: list[dict[str, Any]], everything: list[dict[str, Any]], junk: float) -> dict[str, Any]:
    found = {item["id"]: _answer(random, item, junk) for item in asked if random.random() < 0.85}
    if random.random() < junk:
        stray = random.choice(everything)
        found[stray["id"]] = _answer(random, stray, junk)
    if random.random() < junk:
        found[random.choice(["nope", "a/b", "toString", "1"])] = random.choice(JUNK)
    return found


def _answer(random: Random, item: dict[str, Any], junk: float) -> Any:
    kind = item["type"]
    if random.random() < junk / 4:
        return random.choice(JUNK)
    if item.get("not_applicable") and random.random() < 0.15:
        answer: dict[str, Any] = {"result": "not_applicable", "reason": "无"}
    elif random.random() < 0.03:
        answer = {"result": "unchecked"}
    elif kind == "judgement":
        answer = {"result": random.choice(["pass", "pass", "fail"])}
        if "partial" in item and random.random() < 0.4:
            answer = {"result": "partial", "occurrences": random.choice([1, 2, 3, 12])}
    elif kind == "photo":
        answer = {"photos": random.sample(PHOTOS, random.choice([0, 1, 2, 3, 4]))}
    elif kind == "number":
        answer = {"value": random.choice(VALUES)}
        if "design" in item["number"] and random.random() < 0.8:
            answer["design"] = random.choice(VALUES)
    elif kind == "choice":
        answer = {"value": random.choice([option["value"] for option in item["choice"]["options"]])}
    elif kind == "facts":
        facts = [option["value"] for option in item["facts"]["options"]]
        answer = {"value": random.sample(facts, random.randint(0, min(2, len(facts))))}
    else:
        answer = {"value": random.choice(["好", "好的", " ", "", "六个字六个字", "𠀀𠀀"])}
    if random.random() < 0.1:
        answer = {**answer, "remark": "见照片", "photos": answer.get("photos", PHOTOS[:1]), "hazards": PHOTOS[1:2]}
    if random.random() < junk:
        keys = ["result", "value", "design", "occurrences", "reason", "remark", "photos", "hazards", "__proto__", "note"]
        answer = {**answer, random.choice(keys): random.choice(JUNK)}
    return answer
