"""What the database knows of the ids that a push, a draft or an upload names; asked for once, for all of them.

An id belongs to whoever first used it: by a record, by bytes, or by a draft. This is the one place that says whose an id is.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, String, Uuid, cast, literal, null, select, union_all

from server.authors import Author
from server.db import codes
from server.prepared import Among, Link, Prepared
from server.records.models import Record
from sync.revisions import Revision
from vocabulary import AuthorKind, ClaimKind, RecordKind, RecordState

_record = Record.__table__.c
_COLUMNS = (
    _record.id, _record.kind, _record.content_hash, _record.received_at, _record.state, _record.subject_id, _record.visit_id,
    _record.revises_id, _record.author_kind, _record.author_id, _record.author_link_id,
)  # fmt: skip
# The records under these ids, and those that correct them.
_RECORDS = Prepared(
    union_all(select(*_COLUMNS).where(Among(_record.id, "ids")), select(*_COLUMNS).where(Among(_record.revises_id, "ids")))
)


@dataclass(frozen=True, slots=True)
class StoredRecord:
    id: uuid.UUID
    kind: RecordKind
    content_hash: str
    received_at: datetime
    state: RecordState
    subject_id: uuid.UUID | None
    visit_id: uuid.UUID | None
    revises_id: uuid.UUID | None
    author_kind: AuthorKind
    author_id: uuid.UUID | None
    author_link_id: uuid.UUID | None

    def is_by(self, author: Author) -> bool:
        return author.wrote(self.author_kind, self.author_id, self.author_link_id)

    @property
    def revision(self) -> Revision:
        return Revision(self.id, self.revises_id, self.state is RecordState.ACCEPTED, (self.subject_id, self.visit_id))


@dataclass(frozen=True, slots=True)
class Claim:
    """A use of an id by somebody, other than for a record: a photo, an upload, a draft, a photo of a draft, or a hazard.

    ``sha256`` is that of a photo's durable bytes; ``visit_id`` the visit that the photo was used for.
    """

    kind: ClaimKind
    id: uuid.UUID
    user_id: uuid.UUID | None
    visit_id: uuid.UUID | None
    subject_id: uuid.UUID | None
    sha256: str | None
    device_id: str | None

    def is_by(self, author: Author) -> bool:
        return author.kind is AuthorKind.USER and author.id == self.user_id


def claims_of(kind: ClaimKind, id_: Any, **more: Any) -> Select[Any]:
    """The claims that a table holds, as a part of :func:`claims_query`; ``more`` are columns of the other fields of Claim."""
    none = {
        "user_id": cast(null(), Uuid()),
        "visit_id": cast(null(), Uuid()),
        "subject_id": cast(null(), Uuid()),
        "sha256": cast(null(), String()),
        "device_id": cast(null(), String()),
    }
    fields = none | more
    return select(literal(kind, codes(ClaimKind, 12)).label("kind"), id_, *(fields[name] for name in none)).where(
        Among(id_, "ids")
    )


def claims_query(*parts: Select[Any]) -> Prepared:
    return Prepared(union_all(*parts))


_OF_PHOTOS = (ClaimKind.PHOTO, ClaimKind.UPLOAD, ClaimKind.DRAFT_PHOTO)


class Stored:
    """Records and claims by id."""

    def __init__(self, records: Iterable[StoredRecord], claims: Iterable[Claim]) -> None:
        self.records = {record.id: record for record in records}
        self.claims: dict[uuid.UUID, list[Claim]] = {}
        for claim in claims:
            self.claims.setdefault(claim.id, []).append(claim)

    def photo_hashes(self) -> dict[uuid.UUID, str]:
        """Photo id → SHA-256 of those whose bytes are durable."""
        return {claim.id: claim.sha256 for claims in self.claims.values() for claim in claims if claim.sha256}

    def subject_of_hazard(self, hazard_id: uuid.UUID) -> uuid.UUID | None:
        return next((claim.subject_id for claim in self.claims.get(hazard_id, ()) if claim.kind is ClaimKind.HAZARD), None)

    def drafts_of(self, visit_id: uuid.UUID) -> list[Claim]:
        return [claim for claim in self.claims.get(visit_id, ()) if claim.kind is ClaimKind.DRAFT]

    def is_anothers_visit(self, visit_id: uuid.UUID, subject_id: uuid.UUID | None, author: Author) -> bool:
        """Whether a visit is known, and is not the author's to add to.

        A draft is for whoever is paired with its subject to go on with; the visit itself is its author's.
        """
        record = self.records.get(visit_id)
        if record is not None and record.kind is RecordKind.VISIT:
            return not record.is_by(author)
        return any(not draft.is_by(author) and draft.subject_id != subject_id for draft in self.drafts_of(visit_id))

    def has_photo(self, photo_id: uuid.UUID) -> bool:
        """Whether a row of the photo is there, from its bytes or its record."""
        return any(claim.kind is ClaimKind.PHOTO for claim in self.claims.get(photo_id, ()))

    def is_anothers_photo(self, photo_id: uuid.UUID, visit_id: uuid.UUID | None, author: Author) -> bool:
        """Whether a photo was used first by somebody else, and for another visit: one that was handed over brings its photos."""
        claims = [claim for claim in self.claims.get(photo_id, ()) if claim.kind in _OF_PHOTOS]
        if all(claim.is_by(author) for claim in claims):
            return False
        return visit_id is None or not any(claim.visit_id == visit_id for claim in claims)


def look_up(link: Link, ids: Collection[uuid.UUID], claims: Prepared) -> Stored:
    """What is known of these ids, and of the records that belong to their chains of corrections."""
    records = {row[0]: StoredRecord(*row) for row in _RECORDS.rows(link, ids=ids)}
    asked = set(ids)
    # Chains of corrections are rare and short; each link is asked for until there is no new one.
    while named := _linked(records.values()) - asked:
        asked |= named
        records |= {row[0]: StoredRecord(*row) for row in _RECORDS.rows(link, ids=named)}
    return Stored(records.values(), [Claim(*row) for row in claims.rows(link, ids=ids)])


def _linked(records: Iterable[StoredRecord]) -> set[uuid.UUID]:
    """Both ends of every link between records that are known."""
    return {end for record in records if record.revises_id for end in (record.id, record.revises_id)}
