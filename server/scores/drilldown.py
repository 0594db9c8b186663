"""How a subject's figures came about: each rate's formula, the hazards of its numerator and denominator, the answers."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

import forms
from server import clock
from server.checklists.service import find_compiled
from server.hazards.models import Hazard
from server.register.models import Subject
from server.scores import store
from server.scores.periods import Period
from server.scores.rollups import rate, shown_score
from server.scores.rules import HazardFacts, HazardSets, choose_submission, hazard_sets
from server.visits.models import Submission

# Item by item for the latest ones only; a mine that is visited daily would make the page megabytes long.
SUBMISSIONS_SHOWN = 20

FORMULAS = {
    "rectification": {
        "zh": "整改率＝已销号 ÷ 本期发现（不含作废）",
        "en": "rectification rate = closed ÷ found in the period (voided ones left out)",
    },
    "on_time": {
        "zh": "按期整改率＝期限内提交且最终认可 ÷ 期限已到（期限当天不算到期）",
        "en": "on-time rate = accepted and submitted within the limit ÷ limit passed (the limit day itself has not passed)",
    },
    "major_rectification": {
        "zh": "重大隐患整改率＝重大已销号 ÷ 重大发现",
        "en": "major rectification rate = major closed ÷ major found",
    },
    "score": {
        "zh": "主体得分＝本期最近一次完整检查的得分；只有未查完的检查时给暂评",
        "en": "score = that of the latest complete submission of the period; provisional while items are unchecked",
    },
}


def subject_drilldown(subject: Subject, period: Period, now: datetime) -> dict[str, Any]:
    today = clock.county_date(now)
    found = [hazard for hazard in store.load_hazards(subject.id) if period.holds(hazard.found_on)]
    sets = hazard_sets(found, today)
    facts = store.submission_facts_in(subject.id, period)
    chosen = choose_submission(facts)
    latest = sorted(facts, key=lambda submission: (submission.finished_at, submission.id))[-SUBMISSIONS_SHOWN:]
    return {
        "subject": {"id": str(subject.id), "name": subject.name, "town_code": subject.town_code},
        "period": period.key,
        "as_of": clock.isoformat(now),
        "rates": _rates(sets),
        "hazards": _hazard_rows(sets, store.hazards_by_id(hazard.id for hazard in found), today),
        "score": {"formula": FORMULAS["score"], "submission_id": str(chosen.id) if chosen else None},
        "submissions_total": len(facts),
        "submissions": [
            submission_body(submission)
            for submission in store.submissions_in(subject.id, [submission.id for submission in latest])
        ],
    }


def submission_body(submission: Submission) -> dict[str, Any]:
    """A submission with the result and points of each item, by the checklist version it used."""
    checklist = find_compiled(submission.checklist_hash)
    assert checklist is not None, "a foreign key"
    results = forms.results(checklist, submission.answers)
    return {
        "id": str(submission.id),
        "visit_id": str(submission.visit_id),
        "finished_at": clock.isoformat(submission.finished_at),
        "checklist": {
            "id": checklist.id,
            "version": checklist.version,
            "hash": submission.checklist_hash,
            "title": checklist.document["title"],
        },
        "score": {
            "numerator": submission.score_numerator,
            "denominator": submission.score_denominator,
            "display": shown_score(submission.score_numerator, submission.score_denominator, submission.checklist_hash),
            "scope": submission.scope,
            "added_sections": submission.added_sections,
            "grade": submission.grade,
            "provisional": submission.provisional,
            "checked": submission.checked,
            "total": submission.total,
            "insufficient_sample": submission.insufficient_sample,
            "veto_paths": submission.veto_paths,
        },
        "items": [
            {
                "path": path,
                "statement": (checklist.find_item(path) or {}).get("statement"),
                "result": result.result,
                "earned": result.earned,
                "applicable": result.applicable,
            }
            for path, result in results.items()
        ],
    }


def _rates(sets: HazardSets) -> dict[str, Any]:
    majors = [hazard for hazard in sets.found if hazard.is_major]
    parts: dict[str, tuple[Sequence[HazardFacts], Sequence[HazardFacts]]] = {
        "rectification": (sets.closed, sets.found),
        "on_time": (sets.on_time, sets.due),
        "major_rectification": ([hazard for hazard in majors if hazard.is_closed], majors),
    }
    return {
        name: {
            **rate(len(numerator), len(denominator)),
            "formula": FORMULAS[name],
            "numerator_ids": _ids(numerator),
            "denominator_ids": _ids(denominator),
        }
        for name, (numerator, denominator) in parts.items()
    } | {"overdue": {"count": len(sets.overdue), "ids": _ids(sets.overdue)}}


def _hazard_rows(sets: HazardSets, hazards: dict[uuid.UUID, Hazard], today: date) -> list[dict[str, Any]]:
    on_time, overdue = set(_ids(sets.on_time)), set(_ids(sets.overdue))
    return [
        {
            "id": str(facts.id),
            "number": hazards[facts.id].number,
            "description": hazards[facts.id].description,
            "spot": hazards[facts.id].spot,
            "grade": hazards[facts.id].grade,
            "state": hazards[facts.id].state,
            "found_on": facts.found_on.isoformat(),
            "deadline": _text(facts.deadline),
            "deadline_at_submission": _text(facts.deadline_at_submission),
            "submitted_on": _text(facts.submitted_on),
            "closed_on": _text(facts.closed_on),
            "due": facts.is_due(today),
            "on_time": str(facts.id) in on_time,
            "overdue": str(facts.id) in overdue,
        }
        for facts in sets.found
    ]


def _ids(hazards: Iterable[HazardFacts]) -> list[str]:
    return [str(hazard.id) for hazard in hazards]


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None
