"""The token of a request: bearer header or cookie, and the check that a cookie is not used by another site."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, g, request
from werkzeug.sansio.request import Request

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
    return _token_of(request)


def actor_of(asked: Request) -> Actor | None:
    """Who is behind a request, of whichever kind of web server. Raises: Refusal cross-site-request."""
    token = _token_of(asked)
    if not token:
        return None
    if "Authorization" not in asked.headers:
        _check_same_site(asked)
    return service.find_actor(token, clock.now())


def _load_actor() -> Actor | None:
    return actor_of(request)


def _token_of(asked: Request) -> str | None:
    scheme, _, token = asked.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return token.strip()
    return asked.cookies.get(COOKIE)


def _check_same_site(asked: Request) -> None:
    """Refuses a writing request that another site made the browser send with our cookie.

    SameSite=Strict already keeps the cookie back; this second lock holds for browsers that do not know it. Browsers send
    Origin with every non-GET request; a client that sends none must say so with X-Requested-With, which a form cannot set.
    """
    if asked.method in _SAFE:
        return
    origin = asked.headers.get("Origin")
    if origin is None:
        if "X-Requested-With" not in asked.headers:
            raise Refusal("cross-site-request")
    elif urlsplit(origin).netloc != asked.host:
        raise Refusal("cross-site-request")
