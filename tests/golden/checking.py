"""Holds the product's answers against the expected files: loads a county both ways and lists every difference."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from server.clock import county_date
from server.db import db
from server.register.models import Subject
from server.register.today import apply_today
from server.scores.models import LIVE
from server.scores.service import make_edition, refresh_subjects
from tests.golden.asking import Answers, Table
from tests.golden.county import County, Row
from tests.golden.loading import Loader

# By which columns a row of an expected table is named; the others are compared.
KEYS = {
    "county": ("period",),
    "town": ("town", "period"),
    "department": ("department", "period"),
    "sector": ("sector", "period"),
    "village": ("village", "period"),
    "subject": ("subject", "period"),
    "visit": ("visit",),
    "hazard": ("hazard",),
    "duty": ("duty",),
    "obligation": ("obligation",),
    "zero_report": ("scope", "group", "period"),
    "zero_accident": ("reader", "target_group", "town"),
    "campaign": ("campaign", "period", "town"),
    "reader": ("reader", "by", "group", "period"),
    "rows": ("by", "group", "period", "figure"),
}
# Lists whose order says nothing.
_SETS = ("reasons", "broken", "submissions", "veto", "opening_rows", "closing_rows", "numerator_rows", "denominator_rows")


def differences(folder: Path) -> Iterator[str]:
    """Every difference, in an application context with an empty prepared database.

    First with nothing but what had been received at each instant, figures being brought up to date from one to the next; then
    with everything, asked as of each instant.
    """
    county = County(folder)
    loader = Loader(county)
    loader.prepare()
    received: datetime | None = None
    for name, as_of in sorted(county.instants.items(), key=lambda item: item[1]):
        loader.load(received, as_of)
        bring_up_to_date(as_of)
        yield from _compare(county, Answers(county, LIVE, name), "received")
        received = as_of
    loader.load(received, None)
    for name, as_of in county.instants.items():
        edition = make_edition(county.code, as_of, datetime.now(as_of.tzinfo))
        yield from _compare(county, Answers(county, edition, name), "as of")
    yield from _table_differences(
        "reporting days", county.facts("reporting_days"), ("period",), Answers(county, LIVE, name).reporting_days()
    )


def bring_up_to_date(as_of: datetime) -> None:
    ids = db.session.scalars(select(Subject.id)).all()
    apply_today(ids, county_date(as_of))
    db.session.commit()
    refresh_subjects(ids, as_of)


def _compare(county: County, answers: Answers, way: str) -> Iterator[str]:
    for name, ask in answers.tables().items():
        expected = county.expected(answers.as_of_name, name)
        yield from _table_differences(f"{answers.as_of_name} {way}: {name}", expected, KEYS[name], ask())


def _table_differences(title: str, expected: list[Row], key: tuple[str, ...], found: Table) -> Iterator[str]:
    wanted = {tuple(row[name] for name in key): row for row in expected}
    for names in sorted({*wanted, *found}):
        label = f"{title} {' '.join(name or '-' for name in names)}"
        row, answer = wanted.get(names), found.get(names)
        if answer is None:
            # A group without anything has no row in the product; only noughts may stand for it.
            if row is not None and not _is_empty(row, key):
                yield f"{label}: expected, not found"
        elif row is None:
            yield f"{label}: found, not expected: {_short(answer)}"
        else:
            yield from _row_differences(label, row, answer, key)


def _row_differences(label: str, row: Row, answer: Mapping[str, str], key: tuple[str, ...]) -> Iterator[str]:
    for column, value in row.items():
        if column in key:
            continue
        if column not in answer:
            yield f"{label}: {column}: expected {value!r}, not answered"
        elif _normal(column, value) != _normal(column, answer[column]):
            yield f"{label}: {column}: expected {value!r}, found {answer[column]!r}"


def _normal(column: str, value: str) -> object:
    return sorted(value.split()) if column in _SETS else value


def _is_empty(row: Row, key: tuple[str, ...]) -> bool:
    return all(value in ("0", "") or value.startswith(("0/0 /", "/ /")) for name, value in row.items() if name not in key)


def _short(answer: Mapping[str, str]) -> str:
    return ", ".join(f"{name}={value}" for name, value in answer.items() if value not in ("", "0"))[:200]
