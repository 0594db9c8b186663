"""HTTP of authoring: the library, drafts, publishing and retiring, files in and out."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import quote

from flask import Response, request
from flask.views import MethodView
from marshmallow import ValidationError

from forms.files import BYTES_AT_MOST
from server import clock
from server.checklists import drafts, library, publishing
from server.checklists.schemas import (
    ChecklistDraftSchema,
    ChecklistVersionDetailSchema,
    DecisionSchema,
    DifferenceQuerySchema,
    DifferenceSchema,
    FileQuerySchema,
    LackingSchema,
    LibrarySchema,
    PublishSchema,
)
from server.checklists.uploads import MEDIA_TYPES, Incoming, parse_body, read_document, read_upload, too_large, written
from server.paging import Asked, PageQuerySchema
from server.permissions import current_actor, requires
from server.problems import FieldError, Refusal, field_errors
from server.wire import Blueprint
from vocabulary import Action, FaultCode, ProblemCode

blp = Blueprint("authoring", __name__, url_prefix="/api/forms", description="编写检查表 authoring checklists")

# Multipart brings its own borders and the fields beside the file.
_ENVELOPE_BYTES = 64 * 1024

_IF_MATCH = {"name": "If-Match", "in": "header", "required": True, "schema": {"type": "string"}}

_FILE_BODY = {
    "requestBody": {
        "description": "The checklist: a file, or the document itself, or the stored version to begin from.",
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {"type": "string", "format": "binary"},
                        **{name: {"type": "string"} for name in LackingSchema().fields},
                    },
                }
            },
            "application/json": {"schema": {"type": "object"}},
        },
    }
}


@blp.route("/library")
class LibraryView(MethodView):
    @requires(Action.WRITE_FORMS)
    @blp.arguments(PageQuerySchema, location="query")
    @blp.response(200, LibrarySchema)
    def get(self, query: dict[str, Any]) -> Any:
        """Every checklist with all versions (draft, published, retired) and the drafts of the office."""
        return library.library(Asked.of(query), clock.now())


@blp.route("/versions/<string:digest>")
class VersionView(MethodView):
    @requires(Action.WRITE_FORMS)
    @blp.response(200, ChecklistVersionDetailSchema)
    def get(self, digest: str) -> Any:
        """One version: who stored, approved and retired it, and the report of its publication."""
        return library.version_detail(digest)


@blp.route("/versions/<string:digest>/file")
class VersionFileView(MethodView):
    @requires(Action.WRITE_FORMS)
    @blp.arguments(FileQuerySchema, location="query")
    @blp.response(200, content_type="application/octet-stream")
    def get(self, query: dict[str, Any], digest: str) -> Any:
        """A version as a workbook or as JSON."""
        return _file(digest, query["format"])


@blp.route("/versions/<string:digest>/retire")
class RetireView(MethodView):
    @requires(Action.PUBLISH_FORMS)
    @blp.arguments(DecisionSchema)
    @blp.response(200, ChecklistVersionDetailSchema)
    def post(self, body: dict[str, Any], digest: str) -> Any:
        """Take a version out of use; drafts and submissions on it go on."""
        publishing.retire_version(digest, **body, actor_id=current_actor().user_id, now=clock.now())
        return library.version_detail(digest)


@blp.route("/versions/<string:digest>/reinstate")
class ReinstateView(MethodView):
    @requires(Action.PUBLISH_FORMS)
    @blp.arguments(DecisionSchema)
    @blp.response(200, ChecklistVersionDetailSchema)
    def post(self, body: dict[str, Any], digest: str) -> Any:
        """Put a published or retired version into use again."""
        publishing.reinstate_version(digest, **body, actor_id=current_actor().user_id, now=clock.now())
        return library.version_detail(digest)


@blp.route("/diff")
class DifferenceView(MethodView):
    @requires(Action.WRITE_FORMS)
    @blp.arguments(DifferenceQuerySchema, location="query")
    @blp.response(200, DifferenceSchema)
    def get(self, query: dict[str, Any]) -> Any:
        """What changes between two versions or drafts of one checklist, in plain words."""
        return library.difference(query["before"], query["after"])


@blp.route("/drafts")
class DraftsView(MethodView):
    @requires(Action.WRITE_FORMS)
    @blp.doc(**_FILE_BODY)
    @blp.response(201, ChecklistDraftSchema)
    def post(self) -> Any:
        """Import a checklist as a draft; all faults at once, and then nothing is stored."""
        actor, now = current_actor(), clock.now()
        incoming = _incoming(may_begin=True)
        if isinstance(incoming, str):
            return library.draft_detail(drafts.begin_draft(incoming, actor.user_id, now), now)
        return library.draft_detail(drafts.import_draft(incoming, actor.user_id, now), now)


@blp.route("/drafts/<uuid:draft_id>")
class DraftView(MethodView):
    @requires(Action.WRITE_FORMS)
    @blp.response(200, ChecklistDraftSchema)
    def get(self, draft_id: uuid.UUID) -> Any:
        """A draft with its document, what it changes, and what stands against publishing it."""
        return library.draft_detail(drafts.get_draft(draft_id), clock.now())

    @requires(Action.WRITE_FORMS)
    @blp.doc(
        **_FILE_BODY,
        parameters=[_IF_MATCH],
    )
    @blp.response(200, ChecklistDraftSchema)
    def put(self, draft_id: uuid.UUID) -> Any:
        """Replace a draft by another file of the same checklist; `If-Match` names the hash that was read."""
        actor, now = current_actor(), clock.now()
        incoming = _incoming()
        assert isinstance(incoming, Incoming)
        draft = drafts.replace_draft(draft_id, incoming, _if_match(), actor.user_id, now)
        return library.draft_detail(draft, now)

    @requires(Action.WRITE_FORMS)
    @blp.doc(parameters=[_IF_MATCH])
    @blp.response(204)
    def delete(self, draft_id: uuid.UUID) -> None:
        """Throw a draft away; `If-Match` names the hash that was read."""
        drafts.discard_draft(draft_id, _if_match(), current_actor().user_id, clock.now())


@blp.route("/drafts/<uuid:draft_id>/file")
class DraftFileView(MethodView):
    @requires(Action.WRITE_FORMS)
    @blp.arguments(FileQuerySchema, location="query")
    @blp.response(200, content_type="application/octet-stream")
    def get(self, query: dict[str, Any], draft_id: uuid.UUID) -> Any:
        """A draft as a workbook or as JSON."""
        return _file(str(draft_id), query["format"])


@blp.route("/drafts/<uuid:draft_id>/publish")
class PublishView(MethodView):
    @requires(Action.PUBLISH_FORMS)
    @blp.arguments(PublishSchema)
    @blp.response(201, ChecklistVersionDetailSchema)
    def post(self, body: dict[str, Any], draft_id: uuid.UUID) -> Any:
        """Publish a draft that somebody approved; it becomes the version that new visits begin with."""
        version = publishing.publish_draft(
            draft_id, digest=body["hash"], base_digest=body["base"], approved_by=body["approved_by"], note=body["note"],
            confirmed_drops=body["confirm_drops"], actor_id=current_actor().user_id, now=clock.now(),
        )  # fmt: skip
        return library.version_detail(version.hash)


def _incoming(*, may_begin: bool = False) -> Incoming | str:
    """The checklist of the request; the hash of a version when the request asks to begin from one."""
    request.max_content_length = BYTES_AT_MOST + _ENVELOPE_BYTES
    # Before anything is read: the parser would leave the half it has written to a temporary file open.
    if (request.content_length or 0) > request.max_content_length:
        raise too_large()
    if request.mimetype == "multipart/form-data":
        file = request.files.get("file")
        if file is None:
            raise Refusal(ProblemCode.FILE_MISSING, errors=[FieldError("#/file", FaultCode.MISSING)])
        return read_upload(file.stream.read(BYTES_AT_MOST + 1), _name(file.filename), _lacking())
    if request.mimetype != "application/json":
        raise Refusal(ProblemCode.WORKBOOK_WANTED)
    document = parse_body(request.get_data())
    if may_begin and isinstance(document, dict) and document.keys() == {"from"} and isinstance(document["from"], str):
        return document["from"]
    return read_document(document)


def _lacking() -> dict[str, Any]:
    """The fields beside the file as forms.xlsform.Defaults takes them. Raises: Refusal invalid."""
    given = {name: value for name, value in request.form.items() if value.strip()}
    try:
        fields = LackingSchema().load(given)
    except ValidationError as error:
        raise Refusal(ProblemCode.INVALID, errors=list(field_errors(error.messages))) from error
    if "valid_from" in fields:
        fields["valid_from"] = fields["valid_from"].isoformat()
    standard, clause = fields.pop("basis_standard", None), fields.pop("basis_clause", None)
    if (standard is None) != (clause is None):
        lacking = "basis_clause" if clause is None else "basis_standard"
        raise Refusal(ProblemCode.INVALID, errors=[FieldError(f"#/{lacking}", FaultCode.MISSING)])
    return fields | ({"basis": (standard, clause)} if standard is not None else {})


def _name(name: str | None) -> str:
    return (name or "").replace("\\", "/").rpartition("/")[2]


def _if_match() -> str:
    return request.headers.get("If-Match", "").strip().removeprefix("W/").strip('"')


def _file(reference: str, format_: str) -> Response:
    name, document = library.file_of(reference)
    response = Response(written(document, format_), content_type=MEDIA_TYPES[format_])
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(f'{name}.{format_}')}"
    return response
