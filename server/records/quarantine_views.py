"""HTTP of the quarantine: what does not fit its checklist, for its author and the office."""

from __future__ import annotations

import uuid
from typing import Any

from flask.views import MethodView

from server import clock
from server.paging import Asked
from server.permissions import current_actor, requires
from server.records import quarantine
from server.records.schemas import (
    AcceptSchema,
    QuarantineCountSchema,
    QuarantineEntrySchema,
    QuarantinePageSchema,
    QuarantineQuerySchema,
    SetAsideSchema,
)
from server.wire import Blueprint
from vocabulary import Action

blp = Blueprint("quarantine", __name__, url_prefix="/api/quarantine", description="待处理记录 records that do not fit")


@blp.route("")
class QuarantineView(MethodView):
    @requires(Action.READ_QUARANTINE)
    @blp.arguments(QuarantineQuerySchema, location="query")
    @blp.response(200, QuarantinePageSchema)
    def get(self, query: dict[str, Any]) -> Any:
        """The actor's own records that do not fit, and for the office all within its scope; newest first."""
        return quarantine.entries_page(query, Asked.of(query), current_actor())


@blp.route("/count")
class QuarantineCountView(MethodView):
    @requires(Action.READ_QUARANTINE)
    @blp.response(200, QuarantineCountSchema)
    def get(self) -> Any:
        """How many wait for somebody."""
        n, more = quarantine.open_count(current_actor())
        return {"open": n, "more": more}


@blp.route("/<uuid:record_id>")
class QuarantineEntryView(MethodView):
    @requires(Action.READ_QUARANTINE)
    @blp.response(200, QuarantineEntrySchema)
    def get(self, record_id: uuid.UUID) -> Any:
        """One record whole, with its faults as found at intake and as they are now."""
        return quarantine.entry(record_id, current_actor())


@blp.route("/<uuid:record_id>/accept")
class AcceptView(MethodView):
    @requires(Action.RESOLVE_QUARANTINE)
    @blp.arguments(AcceptSchema)
    @blp.response(200, QuarantineEntrySchema)
    def post(self, body: dict[str, Any], record_id: uuid.UUID) -> Any:
        """Judge it again; when it fits by now, it counts from now on."""
        actor = current_actor()
        quarantine.accept_entry(record_id, body["reason"], actor, clock.now())
        return quarantine.entry(record_id, actor)


@blp.route("/<uuid:record_id>/set-aside")
class SetAsideView(MethodView):
    @requires(Action.RESOLVE_QUARANTINE)
    @blp.arguments(SetAsideSchema)
    @blp.response(200, QuarantineEntrySchema)
    def post(self, body: dict[str, Any], record_id: uuid.UUID) -> Any:
        """End the matter without counting the record, and say why."""
        actor = current_actor()
        quarantine.set_aside(record_id, body["reason"], actor, clock.now())
        return quarantine.entry(record_id, actor)
