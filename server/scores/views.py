"""HTTP of figures and scores."""

from __future__ import annotations

import uuid
from typing import Any

from flask.views import MethodView

from server import clock
from server.paging import Asked
from server.pairings.visibility import check_subject
from server.permissions import current_actor, requires
from server.scores import overview, rows, subjects
from server.scores.periods import period_of
from server.scores.questions import Question
from server.scores.schemas import (
    ComparisonQuerySchema,
    ComparisonSchema,
    FigureRowsQuerySchema,
    FigureRowsSchema,
    OverviewSchema,
    ScopeQuerySchema,
    SubjectPageSchema,
    SubjectQuerySchema,
    SubjectRowsSchema,
    SubjectsQuerySchema,
    TrendQuerySchema,
    TrendSchema,
)
from server.scores.subject_page import subject_page
from server.scores.trend import trend
from server.wire import Blueprint, answers
from vocabulary import Action, Figure, PeriodUnit

blp = Blueprint("scores", __name__, url_prefix="/api/scores", description="得分与各项指标 scores and figures")


@blp.route("/overview")
class OverviewView(MethodView):
    @requires(Action.READ_SCORES)
    @blp.arguments(ScopeQuerySchema, location="query")
    @answers(blp, 200, OverviewSchema)
    def get(self, query: dict[str, Any]) -> Any:
        """The figures of a period within the actor's scope."""
        return overview.overview(_question(query))


@blp.route("/by")
class ComparisonView(MethodView):
    @requires(Action.READ_SCORES)
    @blp.arguments(ComparisonQuerySchema, location="query")
    @answers(blp, 200, ComparisonSchema)
    def get(self, query: dict[str, Any]) -> Any:
        """Groups compared and ranked; ties share a place and the next ones are skipped."""
        return overview.comparison(_question(query), query["group"], query["ranked_by"])


@blp.route(f"/figures/<any({','.join(Figure)}):figure>")
class FigureRowsView(MethodView):
    @requires(Action.READ_SCORES)
    @blp.arguments(FigureRowsQuerySchema, location="query")
    @answers(blp, 200, FigureRowsSchema)
    def get(self, query: dict[str, Any], figure: str) -> Any:
        """A figure with exactly the rows in it: those of its numerator, of its denominator, or the rest."""
        place = rows.Place(query.get("by"), query.get("code"))
        return rows.figure_rows(_question(query), Figure(figure), place, query["part"], Asked.of(query))


@blp.route("/trend")
class TrendView(MethodView):
    @requires(Action.READ_SCORES)
    @blp.arguments(TrendQuerySchema, location="query")
    @answers(blp, 200, TrendSchema)
    def get(self, query: dict[str, Any]) -> Any:
        """Rates at the end of each of the last weeks, over what was found since 1 January."""
        return trend(_question(query), query["weeks"])


@blp.route("/subjects")
class SubjectsView(MethodView):
    @requires(Action.READ_SCORES)
    @blp.arguments(SubjectsQuerySchema, location="query")
    @answers(blp, 200, SubjectRowsSchema)
    def get(self, query: dict[str, Any]) -> Any:
        """Subjects with their score and figures in a period."""
        return subjects.subject_list(_question(query), query["q"], query["sort"], Asked.of(query))


@blp.route("/subjects/<uuid:subject_id>")
class SubjectView(MethodView):
    @requires(Action.READ_SCORES)
    @blp.arguments(SubjectQuerySchema, location="query")
    @answers(blp, 200, SubjectPageSchema)
    def get(self, query: dict[str, Any], subject_id: uuid.UUID) -> Any:
        """How a subject's score came about: its visits, their checklists beside each other, the answers."""
        question = _question(query)
        return subject_page(check_subject(current_actor(), Action.READ_SCORES, subject_id), question)


def _question(query: dict[str, Any]) -> Question:
    """About the period asked for, else the current quarter."""
    now = clock.now()
    period = query.get("period") or period_of(clock.county_date(now), PeriodUnit.QUARTER)
    return Question.of(current_actor(), Action.READ_SCORES, period, query, now)
