"""What one subject amounts to in a period, and how groups are ranked. Pure arithmetic over plain facts; no floats decide.

F = found in the period (by the day of finding) and not voided; C = those of F that are closed; D = those of F whose
deadline lies before the as-of day (the deadline day itself does not count); T = those of D that are closed and whose
finally accepted rectification was submitted on or before the deadline in force when it was submitted.
rectification rate = |C|/|F|; on-time rate = |T|/|D|; overdue = D not closed. An empty denominator has no rate ("/").
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import TypeVar

from server.scores.periods import Period, periods_between, periods_of

T = TypeVar("T")

# Groups of which less than this share was visited are listed but not ranked: a few good visits prove nothing.
RANKING_COVERAGE = Fraction(1, 2)
_MEAN_SCALE = 10**30


@dataclass(frozen=True, slots=True)
class HazardFacts:
    """A hazard that is not voided. Days are days in the county; ``deadline`` is the one in force now, extensions included."""

    id: uuid.UUID
    found_on: date
    is_major: bool
    is_closed: bool
    closed_on: date | None
    deadline: date | None
    submitted_on: date | None
    deadline_at_submission: date | None
    submission_in_doubt: bool = False

    def is_due(self, as_of: date) -> bool:
        return self.deadline is not None and self.deadline < as_of

    @property
    def is_accepted_on_time(self) -> bool:
        """Without a limit at the time of submission there was none to miss; a time that cannot be believed keeps none."""
        if not self.is_closed or self.submitted_on is None or self.submission_in_doubt:
            return False
        return self.deadline_at_submission is None or self.submitted_on <= self.deadline_at_submission


@dataclass(frozen=True, slots=True)
class SubmissionFacts:
    """A submission that no revision has superseded. The score is numerator / denominator of 100; None has no score."""

    id: uuid.UUID
    finished_at: datetime
    finished_on: date
    numerator: str | None
    denominator: str | None
    score_sort: float | None
    grade: str | None
    is_provisional: bool
    is_insufficient: bool


@dataclass(frozen=True, slots=True)
class Duty:
    """A pairing and, where one is set, how often it must visit; both dated."""

    valid_from: date
    valid_to: date | None
    count: int = 0
    unit: str = "month"  # month | quarter | days


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that the figures of a subject follow from."""

    valid_from: date
    valid_to: date | None
    hazards: Sequence[HazardFacts] = ()
    visit_days: Sequence[date] = ()
    submissions: Sequence[SubmissionFacts] = ()
    pairings: Sequence[Duty] = ()
    duties: Sequence[Duty] = ()


@dataclass(frozen=True, slots=True)
class HazardSets:
    """The hazards behind the figures of a period: what a drill-down lists."""

    found: list[HazardFacts]
    closed: list[HazardFacts]
    due: list[HazardFacts]
    on_time: list[HazardFacts]
    overdue: list[HazardFacts]


@dataclass(frozen=True, slots=True)
class Figures:
    """The columns of a SubjectPeriod row that are figures."""

    to_visit: int
    visits_due: int
    visits: int
    submissions: int
    found: int
    closed: int
    due: int
    on_time: int
    overdue: int
    major_found: int
    major_closed: int
    major_open: int
    major_overdue: int
    carried_closed: int
    score_submission_id: uuid.UUID | None
    score_numerator: str | None
    score_denominator: str | None
    score_sort: float | None
    score_grade: str | None
    score_provisional: bool
    score_insufficient: bool
    stale_after: date | None


@dataclass(slots=True)
class DayFigures:
    found: int = 0
    closed: int = 0
    due: int = 0
    on_time: int = 0


def figures_by_period(facts: Facts, as_of: date) -> dict[str, Figures]:
    """Figures by period key, also of periods in which nothing happened: a subject that nobody visited is to be counted."""
    hazards = _by_period(facts.hazards, lambda hazard: hazard.found_on)
    visits = _by_period(facts.visit_days, lambda day: day)
    submissions = _by_period(facts.submissions, lambda submission: submission.finished_on)
    closed_in = _by_period([h for h in facts.hazards if h.closed_on], lambda hazard: hazard.closed_on or date.max)
    return {
        period.key: _figures(
            facts,
            period,
            hazard_sets(hazards[period.key], as_of),
            len(visits[period.key]),
            submissions[period.key],
            sum(hazard.found_on < period.first for hazard in closed_in[period.key]),
            as_of,
        )
        for period in counted_periods(facts, as_of)
    }


def counted_periods(facts: Facts, as_of: date) -> list[Period]:
    """Every period since the first pairing began, and those of days on which something happened."""
    end = min(as_of, facts.valid_to) if facts.valid_to else as_of
    start = min([end, *(max(pairing.valid_from, facts.valid_from) for pairing in facts.pairings)])
    found = {period.key: period for period in periods_between(start, end)}
    days = {*facts.visit_days, *(hazard.found_on for hazard in facts.hazards)}
    # One by one: a phone whose clock says 1970 or 2099 must not make a thousand empty periods.
    for day in days | {submission.finished_on for submission in facts.submissions}:
        found.update((period.key, period) for period in periods_of(day))
    return sorted(found.values(), key=lambda period: (period.first, -period.last.toordinal()))


def hazard_sets(found: Sequence[HazardFacts], as_of: date) -> HazardSets:
    due = [hazard for hazard in found if hazard.is_due(as_of)]
    return HazardSets(
        found=list(found),
        closed=[hazard for hazard in found if hazard.is_closed],
        due=due,
        on_time=[hazard for hazard in due if hazard.is_accepted_on_time],
        overdue=[hazard for hazard in due if not hazard.is_closed],
    )


def choose_submission(submissions: Iterable[SubmissionFacts]) -> SubmissionFacts | None:
    """The submission whose score stands for the period: the latest complete one, else the latest, which is provisional.

    scoring.md §3.9 takes the latest approved visit. Approval is of photos, one by one, and may come weeks later; so a
    submission counts as soon as it is accepted, and a correction supersedes it. Equal times are decided by the id.
    """
    return max(submissions, key=lambda s: (not s.is_provisional, s.finished_at, s.id), default=None)


def visits_due(duties: Iterable[Duty], period: Period) -> int:
    """How many visits the duty ledger asks for in the whole period.

    A month's or quarter's count is asked for in each one in which the duty is in force; a quarter's in its last month.
    """
    return sum(_visits_due(duty, period) for duty in duties if period.overlaps(duty.valid_from, duty.valid_to))


def figures_by_day(hazards: Iterable[HazardFacts]) -> dict[tuple[int, date], DayFigures]:
    """What happened on which day, by (year of finding, day). A hazard is on time once it is both due and accepted."""
    days: dict[tuple[int, date], DayFigures] = defaultdict(DayFigures)
    for hazard in hazards:
        year = hazard.found_on.year
        days[year, hazard.found_on].found += 1
        # A phone's wrong clock may date the closing before the finding; the trend must not show more closed than found.
        closed_on = max(hazard.closed_on, hazard.found_on) if hazard.closed_on else None
        if closed_on:
            days[year, closed_on].closed += 1
        if hazard.deadline is None:
            continue
        due_from = max(hazard.deadline + timedelta(days=1), hazard.found_on)
        days[year, due_from].due += 1
        if closed_on and hazard.is_accepted_on_time:
            days[year, max(due_from, closed_on)].on_time += 1
    return dict(days)


def rank(groups: Iterable[tuple[Hashable, Fraction | None]]) -> dict[Hashable, int | None]:
    """Places by falling value; equal values share a place and the next ones are skipped (1, 2, 2, 4). None has no place."""
    pairs = list(groups)
    values = sorted((value for _, value in pairs if value is not None), reverse=True)
    return {group: None if value is None else values.index(value) + 1 for group, value in pairs}


def share(numerator: int, denominator: int) -> Fraction | None:
    return Fraction(numerator, denominator) if denominator else None


def is_rankable(covered: int, to_cover: int) -> bool:
    """Whether enough of a group's subjects were visited for its figures to say something about the group."""
    coverage = share(covered, to_cover)
    return coverage is not None and coverage >= RANKING_COVERAGE


def mean(values: Sequence[Fraction]) -> Fraction | None:
    """Cut off after 30 decimals: the exact sum of thousands of unlike fractions has a denominator of thousands of digits."""
    if not values:
        return None
    return Fraction(sum(value.numerator * _MEAN_SCALE // value.denominator for value in values), _MEAN_SCALE * len(values))


def median(values: Sequence[Fraction]) -> Fraction | None:
    if not values:
        return None
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def _figures(
    facts: Facts,
    period: Period,
    sets: HazardSets,
    visits: int,
    submissions: Sequence[SubmissionFacts],
    carried_closed: int,
    as_of: date,
) -> Figures:
    chosen = choose_submission(submissions)
    major_found, major_closed = _majors(sets.found), _majors(sets.closed)
    upcoming = [h.deadline for h in sets.found if h.deadline is not None and h.deadline >= as_of]
    return Figures(
        to_visit=int(any(period.overlaps(pairing.valid_from, pairing.valid_to) for pairing in facts.pairings)),
        visits_due=visits_due(facts.duties, period),
        visits=visits,
        submissions=len(submissions),
        found=len(sets.found),
        closed=len(sets.closed),
        due=len(sets.due),
        on_time=len(sets.on_time),
        overdue=len(sets.overdue),
        major_found=major_found,
        major_closed=major_closed,
        major_open=major_found - major_closed,
        major_overdue=_majors(sets.overdue),
        carried_closed=carried_closed,
        score_submission_id=chosen.id if chosen else None,
        score_numerator=chosen.numerator if chosen else None,
        score_denominator=chosen.denominator if chosen else None,
        score_sort=chosen.score_sort if chosen else None,
        score_grade=chosen.grade if chosen else None,
        score_provisional=chosen.is_provisional if chosen else False,
        score_insufficient=chosen.is_insufficient if chosen else False,
        stale_after=min(upcoming, default=None),
    )


def _majors(hazards: Iterable[HazardFacts]) -> int:
    return sum(hazard.is_major for hazard in hazards)


def _visits_due(duty: Duty, period: Period) -> int:
    if duty.unit == "days":
        first = max(duty.valid_from, period.first)
        last = min(duty.valid_to, period.last) if duty.valid_to else period.last
        return ((last - first).days + 1) // duty.count
    months = [month for month in period.months() if month.overlaps(duty.valid_from, duty.valid_to)]
    if duty.unit == "quarter":
        months = [month for month in months if month.first.month % 3 == 0]
    return duty.count * len(months)


def _by_period(things: Iterable[T], day_of: Callable[[T], date]) -> defaultdict[str, list[T]]:
    grouped: defaultdict[str, list[T]] = defaultdict(list)
    for thing in things:
        for period in periods_of(day_of(thing)):
            grouped[period.key].append(thing)
    return grouped
