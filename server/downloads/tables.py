"""A table to be written: columns with headings in both languages, rows as they come, and the total row. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

import forms

Wording = tuple[str, str]  # Chinese, English


class CellKind(StrEnum):
    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"  # one decimal, or "/" for no value
    DATE = "date"
    RATE = "rate"  # the percentage of two other columns, one decimal, or "/"


@dataclass(frozen=True)
class Column:
    """``group`` is the heading above several columns. ``share_of`` names the columns of a rate: numerator, denominator."""

    key: str
    label: Wording
    kind: CellKind = CellKind.TEXT
    group: Wording | None = None
    width: int = 10
    summed: bool = False
    share_of: tuple[str, str] | None = None


def count(key: str, zh: str, en: str, group: Wording | None = None) -> Column:
    """A column of whole numbers that the total row adds up."""
    return Column(key, (zh, en), CellKind.INTEGER, group, summed=True)


def rate(key: str, zh: str, en: str, numerator: str, denominator: str, group: Wording | None = None) -> Column:
    return Column(key, (zh, en), CellKind.RATE, group, share_of=(numerator, denominator))


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

    def lines(self) -> Iterator[dict[str, Any]]:
        """Each row with its rates worked out, then the total row, whose sums are of exactly the rows that were given."""
        sums = {column.key: 0 for column in self.columns if column.summed}
        for row in self.rows:
            for key in sums:
                sums[key] += row[key]
            yield self._with_rates(row)
        if self.has_total:
            first_text = next(column.key for column in self.columns if column.kind is CellKind.TEXT)
            yield self._with_rates({"is_total": True, first_text: self.word(("合计", "Total")), **sums})

    def _with_rates(self, row: Mapping[str, Any]) -> dict[str, Any]:
        shown = {
            column.key: forms.display_percentage(row[column.share_of[0]], row[column.share_of[1]])
            for column in self.columns
            if column.share_of
        }
        return {**row, **shown}


def number_of(shown: str) -> Decimal | None:
    """The number that a shown one stands for; None for "/"."""
    return None if shown == "/" else Decimal(shown)
