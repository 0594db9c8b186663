"""Wire shapes of figures and scores."""

from __future__ import annotations

import uuid
from typing import Any

from marshmallow import EXCLUDE, ValidationError, fields, post_load, validate, validates_schema

from server.paging import PageQuerySchema, PageSchema
from server.problems import Flaw
from server.scores.belongings import NONE
from server.scores.figures import RANKED
from server.scores.periods import Period, find_period
from server.shapes import RequestSchema
from server.visits.schemas import ScoreSchema
from server.wire import AnswerSchema, TextSchema, one_of
from vocabulary import (
    FaultCode,
    Figure,
    FigurePart,
    FigureRows,
    FrequencyUnit,
    Grouping,
    HazardGrade,
    HazardState,
    LevelReason,
    NoPlace,
    ObligationState,
    Sector,
    SubjectOrder,
    TargetGroup,
    VisitScope,
)  # fmt: skip

TARGET_GROUPS = list(TargetGroup)


class PeriodField(fields.Field[Period]):
    """ "2026", "2026-H2", "2026-Q4", "2026-11", "2026-W48" or "2026-06-15..2026-09-30"."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return value.key if isinstance(value, Period) else value

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Period:
        period = find_period(value) if isinstance(value, str) else None
        if period is None:
            raise ValidationError(Flaw(FaultCode.NOT_A_PERIOD))
        return period


class DepartmentField(fields.Field[uuid.UUID | str]):
    """The id of a department, or "none" for what is in no department."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> uuid.UUID | str:
        return department_or_none(value)


def department_or_none(value: Any) -> uuid.UUID | str:
    """Raises: ValidationError."""
    if value == NONE:
        return NONE
    try:
        return uuid.UUID(value)
    except (ValueError, AttributeError, TypeError) as error:
        raise ValidationError(Flaw(FaultCode.NOT_A_UUID)) from error


class ScopeQuerySchema(RequestSchema):
    """Without a period: the current quarter. Filters narrow rows by what they belonged to on their day."""

    class Meta:
        unknown = EXCLUDE

    period = PeriodField(metadata={"type": "string", "example": "2026-Q4"})
    town = fields.String(validate=validate.Length(max=12))
    village = fields.String(validate=validate.Length(max=12))
    sector = fields.String(validate=validate.OneOf([*Sector, NONE]))
    department = DepartmentField(metadata={"type": "string"})
    target_group = fields.String(validate=validate.OneOf(TARGET_GROUPS))
    subject = fields.UUID()


class ComparisonQuerySchema(ScopeQuerySchema):
    group = fields.Enum(Grouping, by_value=True, load_default=Grouping.TOWN)
    ranked_by = fields.Enum(
        Figure, by_value=True, load_default=Figure.RECTIFICATION_RATE, validate=validate.OneOf(RANKED)
    )  # fmt: skip


class FigureRowsQuerySchema(ScopeQuerySchema, PageQuerySchema):
    """``by`` and ``code`` name a group of the comparison; without them the rows of all are asked for."""

    part = fields.Enum(FigurePart, by_value=True, load_default=FigurePart.DENOMINATOR)
    by = fields.Enum(Grouping, by_value=True)
    code = fields.String(validate=validate.Length(max=40), metadata={"description": "none: rows in no group"})

    @validates_schema
    def check_group(self, data: dict[str, Any], **_: Any) -> None:
        if ("by" in data) is not ("code" in data):
            raise ValidationError(Flaw(FaultCode.MISSING), "code")

    @post_load
    def read_code(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        if data.get("by") is Grouping.DEPARTMENT:
            try:
                data["code"] = department_or_none(data["code"])
            except ValidationError as error:
                raise ValidationError(error.messages, "code") from error
        return data


class TrendQuerySchema(ScopeQuerySchema):
    weeks = fields.Integer(load_default=12, validate=validate.Range(min=1, max=104))


class SubjectsQuerySchema(ScopeQuerySchema, PageQuerySchema):
    q = fields.String(load_default="", validate=validate.Length(max=60))
    sort = fields.Enum(SubjectOrder, by_value=True, load_default=SubjectOrder.NAME)
    page_size = fields.Integer(load_default=50, validate=validate.Range(min=1, max=500))  # all that a map shows


class SubjectQuerySchema(RequestSchema):
    class Meta:
        unknown = EXCLUDE

    period = PeriodField(metadata={"type": "string", "example": "2026-Q4"})


class FigureSchema(AnswerSchema):
    """A count has a numerator only, a mean or median its sample as the denominator; ``exact`` is a whole number or a fraction."""

    numerator = fields.Integer(allow_none=True)
    denominator = fields.Integer(allow_none=True)
    exact = fields.String(metadata={"description": "in points of 100 for rates, or / for an empty denominator"})
    display = fields.String(metadata={"description": "one decimal, or / for an empty denominator"})
    target = fields.String(allow_none=True, metadata={"description": "the figure's own target of the year, in percent"})


FiguresSchema = AnswerSchema.from_dict(
    {figure.value: fields.Nested(FigureSchema) for figure in Figure}, name="FiguresSchema"
)  # fmt: skip


class PlacingSchema(AnswerSchema):
    place = fields.Integer(allow_none=True)
    reason = one_of(*NoPlace, allow_none=True)


PlacingsSchema = AnswerSchema.from_dict(
    {figure.value: fields.Nested(PlacingSchema) for figure in RANKED}, name="PlacingsSchema"
)  # fmt: skip


class RateSchema(AnswerSchema):
    numerator = fields.Integer()
    denominator = fields.Integer()
    display = fields.String(metadata={"description": "one decimal, or / for an empty denominator"})


class ZeroAccidentSchema(AnswerSchema):
    """Subjects of a target group without an accident in scope this year, of those on the books."""

    target_group = one_of(*TargetGroup)
    numerator = fields.Integer(allow_none=True)
    denominator = fields.Integer(allow_none=True)
    display = fields.String(metadata={"description": "one decimal, or / where there is no register of accidents"})
    target = fields.String(allow_none=True)
    met = fields.Boolean(allow_none=True)


class OverviewSchema(AnswerSchema):
    period = fields.String()
    as_of = fields.String()
    refreshing = fields.Integer(metadata={"description": "subjects whose figures are being brought up to date"})
    figures = fields.Nested(FiguresSchema)
    zero_accident = fields.List(fields.Nested(ZeroAccidentSchema))
    reviews_pending = fields.Integer()


class ComparisonRowSchema(AnswerSchema):
    code = fields.String(allow_none=True, metadata={"description": "null: what is in no group"})
    name = fields.String()
    figures = fields.Nested(FiguresSchema)
    places = fields.Nested(PlacingsSchema)


class ComparisonTotalSchema(AnswerSchema):
    figures = fields.Nested(FiguresSchema)


class ComparisonSchema(AnswerSchema):
    group = one_of(*Grouping)
    period = fields.String()
    as_of = fields.String()
    ranked_by = one_of(*(figure.value for figure in RANKED))
    rows = fields.List(fields.Nested(ComparisonRowSchema))
    total = fields.Nested(ComparisonTotalSchema)


class TrendPointSchema(AnswerSchema):
    week_start = fields.String()
    until = fields.String()
    rectification = fields.Nested(RateSchema)
    on_time = fields.Nested(RateSchema)


class TrendSchema(AnswerSchema):
    weeks = fields.Integer()
    points = fields.List(fields.Nested(TrendPointSchema))


class RowSubjectSchema(AnswerSchema):
    id = fields.String()
    name = fields.String()
    town_code = fields.String()
    town_name = fields.String()


class CountedHazardSchema(AnswerSchema):
    number = fields.String()
    description = fields.String()
    spot = fields.String()
    state = one_of(*HazardState)
    grade = one_of(*HazardGrade)
    found_on = fields.String()
    deadline = fields.String(allow_none=True)
    original_deadline = fields.String(allow_none=True)
    submitted_on = fields.String(allow_none=True)
    deadline_then = fields.String(allow_none=True)
    closed_on = fields.String(allow_none=True)
    is_due = fields.Boolean()
    is_on_time = fields.Boolean()
    is_overdue = fields.Boolean()


class CountedVisitSchema(AnswerSchema):
    finished_at = fields.String()
    day = fields.String()
    clock_wrong = fields.Boolean()
    score = fields.String()
    is_final = fields.Boolean()
    scope = one_of(*VisitScope)
    is_insufficient = fields.Boolean()


class CountedObligationSchema(AnswerSchema):
    number = fields.Integer()
    group_name = fields.String()
    times = fields.Integer()
    unit = one_of(*FrequencyUnit)
    begins = fields.String()
    due = fields.String()
    visit_id = fields.String(allow_none=True)
    visit_day = fields.String(allow_none=True)
    state = one_of(*ObligationState)


class CountedSubjectSchema(AnswerSchema):
    paired_from = fields.String(allow_none=True)
    paired_to = fields.String(allow_none=True)
    visit_id = fields.String(allow_none=True)
    visit_day = fields.String(allow_none=True)
    score = fields.String()
    score_visit_id = fields.String(allow_none=True)


class FigureRowSchema(AnswerSchema):
    """One of the four kinds of facts is there, as the figure's ``rows`` says."""

    id = fields.String()
    counted = fields.Boolean(metadata={"description": "it is in the numerator"})
    subject = fields.Nested(RowSubjectSchema)
    hazard = fields.Nested(CountedHazardSchema, allow_none=True)
    visit = fields.Nested(CountedVisitSchema, allow_none=True)
    obligation = fields.Nested(CountedObligationSchema, allow_none=True)
    subject_facts = fields.Nested(CountedSubjectSchema, allow_none=True)


class FigureRowsSchema(PageSchema):
    figure = one_of(*Figure)
    rows = one_of(*FigureRows)
    part = one_of(*FigurePart)
    value = fields.Nested(FigureSchema)
    items = fields.List(fields.Nested(FigureRowSchema))


class SubjectRefSchema(AnswerSchema):
    id = fields.String()
    name = fields.String()
    kind = fields.String()
    town_code = fields.String()
    town_name = fields.String()
    sectors = fields.List(fields.String())
    department_name = fields.String()


class ReasonSchema(AnswerSchema):
    code = one_of(*LevelReason)
    row = fields.String(metadata={"description": "the submission, hazard or accident that lowers the level"})


class SubjectScoreSchema(AnswerSchema):
    visit_id = fields.String()
    exact = fields.String()
    display = fields.String()
    provisional = fields.Boolean()
    insufficient_sample = fields.Boolean()
    scope = one_of(*VisitScope)
    band = fields.String(allow_none=True, metadata={"description": "of the exact score alone"})
    level = fields.String(allow_none=True, metadata={"description": "the lowest that all conditions allow"})
    reasons = fields.List(fields.Nested(ReasonSchema))


class SubjectRowSchema(AnswerSchema):
    subject = fields.Nested(SubjectRefSchema)
    is_on_books = fields.Boolean(metadata={"description": "false: it moved away, and only its events are here"})
    figures = fields.Nested(FiguresSchema)
    score = fields.Nested(SubjectScoreSchema, allow_none=True)


class SubjectRowsSchema(PageSchema):
    items = fields.List(fields.Nested(SubjectRowSchema))


class PageSubjectSchema(AnswerSchema):
    id = fields.String()
    name = fields.String()
    town_code = fields.String()


class ScorePartSchema(AnswerSchema):
    """A submission as it stands beside the others of its visit."""

    submission_id = fields.String()
    weight = fields.String()
    exact = fields.String()
    display = fields.String()
    provisional = fields.Boolean()
    vetoed = fields.Boolean()


class ScoredVisitSchema(AnswerSchema):
    id = fields.String()
    day = fields.String()
    clock_wrong = fields.Boolean()
    exact = fields.String()
    display = fields.String()
    provisional = fields.Boolean()
    insufficient_sample = fields.Boolean()
    scope = one_of(*VisitScope)
    parts = fields.List(fields.Nested(ScorePartSchema))


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


class SubjectPageSchema(AnswerSchema):
    subject = fields.Nested(PageSubjectSchema)
    period = fields.String()
    as_of = fields.String()
    is_on_books = fields.Boolean()
    figures = fields.Nested(FiguresSchema)
    score = fields.Nested(SubjectScoreSchema, allow_none=True)
    visits_total = fields.Integer()
    visits = fields.List(fields.Nested(ScoredVisitSchema))
    submissions = fields.List(fields.Nested(ScoredSubmissionSchema))
