"""The worked example of docs/scores.md, computed again from its own table."""

from __future__ import annotations

import re
from itertools import groupby
from pathlib import Path
from typing import Any

from forms import score
from tests.forms.sketches import compiled

PAGE = (Path(__file__).parent.parent.parent / "docs" / "scores.md").read_text("utf-8")
RESULTS = {"符合": "pass", "不符合": "fail", "不适用": "not_applicable", "部分符合": "partial"}
ROWS = [
    tuple(cell.strip() for cell in line.strip("|").split("|"))
    for line in PAGE.splitlines()
    if re.match(r"\| \S+ \| \d+ \|", line)
]


def _checklist() -> Any:
    sections = []
    for number, ((name, weight), rows) in enumerate(groupby(ROWS, key=lambda row: row[:2])):
        items = [
            {"id": f"i{number}_{at}", "type": "judgement", "points": int(row[3]), "not_applicable": True}
            | (
                {"partial": {"deduction_per_occurrence": int(found[1])}}
                if (found := re.search(r"每处扣 (\d+) 分", row[2]))
                else {}
            )
            for at, row in enumerate(rows)
        ]
        repeat = {"repeat": {"max": 5}} if "逐" in name else {}
        sections.append({"id": f"s{number}", "weight": int(weight), "items": items, **repeat})
    return compiled({"sections": sections})


def _answers() -> dict[str, Any]:
    given: dict[str, Any] = {}
    for number, (_, rows) in enumerate(groupby(ROWS, key=lambda row: row[:2])):
        for at, row in enumerate(rows):
            word, *count = row[4].split()
            if word in RESULTS:
                answer: dict[str, Any] = {"result": RESULTS[word]}
                answer |= {"occurrences": int(count[0])} if count else {}
                answer |= {"reason": "没有厨房"} if word == "不适用" else {}
                given[f"i{number}_{at}"] = answer
    return {"answers": given}


def test_the_example_of_the_page_is_what_the_rules_give() -> None:
    checklist, answers = _checklist(), _answers()
    open_, none_here, one = re.findall(r"\*\*(?:暂评 )?([\d./]+)\*\*", PAGE.split("## 算例")[1])

    first = score(checklist, answers)
    assert (f"{first.checked}/{first.total}", first.provisional) == (open_, True)
    second = score(checklist, {**answers, "none_here": {"s2": {"reason": "已停用"}}})
    assert (second.display, second.provisional) == (none_here, False)
    third = score(
        checklist, {**answers, "repeats": {"s2": [{"id": "a", "key": "晋E1", "answers": {"i2_0": {"result": "pass"}}}]}}
    )
    assert (third.display, third.provisional) == (one, False)
