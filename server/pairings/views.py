"""HTTP of subjects as a person may see them, and of the duty ledger."""

from __future__ import annotations

import uuid
from typing import Any

from flask.views import MethodView

from server import clock
from server.pairings.bodies import pairing_body, subject_bodies
from server.pairings.schemas import PairingQuerySchema, PairingsSchema, SubjectSchema, SubjectsSchema
from server.pairings.store import pairings_of, pairings_of_officer
from server.pairings.visibility import check_subject, visible_subjects
from server.permissions import current_actor, requires
from server.register.schemas import SubjectQuerySchema
from server.register.store import subjects_page
from server.wire import Blueprint, answers
from server.wiring import wiring
from vocabulary import Action, ChangeKind

blp = Blueprint("pairings", __name__, url_prefix="/api", description="包联台账 subjects and the duty ledger")


@blp.route("/register/subjects")
class SubjectsView(MethodView):
    @requires(Action.READ_SUBJECTS)
    @blp.arguments(SubjectQuerySchema, location="query")
    @answers(blp, 200, SubjectsSchema)
    def get(self, query: dict[str, Any]) -> Any:
        """Subjects within the actor's scope, by town and name."""
        actor = current_actor()
        rows, total = subjects_page(
            visible_subjects(actor, Action.READ_SUBJECTS),
            town=query.get("town"), sector=query.get("sector"), kind=query.get("kind"), text=query.get("q"),
            page=query["page"], page_size=query["page_size"],
        )  # fmt: skip
        bodies = wiring().extend_bodies(ChangeKind.SUBJECT, subject_bodies(rows, actor))
        return {"items": list(bodies.values()), "total": total, "page": query["page"]}


@blp.route("/register/subjects/<uuid:subject_id>")
class SubjectView(MethodView):
    @requires(Action.READ_SUBJECTS)
    @answers(blp, 200, SubjectSchema)
    def get(self, subject_id: uuid.UUID) -> Any:
        """One subject with its pairings, last visit and open hazards."""
        actor = current_actor()
        subject = check_subject(actor, Action.READ_SUBJECTS, subject_id)
        return wiring().extend_bodies(ChangeKind.SUBJECT, subject_bodies([subject], actor))[str(subject_id)]


@blp.route("/pairings")
class PairingsView(MethodView):
    @requires(Action.READ_SUBJECTS)
    @blp.arguments(PairingQuerySchema, location="query")
    @answers(blp, 200, PairingsSchema)
    def get(self, query: dict[str, Any]) -> Any:
        """The pairings of a subject, or without one the actor's own."""
        actor = current_actor()
        today = clock.county_date(clock.now())
        if "subject_id" in query:
            subject = check_subject(actor, Action.READ_SUBJECTS, query["subject_id"])
            rows = pairings_of([subject.id], today).get(subject.id, [])
        else:
            rows = pairings_of_officer(actor.user_id, today)
        return {"pairings": [pairing_body(row, actor) for row in rows]}
