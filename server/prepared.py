"""Statements that are compiled once and then run on the driver's own cursor.

For the few places where what SQLAlchemy does around a statement costs more than the database's work. They are written with
SQLAlchemy Core over the models' tables, so columns, types and both databases stand in one place; values pass through the same
conversions of types. Nothing is filled in: a row to insert says every column.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import ARRAY, ColumnDefault, ColumnElement, Connection, Executable, String, Table, bindparam, insert
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.types import NullType, TypeDecorator, TypeEngine

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """An open connection as its driver knows it, and the dialect that its database speaks."""

    driver: Any
    dialect: Dialect


def link_of(connection: Connection) -> Link:
    """A connection of SQLAlchemy's, in whose transaction prepared statements then run."""
    return Link(connection.connection.driver_connection, connection.dialect)


_Convert = Callable[[Any], Any] | None


class Prepared:
    """One statement, for every database it is run on; where they differ, one for each by name of its dialect."""

    def __init__(self, statement: Executable | Mapping[str, Executable]) -> None:
        self._statement = statement
        self._forms: dict[str, _Form] = {}

    def rows(self, link: Link, **values: Any) -> list[Row]:
        """What a query answers, or a statement with RETURNING."""
        return self.send(link, values)()

    def send(self, link: Link, values: Mapping[str, Any]) -> Callable[[], list[Row]]:
        """The same in two steps, for :func:`together`: what is answered is read by the call of what this returns."""
        form = self._form(link.dialect)
        cursor = link.driver.cursor()
        cursor.execute(form.text, form.parameters(values))

        def read() -> list[Row]:
            found: list[Row] = cursor.fetchall()
            cursor.close()
            return form.converted(found)

        return read

    def run(self, link: Link, rows: Iterable[Mapping[str, Any]]) -> None:
        """Runs a statement that answers nothing once for each row of values."""
        form = self._form(link.dialect)
        parameters = [form.parameters(row) for row in rows]
        if not parameters:
            return
        cursor = link.driver.cursor()
        if len(parameters) == 1:
            cursor.execute(form.text, parameters[0])
        else:
            cursor.executemany(form.text, parameters)
        cursor.close()

    def _form(self, dialect: Dialect) -> _Form:
        form = self._forms.get(dialect.name)
        if form is None:
            statement = self._statement[dialect.name] if isinstance(self._statement, Mapping) else self._statement
            form = self._forms[dialect.name] = _Form(statement, dialect)
        return form


def insertion(table: Table, *, without: Collection[str] = (), unless_there: bool = False) -> Prepared:
    """Inserts rows that say every column but these, which have the value that the model gives them by itself, else none.

    ``unless_there``: a row whose key is there already stays as it is.
    """
    values: dict[str, Any] = {}
    for column in table.columns:
        if column.name not in without:
            values[column.name] = bindparam(column.name, required=True)
        elif isinstance(column.default, ColumnDefault) and column.default.is_scalar:
            values[column.name] = column.default.arg
        elif not column.nullable and column.server_default is None and column is not table.autoincrement_column:
            raise ValueError(f"{table.name}.{column.name} has no value of its own")
    if unless_there:
        return Prepared({
            "sqlite": sqlite_insert(table).values(values).on_conflict_do_nothing(),
            "postgresql": postgresql_insert(table).values(values).on_conflict_do_nothing(),
        })  # fmt: skip
    return Prepared(insert(table).values(values))


@contextlib.contextmanager
def together(link: Link) -> Iterator[None]:
    """Statements that do not wait for each other's answer: PostgreSQL gets them in one message."""
    if link.dialect.name != "postgresql":
        yield
        return
    with link.driver.pipeline():
        yield


class _Form:
    """A statement as one database takes it."""

    def __init__(self, statement: Executable, dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)  # type: ignore[attr-defined]
        self.text = str(compiled)
        binds = compiled.binds
        # The type of a foreign key's column is known only once the table it points to is: say ``type_`` beside it.
        if untyped := [name for name, bind in binds.items() if isinstance(bind.type, NullType)]:
            raise TypeError(f"parameters without a type: {untyped}")
        given = {name: (name, _bind_converter(bind.type, dialect)) for name, bind in binds.items() if bind.required}
        self._given = list(given.values())
        self._fixed = {name: _converted(bind.value, bind.type, dialect) for name, bind in binds.items() if not bind.required}
        # Where parameters have places instead of names: for each place the name and its conversion, or None and a fixed value.
        self._places: list[tuple[str | None, Any]] | None = None
        if compiled.positiontup is not None:
            self._places = [given.get(name) or (None, self._fixed[name]) for name in compiled.positiontup]
        columns = list(getattr(statement, "selected_columns", ())) or list(getattr(statement, "_returning", ()))
        self._results = [(n, convert) for n, column in enumerate(columns) if (convert := _result_converter(column.type, dialect))]

    def parameters(self, values: Mapping[str, Any]) -> Any:
        if self._places is not None:
            return [
                known if name is None else values[name] if known is None else known(values[name]) for name, known in self._places
            ]
        return {name: values[name] if convert is None else convert(values[name]) for name, convert in self._given} | self._fixed

    def converted(self, rows: list[Row]) -> list[Row]:
        if not self._results:
            return rows
        found = []
        for row in rows:
            values = list(row)
            for position, convert in self._results:
                values[position] = convert(values[position])
            found.append(tuple(values))
        return found


class Among(ColumnElement[Any]):
    """``column`` is among the values that are given as ``name``: the statement is the same for a list of any length."""

    inherit_cache = False
    type: Any = NullType()  # a Boolean would be compared with 1 on SQLite, and no index serves that

    def __init__(self, column: Any, name: str) -> None:
        self.column = column
        self.values = bindparam(name, type_=_ListOf(column), required=True)


@compiles(Among, "postgresql")
def _any(element: Among, compiler: Any, **options: Any) -> str:
    return f"{compiler.process(element.column, **options)} = ANY ({compiler.process(element.values, **options)})"


@compiles(Among, "sqlite")
def _json_each(element: Among, compiler: Any, **options: Any) -> str:
    column, values = compiler.process(element.column, **options), compiler.process(element.values, **options)
    return f"{column} IN (SELECT value FROM json_each({values}))"


class _ListOf(TypeDecorator[Any]):
    """A list as one parameter: an array for PostgreSQL, JSON for SQLite."""

    impl = String
    cache_ok = False

    def __init__(self, column: Any) -> None:
        super().__init__()
        self._column = column

    @property
    def _item(self) -> TypeEngine[Any]:
        """Asked for late: the column of a foreign key knows its type once the table is there that it points to."""
        item: TypeEngine[Any] = self._column.type
        return item

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(ARRAY(self._item) if dialect.name == "postgresql" else String())

    def process_bind_param(self, value: Sequence[Any] | None, dialect: Dialect) -> Any:
        values = list(value or ())
        if dialect.name == "postgresql":
            return values
        convert = _bind_converter(self._item, dialect)
        return orjson.dumps([convert(item) for item in values] if convert else values).decode()


def _bind_converter(type_: TypeEngine[Any], dialect: Dialect) -> _Convert:
    return type_.dialect_impl(dialect).bind_processor(dialect)


def _converted(value: Any, type_: TypeEngine[Any], dialect: Dialect) -> Any:
    convert = _bind_converter(type_, dialect)
    return value if convert is None else convert(value)


def _result_converter(type_: TypeEngine[Any], dialect: Dialect) -> _Convert:
    return type_.dialect_impl(dialect).result_processor(dialect, None)
