"""Submissions determined and scored again under other law: another day, another version, a replaced standard. Changes nothing."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

import forms
from forms.law_change import Side, law_change, uses_of, with_replacement
from forms.standards import QUARTER_DAYS
from server import clock
from server.checklists.lookups import check_standard
from server.checklists.service import current_versions, find_compiled, get_version
from server.checklists.standards import registry
from server.db import db
from server.pairings.visibility import check_subject, visible_subjects
from server.permissions import Actor
from server.problems import Refusal
from server.register.models import Subject
from server.visits.models import Submission, Visit
from server.visits.store import day_start
from vocabulary import Action, ProblemCode

SUBMISSIONS_AT_MOST = 300


def law_report(submission_id: uuid.UUID, day: date, version_hash: str | None, actor: Actor) -> dict[str, Any]:
    """The submission as its own version judges it under the law of its visit, beside the other day and version.

    Raises: Refusal not-found, forbidden.
    """
    submission = db.session.get(Submission, submission_id)
    if submission is None:
        raise Refusal(ProblemCode.NO_SUCH_SUBMISSION)
    check_subject(actor, Action.READ_VISITS, submission.subject_id)
    own = _compiled(submission.checklist_hash)
    other = _compiled(version_hash) if version_hash else own
    if other.document["id"] != own.document["id"]:
        raise Refusal(ProblemCode.OF_ANOTHER_CHECKLIST)
    visit = db.session.get_one(Visit, submission.visit_id)
    law = registry(submission.county_code)
    visited_on = clock.county_date(visit.started_at)
    change = law_change((own, law, visited_on), (other, law, day), submission.answers)
    return {
        "before": _side_body(change.before, own),
        "after": _side_body(change.after, other),
        "gained": list(change.gained),
        "lost": list(change.lost),
        "left_out": [lost.path for lost in change.left_out],
    }


def replacement_effect(standard_id: str, on: date, actor: Actor, today: date) -> dict[str, Any]:
    """What would change if a standard were replaced from a day on: who cites it, and visits it would determine otherwise.

    Looks at the submissions of the last quarter, as if they were of that day or later; at most ``SUBMISSIONS_AT_MOST`` of them.
    Raises: Refusal no-such-standard.
    """
    check_standard(standard_id)
    documents = [version.document for version in current_versions()]
    law = registry(actor.county_code)
    replaced = with_replacement(law, standard_id, "", on)
    found = []
    rows = _recent(actor, today)
    for submission, visited_on, name in rows[:SUBMISSIONS_AT_MOST]:
        own = _compiled(submission.checklist_hash)
        if not any(entry["standard"] == standard_id for entry in own.document.get("determinations", [])):
            continue
        day = max(visited_on, on)
        change = law_change((own, law, day), (own, replaced, day), submission.answers)
        if change.gained or change.lost:
            found.append(
                {
                    "submission_id": str(submission.id),
                    "visit_id": str(submission.visit_id),
                    "subject_name": name,
                    "visited_on": visited_on.isoformat(),
                    "before": _side_body(change.before, own),
                    "after": _side_body(change.after, own),
                }
            )
    return {
        "uses": [use._asdict() for use in uses_of(standard_id, documents)],
        "visits": found,
        "examined": min(len(rows), SUBMISSIONS_AT_MOST),
        "more": len(rows) > SUBMISSIONS_AT_MOST,
    }


def _recent(actor: Actor, today: date) -> Sequence[Any]:
    since = day_start(today - timedelta(days=QUARTER_DAYS))
    return db.session.execute(
        select(Submission, Visit.day, Subject.name)
        .join(Visit, Visit.id == Submission.visit_id)
        .join(Subject, Subject.id == Submission.subject_id)
        .where(visible_subjects(actor, Action.READ_VISITS), Submission.superseded.is_(False), Submission.finished_at >= since)
        .order_by(Submission.finished_at.desc(), Submission.id)
        .limit(SUBMISSIONS_AT_MOST + 1)
    ).all()


def _compiled(digest: str) -> forms.Checklist:
    return find_compiled(digest) or forms.load_checklist(get_version(digest).document, digest)


def _side_body(side: Side, checklist: forms.Checklist) -> dict[str, Any]:
    titles = {rule.id: rule.document["title"] for rule in checklist.determinations}
    return {
        "version": side.version,
        "day": side.day.isoformat(),
        "display": side.score.display,
        "provisional": side.score.provisional,
        "grade": side.score.grade,
        "determinations": [
            {"id": each.id, "title": titles[each.id], "grade": each.grade, "suggested_only": each.suggested_only}
            for each in side.determinations
        ],
    }
