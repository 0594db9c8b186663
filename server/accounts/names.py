"""What people are called."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from sqlalchemy import select

from server.accounts.models import User
from server.db import db


def names_of(user_ids: Iterable[uuid.UUID | None]) -> dict[uuid.UUID, str]:
    ids = {user_id for user_id in user_ids if user_id is not None}
    return {id_: name for id_, name in db.session.execute(select(User.id, User.name).where(User.id.in_(ids)))}
