"""Search by any part of a text, by an index: FTS5 with trigrams on SQLite, pg_trgm on PostgreSQL.

Both know pieces of three characters, and most Chinese words have two. So every character is stored twice: any two that stand
side by side are then found as four. One alone is looked for without the index. Spaces and capitals do not matter.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    Integer,
    Select,
    String,
    UniqueConstraint,
    Uuid,
    bindparam,
    column,
    func,
    literal_column,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Mapped, mapped_column

from server.db import InCounty, db
from server.paging import not_by_index
from server.prepared import Link, Prepared

BETWEEN = "|"


class SearchText(InCounty, db.Model):
    """What one entity is found by. SQLite's triggers keep the table `search_text_fts` in step with this one."""

    __tablename__ = "search_text"
    __table_args__ = (UniqueConstraint("kind", "entity_id"),)

    seq: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    entity_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    text: Mapped[str]


def searchable(*parts: str) -> str:
    """Parts as the index keeps them; what is searched does not run from one into the next."""
    return BETWEEN.join("".join(character * 2 for character in part.casefold() if not character.isspace()) for part in parts)


def _writing(insert: Any) -> Any:
    statement = insert(SearchText.__table__)
    statement = statement.values({name: bindparam(name) for name in ("kind", "county_code", "entity_id", "text")})
    return statement.on_conflict_do_update(
        index_elements=["kind", "entity_id"],
        set_={"text": statement.excluded.text},
        where=SearchText.__table__.c.text != statement.excluded.text,
    )


# Makes entities findable by these texts (of ``searchable``); what stays the same is not touched.
WRITE_TEXT = Prepared({"sqlite": _writing(sqlite_insert), "postgresql": _writing(postgresql_insert)})


def write_texts(link: Link, kind: str, county_code: str, texts: Mapping[uuid.UUID, str]) -> None:
    """:data:`WRITE_TEXT` for entities of a kind, in the open transaction."""
    rows = [
        {"kind": kind, "county_code": county_code, "entity_id": entity_id, "text": words}
        for entity_id, words in sorted(texts.items())
    ]
    WRITE_TEXT.run(link, rows)


# More hits than this are no longer gathered before they are put in order.
MANY_HITS = 4000


@dataclass(frozen=True)
class Hits:
    """What was found. ``few``: a list looks the hits up one by one.

    Many are met soon by whoever goes along a list and looks at each row; to gather them all would cost more.
    """

    pattern: str
    few: bool

    def of(self, kind: str) -> Select[Any]:
        """The ids of the entities of a kind."""
        entities = select(SearchText.entity_id).where(not_by_index(SearchText.kind) == kind)
        if _is_sqlite():
            return entities.where(SearchText.seq.in_(_matching(self.pattern)))
        return entities.where(SearchText.text.contains(self.pattern, autoescape=True))


def find(wanted: str) -> Hits:
    """Everything whose text holds what is wanted."""
    pattern = searchable(wanted)
    return Hits(pattern, len(pattern) >= 4 and is_few(_matching(pattern)))


def is_few(rows: Select[Any]) -> bool:
    some: Select[Any] = select(literal_column("1")).select_from(rows.limit(MANY_HITS).subquery())
    return (db.session.scalar(select(func.count()).select_from(some.subquery())) or 0) < MANY_HITS


def _matching(pattern: str) -> Select[Any]:
    if not _is_sqlite():
        return select(SearchText.seq).where(SearchText.text.contains(pattern, autoescape=True))
    # LIKE with an ESCAPE would leave the index aside.
    glob = "*" + re.sub(r"([*?\[])", r"[\1]", pattern) + "*"
    pieces = table("search_text_fts", column("rowid", Integer), column("text", String))
    return select(pieces.c.rowid).where(pieces.c.text.op("GLOB")(glob))


def _is_sqlite() -> bool:
    return db.session.get_bind().dialect.name == "sqlite"
