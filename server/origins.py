"""Which site a writing request comes from: no other site may make a browser use our cookie.

SameSite=Strict already keeps the cookie back; this second lock holds for browsers that do not know it.
"""

from __future__ import annotations

import logging
import time
from urllib.parse import urlsplit

import orjson
from flask import current_app
from redis.exceptions import RedisError
from werkzeug.sansio.request import Request

from server.problems import Refusal
from server.settings import Settings
from server.work.queue import redis_connection
from vocabulary import ProblemCode

log = logging.getLogger(__name__)

_SAFE = {"GET", "HEAD", "OPTIONS"}
_OURS = {"same-origin", "none"}
_MARK = "zero-accident:origin-mismatch"
TOLD_FOR_S = 3600


def check_origin(asked: Request) -> None:
    """Raises: Refusal cross-site-request.

    What the browser itself says of the site comes first: no proxy changes it. Browsers of before 2023, and those that reach us
    without TLS, send Origin with every writing request; a client that sends none must say so with X-Requested-With, which a
    form cannot set.
    """
    if asked.method in _SAFE:
        return
    site = asked.headers.get("Sec-Fetch-Site")
    if site is not None:
        if site not in _OURS:
            raise Refusal(ProblemCode.CROSS_SITE_REQUEST)
        return
    origin = asked.headers.get("Origin")
    if origin is None:
        if "X-Requested-With" not in asked.headers:
            raise Refusal(ProblemCode.CROSS_SITE_REQUEST)
        return
    settings: Settings = current_app.config["SETTINGS"]
    # Without a configured origin the Host header tells, of which a proxy must keep what the browser sent.
    expected = urlsplit(settings.public_origin).netloc if settings.public_origin else asked.host
    if urlsplit(origin).netloc != expected:
        _tell(origin, expected)
        raise Refusal(ProblemCode.CROSS_SITE_REQUEST)


def last_mismatch() -> dict[str, str] | None:
    """The last origin within an hour that was not ours: another site's, or a proxy that hides the host; for /readyz."""
    try:
        told = redis_connection().get(_MARK)
    except (RedisError, ValueError):
        told = current_app.extensions.get(_MARK)
    if not told:
        return None
    mismatch: dict[str, str] = orjson.loads(told)
    return mismatch if time.time() - float(mismatch.pop("at")) < TOLD_FOR_S else None


def _tell(origin: str, expected: str) -> None:
    origin, expected = origin[:200], expected[:200]
    log.warning("a writing request came from another origin than ours", extra={"origin": origin, "expected": expected})
    told = orjson.dumps({"code": "origin-mismatch", "origin": origin, "expected": expected, "at": str(time.time())})
    current_app.extensions[_MARK] = told
    try:
        redis_connection().set(_MARK, told, ex=TOLD_FOR_S)
    except (RedisError, ValueError):
        return
