"""What is known of a hazard before anyone types: words, grade, clauses, time limit and immediate measure from item and answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from forms.checklist import Checklist
from forms.deadlines import deadline_date, unannounced_years
from forms.determinations import Determination, hazard_grade
from forms.limits import applicable_limit, limit_words, value_words
from forms.reading import Reading
from vocabulary import AnswerResult, DayKind, HazardGrade, ItemKind, Text

Document = Mapping[str, Any]

# What a person sets when nothing says otherwise: three working days, as on the county's notices.
USUAL_RULE: Document = {"days": 3, "day_kind": DayKind.WORKING}


@dataclass(frozen=True, slots=True)
class Proposal:
    """A hazard as it would be proposed for a failed item.

    Shape:  ``description`` is None where only a person can choose the words. A major hazard has no ``deadline`` and no
            ``deadline_rule``: its treatment plan or an order sets it. ``unannounced_years`` are years whose holidays were
            not known when the deadline was counted.
    """

    description: Text | None
    grade: str
    grade_suggested: str | None
    determinations: tuple[str, ...]
    basis: tuple[Document, ...]
    deadline: date | None
    deadline_rule: Document | None
    unannounced_years: tuple[int, ...]
    immediate_measure: tuple[str, ...]


def propose_hazard(
    reading: Reading,
    path: str,
    answer: Document,
    determinations: Iterable[Determination],
    found_on: date,
    holidays: Mapping[str, str],
) -> Proposal:
    """The hazard to propose for the item at a path; ``answer`` is what was answered there.

    Source: tests/vectors/forms/hazards.json; also client/src/forms/hazards.ts.
    """
    item = reading.checklist.find_item(path)
    assert item is not None, "the path of an answer that was read"
    met = [found for found in determinations if path in found.paths]
    grade = hazard_grade(met, path)
    rule = item.get("hazard", {}).get("deadline", USUAL_RULE)
    is_major = grade == HazardGrade.MAJOR
    return Proposal(
        description=_description(reading, path, item, answer, met),
        grade=grade,
        grade_suggested=grade if met else None,
        determinations=tuple(found.id for found in met),
        basis=_basis(reading.checklist, item, met),
        deadline=None if is_major else deadline_date(found_on, rule["days"], rule["day_kind"], holidays),
        deadline_rule=None if is_major else {"days": rule["days"], "day_kind": rule["day_kind"]},
        unannounced_years=() if is_major else tuple(unannounced_years(found_on, rule["days"], rule["day_kind"], holidays)),
        immediate_measure=tuple(item.get("hazard", {}).get("immediate_measure", {}).get("kinds", ())),
    )


def _description(reading: Reading, path: str, item: Document, answer: Document, met: list[Determination]) -> Text | None:
    """What was found, never what should have been: a phrase with the figures, what was ticked, what was chosen."""
    phrases = item.get("hazard", {}).get("phrases", [])
    if item["type"] == ItemKind.NUMBER and phrases:
        return _number_words(phrases[0], item["number"], answer, applicable_limit(reading, path))
    if item["type"] == ItemKind.FACTS:
        ticked = answer.get("value") or []
        return _joined([option["label"] for option in item["facts"]["options"] if option["value"] in ticked])
    if item["type"] == ItemKind.CHOICE:
        chosen = next((option for option in item["choice"]["options"] if option["value"] == answer.get("value")), None)
        # A clause can be met at an item that is in order by itself: "in use" beside a failed inspection is no problem.
        if chosen is not None and chosen["result"] == AnswerResult.PASS and met:
            return _joined([_title(reading.checklist, found.id) for found in met])
        return chosen["label"] if chosen else None
    return phrases[0] if len(phrases) == 1 else None


def _number_words(phrase: Text, number: Document, answer: Document, limit: Document | None) -> Text:
    value, allowed = value_words(number, answer, limit), limit_words(number, limit)
    said = [words for words in (value, allowed) if words is not None]
    if value is None:
        return phrase
    return {
        "zh": f"{phrase['zh']}：{'，'.join(words['zh'] for words in said)}",
        "en": f"{phrase['en']}: {', '.join(words['en'] for words in said)}",
    }


def _joined(texts: list[Text]) -> Text | None:
    if not texts:
        return None
    return {"zh": "；".join(text["zh"] for text in texts), "en": "; ".join(text["en"] for text in texts)}


def _title(checklist: Checklist, determination_id: str) -> Text:
    title: Text = next(rule.document["title"] for rule in checklist.determinations if rule.id == determination_id)
    return title


def _basis(checklist: Checklist, item: Document, met: list[Determination]) -> tuple[Document, ...]:
    """The clauses met, then those of the item, each once."""
    named = {found.id for found in met}
    rules = [rule.document for rule in checklist.determinations if rule.id in named]
    found: list[Document] = []
    for citation in [*rules, *item.get("basis", [])]:
        entry = {"standard": citation["standard"], "clause": citation["clause"]}
        if entry not in found:
            found.append(entry)
    return tuple(found)
