"""Many rows quickly: copies of rows that the product itself has written, made inside the database.

A row is multiplied with all its columns as they are, whatever columns a release adds; what must differ (ids, times, whose
it is) is given as an SQL expression of the number ``i``. Also used by the tests of lists.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, inspect, text

# Odd, so that multiples of it run through all of 32 bits before one comes again.
_STEP = 2654435761


def numbered_id(kind: int, number: int) -> uuid.UUID:
    """The id that ``Sql.uuid`` makes."""
    return uuid.UUID(hex=f"{number * _STEP % 2**32:08x}{kind:04x}40008{number:015x}")


@dataclass(frozen=True)
class Sql:
    """Expressions of ``i`` in the dialect of a database."""

    dialect: str

    def uuid(self, kind: int, number: str = "i") -> str:
        """``number`` as an id of version 4; in the order of ids neighbours are far apart, as with ids made by chance."""
        if self.dialect == "postgresql":
            scattered = f"lpad(to_hex((({number})::bigint * {_STEP}) % 4294967296), 8, '0')"
            return f"({scattered} || '{kind:04x}40008' || lpad(to_hex(({number})::bigint), 15, '0'))::uuid"
        return f"printf('%08x{kind:04x}40008%015x', (({number}) * {_STEP}) % 4294967296, {number})"

    def uuid_text(self, kind: int, number: str = "i") -> str:
        """The same id as JSON and text columns write it."""
        if self.dialect == "postgresql":
            return f"({self.uuid(kind, number)})::text"
        return f"printf('%08x-{kind:04x}-4000-8%03x-%012x', (({number}) * {_STEP}) % 4294967296, ({number}) >> 48, {number})"

    def earlier(self, column: str, seconds: str) -> str:
        """A moment so many seconds before that in a column of the row that is multiplied."""
        if self.dialect == "postgresql":
            return f"{column} - make_interval(secs => {seconds})"
        return f"strftime('%Y-%m-%d %H:%M:%f000', {column}, '-' || ({seconds}) || ' seconds')"

    def days_earlier(self, column: str, days: str) -> str:
        if self.dialect == "postgresql":
            return f"{column} - CAST({days} AS integer)"
        return f"date({column}, '-' || ({days}) || ' days')"

    def numbered(self, prefix: str, number: str = "i", digits: int = 7) -> str:
        if self.dialect == "postgresql":
            return f"'{prefix}' || lpad(({number})::text, {digits}, '0')"
        return f"printf('{prefix}%0{digits}d', {number})"

    def doubled_number(self, number: str = "i", digits: int = 7) -> str:
        """A number with every digit twice, as `server.search` keeps it."""
        padded = f"lpad(({number})::text, {digits}, '0')" if self.dialect == "postgresql" else f"printf('%0{digits}d', {number})"
        return " || ".join(f"substr({padded}, {place}, 1) || substr({padded}, {place}, 1)" for place in range(1, digits + 1))

    def one_of(self, values: list[str], number: str = "i") -> str:
        """The values in turn."""
        cases = " ".join(f"WHEN {place} THEN '{value}'" for place, value in enumerate(values))
        return f"CASE ({number}) % {len(values)} {cases} END"


def multiply(
    connection: Connection, table: str, where: str, first: int, last: int, differing: Mapping[str, str], **values: object
) -> None:
    """Copies of the one row that ``where`` (with bound ``values``) finds, for ``i`` from first to last."""
    columns = [column["name"] for column in inspect(connection).get_columns(table)]
    unknown = set(differing) - set(columns)
    if unknown:
        raise KeyError(f"{table} has no {', '.join(sorted(unknown))}")
    quoted = ", ".join(f'"{name}"' for name in columns)
    chosen = ", ".join(differing.get(name, f'original."{name}"') for name in columns)
    numbers = "generate_series(CAST(:first AS bigint), CAST(:last AS bigint)) AS numbers(i)"
    if connection.dialect.name == "sqlite":
        numbers = "(WITH RECURSIVE n(i) AS (SELECT :first UNION ALL SELECT i + 1 FROM n WHERE i < :last) SELECT i FROM n)"
    chosen_rows = f"SELECT {chosen} FROM {table} AS original CROSS JOIN {numbers} WHERE {where}"
    statement = f"INSERT INTO {table} ({quoted}) {chosen_rows}"
    connection.execute(text(statement), bound_values(values, connection.dialect.name) | {"first": first, "last": last})


def bound_values(values: Mapping[str, object], dialect: str) -> dict[str, object]:
    """Values as a statement of text takes them: SQLite keeps ids as 32 digits."""
    hexadecimal = dialect == "sqlite"
    return {name: value.hex if hexadecimal and isinstance(value, uuid.UUID) else value for name, value in values.items()}
