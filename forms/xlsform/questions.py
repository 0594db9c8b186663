"""What conditions need to know of the questions of a checklist when they are turned into XPath."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from forms.xlsform.xpath import PROFILE, Question

Document = Mapping[str, Any]

_RESULTS = ("pass", "fail", "partial", "not_applicable", "unchecked")


def questions_of(document: Document) -> dict[str, Question]:
    """Items and profile keys by the name that they have in the form."""
    found: dict[str, Question] = {}
    for key in document.get("profile", []):
        found[PROFILE + key["id"]] = profile_question(key)
    for section in document["sections"]:
        for item in section["items"]:
            found[item["id"]] = item_question(item, section["id"] if "repeat" in section else None)
    return found


def profile_question(key: Document) -> Question:
    if key["type"] == "boolean":
        return Question("boolean", {"true": "true", "false": "false"})
    return Question(key["type"], {option["value"]: option["value"] for option in key.get("options", [])})


def item_question(item: Document, repeated: str | None) -> Question:
    options = item.get(item["type"], {}).get("options", []) if item["type"] in ("choice", "facts") else []
    return Question(
        kind=item["type"],
        options={result: result for result in _RESULTS}
        if item["type"] == "judgement"
        else {option["value"]: option["value"] for option in options},
        results={option["value"]: option.get("result", "") for option in options},
        limits=tuple(item["number"]["limits"]) if item["type"] == "number" else (),
        repeated=repeated,
        compared="design" in item.get("number", {}),
    )
