"""Queries behind scores: the facts of one subject, its aggregate rows, and roll-ups over many subjects by SQL."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, astuple, dataclass, fields
from datetime import date, datetime
from fractions import Fraction
from operator import attrgetter
from typing import Any

from sqlalchemy import ColumnElement, and_, case, delete, func, insert, or_, select, update
from sqlalchemy.orm import lazyload
from sqlalchemy.sql.expression import bindparam

from server.clock import county_date
from server.db import db
from server.evidence.models import Photo
from server.evidence.store import SITE_ROLES
from server.hazards.models import Hazard
from server.pairings.duties import load_duties
from server.pairings.models import Pairing, PairingTerm
from server.register.dated import known
from server.register.models import Subject, SubjectSector
from server.scores.models import SubjectDay, SubjectPeriod
from server.scores.periods import Period
from server.scores.rules import DayFigures, Duty, Facts, Figures, HazardFacts, SubmissionFacts
from server.visits.models import Submission, Visit
from server.work.outbox import OutboxNote
from vocabulary import Topic

_FIGURES = tuple(field.name for field in fields(Figures))
_figures_of = attrgetter(*_FIGURES)
SUMS = (
    "visits_due", "visits", "submissions", "found", "closed", "due", "on_time", "overdue",
    "major_found", "major_closed", "major_open", "major_overdue", "carried_closed",
)  # fmt: skip


@dataclass(frozen=True)
class GroupSums:
    """A group of subjects in one period: sums of their figures, and the shares of 1 that their scores are."""

    code: str | None
    subjects: int
    visited: int
    to_visit: int
    covered: int
    sums: Mapping[str, int]
    scores: Sequence[Fraction]


def lock_subject(subject_id: uuid.UUID) -> Subject | None:
    """The subject, locked until the transaction ends, so that two refreshes cannot overtake each other."""
    return db.session.scalar(
        select(Subject).options(lazyload(Subject.sector_rows)).where(Subject.id == subject_id).with_for_update(of=Subject)
    )


def load_facts(subject: Subject) -> Facts:
    """All that is known of one subject; every query goes by an index that begins with the subject."""
    terms = db.session.execute(
        select(PairingTerm.valid_from, PairingTerm.valid_to)
        .join(Pairing, Pairing.id == PairingTerm.pairing_id)
        .where(Pairing.subject_id == subject.id, known(PairingTerm))
    ).all()
    duties = load_duties([subject.id]).get(subject.id, [])
    visits = db.session.scalars(select(Visit.day).where(Visit.subject_id == subject.id))
    return Facts(
        valid_from=subject.valid_from,
        valid_to=subject.valid_to,
        hazards=load_hazards(subject.id),
        visit_days=list(visits),
        submissions=_load_submissions(subject.id),
        pairings=[Duty(valid_from, valid_to) for valid_from, valid_to in terms],
        duties=[Duty(one.duty.first, one.duty.last, one.duty.count, one.duty.unit) for one in duties],
    )


def load_hazards(subject_id: uuid.UUID) -> list[HazardFacts]:
    """The subject's hazards that are not voided."""
    in_doubt = Hazard.projection["submission_in_doubt"].as_boolean()
    rows = db.session.execute(
        select(
            Hazard.id, Hazard.found_on, Hazard.grade, Hazard.state, Hazard.closed_on, Hazard.deadline,
            Hazard.submitted_on, Hazard.deadline_then, in_doubt,
        )
        .where(Hazard.subject_id == subject_id, Hazard.state != "voided")
        .order_by(Hazard.found_at, Hazard.id)
    )  # fmt: skip
    return [
        HazardFacts(
            id=id_,
            found_on=found_on,
            is_major=grade == "major",
            is_closed=state == "closed",
            closed_on=closed_on,
            deadline=deadline,
            submitted_on=submitted_on,
            deadline_at_submission=limit,
            submission_in_doubt=bool(doubted),
        )
        for id_, found_on, grade, state, closed_on, deadline, submitted_on, limit, doubted in rows
    ]


def write_periods(subject: Subject, figures: Mapping[str, Figures], now: datetime) -> None:
    """Makes the subject's rows equal to the figures; a row whose figures stay is not touched."""
    table = SubjectPeriod.__table__
    columns = [table.c[name] for name in _FIGURES]
    present = {
        row[0]: row[1:] for row in db.session.execute(select(table.c.period, *columns).where(table.c.subject_id == subject.id))
    }
    key = {"county_code": subject.county_code, "subject_id": subject.id}
    new = [
        {**key, "period": period, "as_of": now, **asdict(values)} for period, values in figures.items() if period not in present
    ]
    changed = [
        {"key_subject": subject.id, "key_period": period, "as_of": now, **asdict(values)}
        for period, values in figures.items()
        if period in present and tuple(present[period]) != _figures_of(values)
    ]
    gone = [period for period in present if period not in figures]
    if new:
        db.session.execute(insert(SubjectPeriod), new)
    if changed:
        here = (table.c.subject_id == bindparam("key_subject")) & (table.c.period == bindparam("key_period"))
        db.session.connection().execute(
            update(table).where(here).values({name: bindparam(name) for name in (*_FIGURES, "as_of")}), changed
        )
    if gone:
        db.session.execute(delete(table).where(table.c.subject_id == subject.id, table.c.period.in_(gone)))


def write_days(subject: Subject, figures: Mapping[tuple[int, date], DayFigures]) -> None:
    """Makes the subject's daily rows equal to the figures."""
    table = SubjectDay.__table__
    columns = (table.c.found_year, table.c.day, table.c.found, table.c.closed, table.c.due, table.c.on_time)
    present = {(row[0], row[1]): row[2:] for row in db.session.execute(select(*columns).where(table.c.subject_id == subject.id))}
    wanted = {key: astuple(values) for key, values in figures.items()}
    outdated = [key for key, values in present.items() if wanted.get(key) != tuple(values)]
    for found_year, day in outdated:
        db.session.execute(
            delete(table).where(table.c.subject_id == subject.id, table.c.found_year == found_year, table.c.day == day)
        )
    new = [
        {"county_code": subject.county_code, "subject_id": subject.id, "found_year": key[0], "day": key[1]} | asdict(values)
        for key, values in figures.items()
        if key not in present or key in outdated
    ]
    if new:
        db.session.execute(insert(SubjectDay), new)


def subjects_with_stale_rows(today: date, month: Period, limit: int) -> list[uuid.UUID]:
    """Subjects with a row that a passed deadline has made wrong, or without a row for the month that has begun."""
    stale = select(SubjectPeriod.subject_id).where(SubjectPeriod.stale_after < today).distinct().limit(limit)
    without = (
        select(Subject.id)
        .outerjoin(SubjectPeriod, and_(SubjectPeriod.subject_id == Subject.id, SubjectPeriod.period == month.key))
        .where(
            Subject.valid_from <= today,
            or_(Subject.valid_to.is_(None), Subject.valid_to >= month.first),
            SubjectPeriod.subject_id.is_(None),
        )
        .limit(limit)
    )
    return list(dict.fromkeys([*db.session.scalars(stale), *db.session.scalars(without)]))


def noted_subjects() -> set[str]:
    """Subjects whose refresh is noted and not finished yet."""
    return set(db.session.scalars(select(OutboxNote.key).where(OutboxNote.topic == Topic.REFRESH_SUBJECT).distinct()))


def by_county(subject_ids: Iterable[uuid.UUID]) -> dict[str, list[uuid.UUID]]:
    found: dict[str, list[uuid.UUID]] = {}
    for subject_id, county_code in db.session.execute(
        select(Subject.id, Subject.county_code).where(Subject.id.in_(list(subject_ids)))
    ):
        found.setdefault(county_code, []).append(subject_id)
    return found


def all_subject_ids() -> Sequence[uuid.UUID]:
    return db.session.scalars(select(Subject.id).order_by(Subject.id)).all()


def group_sums(group: str, period: Period, conditions: Sequence[ColumnElement[bool]]) -> list[GroupSums]:
    """Figures by town, department or main sector, or of all in one ("all"); ``conditions`` are on Subject."""
    column = _group_column(group)
    base = _subjects_in(period, conditions)
    if group == "sector":
        main = and_(SubjectSector.subject_id == Subject.id, SubjectSector.position == 0)
        base = base.outerjoin(SubjectSector, main)
    visited = case((SubjectPeriod.visits > 0, 1), else_=0)
    rows = db.session.execute(
        base.with_only_columns(
            column,
            func.count(),
            func.coalesce(func.sum(visited), 0),
            func.coalesce(func.sum(SubjectPeriod.to_visit), 0),
            func.coalesce(func.sum(case((SubjectPeriod.to_visit == 1, visited), else_=0)), 0),
            *(func.coalesce(func.sum(getattr(SubjectPeriod, name)), 0) for name in SUMS),
        )
        .group_by(column)
        .order_by(column)
    ).all()
    scores: dict[Any, list[Fraction]] = {}
    final = (
        SubjectPeriod.score_numerator.is_not(None),
        SubjectPeriod.score_provisional.is_(False),
        SubjectPeriod.score_insufficient.is_(False),
    )
    for code, numerator, denominator in db.session.execute(
        base.where(*final).with_only_columns(column, SubjectPeriod.score_numerator, SubjectPeriod.score_denominator)
    ):
        scores.setdefault(code, []).append(Fraction(int(numerator), int(denominator)))
    return [
        GroupSums(
            code=None if row[0] is None else str(row[0]),
            subjects=row[1],
            visited=int(row[2]),
            to_visit=int(row[3]),
            covered=int(row[4]),
            sums={name: int(value) for name, value in zip(SUMS, row[5:], strict=True)},
            scores=scores.get(row[0], []),
        )
        for row in rows
    ]


def daily_sums(years: Iterable[int], until: date, conditions: Sequence[ColumnElement[bool]]) -> Sequence[Any]:
    """(found_year, day, found, closed, due, on_time) summed over subjects, by day."""
    return db.session.execute(
        select(
            SubjectDay.found_year,
            SubjectDay.day,
            *(func.sum(column) for column in (SubjectDay.found, SubjectDay.closed, SubjectDay.due, SubjectDay.on_time)),
        )
        .join(Subject, Subject.id == SubjectDay.subject_id)
        .where(SubjectDay.found_year.in_(list(years)), SubjectDay.day <= until, *conditions)
        .group_by(SubjectDay.found_year, SubjectDay.day)
        .order_by(SubjectDay.day)
    ).all()


def subject_rows(
    period: Period, conditions: Sequence[ColumnElement[bool]], *, sort: str, limit: int | None, offset: int = 0
) -> Sequence[Any]:
    """(Subject, SubjectPeriod or None, checklist hash of the score or None), sorted."""
    rate = case((SubjectPeriod.found > 0, SubjectPeriod.closed * 1.0 / SubjectPeriod.found))
    # The id is last, so that pages neither repeat nor skip a subject.
    by_name = (Subject.town_code, Subject.name, Subject.id)
    orders: dict[str, tuple[Any, ...]] = {
        "name": by_name,
        "score": (SubjectPeriod.score_sort.desc().nulls_last(), *by_name),
        "rectification": (rate.asc().nulls_last(), *by_name),
        "overdue": (SubjectPeriod.overdue.desc().nulls_last(), *by_name),
    }
    return db.session.execute(
        _subjects_in(period, conditions)
        .outerjoin(Submission, Submission.id == SubjectPeriod.score_submission_id)
        .with_only_columns(Subject, SubjectPeriod, Submission.checklist_hash)
        .order_by(*orders[sort])
        .limit(limit)
        .offset(offset)
    ).all()


def count_subjects(period: Period, conditions: Sequence[ColumnElement[bool]]) -> int:
    return db.session.scalar(_subjects_in(period, conditions).with_only_columns(func.count())) or 0


def find_row(subject_id: uuid.UUID, period: Period) -> SubjectPeriod | None:
    return db.session.get(SubjectPeriod, (subject_id, period.key))


def submissions_in(subject_id: uuid.UUID, ids: Sequence[uuid.UUID]) -> Sequence[Submission]:
    return db.session.scalars(
        select(Submission)
        .where(Submission.subject_id == subject_id, Submission.id.in_(list(ids)))
        .order_by(Submission.finished_at.desc(), Submission.id)
    ).all()


def submission_facts_in(subject_id: uuid.UUID, period: Period) -> list[SubmissionFacts]:
    return [facts for facts in _load_submissions(subject_id) if period.holds(facts.finished_on)]


def hazards_by_id(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Hazard]:
    return {hazard.id: hazard for hazard in db.session.scalars(select(Hazard).where(Hazard.id.in_(list(ids))))}


def count_pending_reviews(conditions: Sequence[ColumnElement[bool]]) -> int:
    """Photos of the site that wait for their first review; the same ones that the review queue lists."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(Photo)
            .join(Subject, Subject.id == Photo.subject_id)
            .where(Photo.review_state == "pending", Photo.sha256.is_not(None), Photo.role.in_(SITE_ROLES), *conditions)
        )
        or 0
    )


def _subjects_in(period: Period, conditions: Sequence[ColumnElement[bool]]) -> Any:
    """Subjects on the books at some time of the period, with their row of it if there is one."""
    return (
        select(Subject)
        .select_from(Subject)
        .outerjoin(SubjectPeriod, and_(SubjectPeriod.subject_id == Subject.id, SubjectPeriod.period == period.key))
        .where(
            Subject.valid_from <= period.last,
            or_(Subject.valid_to.is_(None), Subject.valid_to >= period.first),
            *conditions,
        )
    )


def _group_column(group: str) -> Any:
    return {
        "town": Subject.town_code,
        "department": Subject.industry_department_id,
        "sector": SubjectSector.sector,
        "all": Subject.county_code,
    }[group]


def _load_submissions(subject_id: uuid.UUID) -> list[SubmissionFacts]:
    rows = db.session.execute(
        select(
            Submission.id, Submission.finished_at, Submission.score_numerator, Submission.score_denominator,
            Submission.score_sort, Submission.grade, Submission.provisional, Submission.insufficient_sample,
        )
        .where(Submission.subject_id == subject_id, Submission.superseded.is_(False))
        .order_by(Submission.finished_at, Submission.id)
    )  # fmt: skip
    return [SubmissionFacts(row[0], row[1], county_date(row[1]), *row[2:]) for row in rows]
