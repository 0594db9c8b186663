"""Visits that a duty asks for: when each may begin, by which day it is due, and which visit satisfies which.

A duty is one frequency rule of one pairing while rule, pairing and subject are in force. Who counts as a visitor of the
duty is the caller's; here visits are days. Mirrored by client/src/sync/obligations.ts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from vocabulary import FrequencyUnit

_DAY = timedelta(days=1)
# From which day on which share of a span a duty must be in force, in order; the first holds before its day, too.
SpanShares = Sequence[tuple[date, Fraction]]
_MONTHS = {FrequencyUnit.MONTH: 1, FrequencyUnit.QUARTER: 3, FrequencyUnit.HALF_YEAR: 6, FrequencyUnit.YEAR: 12}
HALF: SpanShares = ((date.min, Fraction(1, 2)),)


@dataclass(frozen=True, slots=True)
class Duty:
    """``count`` visits per ``unit`` (week, month, quarter, half_year, year), or for ``days`` one every ``count`` days.

    Both days belong to the duty; ``last`` None is open.
    """

    first: date
    last: date | None
    count: int
    unit: FrequencyUnit


@dataclass(frozen=True, slots=True)
class Obligation:
    """``number`` counts from 1 over the obligations that exist; a visit on ``begins`` or later may satisfy it."""

    number: int
    begins: date
    due: date


def obligations(duty: Duty, shares: SpanShares = HALF) -> Iterator[Obligation]:
    """All obligations of a duty by their due days; endless for an open duty.

    ``days``: the k-th is due on first + k·n and begins the day after the one before it was due.
    Spans: the j-th of c is due at the end of the j-th of c equal parts, all begin with the span but not before the duty.
    A span counts only when the duty is in force on at least the share of its days that is asked for on its last day; an
    obligation due on a day on which the duty is not in force does not exist.
    """
    dates = _every_days(duty) if duty.unit == FrequencyUnit.DAYS else _in_spans(duty, shares)
    for number, (begins, due) in enumerate(dates, 1):
        yield Obligation(number, begins, due)


def satisfied_by(duty: Duty, visit_days: Iterable[date], shares: SpanShares = HALF) -> list[int]:
    """Which visit satisfies obligation 1, 2, 3 …: indexes into ``visit_days``, which come in the order of the visits.

    Each visit takes the earliest unsatisfied obligation that has begun, so the satisfied ones are always the first ones;
    a visit before the next begins takes nothing. A visit after the end of the duty can still satisfy a missed one.
    Source: tests/vectors/sync/obligations.json; also client/src/sync/obligations.ts.
    """
    taken: list[int] = []
    waiting = obligations(duty, shares)
    earliest = next(waiting, None)
    for index, day in enumerate(visit_days):
        if earliest is not None and earliest.begins <= day:
            taken.append(index)
            earliest = next(waiting, None)
    return taken


def next_obligation(duty: Duty, satisfied: int, shares: SpanShares = HALF) -> Obligation | None:
    """The oldest unsatisfied obligation when the first ``satisfied`` ones are; None when the duty asks for no more."""
    return next((one for one in obligations(duty, shares) if one.number > satisfied), None)


def span_of(day: date, unit: FrequencyUnit) -> tuple[date, date]:
    """First and last day of the calendar span that holds the day; weeks begin on Monday."""
    if unit == FrequencyUnit.WEEK:
        monday = day - timedelta(days=day.weekday())
        return monday, monday + timedelta(days=6)
    months = _MONTHS[unit]
    first_month = (day.month - 1) // months * months + 1
    following = first_month + months
    first_after = date(day.year + (following > 12), (following - 1) % 12 + 1, 1)
    return date(day.year, first_month, 1), first_after - _DAY


def _every_days(duty: Duty) -> Iterator[tuple[date, date]]:
    begins = duty.first
    due = duty.first + timedelta(days=duty.count)
    while duty.last is None or due <= duty.last:
        yield begins, due
        begins, due = due + _DAY, due + timedelta(days=duty.count)


def _in_spans(duty: Duty, shares: SpanShares) -> Iterator[tuple[date, date]]:
    first, last = span_of(duty.first, duty.unit)
    while duty.last is None or first <= duty.last:
        length = (last - first).days + 1
        begins = max(first, duty.first)
        ends = last if duty.last is None else min(last, duty.last)
        if Fraction((ends - begins).days + 1, length) >= _share_on(shares, last):
            for part in range(1, duty.count + 1):
                # More visits than days share the first day.
                due = first + timedelta(days=max(length * part // duty.count, 1) - 1)
                if begins <= due <= ends:
                    yield begins, due
        first, last = span_of(last + _DAY, duty.unit)


def _share_on(shares: SpanShares, day: date) -> Fraction:
    return next((share for begins, share in reversed(shares) if begins <= day), shares[0][1])
