"""Wire shapes of scores."""

from __future__ import annotations

from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

from server.scores.periods import Period, find_period
from server.scores.rollups import RANKED_BY

TARGET_GROUPS = ["village", "enterprise_institution"]


class PeriodField(fields.Field[Period]):
    """ "2026", "2026-Q4" or "2026-11"."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return value.key if isinstance(value, Period) else value

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Period:
        period = find_period(value) if isinstance(value, str) else None
        if period is None:
            raise ValidationError("a year, quarter or month: 2026, 2026-Q4 or 2026-11")
        return period


class ScopeQuerySchema(Schema):
    """Without a period: the current quarter."""

    class Meta:
        unknown = EXCLUDE

    period = PeriodField(metadata={"type": "string", "example": "2026-Q4"})
    town = fields.String(validate=validate.Length(max=12))
    sector = fields.String(validate=validate.Length(max=32))
    department = fields.UUID()
    target_group = fields.String(validate=validate.OneOf(TARGET_GROUPS))


class ComparisonQuerySchema(ScopeQuerySchema):
    group = fields.String(load_default="town", validate=validate.OneOf(["town", "department", "sector"]))
    ranked_by = fields.String(load_default="rectification", validate=validate.OneOf(RANKED_BY))


class TrendQuerySchema(ScopeQuerySchema):
    weeks = fields.Integer(load_default=12, validate=validate.Range(min=1, max=104))


class SubjectsQuerySchema(ScopeQuerySchema):
    q = fields.String(validate=validate.Length(max=60))
    sort = fields.String(load_default="name", validate=validate.OneOf(["name", "score", "rectification", "overdue"]))
    page = fields.Integer(load_default=1, validate=validate.Range(min=1, max=10_000))
    page_size = fields.Integer(load_default=50, validate=validate.Range(min=1, max=500))


class DrilldownQuerySchema(Schema):
    class Meta:
        unknown = EXCLUDE

    period = PeriodField(metadata={"type": "string", "example": "2026-Q4"})


class RateSchema(Schema):
    numerator = fields.Integer(required=True)
    denominator = fields.Integer(required=True)
    display = fields.String(required=True, metadata={"description": "one decimal, or / for an empty denominator"})


class ScoreSummarySchema(Schema):
    count = fields.Integer()
    median = fields.String()
    mean = fields.String()


class MajorSchema(Schema):
    found = fields.Integer()
    closed = fields.Integer()
    open = fields.Integer()
    overdue = fields.Integer()
    listed = fields.Integer()


class TargetSchema(RateSchema):
    target_group = fields.String()
    permille = fields.Integer()


class OverviewSchema(Schema):
    period = fields.String()
    as_of = fields.String()
    refreshing = fields.Integer(metadata={"description": "subjects whose figures are being brought up to date"})
    subjects = fields.Integer()
    visited = fields.Nested(RateSchema)
    coverage = fields.Nested(RateSchema)
    visits_due = fields.Integer()
    visits_done = fields.Integer()
    submissions = fields.Integer()
    hazards_found = fields.Integer()
    rectification = fields.Nested(RateSchema)
    on_time = fields.Nested(RateSchema)
    major_rectification = fields.Nested(RateSchema)
    major = fields.Nested(MajorSchema)
    overdue = fields.Integer()
    carried_closed = fields.Integer()
    score = fields.Nested(ScoreSummarySchema)
    zero_accident = fields.Nested(RateSchema, allow_none=True)
    reviews_pending = fields.Integer()
    targets = fields.List(fields.Nested(TargetSchema))


class ComparisonRowSchema(Schema):
    code = fields.String(allow_none=True)
    name = fields.String()
    rank = fields.Integer(allow_none=True)
    insufficient_sample = fields.Boolean()
    subjects = fields.Integer()
    visited = fields.Nested(RateSchema)
    visits_due = fields.Integer()
    visits_done = fields.Integer()
    hazards_found = fields.Integer()
    hazards_closed = fields.Integer()
    rectification = fields.Nested(RateSchema)
    on_time = fields.Nested(RateSchema)
    major_rectification = fields.Nested(RateSchema)
    coverage = fields.Nested(RateSchema)
    major_found = fields.Integer()
    major_closed = fields.Integer()
    major_open = fields.Integer()
    overdue = fields.Integer()
    carried_closed = fields.Integer()
    score = fields.Nested(ScoreSummarySchema)


class ComparisonSchema(Schema):
    group = fields.String()
    period = fields.String()
    as_of = fields.String()
    ranked_by = fields.String()
    rows = fields.List(fields.Nested(ComparisonRowSchema))
    total = fields.Nested(ComparisonRowSchema)


class TrendPointSchema(Schema):
    week_start = fields.String()
    until = fields.String()
    rectification = fields.Nested(RateSchema)
    on_time = fields.Nested(RateSchema)


class TrendSchema(Schema):
    weeks = fields.Integer()
    points = fields.List(fields.Nested(TrendPointSchema))


class SubjectRefSchema(Schema):
    id = fields.String()
    name = fields.String()
    kind = fields.String()
    town_code = fields.String()
    town_name = fields.String()
    sectors = fields.List(fields.String())
    department_name = fields.String()


class SubjectScoreSchema(Schema):
    submission_id = fields.String()
    numerator = fields.String(allow_none=True)
    denominator = fields.String(allow_none=True)
    display = fields.String()
    grade = fields.String(allow_none=True)
    provisional = fields.Boolean()
    insufficient_sample = fields.Boolean()


class SubjectRowSchema(Schema):
    subject = fields.Nested(SubjectRefSchema)
    visits_due = fields.Integer()
    visits_done = fields.Integer()
    submissions = fields.Integer()
    hazards_found = fields.Integer()
    rectification = fields.Nested(RateSchema)
    on_time = fields.Nested(RateSchema)
    major_found = fields.Integer()
    major_open = fields.Integer()
    overdue = fields.Integer()
    score = fields.Nested(SubjectScoreSchema, allow_none=True)


class SubjectRowsSchema(Schema):
    items = fields.List(fields.Nested(SubjectRowSchema))
    total = fields.Integer()
    page = fields.Integer()
    period = fields.String()


class DrilldownSchema(Schema):
    subject = fields.Dict()
    period = fields.String()
    as_of = fields.String()
    rates = fields.Dict()
    hazards = fields.List(fields.Dict())
    score = fields.Dict()
    submissions_total = fields.Integer()
    submissions = fields.List(fields.Dict())
