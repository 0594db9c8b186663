"""Who made something that is kept: a person with an account, a subject by its link, or the service itself."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Uuid
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from server.db import codes
from vocabulary import AuthorKind


@dataclass(frozen=True, slots=True)
class Author:
    """``id`` is that of the account or of the link; the service has none."""

    kind: AuthorKind
    county_code: str
    id: uuid.UUID | None = None

    def __post_init__(self) -> None:
        if (self.id is None) != (self.kind is AuthorKind.SERVICE):
            raise ValueError("people and links have an id, the service has none")

    @property
    def columns(self) -> dict[str, Any]:
        """The author as the columns of a row (:class:`Authored`)."""
        return {
            "county_code": self.county_code,
            "author_kind": self.kind,
            "author_id": self.id if self.kind is AuthorKind.USER else None,
            "author_link_id": self.id if self.kind is AuthorKind.SUBJECT_LINK else None,
        }

    def wrote(self, author_kind: AuthorKind, author_id: uuid.UUID | None, author_link_id: uuid.UUID | None) -> bool:
        """Whether these columns name this author."""
        return author_kind is self.kind and self.id == (author_link_id if self.kind is AuthorKind.SUBJECT_LINK else author_id)


class Authored:
    """Columns of a row that somebody made."""

    @declared_attr
    def author_kind(cls) -> Mapped[AuthorKind]:
        return mapped_column(codes(AuthorKind, 12), server_default=AuthorKind.USER.value)

    @declared_attr
    def author_id(cls) -> Mapped[uuid.UUID | None]:
        return mapped_column(ForeignKey("user_account.id"))

    @declared_attr
    def author_link_id(cls) -> Mapped[uuid.UUID | None]:
        return mapped_column(Uuid)


def one_author() -> CheckConstraint:
    """A row names exactly the author that its kind says."""
    return CheckConstraint(
        f"(author_id IS NOT NULL) = (author_kind = '{AuthorKind.USER.value}') "
        f"AND (author_link_id IS NOT NULL) = (author_kind = '{AuthorKind.SUBJECT_LINK.value}')",
        name="one_author",
    )
