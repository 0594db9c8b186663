"""Writing what was counted: rows are made equal to what the facts say, and only the periods that changed are added up again."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Table, bindparam, delete, insert, literal, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from server.clock import county_date
from server.db import db
from server.scores.amounts import COLUMNS, Wanted, events, stock
from server.scores.counting import (
    AccidentRow,
    Counted,
    DutyRow,
    HazardRow,
    ObligationRow,
    PairedRow,
    SpanRow,
    VisitRow,
)  # fmt: skip
from server.scores.models import (
    LIVE,
    BelongingRow,
    CountedAccident,
    CountedDuty,
    CountedHazard,
    CountedObligation,
    CountedPaired,
    CountedSpan,
    CountedSubject,
    CountedVisit,
    SubjectPeriod,
)  # fmt: skip
from server.scores.periods import Period, kept_from, kept_periods_between, kept_periods_of


class _Table(NamedTuple):
    model: Any
    row: type[Any]
    key: tuple[str, ...]


SPANS = _Table(CountedSpan, SpanRow, ("subject_id", "first"))
PAIRED = _Table(CountedPaired, PairedRow, ("subject_id", "first"))
VISITS = _Table(CountedVisit, VisitRow, ("visit_id",))
HAZARDS = _Table(CountedHazard, HazardRow, ("hazard_id",))
DUTIES = _Table(CountedDuty, DutyRow, ("rule_id", "first"))
OBLIGATIONS = _Table(CountedObligation, ObligationRow, ("rule_id", "first", "number"))
ACCIDENTS = _Table(CountedAccident, AccidentRow, ("accident_id", "subject_id"))


@dataclass(slots=True)
class Changed:
    """What a writing has changed: single days, everything from a day on, or everything."""

    days: set[date] = field(default_factory=set)
    since: date = date.max
    everything: bool = False

    def periods(self, as_of_day: date) -> list[Period]:
        """The kept periods in which something may be another than before."""
        kept = kept_periods_between(kept_from(as_of_day), as_of_day)
        if self.everything:
            return kept
        touched = {period.key for day in self.days for period in kept_periods_of(day)}
        return [period for period in kept if period.last >= self.since or period.key in touched]


def write(county_code: str, subject_ids: Sequence[uuid.UUID], counted: Counted, as_of: datetime) -> None:
    """Makes the live rows of subjects of a county equal to what was counted, in the open transaction."""
    as_of_day = county_date(as_of)
    _add_belongings(county_code, counted)
    where = _Where(LIVE, county_code, subject_ids)
    changed = Changed(since=_going_on_since(where, as_of_day))
    changed.everything |= bool(where.replace(SPANS, counted.spans))
    changed.everything |= bool(where.replace(PAIRED, counted.paired))
    changed.days |= {row.day for row in where.replace(VISITS, counted.visits)}
    for hazard in where.replace(HAZARDS, counted.hazards):
        changed.days |= {hazard.day, hazard.closed_on or hazard.day}
    where.replace(DUTIES, counted.duties)
    changed.since = min([changed.since, *(row.due for row in where.replace(OBLIGATIONS, counted.obligations))])
    where.replace(ACCIDENTS, counted.accidents)
    _add_up(where, changed.periods(as_of_day), as_of_day)
    where.delete(CountedSubject)
    here = where.columns
    db.session.execute(
        insert(CountedSubject.__table__),
        [{**here, "subject_id": id_, "as_of": as_of, "holds_until": last} for id_, last in counted.holds_until.items()],
    )


def write_edition(edition_id: int, county_code: str, counted: Counted) -> None:
    """Adds what was counted to an edition of a past instant, in the open transaction."""
    _add_belongings(county_code, counted)
    where = _Where(edition_id, county_code, ())
    for table, rows in (
        (SPANS, counted.spans), (PAIRED, counted.paired), (VISITS, counted.visits), (HAZARDS, counted.hazards),
        (DUTIES, counted.duties), (OBLIGATIONS, counted.obligations), (ACCIDENTS, counted.accidents),
    ):  # fmt: skip
        where.insert(table, rows)


def forget(subject_ids: Sequence[uuid.UUID]) -> None:
    """Takes away the live rows of subjects that are gone."""
    where = _Where(LIVE, "", subject_ids)
    for table in (SPANS, PAIRED, VISITS, HAZARDS, DUTIES, OBLIGATIONS, ACCIDENTS):
        where.delete(table.model)
    where.delete(SubjectPeriod)
    where.delete(CountedSubject)


@dataclass(frozen=True, slots=True)
class _Where:
    """Rows of some subjects in one edition."""

    edition_id: int
    county_code: str
    subject_ids: Sequence[uuid.UUID]

    @property
    def columns(self) -> dict[str, Any]:
        return {"edition_id": self.edition_id, "county_code": self.county_code}

    def replace(self, table: _Table, rows: Iterable[Any]) -> list[Any]:
        """Makes the stored rows equal to these; returns the rows that went, came or changed, old and new."""
        columns = table.model.__table__.c
        position = [table.row._fields.index(name) for name in table.key]
        wanted = {tuple(row[at] for at in position): row for row in rows}
        stored = db.session.execute(
            select(*(columns[name] for name in table.row._fields)).where(
                columns.edition_id == self.edition_id, columns.subject_id.in_(self.subject_ids)
            )
        )
        before = {tuple(row[at] for at in position): table.row(*row) for row in stored}
        gone = [row for key, row in before.items() if wanted.get(key) != row]
        new = [row for key, row in wanted.items() if before.get(key) != row]
        self._delete_keys(table, [tuple(row[at] for at in position) for row in gone])
        self.insert(table, new)
        return [*gone, *new]

    def insert(self, table: _Table, rows: Sequence[Any]) -> None:
        if rows:
            here = self.columns
            db.session.execute(insert(table.model.__table__), [here | row._asdict() for row in rows])

    def delete(self, model: Any) -> None:
        columns = model.__table__.c
        db.session.execute(
            delete(model.__table__).where(columns.edition_id == self.edition_id, columns.subject_id.in_(self.subject_ids))
        )

    def _delete_keys(self, table: _Table, keys: Sequence[tuple[Any, ...]]) -> None:
        if not keys:
            return
        columns = table.model.__table__.c
        statement = delete(table.model.__table__).where(
            columns.edition_id == self.edition_id, *(columns[name] == _parameter(columns[name], name) for name in table.key)
        )
        rows = [{f"key_{name}": value for name, value in zip(table.key, key, strict=True)} for key in keys]
        db.session.connection().execute(statement, rows)


def _parameter(column: Any, name: str) -> Any:
    return bindparam(f"key_{name}", type_=column.type)


def _going_on_since(where: _Where, as_of_day: date) -> date:
    """Periods that had not ended on the day of which the rows are may have gone on since; none when it was this day."""
    columns = CountedSubject.__table__.c
    made = db.session.scalars(
        select(columns.as_of).where(columns.edition_id == where.edition_id, columns.subject_id.in_(where.subject_ids))
    ).all()
    days = {county_date(as_of) for as_of in made}
    if len(made) < len(where.subject_ids) or max(days, default=as_of_day) > as_of_day:
        return date.min
    return date.max if days <= {as_of_day} else min(days)


def _add_up(where: _Where, periods: Sequence[Period], as_of_day: date) -> None:
    """Adds up the periods anew; kept rows of periods that are kept no longer go."""
    table: Table = SubjectPeriod.__table__
    kept = [period.key for period in kept_periods_between(kept_from(as_of_day), as_of_day)]
    keys = [period.key for period in periods]
    db.session.execute(
        delete(table).where(
            table.c.edition_id == where.edition_id, table.c.subject_id.in_(where.subject_ids),
            table.c.period.in_(keys) | table.c.period.not_in(kept),
        )
    )  # fmt: skip
    if not periods:
        return
    wanted = Wanted(where.edition_id, where.county_code, periods, as_of_day, list(where.subject_ids))
    for rows in (events(wanted), stock(wanted)):
        made = rows.subquery("rows")
        full = select(
            literal(where.edition_id).label("edition_id"),
            literal(where.county_code).label("county_code"),
            *(made.c[name] for name in COLUMNS),
        )
        db.session.execute(insert(table).from_select(["edition_id", "county_code", *COLUMNS], full))


def _add_belongings(county_code: str, counted: Counted) -> None:
    table: Table = BelongingRow.__table__
    ids = list(counted.belongings)
    there = set(db.session.scalars(select(table.c.id).where(table.c.id.in_(ids))))
    rows = [
        {
            "id": id_, "county_code": county_code, "town_code": one.town_code, "village_code": one.village_code,
            "department_id": one.department_id, "sector": one.sector, "kind": one.kind, "target_group": one.target_group,
        }
        for id_, one in sorted(counted.belongings.items())
        if id_ not in there
    ]  # fmt: skip
    if rows:
        insert_ = postgresql_insert if db.session.get_bind().dialect.name == "postgresql" else sqlite_insert
        db.session.execute(insert_(table).on_conflict_do_nothing(index_elements=["id"]), rows)
