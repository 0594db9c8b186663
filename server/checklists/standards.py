"""The registry of standards: what a release brings, and what the county's office has looked up since."""

from __future__ import annotations

import functools
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select

from forms.standards import Replacement, Standard, Standards, load_standards
from server.checklists.models import StandardLookup
from server.db import session_link
from server.prepared import Link, Prepared
from vocabulary import LookupOutcome


class Found(NamedTuple):
    """What the last look-up of a standard found."""

    standard_id: str
    outcome: LookupOutcome
    looked_up_on: date
    replaced_by: str | None
    replaced_from: date | None


# The last of each standard comes last.
_lookup = StandardLookup.__table__.c
_LOOKUPS = Prepared(
    select(
        _lookup.standard_id, _lookup.outcome, _lookup.looked_up_on, _lookup.replaced_by,
        _lookup.replaced_from,
    )
    .where(_lookup.county_code == bindparam("county_code"))
    .order_by(_lookup.noted_at, _lookup.id)
)  # fmt: skip


@functools.cache
def released() -> Standards:
    """All standards that checklists cite, as the release has them."""
    return load_standards()


def registry(county_code: str, link: Link | None = None) -> Standards:
    """All standards that checklists cite, with what the county's office has looked up."""
    rows = _LOOKUPS.rows(link or session_link(), county_code=county_code)
    return _looked_up(tuple({row[0]: Found(*row) for row in rows}.values()))


@functools.lru_cache(maxsize=8)
def _looked_up(lookups: tuple[Found, ...]) -> Standards:
    if not lookups:
        return released()
    by_id = {found.standard_id: found for found in lookups}
    return Standards(with_lookup(standard, by_id.get(standard.id)) for standard in released())


def with_lookup(standard: Standard, found: Found | None) -> Standard:
    """A standard of the release with what was found out about it; the release wins where it knows a later day."""
    if found is None:
        return standard
    known = standard.last_checked_on
    changed = replace(standard, last_checked_on=found.looked_up_on if known is None else max(known, found.looked_up_on))
    if found.replaced_by is not None and found.replaced_from is not None and standard.replaced_by is None:
        return replace(changed, replaced_by=Replacement(found.replaced_by, found.replaced_from, None))
    return changed


def body_with_lookup(body: dict[str, Any], standard: Standard | None) -> dict[str, Any]:
    """An entry of the registry's files, with what is known of it now; one too broken to be read stays as it is."""
    if standard is None:
        return body
    replacement = standard.replaced_by
    return body | {
        "last_checked_on": standard.last_checked_on and standard.last_checked_on.isoformat(),
        "replaced_by": body["replaced_by"]
        if body["replaced_by"] or replacement is None
        else {"standard": replacement.standard, "on": replacement.on.isoformat()},
    }
