"""A table to be written: columns with headings in both languages, rows as they come, and the total row. Pure."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any, TypeVar

from server.scores.showing import shown_rate

log = logging.getLogger(__name__)

Wording = tuple[str, str]  # Chinese, English
T = TypeVar("T")
UNREADABLE: Wording = ("（此行无法读取，请联系县安委办）", "(this row cannot be read; tell the county office)")


class CellKind(StrEnum):
    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"  # one decimal, or "/" for no value
    DATE = "date"
    RATE = "rate"  # the percentage of two other columns, one decimal, or "/"


@dataclass(frozen=True)
class Column:
    """``group`` is the heading above several columns. ``share_of`` names the columns of a rate: numerator, denominator;
    ``target`` is the line in percent that a shown rate does not reach by rounding."""

    key: str
    label: Wording
    kind: CellKind = CellKind.TEXT
    group: Wording | None = None
    width: int = 10
    summed: bool = False
    share_of: tuple[str, str] | None = None
    target: Fraction | None = None


def count(key: str, zh: str, en: str, group: Wording | None = None) -> Column:
    """A column of whole numbers that the total row adds up; ``key`` may be a code, which JSON takes for no text."""
    return Column(str(key), (zh, en), CellKind.INTEGER, group, summed=True)


def rate(
    key: str,
    zh: str,
    en: str,
    numerator: str,
    denominator: str,
    group: Wording | None = None,
    target: Fraction | None = None,
) -> Column:
    return Column(key, (zh, en), CellKind.RATE, group, share_of=(numerator, denominator), target=target)


@dataclass(frozen=True)
class Table:
    """``rows`` are consumed once. ``notes`` stand below the table: as-of time, definitions, who signs."""

    kind: str
    title: str
    columns: tuple[Column, ...]
    rows: Iterable[Mapping[str, Any]]
    notes: tuple[str, ...]
    signatures: str
    meta: Mapping[str, Any] = field(default_factory=dict)
    has_total: bool = True
    language: str = "zh"

    def word(self, wording: Wording) -> str:
        return wording[0] if self.language == "zh" else wording[1]

    @property
    def first_text(self) -> Column:
        """The column that says what a row is about."""
        return next(column for column in self.columns if column.kind is CellKind.TEXT)

    def lines(self) -> Iterator[dict[str, Any]]:
        """Each row with its rates worked out, then the total row, whose sums are of exactly the rows that were given."""
        sums = {column.key: 0 for column in self.columns if column.summed}
        for row in self.rows:
            try:
                line = self._with_rates(self._checked(row))
            except (KeyError, TypeError, ValueError):
                log.exception("a row of a download cannot be written", extra={"row_id": str(row.get("id"))})
                line = self._with_rates(self._unreadable(row))
            for key in sums:
                sums[key] += line[key]
            yield line
        if self.has_total:
            yield self._with_rates({"is_total": True, self.first_text.key: self.word(("合计", "Total")), **sums})

    def _checked(self, row: Mapping[str, Any]) -> Mapping[str, Any]:
        """Raises: KeyError for the row of which nothing could be read, TypeError for one that holds what no cell can."""
        for column in self.columns:
            value = row[column.key] if column.summed else row.get(column.key)
            if value is not None and not isinstance(value, _CELLS[column.kind]):
                raise TypeError(f"{column.key} is a {type(value).__name__}")
        return row

    def _unreadable(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """The row's place, marked, so that nobody takes the file for whole; it counts for nothing in the sums."""
        id_ = row.get("id")
        return {
            **{column.key: 0 if column.summed else None for column in self.columns},
            **({"id": id_} if isinstance(id_, str) else {}),
            self.first_text.key: f"{self.word(UNREADABLE)} {id_ if isinstance(id_, str) else ''}".strip(),
        }

    def _with_rates(self, row: Mapping[str, Any]) -> dict[str, Any]:
        shown = {
            column.key: shown_rate(row[column.share_of[0]], row[column.share_of[1]], column.target)
            for column in self.columns
            if column.share_of
        }
        return {**row, **shown}


def readable_rows(
    source: Iterable[T], identify: Callable[[T], object], make: Callable[[T], dict[str, Any]]
) -> Iterator[dict[str, Any]]:
    """Rows made one by one; of one that cannot be made there is only its id, and the table marks its line."""
    for item in source:
        try:
            row = make(item)
        except Exception:
            log.exception("a row of a download cannot be read", extra={"row_id": str(identify(item))})
            row = {"id": str(identify(item))}
        yield row


_CELLS: dict[CellKind, type | tuple[type, ...]] = {
    CellKind.TEXT: str,
    CellKind.INTEGER: int,
    CellKind.DECIMAL: str,
    CellKind.RATE: str,
    CellKind.DATE: date,
}


def number_of(shown: str) -> Decimal | None:
    """The number that a shown one stands for; None for "/"."""
    return None if shown == "/" else Decimal(shown)
