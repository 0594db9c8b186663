"""HTTP of work that could not be done."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from server import clock
from server.permissions import current_actor, requires
from server.wire import Blueprint, answers
from server.work.failures import failed_work, try_again
from server.work.outbox import OutboxNote
from server.work.schemas import FailuresSchema
from vocabulary import Action

blp = Blueprint("work", __name__, url_prefix="/api/work", description="后台任务 background work")


@blp.route("/failures")
class FailuresView(MethodView):
    @requires(Action.MEND_WORK)
    @answers(blp, 200, FailuresSchema)
    def get(self) -> Any:
        """Work that could not be done, with its reason, the latest first."""
        rows, total = failed_work(current_actor())
        return {"failures": [_body(row) for row in rows], "total": total}


@blp.route("/failures/<int:note_id>/attempts")
class AttemptsView(MethodView):
    @requires(Action.MEND_WORK)
    @blp.response(204)
    def post(self, note_id: int) -> None:
        """Have it tried again."""
        try_again(note_id, current_actor(), clock.now())


def _body(row: OutboxNote) -> dict[str, Any]:
    assert row.failed_at is not None, "only what has failed is listed"
    return {
        "id": row.id,
        "topic": row.topic,
        "key": row.key,
        "attempts": row.attempts,
        "reason": row.reason or "",
        "noted_at": clock.isoformat(row.created_at),
        "failed_at": clock.isoformat(row.failed_at),
    }
