"""“Based on”: an act of the desk names the revision that its author saw, and is refused when something happened meanwhile.

A revision is the number of acts there are; they only ever grow. It travels as ETag and If-Match.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from flask import Response, request

from server.problems import FieldError, Refusal

# Ours, and the weak form that proxies which compress make of it.
_ETAG = re.compile(r'(?:W/)?"(\d{1,9})"')


def named_revision() -> int | None:
    """The revision that the request is based on; None for a client that names none. Raises: Refusal malformed-request."""
    header = request.headers.get("If-Match")
    if header is None:
        return None
    match = _ETAG.fullmatch(header.strip())
    if match is None:
        raise Refusal("malformed-request", errors=[FieldError("#", "if-match", "a revision as the ETag named it")])
    return int(match[1])


def name_revision(response: Response, revision: int) -> Response:
    response.set_etag(str(revision))
    return response


def check_based_on(seen: int | None, there: Sequence[FieldError]) -> None:
    """``there``: what has happened, oldest first, one entry per act. Who names nothing has seen nothing that was decided before.

    Raises: Refusal changed-meanwhile naming what the author has not seen.
    """
    if seen is not None and seen >= len(there):
        return
    unseen = list(there[seen or 0 :])
    if unseen:
        raise Refusal("changed-meanwhile", "；".join(each.detail for each in unseen[:3]), errors=unseen)
