"""Validating, determining and scoring one submission, beside parsing the JSON of the same submission."""

from __future__ import annotations

import copy
import json
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any
from zlib import crc32

from bench.report import Table, write_report
from forms import determine, judge, load_checklist, read_answers, relevant_paths, results, score
from forms.checklist import Checklist, compile_checklist, tested_items
from forms.validation import validate_checklist

CHECKLISTS = Path(__file__).resolve().parent.parent / "forms" / "checklists"
SIZES = ((40, 0.3), (200, 1.5))
BLOCKS, RUNS = 25, 40
UUIDS = tuple(f"5b1d8f9e-6c1e-4f39-9f6c-0d3ee0a1b{n:03d}" for n in range(20))

METHOD = """
Validating, determining and scoring one submission (`forms.judge`), as a ratio to `json.loads` of the same JSON in the same run.

Method: the published checklists are put together to one and cut so that exactly 40 and 200 items are shown and answered, with
their conditions, limits and all clauses that rest on these items. One judgement in twelve has failed, with remark, two photos
and a hazard; the other answers are plain. Blocks of 40 runs of parsing and of judging alternate; figures are medians of
CPU time over 25 blocks. The checklist is compiled before, as the server does once per version; compiling is shown beside.
Aim: 0.3 ms and 1.5 ms.
"""


def main() -> None:
    """Prints the table and keeps it in bench/results/forms.md."""
    speed = Table("Items answered", "clauses", "JSON, bytes", "json.loads, ms", "judge, ms", "aim, ms", "judge ÷ json.loads")
    parts = Table("Items answered", "read and validate, ms", "determine, ms", "score, ms", "item results, ms", "compile once, ms")
    for size, aim_ms in SIZES:
        document, answers = submission(size)
        checklist = load_checklist(document)
        text = json.dumps(answers, ensure_ascii=False)
        loads_ms, judge_ms = alternated(partial(json.loads, text), partial(judge, checklist, answers))
        speed.add(
            str(size), str(len(checklist.determinations)), str(len(text.encode())), f"{loads_ms:.3f}", f"{judge_ms:.3f}",
            str(aim_ms), f"{judge_ms / loads_ms:.1f}",
        )  # fmt: skip
        parts.add(str(size), *(f"{figure:.3f}" for figure in measured_parts(checklist, answers)))
    write_report("forms", METHOD, speed, parts)


def measured_parts(checklist: Checklist, answers: dict[str, Any]) -> Iterator[float]:
    """Milliseconds of reading, determining, scoring, item results and compiling."""
    reading = read_answers(checklist, answers)
    yield alternated(lambda: read_answers(checklist, answers))[0]
    yield alternated(lambda: determine(checklist, reading))[0]
    yield alternated(lambda: score(checklist, reading))[0]
    yield alternated(lambda: results(checklist, reading))[0]
    yield alternated(lambda: compile_checklist(checklist.document, ""))[0]


def alternated(*works: Callable[[], Any]) -> list[float]:
    """Median milliseconds of CPU of one run of each work, in alternating blocks."""
    found: list[list[float]] = [[] for _ in works]
    for _ in range(BLOCKS):
        for work, times in zip(works, found, strict=True):
            began = time.process_time()
            for _ in range(RUNS):
                work()
            times.append((time.process_time() - began) * 1000 / RUNS)
    return [median(times) for times in found]


def submission(size: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """A checklist document of which exactly ``size`` items are shown, and answers to all of them."""
    document = together()
    cut = only(document, first_shown(document, size))
    answers = answered(cut)
    assert len(relevant_paths(load_checklist(cut), answers)) == size
    assert judge(load_checklist(cut), answers).faults == []
    assert validate_checklist(cut) == []
    return cut, answers


def first_shown(document: dict[str, Any], size: int) -> set[str]:
    """The first shown items whose conditions and limits look at no item but these."""
    shown = set(relevant_paths(load_checklist(document), answered(document)))
    kept: set[str] = set()
    for section in document["sections"]:
        for item in section["items"]:
            looked_at = mentioned([section.get("relevant", {}), item], "item")
            if item["id"] in shown and looked_at <= kept and len(kept) < size:
                kept.add(item["id"])
    return kept


def together() -> dict[str, Any]:
    """All published checklists as one; ids get the checklist's number as prefix, repeated sections become plain ones."""
    documents = [json.loads(path.read_text("utf-8")) for path in sorted(CHECKLISTS.glob("*.json"))]
    whole = copy.deepcopy(documents[0]) | {"profile": [], "sections": [], "determinations": []}
    for number, document in enumerate(documents):
        own = prefixed(document, f"c{number}_")
        for section in own["sections"]:
            section.pop("repeat", None)
        for key in ("profile", "sections", "determinations"):
            whole[key] += own.get(key, [])
    return whole


def prefixed(value: Any, prefix: str, key: str = "") -> Any:
    """The same with a prefix before every id and every reference to one."""
    if isinstance(value, dict):
        return {name: prefixed(child, prefix, name) for name, child in value.items()}
    if isinstance(value, list):
        return [prefixed(child, prefix, key) for child in value]
    names = ("id", "item", "profile", "determinations")
    return prefix + value if key in names and isinstance(value, str) else value


def only(document: dict[str, Any], kept: set[str]) -> dict[str, Any]:
    """The document with the kept items and the clauses that rest on them alone."""
    sections = [{**s, "items": [item for item in s["items"] if item["id"] in kept]} for s in document["sections"]]
    determinations = [
        entry
        for entry in document["determinations"]
        if tested_items(entry["when"]) | tested_items(entry.get("unless", {})) <= kept
    ]
    known = {entry["id"] for entry in determinations}
    for section in sections:
        for item in section["items"]:
            if "determinations" in item.get("hazard", {}):
                own = [found for found in item["hazard"]["determinations"] if found in known]
                item["hazard"] = {**item["hazard"], "determinations": own}
    profile = {key for holder in (sections, determinations) for key in mentioned(holder, "profile")}
    sections = [s for s in sections if s["items"]]
    keys = [key for key in document["profile"] if key["id"] in profile]
    return {**document, "profile": keys, "sections": sections, "determinations": determinations}


def mentioned(value: Any, key: str) -> set[str]:
    """Everything that conditions name under a key."""
    if isinstance(value, list):
        return {name for child in value for name in mentioned(child, key)}
    if not isinstance(value, dict):
        return set()
    own = {value[key]} if isinstance(value.get(key), str) else set()
    return own | {name for child in value.values() for name in mentioned(child, key)}


def answered(document: dict[str, Any]) -> dict[str, Any]:
    """Answers to every item that is shown, given the first option and yes as profile."""
    checklist = load_checklist(document)
    first = {"boolean": True, "number": "3"}
    profile = {
        key["id"]: key["options"][0]["value"] if key["type"] == "choice" else first[key["type"]] for key in document["profile"]
    }
    answers: dict[str, Any] = {"profile": profile, "answers": {}, "repeats": {}}
    for item in checklist.slots:
        if item.id in relevant_paths(checklist, answers):
            answers["answers"][item.id] = answer(item.document, crc32(item.id.encode()))
    return answers


def answer(item: Mapping[str, Any], number: int) -> dict[str, Any]:
    """A plain answer, or for one judgement in twelve a failed one with everything that belongs to it."""
    match item["type"]:
        case "judgement" if number % 12 == 5:
            photos = [UUIDS[number % 20], UUIDS[(number + 1) % 20]]
            return {"result": "fail", "remark": "现场见照片，已当场指出", "photos": photos, "hazards": [UUIDS[number % 20]]}
        case "judgement":
            return {"result": "pass"}
        case "number":
            middle = (item["number"]["minimum"] + item["number"]["maximum"]) / 2
            return {"value": f"{middle:.{item['number']['decimals']}f}"}
        case "choice":
            return {"value": item["choice"]["options"][0]["value"]}
        case "facts":
            return {"value": []}
        case "text":
            return {"value": "正常"[: item["text"]["max_length"]]}
        case _:
            return {"photos": list(UUIDS[: max(1, item["photo"]["minimum"])])}


if __name__ == "__main__":
    main()
