"""Pages of lists by keyset: a page begins after a row, not after a number of rows, so that page 1000 costs what page 1 does.

A list has one order, whose columns are never NULL and lead an index. How many rows there are is counted only when asked, and
no further than a screen needs. A row that cannot be shown is named in its place's stead and costs nobody the page.
"""

from __future__ import annotations

import base64
import binascii
import logging
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import orjson
from marshmallow import fields, validate
from sqlalchemy import ColumnElement, Select, UnaryExpression, func, literal_column, select, true, tuple_
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.operators import custom_op

from server.db import db
from server.problems import FieldError, Refusal
from server.shapes import RequestSchema
from server.wire import AnswerSchema
from vocabulary import FaultCode, ProblemCode

log = logging.getLogger(__name__)

# Beyond this a screen says “more than”; counting on would cost what paging saves.
COUNTED_AT_MOST = 1000


class PageQuerySchema(RequestSchema):
    """What every list may be asked; a list adds its filters."""

    cursor = fields.String(load_default="", validate=validate.Length(max=400))
    page_size = fields.Integer(load_default=50, validate=validate.Range(min=1, max=200))
    count = fields.Boolean(load_default=False)


class CountSchema(AnswerSchema):
    n = fields.Integer()
    more = fields.Boolean(metadata={"description": "there are more than n"})


class PageSchema(AnswerSchema):
    """A list adds its ``items``."""

    next = fields.String(allow_none=True)
    previous = fields.String(allow_none=True)
    count = fields.Nested(CountSchema, allow_none=True, metadata={"description": "only when asked for"})
    unreadable = fields.List(fields.String(), metadata={"description": "ids of rows of this page that cannot be shown"})


@dataclass(frozen=True)
class Asked:
    """What was asked of a list beside its filters."""

    cursor: str = ""
    page_size: int = 50
    count: bool = False

    @classmethod
    def of(cls, query: dict[str, Any]) -> Asked:
        return cls(query["cursor"], query["page_size"], query["count"])


@dataclass(frozen=True)
class Order:
    """The order of a list; ``name`` keeps a cursor from being used in another one."""

    name: str
    columns: tuple[InstrumentedAttribute[Any] | ColumnElement[Any], ...]
    types: tuple[type, ...]
    descending: bool = False


@dataclass(frozen=True)
class ListScope:
    """What narrows the rows of a list to those an actor may see.

    ``few``: the subjects are few and named one by one, and the list goes by them; else it goes in its own order and looks at
    each row.
    """

    conditions: list[ColumnElement[bool]]
    few: bool


@dataclass
class Page:
    """Rows in order, and where the pages before and after them begin."""

    rows: Sequence[Any]
    next: str | None
    previous: str | None
    count: dict[str, Any] | None
    unreadable: list[str] = field(default_factory=list)

    def body(self, items: Sequence[Any]) -> dict[str, Any]:
        return {
            "items": list(items),
            "next": self.next,
            "previous": self.previous,
            "count": self.count,
            "unreadable": self.unreadable,
        }

    def shown(self, build: Callable[[Any], dict[str, Any]], name: Callable[[Any], object]) -> list[dict[str, Any]]:
        """What ``build`` makes of each row; one that it cannot make anything of is named in ``unreadable``."""
        items = []
        for row in self.rows:
            try:
                items.append(build(row))
            # What an old or damaged row lacks shows as any of these, and whatever it is, the others are to be seen.
            except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, AssertionError):
                log.exception("a row cannot be shown", extra={"row": str(name(row))})
                self.unreadable.append(str(name(row)))
        return items


def page_of(query: Select[Any], order: Order, asked: Asked) -> Page:
    """The page that was asked for; rows as the query has them.

    Raises: Refusal invalid for a cursor that is not of this list.
    """
    turn = _turn(order, asked)
    found = list(db.session.execute(turn.limited(query)))
    width = len(order.columns)
    return turn.page(
        [row if len(row) > width + 1 else row[0] for row in found],
        [tuple(row[-width:]) for row in found],
        _count(query) if asked.count else None,
    )


def page_beside(query: Select[Any], beside: Select[Any], order: Order, asked: Asked) -> tuple[Page, Sequence[Any]]:
    """The page that was asked for and the one row of ``beside``, by one statement: neither can be newer than the other."""
    turn = _turn(order, asked)
    page, row = turn.limited(query).subquery("page"), beside.subquery("beside")
    ends = [page.c[f"place_{number}"] for number in range(len(order.columns))]
    statement = select(*row.c, *page.c).select_from(row).outerjoin(page, true()).order_by(*turn.directed(ends))
    found = list(db.session.execute(statement))
    first = tuple(found[0][: len(row.c)])
    width = len(order.columns)
    rows = [each for each in found if each[-1] is not None]
    return turn.page(rows, [tuple(each[-width:]) for each in rows], None), first


@dataclass(frozen=True)
class _Turn:
    """From where a list is read on, and which way."""

    order: Order
    page_size: int
    backward: bool
    after: tuple[Any, ...] | None

    @property
    def descending(self) -> bool:
        return self.order.descending is not self.backward

    def directed(self, columns: Sequence[Any]) -> list[Any]:
        return [column.desc() if self.descending else column.asc() for column in columns]

    def limited(self, query: Select[Any]) -> Select[Any]:
        """The rows of the page and one more, the place of each in the last columns."""
        columns = self.order.columns
        paged = query.add_columns(*(column.label(f"place_{number}") for number, column in enumerate(columns)))
        if self.after is not None:
            place, edge = tuple_(*columns), tuple_(*self.after)
            paged = paged.where(place < edge if self.descending else place > edge)
        return paged.order_by(*self.directed(columns)).limit(self.page_size + 1)

    def page(self, found: Sequence[Any], places: Sequence[tuple[Any, ...]], count: dict[str, Any] | None) -> Page:
        further = len(found) > self.page_size
        rows, ends = list(found[: self.page_size]), list(places[: self.page_size])
        if self.backward:
            rows.reverse()
            ends.reverse()
        has_next = bool(rows) and (further if not self.backward else True)
        has_previous = bool(rows) and (further if self.backward else self.after is not None)
        return Page(
            rows=rows,
            next=_write(self.order, False, ends[-1]) if has_next else None,
            previous=_write(self.order, True, ends[0]) if has_previous else None,
            count=count,
        )


def _turn(order: Order, asked: Asked) -> _Turn:
    backward, after = _read(asked.cursor, order) if asked.cursor else (False, None)
    return _Turn(order, asked.page_size, backward, after)


def bounded_count(query: Select[Any]) -> tuple[int, bool]:
    """How many rows a query has, and whether there are more: no further than COUNTED_AT_MOST."""
    some: Select[Any] = (
        query.with_only_columns(literal_column("1"), maintain_column_froms=True).order_by(None).limit(COUNTED_AT_MOST + 1)
    )
    n = db.session.scalar(select(func.count()).select_from(some.subquery())) or 0
    return min(n, COUNTED_AT_MOST), n > COUNTED_AT_MOST


def not_by_index(column: ColumnElement[Any] | InstrumentedAttribute[Any]) -> ColumnElement[Any]:
    """The column without an index on it: SQLite takes one by its guess, which knows nothing of the page's limit.

    PostgreSQL weighs the limit itself.
    """
    plain: ColumnElement[Any] = column.__clause_element__() if isinstance(column, InstrumentedAttribute) else column
    if db.session.get_bind().dialect.name != "sqlite":
        return plain
    return UnaryExpression(plain, operator=custom_op("+"), type_=plain.type)


def as_indexed(rule: str) -> ColumnElement[bool]:
    """The condition of a partial index as it stands there: with bound values no database recognises it."""
    return literal_column(rule)


def _count(query: Select[Any]) -> dict[str, Any]:
    n, more = bounded_count(query)
    return {"n": n, "more": more}


def _write(order: Order, backward: bool, values: Sequence[Any]) -> str:
    # Dates and ids become text; their kind is known from the order.
    text = orjson.dumps([order.name, backward, *values])
    return base64.urlsafe_b64encode(text).decode().rstrip("=")


def _read(text: str, order: Order) -> tuple[bool, tuple[Any, ...]]:
    try:
        name, backward, *values = orjson.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if name != order.name or not isinstance(backward, bool) or len(values) != len(order.types):
            raise ValueError("of another list")
        return backward, tuple(_value(value, kind) for value, kind in zip(values, order.types, strict=True))
    except (binascii.Error, ValueError, TypeError) as error:
        errors = [FieldError("#/cursor", FaultCode.NOT_WELL_FORMED)]
        raise Refusal(ProblemCode.PLACE_IN_LIST_UNKNOWN, errors=errors) from error


def _value(value: Any, kind: type) -> Any:
    if kind in (datetime, date):
        read: date = kind.fromisoformat(value)
        if isinstance(read, datetime) and read.tzinfo is None:
            raise ValueError("a moment without a zone")
        return read
    if kind is uuid.UUID:
        return uuid.UUID(value)
    if type(value) is not kind:
        raise ValueError(f"not a {kind.__name__}")
    return value
