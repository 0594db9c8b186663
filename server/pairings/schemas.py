"""Wire shapes of subjects as a person may see them, and of pairings."""

from __future__ import annotations

from marshmallow import fields

from server.paging import PageQuerySchema, PageSchema
from server.wire import AnswerSchema, NamedSchema, PlaceSchema, one_of
from vocabulary import FrequencyUnit


class PairingQuerySchema(PageQuerySchema):
    subject_id = fields.UUID()


class FrequencySchema(AnswerSchema):
    count = fields.Integer()
    unit = one_of(*FrequencyUnit)


class PairingSchema(AnswerSchema):
    id = fields.String()
    subject_id = fields.String()
    layer = fields.String()
    org_name = fields.String()
    officer_name = fields.String(metadata={"description": "everybody of the group today"})
    members = fields.List(fields.Nested(NamedSchema))
    mine = fields.Boolean()
    frequencies = fields.List(fields.Nested(FrequencySchema))
    valid_from = fields.String()


class PairingsSchema(PageSchema):
    items = fields.List(fields.Nested(PairingSchema))


class PairedSchema(AnswerSchema):
    """Whose a subject is, as far as somebody may know who has it no more."""

    layer = fields.String()
    org_name = fields.String()
    officer_name = fields.String()


class LeftSubjectSchema(NamedSchema):
    pairings = fields.List(fields.Nested(PairedSchema))


class SpanShareSchema(AnswerSchema):
    """From which day on which share of a span a duty must be in force."""

    from_ = fields.String(data_key="from")
    numerator = fields.Integer()
    denominator = fields.Integer()


class DutySchema(AnswerSchema):
    """What a pairing asks for, and how many of its obligations are satisfied (sync/obligations)."""

    pairing_id = fields.String()
    first = fields.String()
    last = fields.String(allow_none=True)
    count = fields.Integer()
    unit = one_of(*FrequencyUnit)
    span_shares = fields.List(fields.Nested(SpanShareSchema))
    satisfied = fields.Integer()
    next_due = fields.String(allow_none=True)


class RepresentativeSchema(AnswerSchema):
    name = fields.String()
    title = fields.String()
    phone = fields.String()


class SubjectSchema(AnswerSchema):
    id = fields.String()
    name = fields.String()
    short_name = fields.String()
    initials = fields.String()
    pinyin = fields.String(metadata={"optional": True, "description": "the whole syllables of the name, together"})
    kind = fields.String()
    group = fields.String(allow_none=True)
    sectors = fields.List(fields.String())
    town_code = fields.String()
    town_name = fields.String()
    village_code = fields.String(allow_none=True)
    village_name = fields.String()
    address = fields.String()
    position = fields.Nested(PlaceSchema, allow_none=True)
    representative = fields.Nested(RepresentativeSchema)
    profile = fields.Dict(metadata={"additionalProperties": {"anyOf": [{"type": "string"}, {"type": "boolean"}]}})
    industry_department = fields.Nested(NamedSchema, allow_none=True)
    risk_color = fields.String(allow_none=True)
    pairings = fields.List(fields.Nested(PairingSchema))
    last_visit_on = fields.String(allow_none=True)
    visits_until = fields.String(allow_none=True, metadata={"description": "when the latest visit was made that is counted here"})
    duties = fields.List(fields.Nested(DutySchema))
    open_hazards = fields.Integer()


class SubjectsSchema(PageSchema):
    items = fields.List(fields.Nested(SubjectSchema))
