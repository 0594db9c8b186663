"""What of a subject is counted, as of an instant: its facts become rows that say where they belong and in which sets. Pure.

A row carries everything that a figure asks of it, so that counting and listing are the same question to one table
(docs/figures.md; the sets of hazards are F, C, D, T of “Hazards”).
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction
from itertools import takewhile
from typing import NamedTuple

from server.pairings.duties import Members, PairedDuty
from server.register.memberships import FOREVER, Belonging, Standing
from server.register.policy import PolicyBook
from server.scores.visit_scores import SubmissionFacts, VisitScore, score_visit
from server.visits.duties import VisitFacts, satisfying_visits
from sync.obligations import next_obligation, obligations, span_of
from vocabulary import FrequencyUnit, HazardState

_DAY = timedelta(days=1)


class HazardFacts(NamedTuple):
    """A hazard as the events known at the instant make it. Days are the county's."""

    id: uuid.UUID
    subject_id: uuid.UUID
    found_on: date
    is_major: bool
    state: HazardState
    merged_into: uuid.UUID | None
    deadline: date | None
    original_deadline: date | None
    submitted_on: date | None
    deadline_then: date | None
    closed_on: date | None
    department_id: uuid.UUID | None
    in_doubt: bool


class AccidentFacts(NamedTuple):
    """An accident that a person has attributed to the subject, or to the village that the subject is."""

    id: uuid.UUID
    subject_id: uuid.UUID
    day: date
    kind: str
    deaths: int


@dataclass(frozen=True, slots=True)
class SubjectFacts:
    """Everything that the figures of a subject follow from, as it was known at one instant."""

    id: uuid.UUID
    standing: Standing
    visits: Sequence[VisitFacts] = ()  # in the order of visits
    submissions: dict[uuid.UUID, list[SubmissionFacts]] = field(default_factory=dict)  # by visit
    hazards: Sequence[HazardFacts] = ()
    pairings: Sequence[tuple[date, date | None]] = ()
    duties: Sequence[PairedDuty] = ()
    accidents: Sequence[AccidentFacts] = ()


# The rows, with their columns in the order of the tables of models.py.


class SpanRow(NamedTuple):
    subject_id: uuid.UUID
    first: date
    last: date
    next_first: date
    belonging_id: int


class PairedRow(NamedTuple):
    subject_id: uuid.UUID
    first: date
    last: date


class VisitRow(NamedTuple):
    visit_id: uuid.UUID
    subject_id: uuid.UUID
    day: date
    belonging_id: int
    finished_at: datetime
    received_at: datetime
    clock_wrong: bool
    score_numerator: str | None
    score_denominator: str | None
    score_sort: float | None
    is_final: bool
    is_core: bool
    is_insufficient: bool
    vetoed_by: list[str]


class HazardRow(NamedTuple):
    hazard_id: uuid.UUID
    subject_id: uuid.UUID
    day: date
    belonging_id: int
    counts: bool
    is_major: bool
    deadline: date | None
    original_deadline: date | None
    submitted_on: date | None
    deadline_then: date | None
    closed_on: date | None
    is_closed: bool
    is_due: bool
    is_on_time: bool
    is_overdue: bool


class DutyRow(NamedTuple):
    rule_id: uuid.UUID
    first: date
    subject_id: uuid.UUID
    pairing_id: uuid.UUID
    group_id: uuid.UUID
    times: int
    unit: FrequencyUnit
    last: date | None
    satisfied: int
    next_due: date | None
    overdue: int


class ObligationRow(NamedTuple):
    rule_id: uuid.UUID
    first: date
    number: int
    subject_id: uuid.UUID
    begins: date
    due: date
    visit_id: uuid.UUID | None
    visit_day: date | None
    is_overdue: bool


class AccidentRow(NamedTuple):
    accident_id: uuid.UUID
    subject_id: uuid.UUID
    day: date
    kind: str
    deaths: int


@dataclass(slots=True)
class Counted:
    """The rows of some subjects, and the belongings that they name."""

    spans: list[SpanRow] = field(default_factory=list)
    paired: list[PairedRow] = field(default_factory=list)
    visits: list[VisitRow] = field(default_factory=list)
    hazards: list[HazardRow] = field(default_factory=list)
    duties: list[DutyRow] = field(default_factory=list)
    obligations: list[ObligationRow] = field(default_factory=list)
    accidents: list[AccidentRow] = field(default_factory=list)
    belongings: dict[int, Belonging] = field(default_factory=dict)
    # The last day on which the rows of a subject hold by themselves: a deadline passes at its end, or a month begins after it.
    holds_until: dict[uuid.UUID, date] = field(default_factory=dict)

    def belonging(self, one: Belonging) -> int:
        key = one.id
        self.belongings.setdefault(key, one)
        return key


def horizon(as_of_day: date) -> date:
    """The last due day of obligations that are kept as rows: no period that has begun ends later, but for custom ranges."""
    return date(as_of_day.year, 12, 31) + timedelta(days=7)


def count(facts: SubjectFacts, as_of_day: date, policy: PolicyBook, members: Members, counted: Counted) -> None:
    """Adds the rows of one subject. Nobody entered it before: then nothing of it belongs anywhere, and nothing is counted."""
    standing = facts.standing
    if not standing.spans:
        counted.holds_until[facts.id] = FOREVER
        return
    counted.spans += _spans(facts.id, standing, counted)
    counted.paired += _paired(facts)
    for visit in facts.visits:
        counted.visits.append(_visit(visit, facts, policy, counted))
    for hazard in facts.hazards:
        counted.hazards.append(_hazard(hazard, standing, as_of_day, counted))
    first_own = len(counted.obligations)
    for duty in facts.duties:
        _duty(duty, facts.visits, as_of_day, policy, members, counted)
    counted.accidents += [
        AccidentRow(one.id, facts.id, one.day, one.kind, one.deaths)
        for one in facts.accidents
        if one.kind in policy.on(one.day).accident_scope
    ]
    counted.holds_until[facts.id] = min(_changes(facts, as_of_day, policy, counted.obligations[first_own:]))


def _spans(subject_id: uuid.UUID, standing: Standing, counted: Counted) -> Iterator[SpanRow]:
    following = [*(span.first for span in standing.spans[1:]), FOREVER]
    for span, next_first in zip(standing.spans, following, strict=True):
        yield SpanRow(subject_id, span.first, span.last, next_first, counted.belonging(span.belonging))


def _paired(facts: SubjectFacts) -> Iterator[PairedRow]:
    """Valid days with a pairing in force; pairings side by side make one stretch."""
    terms = sorted((first, last or FOREVER) for first, last in facts.pairings)
    merged: list[tuple[date, date]] = []
    for first, last in terms:
        if merged and (merged[-1][1] == FOREVER or first <= merged[-1][1] + _DAY):
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    for first, last in merged:
        for span in _books(facts.standing):
            begins, ends = max(first, span[0]), min(last, span[1])
            if begins <= ends:
                yield PairedRow(facts.id, begins, ends)


def _books(standing: Standing) -> list[tuple[date, date]]:
    """Stretches of valid days, whatever the memberships."""
    found: list[tuple[date, date]] = []
    for span in standing.spans:
        if found and found[-1][1] != FOREVER and span.first == found[-1][1] + _DAY:
            found[-1] = (found[-1][0], span.last)
        else:
            found.append((span.first, span.last))
    return found


def _belonging_on(standing: Standing, day: date) -> Belonging:
    span = standing.span_on(day)
    assert span is not None, "a subject with spans belongs somewhere on every day"
    return span.belonging


def _visit(visit: VisitFacts, facts: SubjectFacts, policy: PolicyBook, counted: Counted) -> VisitRow:
    score = score_of(visit, facts, policy)
    points = score.points
    return VisitRow(
        visit_id=visit.id,
        subject_id=facts.id,
        day=visit.day,
        belonging_id=counted.belonging(_belonging_on(facts.standing, visit.day)),
        finished_at=visit.counted_at,
        received_at=visit.received_at,
        clock_wrong=visit.clock_wrong,
        score_numerator=None if points is None else str(points.numerator),
        score_denominator=None if points is None else str(points.denominator),
        score_sort=None if points is None else float(points),
        is_final=score.is_final,
        is_core=score.is_core,
        is_insufficient=score.is_insufficient,
        vetoed_by=list(score.vetoed_by),
    )


def score_of(visit: VisitFacts, facts: SubjectFacts, policy: PolicyBook) -> VisitScore:
    return score_visit(facts.submissions.get(visit.id, ()), policy.on(visit.day).checklist_weights)


def _hazard(hazard: HazardFacts, standing: Standing, as_of_day: date, counted: Counted) -> HazardRow:
    belonging = _belonging_on(standing, hazard.found_on)
    if hazard.department_id is not None:
        belonging = belonging.under(hazard.department_id)
    counts = hazard.state != HazardState.VOIDED
    is_closed = counts and hazard.state == HazardState.CLOSED
    is_due = counts and hazard.deadline is not None and hazard.deadline < as_of_day
    return HazardRow(
        hazard_id=hazard.id,
        subject_id=hazard.subject_id,
        day=hazard.found_on,
        belonging_id=counted.belonging(belonging),
        counts=counts,
        is_major=hazard.is_major,
        deadline=hazard.deadline,
        original_deadline=hazard.original_deadline,
        submitted_on=hazard.submitted_on if is_closed else None,
        deadline_then=hazard.deadline_then if is_closed else None,
        closed_on=hazard.closed_on if is_closed else None,
        is_closed=is_closed,
        is_due=is_due,
        is_on_time=is_due and is_closed and _was_on_time(hazard),
        is_overdue=is_due and not is_closed,
    )


def _was_on_time(hazard: HazardFacts) -> bool:
    """Without a limit on the day of the submission there was none to miss. A submission whose time cannot be right is not."""
    if hazard.submitted_on is None or hazard.in_doubt:
        return False
    return hazard.deadline_then is None or hazard.submitted_on <= hazard.deadline_then


def _duty(
    duty: PairedDuty, visits: Sequence[VisitFacts], as_of_day: date, policy: PolicyBook, members: Members, counted: Counted
) -> None:
    shares = policy.span_shares()
    taken = satisfying_visits(duty, visits, members, shares)
    last = horizon(as_of_day)
    overdue = 0
    for one in takewhile(lambda one: one.due <= last, obligations(duty.duty, shares)):
        visit = taken[one.number - 1] if one.number <= len(taken) else None
        is_overdue = visit is None and one.due < as_of_day
        overdue += is_overdue
        counted.obligations.append(
            ObligationRow(
                rule_id=duty.rule_id,
                first=duty.duty.first,
                number=one.number,
                subject_id=duty.subject_id,
                begins=one.begins,
                due=one.due,
                visit_id=visit.id if visit else None,
                visit_day=visit.day if visit else None,
                is_overdue=is_overdue,
            )
        )
    following = next_obligation(duty.duty, len(taken), shares)
    counted.duties.append(
        DutyRow(
            rule_id=duty.rule_id,
            first=duty.duty.first,
            subject_id=duty.subject_id,
            pairing_id=duty.pairing_id,
            group_id=duty.group_id,
            times=duty.duty.count,
            unit=duty.duty.unit,
            last=duty.duty.last,
            satisfied=len(taken),
            next_due=following.due if following else None,
            overdue=overdue,
        )
    )


def _changes(facts: SubjectFacts, as_of_day: date, policy: PolicyBook, obligations_: Sequence[ObligationRow]) -> Iterator[date]:
    """Last days on which something about the subject is as it is on the as-of day."""
    # A month that begins has figures that the day before had not.
    yield span_of(as_of_day, FrequencyUnit.MONTH)[1]
    for hazard in facts.hazards:
        if hazard.deadline is not None and hazard.deadline >= as_of_day and hazard.state != HazardState.VOIDED:
            yield hazard.deadline
    for span in facts.standing.spans:
        yield from _turns(span.first, span.last, as_of_day)
    for first, last in facts.pairings:
        yield from _turns(first, last or FOREVER, as_of_day)
    for row in obligations_:
        if row.due >= as_of_day:
            # Due by the as-of day from that day on, overdue from the day after.
            yield row.due if row.due == as_of_day else row.due - _DAY
    for change in policy.changes_after(as_of_day):
        yield change - _DAY


def _turns(first: date, last: date, as_of_day: date) -> Iterator[date]:
    if first > as_of_day:
        yield first - _DAY
    if as_of_day <= last < FOREVER:
        yield last


def points_of(numerator: str | None, denominator: str | None) -> Fraction | None:
    """Points of 100 as the tables keep them."""
    return None if numerator is None or denominator is None else Fraction(int(numerator), int(denominator))
