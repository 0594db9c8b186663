"""A submission determined and scored again under the law of another day or by another version. Changes nothing."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

import forms
from forms.law_change import Side, law_change
from server import clock
from server.checklists.service import find_compiled, get_version
from server.checklists.standards import registry
from server.db import db
from server.pairings.visibility import check_subject
from server.permissions import Actor
from server.problems import Refusal
from server.visits.models import Submission, Visit
from vocabulary import Action, ProblemCode


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
    visited_on = clock.county_date(visit.started_at)
    change = law_change((own, registry(), visited_on), (other, registry(), day), submission.answers)
    return {
        "before": _side_body(change.before, own),
        "after": _side_body(change.after, other),
        "gained": list(change.gained),
        "lost": list(change.lost),
        "left_out": [lost.path for lost in change.left_out],
    }


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
