"""Figures of the programme: zero accident, the report on major hazards, and the stock of a campaign (docs/figures.md).

They come from the same counted rows as all others. What may be published waits for a person's word; that is not said here.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from sqlalchemy import and_, or_, select, true

from forms.deadlines import is_working_day
from server.db import db
from server.programme.models import Accident, Campaign, ZeroDeclaration
from server.register.dated import known
from server.scores.belongings import GROUPED_BY
from server.scores.models import LIVE, BelongingRow, CountedAccident, CountedHazard, CountedSpan, CountedVisit
from server.scores.periods import Period
from server.scores.questions import Question
from vocabulary import Grouping, TargetGroup, ZeroReportState

# A period is reported by this day of the month after it, or the next working day.
_REPORTING_DAY = 5
# The figure by which its targets are kept.
ZERO_ACCIDENT = "zero_accident_rate"


@dataclass(frozen=True)
class ZeroAccident:
    """Subjects on the books at the as-of day; ``broken`` are those with an accident in scope since 1 January, with the first."""

    on_books: Sequence[uuid.UUID]
    broken: Mapping[uuid.UUID, uuid.UUID]

    @property
    def numerator(self) -> int:
        return len(self.on_books) - len(self.broken)

    @property
    def denominator(self) -> int:
        return len(self.on_books)

    def met(self, target: Fraction | None) -> bool | None:
        """By the exact value; None where there is nothing to judge."""
        if target is None or not self.on_books:
            return None
        return Fraction(self.numerator * 100, self.denominator) >= target


def zero_accident(question: Question, target_group: TargetGroup) -> ZeroAccident:
    """Of a target group as of the question's day, whatever its period."""
    span, accident, today = CountedSpan, CountedAccident, question.as_of_day
    on_books = db.session.scalars(
        select(span.subject_id)
        .join(BelongingRow, BelongingRow.id == span.belonging_id)
        .where(
            span.edition_id == question.edition_id, span.county_code == question.county_code, span.first <= today,
            span.last >= today, BelongingRow.target_group == target_group, *question.conditions(span.subject_id),
        )
        .order_by(span.subject_id)
    ).all()  # fmt: skip
    broken: dict[uuid.UUID, uuid.UUID] = {}
    for subject_id, accident_id in db.session.execute(
        select(accident.subject_id, accident.accident_id)
        .where(
            accident.edition_id == question.edition_id, accident.county_code == question.county_code,
            accident.day.between(date(today.year, 1, 1), today), accident.subject_id.in_(on_books),
        )
        .order_by(accident.subject_id, accident.day, accident.accident_id)
    ):  # fmt: skip
        broken.setdefault(subject_id, accident_id)
    return ZeroAccident(on_books, broken)


def has_register(question: Question) -> bool:
    """Whether accidents are registered in the county at all: without a register nothing is known of any subject."""
    accident = select(Accident.id).where(
        Accident.county_code == question.county_code,
        known(Accident, None if question.edition_id == LIVE else question.as_of),
    )
    return db.session.scalar(select(accident.exists())) or False


@dataclass(frozen=True)
class ZeroReport:
    """The state of one town, department or subject, and the rows that say so."""

    state: ZeroReportState
    because: Sequence[uuid.UUID]


def zero_reports(
    question: Question, grouping: Grouping | None, groups: Sequence[Any], holidays: Mapping[str, str]
) -> dict[Any, ZeroReport]:
    """What the period's report on major hazards says of each town or department, or without a grouping of each subject."""
    hazard, visit = CountedHazard, CountedVisit
    last = ZeroReportState.MISSING
    if question.as_of_day <= reporting_day(question.period, holidays):
        last = ZeroReportState.NOT_DUE
    rows = (
        (ZeroReportState.REPORTED, _events(question, grouping, hazard, hazard.hazard_id, hazard.counts & hazard.is_major)),
        (ZeroReportState.DECLARED_ZERO, _declarations(question, grouping)),
        (ZeroReportState.ZERO_AFTER_VISITS, _events(question, grouping, visit, visit.visit_id, true())),
    )
    return {
        group: next((ZeroReport(state, found[group]) for state, found in rows if group in found), ZeroReport(last, ()))
        for group in groups
    }


def reporting_day(period: Period, holidays: Mapping[str, str]) -> date:
    """The day by which a period is to be reported."""
    day = (period.last + timedelta(days=1)).replace(day=_REPORTING_DAY)
    while not is_working_day(day, holidays):
        day += timedelta(days=1)
    return day


def _events(question: Question, grouping: Grouping | None, model: Any, id_: Any, condition: Any) -> dict[Any, list[uuid.UUID]]:
    """Ids of the rows of the period by group, in the order of their ids."""
    key = model.subject_id if grouping is None else GROUPED_BY[grouping]
    found: dict[Any, list[uuid.UUID]] = defaultdict(list)
    for group, row_id in db.session.execute(
        select(key, id_)
        .join(BelongingRow, BelongingRow.id == model.belonging_id)
        .where(
            model.edition_id == question.edition_id, model.county_code == question.county_code,
            model.day.between(question.period.first, question.period.last), condition, *question.conditions(model.subject_id),
        )
        .order_by(id_)
    ):  # fmt: skip
        found[group].append(row_id)
    return found


def _declarations(question: Question, grouping: Grouping | None) -> dict[Any, list[uuid.UUID]]:
    declaration = ZeroDeclaration
    column: Any = {
        Grouping.TOWN: declaration.town_code,
        Grouping.DEPARTMENT: declaration.department_id,
        None: declaration.subject_id,
    }[grouping]
    found: dict[Any, list[uuid.UUID]] = defaultdict(list)
    for group, id_ in db.session.execute(
        select(column, declaration.id)
        .where(
            declaration.county_code == question.county_code, declaration.period == question.period.key, column.is_not(None),
            known(declaration, None if question.edition_id == LIVE else question.as_of),
        )
        .order_by(declaration.recorded_at, declaration.id)
    ):  # fmt: skip
        found[group].append(id_)
    return found


@dataclass(frozen=True)
class Stock:
    """Hazards of a campaign in a period: opening + new = closed + closing."""

    opening: Sequence[uuid.UUID]
    new: Sequence[uuid.UUID]
    closed: Sequence[uuid.UUID]
    closing: Sequence[uuid.UUID]


def campaign_stocks(question: Question, campaign: Campaign) -> dict[str, Stock]:
    """By town of the finding, for towns with something."""
    hazard, period = CountedHazard, question.period
    before = and_(hazard.day < period.first, hazard.day <= campaign.cut_off)
    opening = and_(before, or_(hazard.closed_on.is_(None), hazard.closed_on >= period.first))
    new = hazard.day.between(period.first, period.last)
    graded = [hazard.is_major] if campaign.majors_only else []
    rows: dict[str, list[tuple[uuid.UUID, bool, bool]]] = defaultdict(list)
    for town_code, hazard_id, is_new, is_closed in db.session.execute(
        select(BelongingRow.town_code, hazard.hazard_id, new, hazard.is_closed)
        .join(BelongingRow, BelongingRow.id == hazard.belonging_id)
        .where(
            hazard.edition_id == question.edition_id, hazard.county_code == question.county_code, hazard.counts, *graded,
            or_(opening, new), *question.conditions(hazard.subject_id),
        )
        .order_by(hazard.hazard_id)
    ):  # fmt: skip
        rows[town_code].append((hazard_id, is_new, is_closed))
    return {
        town_code: Stock(
            opening=[id_ for id_, is_new, _ in found if not is_new],
            new=[id_ for id_, is_new, _ in found if is_new],
            closed=[id_ for id_, _, is_closed in found if is_closed],
            closing=[id_ for id_, _, is_closed in found if not is_closed],
        )
        for town_code, found in rows.items()
    }
