"""Wire shapes of visits, submissions and drafts."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from forms.answers import REASON_MAXIMUM, REMARK_MAXIMUM
from server.paging import PageQuerySchema, PageSchema
from server.records.parts import ClockPart, NumberField, PersonPart, PositionPart, SignaturePart, whole, words
from server.records.schemas import CompletenessSchema, OpenSchema
from server.shapes import RequestSchema, check_moment, check_sha256, check_uuid
from server.wire import AnswerSchema, PlaceSchema, TextSchema, day, moment, one_of
from sync import largest
from vocabulary import AnswerResult, Datum, HazardGrade, VisitScope


class PositionSchema(PositionPart):
    """A visit has a fix or none: null then."""

    lng = NumberField(required=True, validate=validate.Range(-180, 180))
    lat = NumberField(required=True, validate=validate.Range(-90, 90))
    datum = fields.String(required=True, validate=validate.OneOf(list(Datum)))


class VisitClockSchema(ClockPart):
    device_time = fields.String(allow_none=True, validate=check_moment)


class ExpectedPhotoSchema(OpenSchema):
    id = fields.String(required=True, validate=check_uuid)
    sha256 = fields.String(required=True, validate=check_sha256)
    size_bytes = whole()


class ExpectedSchema(OpenSchema):
    records = fields.List(
        fields.String(validate=check_uuid), required=True, validate=validate.Length(max=largest.RECORDS_OF_VISIT)
    )
    photos = fields.List(fields.Nested(ExpectedPhotoSchema), required=True, validate=validate.Length(max=largest.PHOTOS_OF_VISIT))


class VisitBodySchema(OpenSchema):
    pairing_id = fields.String(required=True, allow_none=True, validate=check_uuid)
    started_at = fields.String(required=True, validate=check_moment)
    finished_at = fields.String(required=True, validate=check_moment)
    position = fields.Nested(PositionSchema, allow_none=True)
    companions = fields.List(
        fields.String(validate=validate.Length(max=largest.COMPANION_LENGTH)), validate=validate.Length(max=largest.COMPANIONS)
    )
    officers = fields.List(fields.String(validate=check_uuid), validate=validate.Length(max=50))
    representative = fields.Nested(PersonPart, allow_none=True)
    signature = fields.Nested(SignaturePart, required=True)
    clock = fields.Nested(VisitClockSchema, allow_none=True)
    summary = words(1000)
    expected = fields.Nested(ExpectedSchema, required=True)


class ChecklistRefSchema(OpenSchema):
    id = fields.String(required=True, validate=validate.Length(1, 64))
    version = fields.String(required=True, validate=validate.Length(1, 32))
    hash = fields.String(required=True, validate=check_sha256)


def _by_name(values: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": values}


# forms.find_faults judges answers item by item, with codes of its own; what they look like: docs/checklist-format.md.
_IDS = {"type": "array", "items": {"type": "string", "format": "uuid"}}
_ANSWER = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "result": {"type": "string", "enum": [result.value for result in AnswerResult]},
        "occurrences": {"type": "integer"},
        "value": {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]},
        "design": {"type": "string"},
        "reason": {"type": "string", "maxLength": REASON_MAXIMUM},
        "remark": {"type": "string", "maxLength": REMARK_MAXIMUM},
        "photos": _IDS,
        "hazards": _IDS,
    },
}
_INSTANCE = {
    "type": "object",
    "required": ["key", "answers"],
    "properties": {"id": {"type": "string"}, "key": {"type": "string"}, "answers": _by_name(_ANSWER)},
}
_PROFILE = {"anyOf": [{"type": "string"}, {"type": "boolean"}]}
_REASON = {"type": "object", "required": ["reason"], "properties": {"reason": {"type": "string"}}}


class SubmissionBodySchema(OpenSchema):
    checklist = fields.Nested(ChecklistRefSchema, required=True)
    profile = fields.Dict(required=True, metadata=_by_name(_PROFILE))
    answers = fields.Dict(required=True, metadata=_by_name(_ANSWER))
    repeats = fields.Dict(metadata=_by_name({"type": "array", "items": _INSTANCE}))
    scope = fields.String(
        metadata={
            "description": "full if it is missing; forms reports what is not",
            "enum": [scope.value for scope in VisitScope],
        }
    )
    sections = fields.List(fields.String(), metadata={"description": "added to a core visit"})
    none_here = fields.Dict(
        metadata={"description": "repeated sections of which there is none here, with the reason", **_by_name(_REASON)}
    )
    revises = fields.String(allow_none=True, validate=check_uuid)
    finished_at = fields.String(required=True, validate=check_moment)


VISIT_BODY = VisitBodySchema()
SUBMISSION_BODY = SubmissionBodySchema()


class VisitQuerySchema(PageQuerySchema):
    subject_id = fields.UUID()
    town = fields.String()
    date_from = day(data_key="from")
    date_to = day(data_key="to")


class DraftSchema(RequestSchema):
    """A visit in progress; its content is the phone's own and is handed back as it came."""

    subject_id = fields.String(required=True, validate=check_uuid)
    device_id = fields.String(required=True, validate=validate.Length(1, 64))
    based_on = fields.Integer(required=True, allow_none=True, strict=True)
    saved_at = fields.String(required=True, validate=check_moment)
    content = fields.Dict(required=True)


class DiscardQuerySchema(RequestSchema):
    based_on = fields.Integer(load_default=None)


class VisitSignatureSchema(AnswerSchema):
    kind = fields.String(allow_none=True)
    reason = fields.String(allow_none=True)


class VisitLineSchema(CompletenessSchema):
    subject_id = fields.String()
    started_at = moment()
    finished_at = moment()
    received_at = moment()
    signature = fields.Nested(VisitSignatureSchema)
    photos_expected = fields.Integer()
    records_expected = fields.Integer()
    officer_name = fields.String(allow_none=True)


class VisitSchema(VisitLineSchema):
    position = fields.Nested(PlaceSchema, allow_none=True)
    representative = fields.Dict()


class ArrivedVisitSchema(CompletenessSchema):
    """A visit as phones are told of it."""

    subject_id = fields.String()
    started_at = moment()
    finished_at = moment()


class VisitRowSchema(VisitLineSchema):
    subject_name = fields.String()
    town_code = fields.String()


class VisitsSchema(PageSchema):
    items = fields.List(fields.Nested(VisitRowSchema))


class ScoreSchema(AnswerSchema):
    """The exact score is numerator ÷ denominator, as text: both can be larger than a number of JSON holds."""

    numerator = fields.String(allow_none=True)
    denominator = fields.String(allow_none=True)
    display = fields.String()
    scope = one_of(*VisitScope)
    added_sections = fields.List(fields.String(), metadata={"description": "sections of a core visit that count whole"})
    provisional = fields.Boolean()
    checked = fields.Integer()
    total = fields.Integer()
    grade = fields.String(allow_none=True)
    veto_paths = fields.List(fields.String())
    insufficient_sample = fields.Boolean()


class LawQuerySchema(RequestSchema):
    day = day(required=True)
    version = fields.String(load_default=None, validate=check_sha256)


class LawDeterminationSchema(AnswerSchema):
    id = fields.String()
    title = fields.Nested(TextSchema)
    grade = one_of(*HazardGrade)
    suggested_only = fields.Boolean()


class LawSideSchema(AnswerSchema):
    version = fields.String()
    day = fields.String()
    display = fields.String()
    provisional = fields.Boolean()
    grade = fields.String(allow_none=True)
    determinations = fields.List(fields.Nested(LawDeterminationSchema))


class LawReportSchema(AnswerSchema):
    """Two sides of one submission: its own version under the law of its visit, and another day or version."""

    before = fields.Nested(LawSideSchema)
    after = fields.Nested(LawSideSchema)
    gained = fields.List(fields.String(), metadata={"description": "determinations that decide only afterwards"})
    lost = fields.List(fields.String(), metadata={"description": "determinations that decide only before"})
    left_out = fields.List(fields.String(), metadata={"description": "answers for which the other version has no place"})


class ReplacementQuerySchema(RequestSchema):
    standard = fields.String(required=True, validate=validate.Length(1, 64))
    on = day(required=True)


class CitationUseSchema(AnswerSchema):
    checklist = fields.String()
    version = fields.String()
    kind = fields.String(metadata={"description": "item or determination"})
    id = fields.String()
    clause = fields.String()


class ChangedVisitSchema(AnswerSchema):
    submission_id = fields.String()
    visit_id = fields.String()
    subject_name = fields.String()
    visited_on = fields.String()
    before = fields.Nested(LawSideSchema)
    after = fields.Nested(LawSideSchema)


class ReplacementEffectSchema(AnswerSchema):
    """What a replacement would change: everything that cites the standard, and visits of the last quarter."""

    uses = fields.List(fields.Nested(CitationUseSchema))
    visits = fields.List(fields.Nested(ChangedVisitSchema))
    examined = fields.Integer(metadata={"description": "submissions that were determined again, the newest first"})
    more = fields.Boolean(metadata={"description": "there are more of them than that"})


class ChecklistNameSchema(AnswerSchema):
    id = fields.String()
    hash = fields.String()


class SubmissionSchema(AnswerSchema):
    id = fields.String()
    visit_id = fields.String()
    subject_id = fields.String()
    checklist = fields.Nested(ChecklistNameSchema)
    finished_at = moment()
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
    saved_at = moment()
    received_at = moment()


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
