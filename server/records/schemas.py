"""Wire shapes of what phones push and pull, and of records in quarantine.

Bodies may carry more keys than are named: a record is kept whole and hashed as it came.
"""

from __future__ import annotations

from marshmallow import INCLUDE, fields, validate

from server.paging import PageQuerySchema, PageSchema
from server.shapes import RequestSchema, check_moment, check_sha256, check_uuid
from server.wire import AnswerSchema, NamedSchema, ProblemSchema, ReceiptSchema, TextSchema, moment, one_of
from vocabulary import QuarantineOutcome, QuarantineState, RecordKind, RecordStatus


class OpenSchema(RequestSchema):
    class Meta:
        unknown = INCLUDE


class RecordField(fields.Raw):
    """A record of one of the kinds of the wiring.

    Only the document says so: records are read one by one, so that one bad one does not refuse its batch.
    """


class ChangeField(fields.Raw):
    """A change of one of the kinds of the wiring."""


class EnvelopeSchema(RequestSchema):
    """What every record has in common (:func:`sync.records.parse_envelope`)."""

    id = fields.String(required=True, validate=check_uuid)
    visit_id = fields.String(required=True, allow_none=True, validate=check_uuid)
    subject_id = fields.String(required=True, allow_none=True, validate=check_uuid)
    made_at = fields.String(required=True, validate=check_moment)
    content_hash = fields.String(required=True, validate=check_sha256)


class PushSchema(RequestSchema):
    judges_text_itself = True

    device_id = fields.String(required=True, validate=[validate.Length(1, 64), validate.ContainsNoneOf("\0")])
    device_time = fields.String(required=True, validate=check_moment)
    records = fields.List(RecordField(), required=True, validate=validate.Length(1, 200))


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
    status = one_of(*RecordStatus)
    receipt = fields.Nested(ReceiptSchema, allow_none=True)
    problem = fields.Nested(ProblemSchema, allow_none=True)


class PushResultSchema(AnswerSchema):
    server_time = moment()
    results = fields.List(fields.Nested(RecordResultSchema))
    visits = fields.List(fields.Nested(CompletenessSchema), metadata={"description": "the visits that the batch touched"})


class PullQuerySchema(RequestSchema):
    cursor = fields.String(load_default="")
    limit = fields.Integer(load_default=200, validate=validate.Range(1, 500))


class ChangeSchema(AnswerSchema):
    """What every change has in common. ``body`` is null when the entity is deleted or no longer the actor's."""

    id = fields.String()
    deleted = fields.Boolean()


class PullSchema(AnswerSchema):
    cursor = fields.String()
    more = fields.Boolean()
    server_time = moment()
    changes = fields.List(ChangeField())


class QuarantineQuerySchema(PageQuerySchema):
    state = fields.String(load_default="open", validate=validate.OneOf(["open", "resolved", "all"]))
    kind = fields.String(validate=validate.OneOf(list(RecordKind)))
    subject_id = fields.UUID()


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
    outcome = one_of(*QuarantineOutcome)
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
    made_at = moment()
    received_at = moment()
    receipt = fields.Nested(ReceiptSchema)
    checklist = fields.Nested(QuarantineChecklistSchema, allow_none=True)
    fault_count = fields.Integer()
    state = one_of(*QuarantineState)
    resolution = fields.Nested(QuarantineResolutionSchema, allow_none=True)
    may_resolve = fields.Boolean()


class QuarantineEntrySchema(QuarantineLineSchema):
    body = fields.Dict()
    faults = fields.List(fields.Nested(QuarantineFaultSchema))
    faults_now = fields.List(fields.Nested(QuarantineFaultSchema))


class QuarantinePageSchema(PageSchema):
    items = fields.List(fields.Nested(QuarantineLineSchema))


class QuarantineCountSchema(AnswerSchema):
    open = fields.Integer()
    more = fields.Boolean(metadata={"description": "there are more than that"})


class AcceptSchema(RequestSchema):
    reason = fields.String(load_default="", validate=validate.Length(max=1000))


class SetAsideSchema(RequestSchema):
    reason = fields.String(required=True, validate=validate.Length(1, 1000))
