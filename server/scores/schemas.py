"""Wire shapes of scores."""

from __future__ import annotations

from typing import Any

from marshmallow import EXCLUDE, ValidationError, fields, validate

from server.problems import Flaw
from server.scores.periods import Period, find_period
from server.scores.rollups import RANKED_BY
from server.shapes import RequestSchema
from server.visits.schemas import ScoreSchema
from server.wire import AnswerSchema, TextSchema, one_of
from vocabulary import FaultCode, HazardState

TARGET_GROUPS = ["village", "enterprise_institution"]


class PeriodField(fields.Field[Period]):
    """ "2026", "2026-Q4" or "2026-11"."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return value.key if isinstance(value, Period) else value

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Period:
        period = find_period(value) if isinstance(value, str) else None
        if period is None:
            raise ValidationError(Flaw(FaultCode.NOT_A_PERIOD))
        return period


class ScopeQuerySchema(RequestSchema):
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


class DrilldownQuerySchema(RequestSchema):
    class Meta:
        unknown = EXCLUDE

    period = PeriodField(metadata={"type": "string", "example": "2026-Q4"})


class RateSchema(AnswerSchema):
    numerator = fields.Integer()
    denominator = fields.Integer()
    display = fields.String(metadata={"description": "one decimal, or / for an empty denominator"})


class ScoreSummarySchema(AnswerSchema):
    count = fields.Integer()
    median = fields.String()
    mean = fields.String()


class MajorSchema(AnswerSchema):
    found = fields.Integer()
    closed = fields.Integer()
    open = fields.Integer()
    overdue = fields.Integer()
    listed = fields.Integer()


class TargetSchema(RateSchema):
    target_group = fields.String()
    permille = fields.Integer()


class OverviewSchema(AnswerSchema):
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


class ComparisonRowSchema(AnswerSchema):
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


class ComparisonSchema(AnswerSchema):
    group = fields.String()
    period = fields.String()
    as_of = fields.String()
    ranked_by = fields.String()
    rows = fields.List(fields.Nested(ComparisonRowSchema))
    total = fields.Nested(ComparisonRowSchema)


class TrendPointSchema(AnswerSchema):
    week_start = fields.String()
    until = fields.String()
    rectification = fields.Nested(RateSchema)
    on_time = fields.Nested(RateSchema)


class TrendSchema(AnswerSchema):
    weeks = fields.Integer()
    points = fields.List(fields.Nested(TrendPointSchema))


class SubjectRefSchema(AnswerSchema):
    id = fields.String()
    name = fields.String()
    kind = fields.String()
    town_code = fields.String()
    town_name = fields.String()
    sectors = fields.List(fields.String())
    department_name = fields.String()


class SubjectScoreSchema(AnswerSchema):
    submission_id = fields.String()
    numerator = fields.String(allow_none=True)
    denominator = fields.String(allow_none=True)
    display = fields.String()
    grade = fields.String(allow_none=True)
    provisional = fields.Boolean()
    insufficient_sample = fields.Boolean()


class SubjectRowSchema(AnswerSchema):
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


class SubjectRowsSchema(AnswerSchema):
    items = fields.List(fields.Nested(SubjectRowSchema))
    total = fields.Integer()
    page = fields.Integer()
    period = fields.String()


class ExplainedRateSchema(RateSchema):
    formula = fields.Nested(TextSchema)
    numerator_ids = fields.List(fields.String())
    denominator_ids = fields.List(fields.String())


class OverdueSchema(AnswerSchema):
    count = fields.Integer()
    ids = fields.List(fields.String())


class ExplainedRatesSchema(AnswerSchema):
    rectification = fields.Nested(ExplainedRateSchema)
    on_time = fields.Nested(ExplainedRateSchema)
    major_rectification = fields.Nested(ExplainedRateSchema)
    overdue = fields.Nested(OverdueSchema)


class CountedHazardSchema(AnswerSchema):
    id = fields.String()
    number = fields.String()
    description = fields.String()
    spot = fields.String()
    grade = one_of("general", "major")
    state = one_of(*HazardState)
    found_on = fields.String()
    deadline = fields.String(allow_none=True)
    deadline_at_submission = fields.String(allow_none=True)
    submitted_on = fields.String(allow_none=True)
    closed_on = fields.String(allow_none=True)
    due = fields.Boolean()
    on_time = fields.Boolean()
    overdue = fields.Boolean()


class DrilldownSubjectSchema(AnswerSchema):
    id = fields.String()
    name = fields.String()
    town_code = fields.String()


class ChosenScoreSchema(AnswerSchema):
    formula = fields.Nested(TextSchema)
    submission_id = fields.String(allow_none=True)


class ScoredChecklistSchema(AnswerSchema):
    id = fields.String()
    version = fields.String()
    hash = fields.String()
    title = fields.Nested(TextSchema)


class ScoredItemSchema(AnswerSchema):
    path = fields.String()
    statement = fields.Nested(TextSchema, allow_none=True)
    result = fields.String()
    earned = fields.String(allow_none=True)
    applicable = fields.String(allow_none=True)


class ScoredSubmissionSchema(AnswerSchema):
    id = fields.String()
    visit_id = fields.String()
    finished_at = fields.String()
    checklist = fields.Nested(ScoredChecklistSchema)
    score = fields.Nested(ScoreSchema)
    items = fields.List(fields.Nested(ScoredItemSchema))


class DrilldownSchema(AnswerSchema):
    subject = fields.Nested(DrilldownSubjectSchema)
    period = fields.String()
    as_of = fields.String()
    rates = fields.Nested(ExplainedRatesSchema)
    hazards = fields.List(fields.Nested(CountedHazardSchema))
    score = fields.Nested(ChosenScoreSchema)
    submissions_total = fields.Integer()
    submissions = fields.List(fields.Nested(ScoredSubmissionSchema))
