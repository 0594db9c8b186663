"""HTTP of checklists: the list of current versions, and each version immutable by its content hash."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Response
from flask.views import MethodView
from marshmallow import INCLUDE, fields

from server.checklists import service
from server.checklists.schemas import AppliesToSchema
from server.permissions import requires
from server.wire import AnswerSchema, Blueprint, TextSchema, answers, one_of
from vocabulary import Action, ChecklistStatus

blp = Blueprint("checklists", __name__, url_prefix="/api/forms", description="检查表 checklists and standards")


class ReplacedBySchema(AnswerSchema):
    standard = fields.String()
    on = fields.String()
    part = fields.Nested(TextSchema, metadata={"optional": True})


class UnverifiedSchema(AnswerSchema):
    reason = fields.Nested(TextSchema)


class StandardSchema(AnswerSchema):
    """A law or standard that checklists cite; docs/checklist-format.md says what each member means. It may carry more."""

    class Meta:
        unknown = INCLUDE

    id = fields.String()
    name = fields.Nested(TextSchema)
    number = fields.String(allow_none=True)
    edition = fields.String()
    valid_from = fields.String(allow_none=True)
    valid_to = fields.String(allow_none=True)
    replaced_by = fields.Nested(ReplacedBySchema, allow_none=True)
    kind = fields.String()
    source = fields.Nested(TextSchema)
    last_checked_on = fields.String(allow_none=True)
    moving = fields.Boolean(metadata={"optional": True})
    unverified = fields.Nested(UnverifiedSchema, metadata={"optional": True})


class StandardsSchema(AnswerSchema):
    standards = fields.List(fields.Nested(StandardSchema))


class ChecklistSummarySchema(AnswerSchema):
    id = fields.String()
    version = fields.String()
    hash = fields.String()
    title = fields.Nested(TextSchema)
    sector = fields.String(allow_none=True)
    status = one_of(*ChecklistStatus)
    applies_to = fields.Nested(AppliesToSchema)
    item_count = fields.Integer()


class ChecklistsSchema(AnswerSchema):
    checklists = fields.List(fields.Nested(ChecklistSummarySchema))


@blp.route("/checklists")
class ChecklistsView(MethodView):
    @requires(Action.READ_FORMS)
    @blp.response(200, ChecklistsSchema)
    def get(self) -> Any:
        """The current version of every checklist that is not retired."""
        return {"checklists": [service.summary_body(version) for version in service.current_versions()]}


@blp.route("/checklists/<string:digest>")
class ChecklistView(MethodView):
    @requires(Action.READ_FORMS)
    @blp.response(200)
    def get(self, digest: str) -> Any:
        """One version by the SHA-256 of its canonical JSON; never changes."""
        version = service.get_version(digest)
        response = Response(orjson.dumps(version.document), content_type="application/json")
        response.headers["Cache-Control"] = "private, max-age=31536000, immutable"
        response.set_etag(version.hash)
        return response


@blp.route("/standards")
class StandardsView(MethodView):
    @requires(Action.READ_FORMS)
    @answers(blp, 200, StandardsSchema)
    def get(self) -> Any:
        """The registry of standards that checklists cite."""
        return {"standards": service.standards()}
