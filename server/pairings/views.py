"""HTTP of subjects as a person may see them, and of the duty ledger."""

from __future__ import annotations

import uuid
from typing import Any

from flask.views import MethodView

from server import clock
from server.paging import Asked, Page
from server.pairings.bodies import pairing_body, subject_bodies
from server.pairings.schemas import PairingQuerySchema, PairingsSchema, SubjectSchema, SubjectsSchema
from server.pairings.store import own_page, pairings_of
from server.pairings.visibility import check_subject, list_scope
from server.permissions import current_actor, requires
from server.register.models import Subject
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
        scope = list_scope(actor, Action.READ_SUBJECTS, Subject.id)
        page = subjects_page(actor.county_code, scope, query, Asked.of(query))
        bodies = wiring().extend_bodies(ChangeKind.SUBJECT, subject_bodies(page.rows, actor))
        return page.body(list(bodies.values()))


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
            check_subject(actor, Action.READ_SUBJECTS, query["subject_id"])
            page, pairings = Page([query["subject_id"]], None, None, None), pairings_of([query["subject_id"]], today)
        else:
            page, pairings = own_page(actor, today, Asked.of(query))
        rows = [row for subject_id in page.rows for row in pairings.get(subject_id, [])]
        shown = [pairing_body(row, actor) for row in rows]
        return page.body(shown if "subject_id" in query else [body for body in shown if body["mine"]])
