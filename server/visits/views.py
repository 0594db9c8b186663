"""HTTP of visits and of those still being filled in."""

from __future__ import annotations

import uuid
from typing import Any

from flask.views import MethodView
from sqlalchemy import select

from server import clock
from server.accounts.models import User
from server.db import db
from server.paging import Asked
from server.pairings.visibility import check_subject
from server.permissions import Actor, current_actor, requires
from server.problems import Refusal
from server.visits import drafts, law, store
from server.visits.bodies import submission_body
from server.visits.completion import completeness_bodies
from server.visits.listing import visits_list
from server.visits.models import Visit
from server.visits.schemas import (
    DiscardQuerySchema,
    DraftContentSchema,
    DraftSavedSchema,
    DraftSchema,
    DraftsSchema,
    LawQuerySchema,
    LawReportSchema,
    ReplacementEffectSchema,
    ReplacementQuerySchema,
    VisitDetailSchema,
    VisitQuerySchema,
    VisitsSchema,
)
from server.wire import Blueprint, answers
from vocabulary import Action, Datum, ProblemCode

blp = Blueprint("visits", __name__, url_prefix="/api/visits", description="走访 visits and submissions")


@blp.route("")
class VisitsView(MethodView):
    @requires(Action.READ_VISITS)
    @blp.arguments(VisitQuerySchema, location="query")
    @answers(blp, 200, VisitsSchema)
    def get(self, query: dict[str, Any]) -> Any:
        """Visits within the actor's scope, newest first."""
        return visits_list(query, Asked.of(query), current_actor())


@blp.route("/drafts")
class DraftsView(MethodView):
    @requires(Action.SYNC)
    @answers(blp, 200, DraftsSchema)
    def get(self) -> Any:
        """Visits in progress that the actor may continue, on this or another device."""
        return {"drafts": drafts.drafts_of(current_actor())}


@blp.route("/drafts/<uuid:visit_id>")
class DraftView(MethodView):
    @requires(Action.SYNC)
    @answers(blp, 200, DraftContentSchema)
    def get(self, visit_id: uuid.UUID) -> Any:
        """One visit in progress with its content."""
        return drafts.get_draft(visit_id, current_actor())

    @requires(Action.SYNC)
    @blp.arguments(DraftSchema)
    @answers(blp, 200, DraftSavedSchema)
    def put(self, body: dict[str, Any], visit_id: uuid.UUID) -> Any:
        """Mirror a visit in progress; 412 when another device continued it meanwhile."""
        return drafts.save_draft(visit_id, body, current_actor(), clock.now())

    @requires(Action.SYNC)
    @blp.arguments(DiscardQuerySchema, location="query")
    @blp.response(204)
    def delete(self, query: dict[str, Any], visit_id: uuid.UUID) -> None:
        """Forget a draft that was thrown away on the phone; with `based_on` only if nobody went on with it."""
        drafts.discard_draft(visit_id, query["based_on"], current_actor())


@blp.route("/submissions/<uuid:submission_id>/law")
class LawView(MethodView):
    @requires(Action.READ_VISITS)
    @blp.arguments(LawQuerySchema, location="query")
    @answers(blp, 200, LawReportSchema)
    def get(self, query: dict[str, Any], submission_id: uuid.UUID) -> Any:
        """The submission determined and scored under the law of another day, beside its own; changes nothing."""
        return law.law_report(submission_id, query["day"], query["version"], current_actor())


@blp.route("/law/replacement")
class ReplacementView(MethodView):
    @requires(Action.WRITE_FORMS)
    @blp.arguments(ReplacementQuerySchema, location="query")
    @answers(blp, 200, ReplacementEffectSchema)
    def get(self, query: dict[str, Any]) -> Any:
        """What the replacement of a standard from a day on would change; changes nothing."""
        return law.replacement_effect(query["standard"], query["on"], current_actor(), clock.county_date(clock.now()))


@blp.route("/<uuid:visit_id>")
class VisitView(MethodView):
    @requires(Action.READ_VISITS)
    @answers(blp, 200, VisitDetailSchema)
    def get(self, visit_id: uuid.UUID) -> Any:
        """One visit with what is missing, its receipt and its submissions."""
        visit = _get_visit(visit_id, current_actor())
        officer = db.session.scalar(select(User.name).where(User.id == visit.officer_id))
        return _visit_body(visit, completeness_bodies([visit.id])[visit.id]) | {
            "officer_name": officer,
            "submissions": [submission_body(row) for row in store.submissions_of([visit.id])],
        }


def _get_visit(visit_id: uuid.UUID, actor: Actor) -> Visit:
    visit = db.session.get(Visit, visit_id)
    if visit is None:
        raise Refusal(ProblemCode.NO_SUCH_VISIT)
    check_subject(actor, Action.READ_VISITS, visit.subject_id)
    return visit


def _visit_body(visit: Visit, state: dict[str, Any]) -> dict[str, Any]:
    return state | {
        "subject_id": str(visit.subject_id),
        "started_at": clock.isoformat(visit.started_at),
        "finished_at": clock.isoformat(visit.finished_at),
        "received_at": clock.isoformat(visit.received_at),
        "position": None
        if visit.lng is None
        else {"lng": visit.lng, "lat": visit.lat, "accuracy_m": visit.accuracy_m, "datum": Datum.WGS_84},
        "representative": visit.representative,
        "signature": {"kind": visit.signature.get("kind"), "reason": visit.signature.get("reason")},
        "photos_expected": len(visit.expected["photos"]),
        "records_expected": len(visit.expected["records"]),
    }
