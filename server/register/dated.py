"""Dated rows with a past: from which day to which day they hold, and from when to when the service knew them.

A row is never changed: another takes its place from its own receipt on (a membership that got an end), or it is withdrawn.
So the register of any day can be shown as it was known at any moment.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ColumnElement, and_, or_
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from server.db import db


class Recorded:
    """Columns of a row with a past: known from ``recorded_at`` on, until ``superseded_at``; None is still known."""

    @declared_attr
    def recorded_at(cls) -> Mapped[datetime]:
        return mapped_column()

    @declared_attr
    def superseded_at(cls) -> Mapped[datetime | None]:
        return mapped_column()


class Dated(Recorded):
    """Columns of a dated row with a past. Both days are included, ``valid_to`` None is open."""

    @declared_attr
    def valid_from(cls) -> Mapped[date]:
        return mapped_column()

    @declared_attr
    def valid_to(cls) -> Mapped[date | None]:
        return mapped_column()


def dates_in_order() -> CheckConstraint:
    return CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="dates_in_order")


def known(model: Any, as_of: datetime | None = None) -> ColumnElement[bool]:
    """A condition that holds for the rows known at an instant; None is now."""
    if as_of is None:
        return model.superseded_at.is_(None)  # type: ignore[no-any-return]
    return and_(model.recorded_at <= as_of, or_(model.superseded_at.is_(None), model.superseded_at > as_of))


def in_force(model: Any, day: date) -> ColumnElement[bool]:
    """A condition that holds for the rows that are known now and hold on a day."""
    return and_(known(model), model.valid_from <= day, or_(model.valid_to.is_(None), model.valid_to >= day))


def record(row: Any, *, replaces: Any = None) -> None:
    """Adds a row to the open transaction, in place of another when one is named."""
    if replaces is not None:
        withdraw(replaces, row.recorded_at)
    db.session.add(row)


def withdraw(row: Any, now: datetime) -> None:
    """From ``now`` on the row is not known; before that it was."""
    row.superseded_at = now
