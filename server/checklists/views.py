"""HTTP of checklists: the list of current versions, and each version immutable by its content hash."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Response
from flask.views import MethodView
from marshmallow import INCLUDE, fields, validate

from server import clock
from server.checklists import lookups, service
from server.checklists.schemas import AppliesToSchema
from server.permissions import current_actor, requires
from server.shapes import RequestSchema
from server.wire import AnswerSchema, Blueprint, TextSchema, answers, day, moment, one_of
from vocabulary import Action, ChecklistStatus, LookupOutcome

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


class NewLookupSchema(RequestSchema):
    outcome = one_of(*LookupOutcome, required=True)
    source = fields.String(required=True, validate=validate.Length(1, 500))
    replaced_by = fields.String(load_default=None, allow_none=True, validate=validate.Length(1, 200))
    replaced_from = day(load_default=None, allow_none=True)


class LookupSchema(AnswerSchema):
    outcome = one_of(*LookupOutcome)
    looked_up_on = fields.String()
    replaced_by = fields.String(allow_none=True, metadata={"description": "a standard's id, or another's name in plain words"})
    replaced_from = fields.String(allow_none=True)
    source = fields.String()
    noted_at = moment()
    noted_by = fields.String()


class LookupsSchema(AnswerSchema):
    lookups = fields.List(fields.Nested(LookupSchema))


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
        """The registry of standards that checklists cite, with what the office has looked up since the release."""
        return {"standards": service.standards(current_actor().county_code)}


@blp.route("/standards/<string:standard_id>/lookups")
class LookupsView(MethodView):
    @requires(Action.WRITE_FORMS)
    @answers(blp, 200, LookupsSchema)
    def get(self, standard_id: str) -> Any:
        """What the office has looked up about a standard, newest first."""
        return {"lookups": lookups.lookups_of(standard_id, current_actor())}

    @requires(Action.PUBLISH_FORMS)
    @blp.arguments(NewLookupSchema)
    @answers(blp, 201, LookupsSchema)
    def post(self, body: dict[str, Any], standard_id: str) -> Any:
        """Note that a standard is still in force today, or what replaces it from a day on. The last note counts."""
        lookups.note_lookup(
            standard_id, LookupOutcome(body["outcome"]), source=body["source"], replaced_by=body["replaced_by"],
            replaced_from=body["replaced_from"], actor=current_actor(), now=clock.now(),
        )  # fmt: skip
        return {"lookups": lookups.lookups_of(standard_id, current_actor())}, 201
