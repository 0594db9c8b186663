"""HTTP of sync: what phones push and pull."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from server import clock
from server.pairings.reach import of_person
from server.permissions import current_actor, requires
from server.records.intake import receive_records
from server.records.pull import pull
from server.records.schemas import PullQuerySchema, PullSchema, PushResultSchema, PushSchema
from server.wire import Blueprint, answers
from sync.times import parse_time
from vocabulary import Action

blp = Blueprint("sync", __name__, url_prefix="/api/sync", description="同步 what phones push and pull")


@blp.route("/records")
class RecordsView(MethodView):
    @requires(Action.SYNC)
    @blp.arguments(PushSchema)
    @answers(blp, 200, PushResultSchema)
    def post(self, body: dict[str, Any]) -> Any:
        """Push records; each gets its own result, the same record twice gets the same receipt."""
        actor, now = current_actor(), clock.now()
        offset_s = round((now - parse_time(body["device_time"])).total_seconds())
        results, visits = receive_records(
            body["records"],
            device_id=body["device_id"],
            author=actor.author,
            scope=of_person(actor),
            now=now,
            clock_offset_s=offset_s,
        )
        return {"server_time": clock.isoformat(now), "results": results, "visits": visits}


@blp.route("/changes")
class ChangesView(MethodView):
    @requires(Action.SYNC)
    @blp.arguments(PullQuerySchema, location="query")
    @answers(blp, 200, PullSchema)
    def get(self, query: dict[str, Any]) -> Any:
        """Pull what changed within the actor's scope since the cursor."""
        return pull(current_actor(), query["cursor"], query["limit"], clock.now())
