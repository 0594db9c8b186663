"""HTTP of the hazard ledger."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response, jsonify, make_response
from flask.views import MethodView

from server import clock
from server.based_on import name_revision, named_revision
from server.db import db
from server.hazards import service
from server.hazards.bodies import hazard_body, timeline
from server.hazards.ledger import ledger
from server.hazards.models import Hazard
from server.hazards.schemas import DeskEventSchema, HazardDetailSchema, LedgerQuerySchema, LedgerSchema
from server.paging import Asked
from server.permissions import current_actor, requires
from server.register.models import Subject
from server.register.store import area_names
from server.wire import Blueprint, answers
from server.wiring import wiring
from sync.hazards import is_overdue
from vocabulary import Action, ChangeKind

blp = Blueprint("hazards", __name__, url_prefix="/api/hazards", description="隐患台账 the hazard ledger")


@blp.route("")
class HazardsView(MethodView):
    @requires(Action.READ_HAZARDS)
    @blp.arguments(LedgerQuerySchema, location="query")
    @answers(blp, 200, LedgerSchema)
    def get(self, query: dict[str, Any]) -> Any:
        """The ledger within the actor's scope, newest first or by deadline."""
        return ledger(query, Asked.of(query), current_actor())


@blp.route("/<uuid:hazard_id>")
class HazardView(MethodView):
    @requires(Action.READ_HAZARDS)
    @answers(blp, 200, HazardDetailSchema)
    def get(self, hazard_id: uuid.UUID) -> Any:
        """One hazard with its timeline and photos; the ETag names how many events there are."""
        return _answer(service.get_hazard(hazard_id, current_actor(), Action.READ_HAZARDS))


@blp.route("/<uuid:hazard_id>/events")
class EventsView(MethodView):
    @requires(Action.ACT_ON_HAZARDS)
    @blp.arguments(DeskEventSchema)
    @answers(blp, 201, HazardDetailSchema)
    def post(self, body: dict[str, Any], hazard_id: uuid.UUID) -> Any:
        """Confirm, assign, re-check, extend, void … from the desk; `If-Match` names how many events were seen."""
        hazard = service.add_event(hazard_id, body, current_actor(), clock.now(), named_revision())
        return _answer(hazard, 201)


def _answer(hazard: Hazard, status: int = 200) -> Response:
    body = _detail(hazard)
    return name_revision(make_response(jsonify(body), status), len(body["events"]))


def _detail(hazard: Hazard) -> dict[str, Any]:

    subject = db.session.get(Subject, hazard.subject_id)
    assert subject is not None, "a foreign key"
    bodies = wiring().extend_bodies(ChangeKind.HAZARD, {str(hazard.id): _row(hazard, subject, area_names())})
    return bodies[str(hazard.id)] | {"events": timeline(hazard)}


def _row(hazard: Hazard, subject: Subject, towns: dict[str, str]) -> dict[str, Any]:
    today = clock.county_date(clock.now())
    deadline = hazard.deadline.isoformat() if hazard.deadline else None
    return hazard_body(hazard) | {
        "overdue": is_overdue(hazard.state, deadline, today),
        "subject": {
            "id": str(subject.id),
            "name": subject.name,
            "town_code": subject.town_code,
            "town_name": towns.get(subject.town_code, ""),
            "sectors": subject.sectors,
        },
    }
