"""HTTP of scores and rates."""

from __future__ import annotations

import uuid
from typing import Any

from flask.views import MethodView

from server import clock
from server.pairings.visibility import check_subject
from server.permissions import current_actor, requires
from server.scores import rollups
from server.scores.drilldown import subject_drilldown
from server.scores.periods import Period, quarter_of
from server.scores.schemas import (
    ComparisonQuerySchema,
    ComparisonSchema,
    DrilldownQuerySchema,
    DrilldownSchema,
    OverviewSchema,
    ScopeQuerySchema,
    SubjectRowsSchema,
    SubjectsQuerySchema,
    TrendQuerySchema,
    TrendSchema,
)
from server.wire import Blueprint
from vocabulary import Action

blp = Blueprint("scores", __name__, url_prefix="/api/scores", description="得分与整改率 scores and rates")


@blp.route("/overview")
class OverviewView(MethodView):
    @requires(Action.READ_SCORES)
    @blp.arguments(ScopeQuerySchema, location="query")
    @blp.response(200, OverviewSchema)
    def get(self, query: dict[str, Any]) -> Any:
        """The figures of a period within the actor's scope."""
        actor = current_actor()
        conditions = rollups.conditions_for(actor, Action.READ_SCORES, query)
        return rollups.overview(_period(query), conditions, actor.county_code, clock.now())


@blp.route("/by")
class ComparisonView(MethodView):
    @requires(Action.READ_SCORES)
    @blp.arguments(ComparisonQuerySchema, location="query")
    @blp.response(200, ComparisonSchema)
    def get(self, query: dict[str, Any]) -> Any:
        """Towns, departments or sectors compared and ranked; ties share a place and the next ones are skipped."""
        conditions = rollups.conditions_for(current_actor(), Action.READ_SCORES, query)
        return rollups.comparison(query["group"], _period(query), conditions, query["ranked_by"], clock.now())


@blp.route("/trend")
class TrendView(MethodView):
    @requires(Action.READ_SCORES)
    @blp.arguments(TrendQuerySchema, location="query")
    @blp.response(200, TrendSchema)
    def get(self, query: dict[str, Any]) -> Any:
        """Rates at the end of each of the last weeks, over what was found since 1 January."""
        conditions = rollups.conditions_for(current_actor(), Action.READ_SCORES, query)
        return rollups.trend(query["weeks"], conditions, clock.county_date(clock.now()))


@blp.route("/subjects")
class SubjectsView(MethodView):
    @requires(Action.READ_SCORES)
    @blp.arguments(SubjectsQuerySchema, location="query")
    @blp.response(200, SubjectRowsSchema)
    def get(self, query: dict[str, Any]) -> Any:
        """Subjects with their score and rates in a period."""
        conditions = rollups.conditions_for(current_actor(), Action.READ_SCORES, query)
        return rollups.subjects(_period(query), conditions, sort=query["sort"], page=query["page"], page_size=query["page_size"])


@blp.route("/subjects/<uuid:subject_id>")
class SubjectView(MethodView):
    @requires(Action.READ_SCORES)
    @blp.arguments(DrilldownQuerySchema, location="query")
    @blp.response(200, DrilldownSchema)
    def get(self, query: dict[str, Any], subject_id: uuid.UUID) -> Any:
        """How a subject's figures came about: formulas, hazards behind them, answers behind the score."""
        subject = check_subject(current_actor(), Action.READ_SCORES, subject_id)
        return subject_drilldown(subject, _period(query), clock.now())


def _period(query: dict[str, Any]) -> Period:
    """The period asked for, else the current quarter."""
    return query.get("period") or quarter_of(clock.county_date(clock.now()))
