"""Wire shapes of photo records, reviews and the review queue."""

from __future__ import annotations

from typing import Any

from marshmallow import INCLUDE, ValidationError, fields, validate, validates_schema

from server.paging import PageQuerySchema, PageSchema
from server.problems import Flaw
from server.records.parts import LARGEST_COLUMN, ClockPart, MarkPart, MarkSchema, OriginalPart, PositionPart, whole
from server.shapes import RequestSchema, check_moment, check_sha256, check_uuid
from server.wire import AnswerSchema, NamedSchema, PlaceSchema, ReceiptSchema, moment, one_of
from vocabulary import (
    FaultCode,
    FlagCode,
    HazardGrade,
    HazardState,
    PhotoRole,
    PhotoSource,
    ReviewDecision,
    ReviewState,
)

DECISIONS = [ReviewDecision.APPROVED, ReviewDecision.RETURNED, ReviewDecision.SECOND_OPINION]


class _Open(RequestSchema):
    """Records may carry more than is named here; they are kept whole."""

    class Meta:
        unknown = INCLUDE


class PhotoBodySchema(_Open):
    """The body of a photo record."""

    photo_id = fields.String(required=True, validate=check_uuid)
    hazard_id = fields.String(allow_none=True, validate=check_uuid)
    submission_id = fields.String(allow_none=True, validate=check_uuid)
    item_path = fields.String(allow_none=True, validate=validate.Length(max=200))
    role = fields.String(required=True, validate=validate.OneOf(list(PhotoRole)))
    sha256 = fields.String(required=True, validate=check_sha256)
    size_bytes = fields.Integer(required=True, strict=True, validate=validate.Range(1, LARGEST_COLUMN))
    media_type = fields.String(required=True, validate=validate.Length(1, 100))
    width = whole(allow_none=True)
    height = whole(allow_none=True)
    source = fields.String(required=True, validate=validate.OneOf(list(PhotoSource)))
    captured_at = fields.String(required=True, validate=check_moment)
    position = fields.Nested(PositionPart, allow_none=True)
    no_position_reason = fields.String(allow_none=True, validate=validate.Length(max=200))
    clock = fields.Nested(ClockPart, allow_none=True)
    original = fields.Nested(OriginalPart, allow_none=True)
    marks = fields.List(fields.Nested(MarkPart), allow_none=True, validate=validate.Length(max=100))


PHOTO_BODY = PhotoBodySchema()


class ReviewInputSchema(RequestSchema):
    decision = fields.String(required=True, validate=validate.OneOf(DECISIONS))
    reason = fields.String(load_default="", validate=validate.Length(max=500))
    mark = fields.Nested(MarkSchema, load_default=None, allow_none=True)

    @validates_schema
    def _explain(self, data: dict[str, Any], **_: Any) -> None:
        if data["decision"] == ReviewDecision.RETURNED and not data["reason"].strip():
            raise ValidationError(Flaw(FaultCode.REASON_MISSING), "reason")


class QueueQuerySchema(PageQuerySchema):
    state = fields.String(validate=validate.OneOf(list(ReviewState)))
    flagged = fields.Boolean()
    flag = fields.String(validate=validate.OneOf(list(FlagCode)))
    town = fields.String(validate=validate.Length(max=12))
    sector = fields.String(validate=validate.Length(max=32))
    subject_id = fields.UUID()
    page_size = fields.Integer(load_default=20, validate=validate.Range(min=1, max=100))


class FlagSchema(AnswerSchema):
    code = fields.String()
    severity = fields.String()
    params = fields.Dict()


class ReviewSchema(AnswerSchema):
    id = fields.String()
    photo_id = fields.String()
    decision = one_of(*ReviewDecision)
    reason = fields.String()
    mark = fields.Nested(MarkSchema, allow_none=True)
    reviewed_at = fields.String()
    reviewer_name = fields.String()
    withdrawn = fields.Boolean()


class PhotoReviewSchema(AnswerSchema):
    """The review in force of a photo, as phones are told of it."""

    photo_id = fields.String()
    hazard_id = fields.String(allow_none=True)
    subject_id = fields.String()
    visit_id = fields.String(allow_none=True)
    item_path = fields.String(allow_none=True)
    decision = one_of(ReviewDecision.APPROVED, ReviewDecision.RETURNED)
    reason = fields.String(allow_none=True)
    mark = fields.Nested(MarkSchema, allow_none=True)
    reviewed_at = moment()
    reviewer_name = fields.String()


class PositionsSchema(AnswerSchema):
    subject = fields.Nested(PlaceSchema, allow_none=True)
    photo_exif = fields.Nested(PlaceSchema, allow_none=True)
    device_fix = fields.Nested(PlaceSchema, allow_none=True)


class DistancesSchema(AnswerSchema):
    subject_device = fields.Float(allow_none=True)
    subject_exif = fields.Float(allow_none=True)
    device_exif = fields.Float(allow_none=True)


class PhotoSchema(AnswerSchema):
    id = fields.String()
    subject_id = fields.String(allow_none=True)
    visit_id = fields.String(allow_none=True)
    hazard_id = fields.String(allow_none=True)
    item_path = fields.String(allow_none=True)
    role = fields.String(allow_none=True)
    source = fields.String(allow_none=True)
    sha256 = fields.String(allow_none=True)
    size_bytes = fields.Integer(allow_none=True)
    media_type = fields.String(allow_none=True)
    width = fields.Integer(allow_none=True)
    height = fields.Integer(allow_none=True)
    captured_at = fields.String(allow_none=True)
    corrected_at = fields.String(allow_none=True)
    error_bound_ms = fields.Integer(allow_none=True)
    uploaded_at = fields.String(allow_none=True)
    inspected_at = fields.String(allow_none=True)
    broken = fields.String(allow_none=True)
    author_name = fields.String(allow_none=True)
    state = one_of(*ReviewState)
    marks = fields.List(fields.Nested(MarkSchema), metadata={"description": "circles that the inspector drew on the photo"})
    exif = fields.Dict()
    thumbnail_url = fields.String(allow_none=True)
    display_url = fields.String(allow_none=True)
    original_url = fields.String(allow_none=True)
    marked_url = fields.String(allow_none=True)
    positions = fields.Nested(PositionsSchema)
    distances_m = fields.Nested(DistancesSchema)
    flags = fields.List(fields.Nested(FlagSchema))
    review = fields.Nested(ReviewSchema, allow_none=True)
    reviews = fields.List(fields.Nested(ReviewSchema))
    receipt = fields.Nested(ReceiptSchema, allow_none=True)


class QueueSubjectSchema(AnswerSchema):
    id = fields.String()
    name = fields.String()
    town_code = fields.String()
    town_name = fields.String()
    sectors = fields.List(fields.String())


class QueueHazardSchema(AnswerSchema):
    id = fields.String()
    number = fields.String()
    state = one_of(*HazardState)
    grade = one_of(*HazardGrade)
    description = fields.String()
    spot = fields.String()
    deadline = fields.String(allow_none=True)


class QueueItemSchema(AnswerSchema):
    photo = fields.Nested(PhotoSchema)
    before = fields.Nested(PhotoSchema, allow_none=True)
    after = fields.Nested(PhotoSchema, allow_none=True)
    subject = fields.Nested(QueueSubjectSchema)
    hazard = fields.Nested(QueueHazardSchema, allow_none=True)
    flags = fields.List(fields.Nested(FlagSchema))
    positions = fields.Nested(PositionsSchema)
    distances_m = fields.Nested(DistancesSchema)
    review = fields.Nested(ReviewSchema, allow_none=True)


class QueueSchema(PageSchema):
    items = fields.List(fields.Nested(QueueItemSchema))


class ReceiptLookupSchema(AnswerSchema):
    receipt = fields.Nested(ReceiptSchema)
    subject = fields.Nested(NamedSchema, allow_none=True)
    visit_id = fields.String(allow_none=True)
    record_kind = fields.String(allow_none=True)
    hazard_id = fields.String(allow_none=True)
    author_name = fields.String(allow_none=True)
    made_at = fields.String(allow_none=True)
    thumbnail_url = fields.String(allow_none=True)
