"""Wire shapes of hazard events and of the ledger's filters."""

from __future__ import annotations

from typing import Any

from marshmallow import EXCLUDE, INCLUDE, fields, validate

from server.hazards.rules import DESK_EVENTS
from server.paging import PageQuerySchema, PageSchema
from server.records.parts import (
    BasisPart,
    CommitmentsPart,
    DeadlineRulePart,
    FlagField,
    MarkSchema,
    PersonPart,
    PhotoRefPart,
    words,
)
from server.shapes import RequestSchema, Variants, check_day, check_moment, check_uuid
from server.wire import AnswerSchema, day, moment, one_of
from sync import largest
from vocabulary import (
    Commitment,
    HazardEventKind,
    HazardGrade,
    HazardSource,
    HazardState,
    ImmediateMeasureKind,
    ImmediateMeasureState,
    KindOfHazard,
    PhotoRole,
    RecheckResult,
    ReviewDecision,
    Sector,
)

# The finding has more to say, and an item that failed without one is told by the service alone.
NOT_ACTS = {HazardEventKind.FOUND, HazardEventKind.ITEM_FAILED}


class EventSchema(RequestSchema):
    """Every key of an event of a phone that the fold or a reader uses; unknown ones are kept, since the record is kept whole."""

    class Meta:
        unknown = INCLUDE

    hazard_id = fields.String(required=True, validate=check_uuid)
    kind = fields.String(required=True, validate=validate.OneOf(list(HazardEventKind)))
    at = fields.String(required=True, validate=check_moment)
    photos = fields.List(fields.Nested(PhotoRefPart), validate=validate.Length(max=largest.PHOTOS_OF_HAZARD))
    reason = words(500)
    note = words(1000)
    text = words(1000)
    opinion = words(500)
    approver = words(64)
    grade = fields.String(allow_none=True, validate=validate.OneOf(list(HazardGrade)))
    basis = fields.List(fields.Nested(BasisPart), allow_none=True, validate=validate.Length(max=20))
    result = fields.String(allow_none=True, validate=validate.OneOf(list(RecheckResult)))
    deadline = fields.String(allow_none=True, validate=check_day)
    completed_on = fields.String(allow_none=True, validate=check_day)
    responsible_unit = words(120)
    to_org = words(120)
    to_department_id = fields.String(allow_none=True, validate=check_uuid)
    into = fields.String(allow_none=True, validate=check_uuid)
    owner = fields.Nested(PersonPart, allow_none=True)
    commitments = fields.Nested(CommitmentsPart, allow_none=True)


class ImmediateMeasureSchema(RequestSchema):
    """What is done at once, apart from the rectification."""

    class Meta:
        unknown = INCLUDE

    kinds = fields.List(
        fields.String(validate=validate.OneOf(list(ImmediateMeasureKind))), required=True, validate=validate.Length(1, 5)
    )
    state = fields.String(required=True, validate=validate.OneOf(list(ImmediateMeasureState)))
    at = fields.String(allow_none=True, validate=check_moment)
    by = fields.String(allow_none=True, validate=validate.Length(max=64))
    reason = fields.String(allow_none=True, validate=validate.Length(max=500))


class HazardFoundSchema(EventSchema):
    kind = fields.String(required=True, validate=validate.OneOf([HazardEventKind.FOUND]))
    subject_id = fields.String(allow_none=True, validate=check_uuid)
    submission_id = fields.String(allow_none=True, validate=check_uuid)
    item_path = words(200)
    checklist_id = words(64)
    description = fields.String(required=True, validate=validate.Length(1, 1000))
    spot = words(200)
    kind_of_hazard = fields.String(allow_none=True, validate=validate.OneOf(list(KindOfHazard)))
    grade = fields.String(required=True, validate=validate.OneOf(list(HazardGrade)))
    grade_suggested = fields.String(allow_none=True, validate=validate.OneOf(list(HazardGrade)))
    determinations = fields.List(
        fields.String(validate=validate.Length(max=80)), allow_none=True, validate=validate.Length(max=50)
    )
    deadline_rule = fields.Nested(DeadlineRulePart, allow_none=True)
    immediate_measure = fields.Nested(ImmediateMeasureSchema, allow_none=True)
    fixed_on_spot = FlagField(allow_none=True)
    no_photo_reason = words(500)
    source = fields.String(allow_none=True, validate=validate.OneOf(list(HazardSource)))


class HazardActSchema(EventSchema):
    """Any event of a phone but the finding."""

    kind = fields.String(required=True, validate=validate.OneOf([kind for kind in HazardEventKind if kind not in NOT_ACTS]))


EVENT_BODY = Variants(
    "kind",
    {
        HazardEventKind.FOUND: HazardFoundSchema(),
        **{kind: HazardActSchema() for kind in HazardEventKind if kind not in NOT_ACTS},
    },
    fallback=EventSchema(),
)


class DeskEventSchema(RequestSchema):
    kind = fields.String(required=True, validate=validate.OneOf(sorted(DESK_EVENTS)))
    grade = fields.String(validate=validate.OneOf(list(HazardGrade)))
    basis = fields.List(fields.Nested(BasisPart), validate=validate.Length(max=20))
    result = fields.String(validate=validate.OneOf(list(RecheckResult)))
    reason = fields.String(validate=validate.Length(1, 500))
    opinion = fields.String(validate=validate.Length(1, 500))
    text = fields.String(validate=validate.Length(1, 1000))
    note = fields.String(validate=validate.Length(max=1000))
    approver = fields.String(validate=validate.Length(1, 64))
    deadline = fields.String(validate=check_day)
    responsible_unit = fields.String(validate=validate.Length(1, 120))
    to_org = fields.String(validate=validate.Length(1, 120))
    to_department_id = fields.String(validate=check_uuid)
    into = fields.String(validate=check_uuid)
    owner = fields.Dict()
    commitments = fields.Dict()
    completed_on = fields.String(validate=check_day)


class LedgerQuerySchema(PageQuerySchema):
    class Meta:
        unknown = EXCLUDE

    state = fields.String(validate=validate.OneOf([*HazardState, "open"]))
    grade = fields.String(validate=validate.OneOf(list(HazardGrade)))
    town = fields.String()
    sector = fields.String()
    department = fields.UUID()
    subject_id = fields.UUID()
    visit_id = fields.UUID()
    overdue = fields.Boolean()
    without_effect = fields.Boolean(metadata={"description": "has acts that were not for their author to do"})
    source = fields.String(validate=validate.OneOf(list(HazardSource)))
    found_from = day(data_key="from")
    found_to = day(data_key="to")
    q = fields.String(validate=validate.Length(max=80))
    sort = fields.String(load_default="found", validate=validate.OneOf(["found", "deadline"]))


class HazardPhotoReviewSchema(AnswerSchema):
    decision = one_of(ReviewDecision.APPROVED, ReviewDecision.RETURNED)
    reason = fields.String(allow_none=True)
    mark = fields.Nested(MarkSchema, allow_none=True)


class HazardPhotoSchema(AnswerSchema):
    id = fields.String()
    role = one_of(*PhotoRole)
    event_id = fields.String()
    thumbnail_url = fields.String()
    display_url = fields.String()
    sha256 = fields.String(allow_none=True)
    review = fields.Nested(HazardPhotoReviewSchema, allow_none=True)


class LedgerSubjectSchema(AnswerSchema):
    id = fields.String()
    name = fields.String()
    town_code = fields.String()
    town_name = fields.String()
    sectors = fields.List(fields.String())


class IneffectiveSchema(AnswerSchema):
    """An event, and why it changed nothing or its time cannot be believed."""

    event_id = fields.String()
    reason = fields.String()


class HazardSchema(AnswerSchema):
    """The folded hazard; sync/hazards.py says what each value means."""

    id = fields.String()
    number = fields.String()
    subject_id = fields.String()
    visit_id = fields.String(allow_none=True)
    submission_id = fields.String(allow_none=True)
    item_path = fields.String(allow_none=True)
    checklist_id = fields.String(allow_none=True)
    sector = one_of(*Sector, allow_none=True)
    source = one_of(*HazardSource, allow_none=True)
    revision = fields.Integer()
    state = one_of(*HazardState)
    grade = one_of(*HazardGrade)
    grade_suggested = one_of(*HazardGrade, allow_none=True)
    description = fields.String(allow_none=True)
    spot = fields.String(allow_none=True)
    kind_of_hazard = one_of(*KindOfHazard, allow_none=True)
    determinations = fields.List(fields.String())
    basis = fields.List(fields.Nested(BasisPart))
    fixed_on_spot = fields.Boolean()
    no_photo_reason = fields.String(allow_none=True)
    immediate_measure = fields.Nested(ImmediateMeasureSchema, allow_none=True)
    deadline = fields.String(allow_none=True, metadata={"format": "date"})
    original_deadline = fields.String(allow_none=True, metadata={"format": "date"})
    deadline_rule = fields.Nested(DeadlineRulePart, allow_none=True)
    owner = fields.Nested(PersonPart, allow_none=True)
    responsible_unit = fields.String(allow_none=True)
    department_id = fields.String(allow_none=True)
    commitments = fields.Nested(CommitmentsPart)
    missing_commitments = fields.List(one_of(*Commitment))
    found_at = moment()
    confirmed_at = moment(allow_none=True)
    assigned_at = moment(allow_none=True)
    accepted_at = moment(allow_none=True)
    submitted_at = moment(allow_none=True)
    deadline_at_submission = fields.String(allow_none=True)
    completed_on = fields.String(allow_none=True)
    reported_by = fields.String(allow_none=True, metadata={"description": "whose report waits for acceptance"})
    submission_in_doubt = fields.Boolean()
    returned_count = fields.Integer()
    return_reason = fields.String(allow_none=True)
    closed_at = moment(allow_none=True)
    closed_on_spot = fields.Boolean()
    closing_opinion = fields.String(allow_none=True)
    voided_at = moment(allow_none=True)
    void_reason = fields.String(allow_none=True)
    merged_into = fields.String(allow_none=True)
    photos = fields.List(fields.Nested(HazardPhotoSchema))
    extensions = fields.List(fields.Dict())
    transfers = fields.List(fields.Dict())
    regrades = fields.List(fields.Dict())
    notes = fields.List(fields.Dict())
    ineffective = fields.List(fields.Nested(IneffectiveSchema))
    time_doubts = fields.List(fields.Nested(IneffectiveSchema))
    last_event_at = moment()


class HazardRowSchema(HazardSchema):
    overdue = fields.Boolean()
    subject = fields.Nested(LedgerSubjectSchema)


class OwnerSchema(AnswerSchema):
    name = fields.String()
    title = fields.String()


class LinePhotoSchema(AnswerSchema):
    """A photo whose bytes are here."""

    id = fields.String()
    role = fields.String()
    thumbnail_url = fields.String()


class LedgerLineSchema(AnswerSchema):
    """What the ledger shows of a hazard; its own address has the rest."""

    id = fields.String()
    number = fields.String()
    subject_id = fields.String()
    subject = fields.Nested(LedgerSubjectSchema)
    visit_id = fields.String(allow_none=True)
    item_path = fields.String(allow_none=True)
    sector = fields.String(allow_none=True)
    source = one_of(*HazardSource)
    state = one_of(*HazardState)
    grade = one_of(*HazardGrade)
    found_at = fields.String()
    deadline = fields.String(allow_none=True)
    overdue = fields.Boolean()
    submitted_at = fields.String(allow_none=True)
    closed_at = fields.String(allow_none=True)
    description = fields.String()
    spot = fields.String()
    responsible_unit = fields.String(allow_none=True)
    owner = fields.Nested(OwnerSchema, allow_none=True)
    returned_count = fields.Integer()
    refused_events = fields.Integer()
    revision = fields.Integer()
    photos = fields.List(fields.Nested(LinePhotoSchema))


class LedgerSchema(PageSchema):
    items = fields.List(fields.Nested(LedgerLineSchema))


class HazardEventBodySchema(HazardFoundSchema):
    """What an event says; which keys there are depends on its kind. Those of earlier releases say less."""

    kind = fields.String(validate=validate.OneOf(list(HazardEventKind)))

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        super().on_bind_field(field_name, field_obj)
        field_obj.required = False


class TimelineEntrySchema(AnswerSchema):
    id = fields.String()
    kind = one_of(*HazardEventKind)
    at = fields.String()
    received_at = fields.String()
    author_name = fields.String(allow_none=True)
    body = fields.Nested(HazardEventBodySchema)
    ineffective = fields.String(allow_none=True, metadata={"description": "why the event changed nothing"})


class HazardDetailSchema(HazardRowSchema):
    events = fields.List(fields.Nested(TimelineEntrySchema))
