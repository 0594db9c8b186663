"""Wire shapes of what phones push. Bodies may carry more keys than named here: a record is kept whole and hashed as it came."""

from __future__ import annotations

from typing import Any

from marshmallow import INCLUDE, Schema, ValidationError, fields, validate

from server.wire import AnswerSchema, NamedSchema, PlaceSchema, ProblemSchema, ReceiptSchema, TextSchema, day, one_of
from sync.records import RecordKind, is_sha256, is_uuid
from sync.times import TimeInvalid, parse_time


def _uuid(value: str) -> None:
    if not is_uuid(value):
        raise ValidationError("not a lower-case UUID")


def _moment(value: str) -> None:
    try:
        parse_time(value)
    except TimeInvalid as error:
        raise ValidationError(str(error)) from error


def _sha256(value: str) -> None:
    if not is_sha256(value):
        raise ValidationError("not a SHA-256 in lower-case hexadecimal")


class _Open(Schema):
    class Meta:
        unknown = INCLUDE


class PositionSchema(_Open):
    lng = fields.Float(required=True, validate=validate.Range(-180, 180))
    lat = fields.Float(required=True, validate=validate.Range(-90, 90))
    accuracy_m = fields.Float(allow_none=True, validate=validate.Range(min=0))
    datum = fields.String(required=True, validate=validate.OneOf(["WGS-84", "GCJ-02", "BD-09", "CGCS2000"]))
    provider = fields.String(validate=validate.OneOf(["gps", "network", "manual", "none"]))
    fixed_at = fields.String(allow_none=True)


class ExpectedPhotoSchema(_Open):
    id = fields.String(required=True, validate=_uuid)
    sha256 = fields.String(required=True, validate=_sha256)
    size_bytes = fields.Integer(strict=True)


class ExpectedSchema(_Open):
    records = fields.List(fields.String(validate=_uuid), required=True, validate=validate.Length(max=2000))
    photos = fields.List(fields.Nested(ExpectedPhotoSchema), required=True, validate=validate.Length(max=2000))


class VisitBodySchema(_Open):
    pairing_id = fields.String(required=True, allow_none=True, validate=_uuid)
    started_at = fields.String(required=True, validate=_moment)
    finished_at = fields.String(required=True, validate=_moment)
    position = fields.Nested(PositionSchema, allow_none=True)
    companions = fields.List(fields.String(validate=validate.Length(max=80)), validate=validate.Length(max=50))
    representative = fields.Dict(load_default=dict)
    signature = fields.Dict(required=True)
    expected = fields.Nested(ExpectedSchema, required=True)


class ChecklistRefSchema(_Open):
    id = fields.String(required=True, validate=validate.Length(1, 64))
    version = fields.String(required=True, validate=validate.Length(1, 32))
    hash = fields.String(required=True, validate=_sha256)


class SubmissionBodySchema(_Open):
    checklist = fields.Nested(ChecklistRefSchema, required=True)
    profile = fields.Dict(required=True)
    answers = fields.Dict(required=True)
    repeats = fields.Dict(load_default=dict)
    revises = fields.String(allow_none=True, load_default=None, validate=_uuid)
    finished_at = fields.String(required=True, validate=_moment)


class EnvelopeSchema(_Open):
    """Only documents the shape; envelopes are read one by one, so that one bad record does not refuse its batch."""

    id = fields.String()
    kind = fields.String(validate=validate.OneOf(list(RecordKind)))
    visit_id = fields.String(allow_none=True)
    subject_id = fields.String(allow_none=True)
    made_at = fields.String()
    body = fields.Dict()
    content_hash = fields.String()


class PushSchema(Schema):
    judges_text_itself = True

    device_id = fields.String(required=True, validate=[validate.Length(1, 64), validate.ContainsNoneOf("\0")])
    device_time = fields.String(required=True, validate=_moment)
    records = fields.List(fields.Raw(), required=True, validate=validate.Length(1, 200))


class MissingSchema(AnswerSchema):
    records = fields.List(fields.String())
    photos = fields.List(fields.String())
    different_photos = fields.List(fields.String(), metadata={"description": "other bytes than announced are stored"})


class CompletenessSchema(AnswerSchema):
    """Whether everything that a visit announced is durable here; with it comes the receipt."""

    id = fields.String()
    complete = fields.Boolean()
    missing = fields.Nested(MissingSchema)
    receipt = fields.Nested(ReceiptSchema, allow_none=True)


class RecordResultSchema(AnswerSchema):
    id = fields.String(allow_none=True)
    status = one_of("accepted", "already_accepted", "quarantined", "conflict", "refused")
    receipt = fields.Nested(ReceiptSchema, allow_none=True)
    problem = fields.Nested(ProblemSchema, allow_none=True)


class PushResultSchema(AnswerSchema):
    server_time = fields.String()
    results = fields.List(fields.Nested(RecordResultSchema))
    visits = fields.List(fields.Nested(CompletenessSchema), metadata={"description": "the visits that the batch touched"})


class PullQuerySchema(Schema):
    cursor = fields.String(load_default="")
    limit = fields.Integer(load_default=200, validate=validate.Range(1, 500))


class ChangeSchema(AnswerSchema):
    """``body`` is that of the kind as its own address answers it; null when it is deleted or no longer the actor's."""

    kind = fields.String()
    id = fields.String()
    deleted = fields.Boolean()
    body = fields.Raw(allow_none=True)


class PullSchema(AnswerSchema):
    cursor = fields.String()
    more = fields.Boolean()
    server_time = fields.String()
    changes = fields.List(fields.Nested(ChangeSchema))


class VisitQuerySchema(Schema):
    subject_id = fields.UUID()
    town = fields.String()
    date_from = day(data_key="from")
    date_to = day(data_key="to")
    page = fields.Integer(load_default=1, validate=validate.Range(min=1, max=10_000))
    page_size = fields.Integer(load_default=50, validate=validate.Range(min=1, max=200))


class QuarantineQuerySchema(Schema):
    state = fields.String(load_default="open", validate=validate.OneOf(["open", "resolved", "all"]))
    kind = fields.String(validate=validate.OneOf(list(RecordKind)))
    subject_id = fields.UUID()
    page = fields.Integer(load_default=1, validate=validate.Range(min=1, max=10_000))
    page_size = fields.Integer(load_default=50, validate=validate.Range(min=1, max=200))


class QuarantineFaultSchema(AnswerSchema):
    pointer = fields.String()
    code = fields.String()
    params = fields.Dict()
    text = fields.Nested(TextSchema)
    item = fields.Nested(TextSchema, allow_none=True, metadata={"description": "the statement of the item, when it is known"})
    answer = fields.Raw(allow_none=True, metadata={"description": "the answer as it was sent"})


class QuarantineChecklistSchema(AnswerSchema):
    """What the record says that it was made with, as far as that can be read."""

    id = fields.String(allow_none=True)
    version = fields.String(allow_none=True)
    hash = fields.String(allow_none=True)
    title = fields.Nested(TextSchema, allow_none=True)
    known = fields.Boolean()


class QuarantineResolutionSchema(AnswerSchema):
    outcome = one_of("accepted", "corrected", "set_aside")
    by = fields.Nested(NamedSchema)
    at = fields.String()
    reason = fields.String()
    record_id = fields.String(allow_none=True)


class QuarantineLineSchema(AnswerSchema):
    """A record that does not fit its checklist."""

    id = fields.String()
    kind = one_of(*RecordKind)
    visit_id = fields.String(allow_none=True)
    subject_id = fields.String(allow_none=True)
    subject_name = fields.String(allow_none=True)
    town_code = fields.String(allow_none=True)
    author = fields.Nested(NamedSchema)
    mine = fields.Boolean()
    made_at = fields.String()
    received_at = fields.String()
    receipt = fields.Nested(ReceiptSchema)
    checklist = fields.Nested(QuarantineChecklistSchema, allow_none=True)
    fault_count = fields.Integer()
    state = one_of("open", "accepted", "corrected", "set_aside")
    resolution = fields.Nested(QuarantineResolutionSchema, allow_none=True)
    may_resolve = fields.Boolean()


class QuarantineEntrySchema(QuarantineLineSchema):
    body = fields.Dict()
    faults = fields.List(fields.Nested(QuarantineFaultSchema))
    faults_now = fields.List(fields.Nested(QuarantineFaultSchema))


class QuarantinePageSchema(AnswerSchema):
    items = fields.List(fields.Nested(QuarantineLineSchema))
    total = fields.Integer()
    page = fields.Integer()


class QuarantineCountSchema(AnswerSchema):
    open = fields.Integer()


class AcceptSchema(Schema):
    reason = fields.String(load_default="", validate=validate.Length(max=1000))


class SetAsideSchema(Schema):
    reason = fields.String(required=True, validate=validate.Length(1, 1000))


class DraftSchema(Schema):
    """A visit in progress; its content is the phone's own and is handed back as it came."""

    subject_id = fields.String(required=True, validate=_uuid)
    device_id = fields.String(required=True, validate=validate.Length(1, 64))
    based_on = fields.Integer(required=True, allow_none=True, strict=True)
    saved_at = fields.String(required=True, validate=_moment)
    content = fields.Dict(required=True)


class DiscardQuerySchema(Schema):
    based_on = fields.Integer(load_default=None)


class VisitSignatureSchema(AnswerSchema):
    kind = fields.String(allow_none=True)
    reason = fields.String(allow_none=True)


class VisitSchema(CompletenessSchema):
    subject_id = fields.String()
    started_at = fields.String()
    finished_at = fields.String()
    received_at = fields.String()
    position = fields.Nested(PlaceSchema, allow_none=True)
    representative = fields.Dict()
    signature = fields.Nested(VisitSignatureSchema)
    photos_expected = fields.Integer()
    records_expected = fields.Integer()
    officer_name = fields.String(allow_none=True)


class VisitRowSchema(VisitSchema):
    subject_name = fields.String()
    town_code = fields.String()


class VisitsSchema(AnswerSchema):
    items = fields.List(fields.Nested(VisitRowSchema))
    total = fields.Integer()
    page = fields.Integer()


class ScoreSchema(AnswerSchema):
    """The exact score is numerator ÷ denominator, as text: both can be larger than a number of JSON holds."""

    numerator = fields.String(allow_none=True)
    denominator = fields.String(allow_none=True)
    display = fields.String()
    provisional = fields.Boolean()
    checked = fields.Integer()
    total = fields.Integer()
    grade = fields.String(allow_none=True)
    veto_paths = fields.List(fields.String())
    insufficient_sample = fields.Boolean()


class ChecklistNameSchema(AnswerSchema):
    id = fields.String()
    hash = fields.String()


class SubmissionSchema(AnswerSchema):
    id = fields.String()
    visit_id = fields.String()
    subject_id = fields.String()
    checklist = fields.Nested(ChecklistNameSchema)
    finished_at = fields.String()
    superseded = fields.Boolean()
    score = fields.Nested(ScoreSchema)


class VisitDetailSchema(VisitSchema):
    submissions = fields.List(fields.Nested(SubmissionSchema))


class DraftHeadSchema(AnswerSchema):
    visit_id = fields.String()
    subject_id = fields.String()
    author_name = fields.String()
    mine = fields.Boolean()
    device_id = fields.String()
    revision = fields.Integer()
    saved_at = fields.String()
    received_at = fields.String()


class DraftRowSchema(DraftHeadSchema):
    subject_name = fields.String()
    finished = fields.Boolean(metadata={"description": "the visit has been submitted without this draft"})


class DraftsSchema(AnswerSchema):
    drafts = fields.List(fields.Nested(DraftRowSchema))


def _photos_here() -> fields.Dict:
    description = "photo id → SHA-256 of the draft's photos whose bytes are here"
    return fields.Dict(keys=fields.String(), values=fields.String(), metadata={"description": description})


class DraftContentSchema(DraftRowSchema):
    content = fields.Dict()
    photos = _photos_here()


class DraftSavedSchema(AnswerSchema):
    revision = fields.Integer()
    photos = _photos_here()


def body_errors(schema: Schema, body: Any) -> dict[str, Any]:
    """marshmallow's messages for a record body, empty when it is right."""
    return schema.validate(body)
