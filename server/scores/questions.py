"""A question about figures: which period, as of when, of which rows; and what policy and targets say about the answer."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, false, true
from sqlalchemy.sql.selectable import FromClause

from server.clock import county_date
from server.permissions import Actor
from server.problems import FieldError, Refusal
from server.register.policy import Policy
from server.register.store import policy_book, targets
from server.scores.amounts import Wanted, source
from server.scores.belongings import narrowed, visible_rows
from server.scores.counting import horizon
from server.scores.models import LIVE
from server.scores.periods import Period
from vocabulary import Action, FaultCode, ProblemCode


@dataclass(frozen=True)
class Question:
    """``as_of`` is now for the live edition. Without an actor everything of the county is asked for."""

    county_code: str
    period: Period
    as_of: datetime
    actor: Actor | None = None
    action: Action = Action.READ_SCORES
    filters: Mapping[str, Any] = field(default_factory=dict)
    subject_id: uuid.UUID | None = None
    edition_id: int = LIVE

    @classmethod
    def of(cls, actor: Actor, action: Action, period: Period, filters: Mapping[str, Any], now: datetime) -> Question:
        """What somebody asks of the live edition. Raises: Refusal for a period that figures cannot be made for."""
        question = cls(actor.county_code, period, now, actor, action, filters, filters.get("subject"))
        if period.last > horizon(question.as_of_day):
            raise Refusal(ProblemCode.PERIOD_TOO_LATE, errors=[FieldError("#/period", FaultCode.NOT_A_PERIOD)])
        return question

    @cached_property
    def as_of_day(self) -> date:
        return county_date(self.as_of)

    @cached_property
    def cut(self) -> date:
        """The day whose policy and targets hold."""
        return self.period.cut(self.as_of_day)

    @cached_property
    def policy(self) -> Policy:
        return policy_book(self.county_code, None if self.edition_id == LIVE else self.as_of).on(self.cut)

    @cached_property
    def has_begun(self) -> bool:
        """A period that begins after the as-of day has no figures."""
        return self.period.first <= self.as_of_day

    def amounts(self, subject_ids: Sequence[uuid.UUID] | None = None) -> FromClause:
        """The period's amounts per subject and belonging, of everybody or of some subjects."""
        ids = [self.subject_id] if self.subject_id is not None else subject_ids
        return source(Wanted(self.edition_id, self.county_code, [self.period], self.as_of_day, ids))

    def conditions(self, subject_id: Any) -> list[ColumnElement[bool]]:
        """What is asked for, on BelongingRow and on the rows' subject."""
        seen = true() if self.actor is None else visible_rows(self.actor, self.action, subject_id, self.as_of_day)
        of_one = [] if self.subject_id is None else [subject_id == self.subject_id]
        return [seen if self.has_begun else false(), *narrowed(self.filters), *of_one]

    def target(self, figure: str) -> Fraction | None:
        """The figure's own target of the year in percent: of the target group asked for, else of all."""
        return self._targets.get((figure, self.filters.get("target_group"))) or self._targets.get((figure, None))

    @cached_property
    def _targets(self) -> dict[tuple[str, Any], Fraction]:
        rows = targets(self.county_code, self.cut.year, None if self.edition_id == LIVE else self.as_of)
        return {(row.figure, row.target_group): Fraction(row.value) for row in rows if row.value}
