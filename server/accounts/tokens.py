"""The token of a request: bearer header or cookie, and the check that a cookie is not used by another site."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, g, request

from server import clock
from server.accounts import service
from server.permissions import Actor
from server.problems import Refusal

COOKIE = "session"
_SAFE = {"GET", "HEAD", "OPTIONS"}


def install(app: Flask) -> None:
    """Makes every request able to say who is behind it; the database is asked only when a view wants to know."""

    @app.before_request
    def prepare() -> None:
        # An outer application context (a test, a command) outlives the request; nothing of another request may stay.
        for name in ("actor", "request_id"):
            g.pop(name, None)
        g.load_actor = _load_actor


def request_token() -> str | None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return token.strip()
    return request.cookies.get(COOKIE)


def _load_actor() -> Actor | None:
    token = request_token()
    if not token:
        return None
    if "Authorization" not in request.headers:
        _check_same_site()
    return service.find_actor(token, clock.now())


def _check_same_site() -> None:
    """Refuses a writing request that another site made the browser send with our cookie.

    SameSite=Strict already keeps the cookie back; this second lock holds for browsers that do not know it. Browsers send
    Origin with every non-GET request; a client that sends none must say so with X-Requested-With, which a form cannot set.
    """
    if request.method in _SAFE:
        return
    origin = request.headers.get("Origin")
    if origin is None:
        if "X-Requested-With" not in request.headers:
            raise Refusal("cross-site-request")
    elif urlsplit(origin).netloc != request.host:
        raise Refusal("cross-site-request")
