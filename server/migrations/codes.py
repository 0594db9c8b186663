"""CHECK constraints of columns that hold a code of a closed set, for migrations: made, replaced, taken away.

A migration names the codes of its day itself; the vocabulary may have moved on when it runs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import sqlalchemy as sa
from alembic import op


def allow(table: str, columns: Mapping[str, tuple[str, Iterable[str]]], *, replaces: bool = False) -> None:
    """Lets each column hold the codes of its set and nothing else; ``columns`` maps column to (name of the set, its codes).

    Raises: ValueError when a row holds another value, before anything is changed.
    """
    sets = {column: (name, tuple(codes)) for column, (name, codes) in columns.items()}
    for column, (_, codes) in sets.items():
        _check_rows(table, column, codes)
    with op.batch_alter_table(table) as batch:
        for column, (name, codes) in sets.items():
            if replaces:
                batch.drop_constraint(_constraint(table, name), type_="check")
            batch.create_check_constraint(_constraint(table, name), sa.column(column).in_(codes))


def allow_anything(table: str, names: Iterable[str]) -> None:
    """Takes the constraints of these sets away."""
    with op.batch_alter_table(table) as batch:
        for name in names:
            batch.drop_constraint(_constraint(table, name), type_="check")


def _constraint(table: str, name: str) -> str:
    return op.f(f"ck_{table}_{name}")


def _check_rows(table: str, column: str, codes: tuple[str, ...]) -> None:
    cell: sa.ColumnClause[str] = sa.column(column)
    other = sa.select(cell).select_from(sa.table(table)).where(cell.is_not(None), cell.not_in(codes)).distinct().limit(5)
    found = [str(value) for value in op.get_bind().scalars(other)]
    if found:
        raise ValueError(f"{table}.{column} holds {', '.join(found)}, which is none of {', '.join(codes)}")
