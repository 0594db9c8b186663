"""“Based on”: an act of the desk names the revision that its author saw, and is refused when something happened meanwhile.

A revision is the number of acts there are; they only ever grow. It travels as ETag and If-Match.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from flask import Response, request

from server.problems import FieldError, Refusal
from vocabulary import FaultCode, ProblemCode

# Ours, and the weak form that proxies which compress make of it.
_ETAG = re.compile(r'(?:W/)?"(\d{1,9})"')


def named_revision() -> int | None:
    """The revision that the request is based on; None for a client that names none. Raises: Refusal malformed-request."""
    header = request.headers.get("If-Match")
    if header is None:
        return None
    match = _ETAG.fullmatch(header.strip())
    if match is None:
        raise Refusal(ProblemCode.MALFORMED_REQUEST, errors=[FieldError("#/If-Match", FaultCode.NOT_WELL_FORMED)])
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
        who = dict.fromkeys(each.params.get("author_name") for each in unseen)
        raise Refusal(ProblemCode.CHANGED_MEANWHILE, who="、".join(name for name in who if name), errors=unseen)
