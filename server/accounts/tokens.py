"""The token of a request: bearer header or cookie; a cookie is not used by another site."""

from __future__ import annotations

from flask import Flask, current_app, g, request
from werkzeug.sansio.request import Request

from server import clock
from server.accounts import service
from server.origins import check_origin
from server.permissions import Actor
from server.problems import Refusal
from server.settings import Settings
from vocabulary import ProblemCode

SESSION, DEVICE = "session", "known-device"
FOR_USER = "For-User"


def install(app: Flask) -> None:
    """Makes every request able to say who is behind it; the database is asked only when a view wants to know."""

    @app.before_request
    def prepare() -> None:
        # An outer application context (a test, a command) outlives the request; nothing of another request may stay.
        for name in ("actor", "request_id"):
            g.pop(name, None)
        g.load_actor = _load_actor


def request_token() -> str | None:
    return _token_of(request)[0]


def cookie_name(what: str, settings: Settings) -> str:
    """Over TLS with the prefix by which a browser takes the cookie from this host alone (RFC 6265bis, 4.1.3.2)."""
    return f"__Host-{what}" if settings.cookie_secure else what


def cookie_path(settings: Settings) -> str:
    return "/" if settings.cookie_secure else "/api/"


def actor_of(asked: Request) -> Actor | None:
    """Who is behind a request, of whichever kind of web server.

    Raises: Refusal cross-site-request, signed-in-as-other, account-closed.
    """
    token, is_cookie = _token_of(asked)
    if not token:
        return None
    actor = service.find_actor(token, clock.now())
    if actor is None:
        service.refuse_closed_account(token)
        return None
    if is_cookie:
        check_origin(asked)
    _check_addressee(asked, actor)
    return actor


def _load_actor() -> Actor | None:
    return actor_of(request)


def _token_of(asked: Request) -> tuple[str | None, bool]:
    """The token, and whether the browser sent it by itself."""
    scheme, _, token = asked.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return token.strip(), False
    return asked.cookies.get(cookie_name(SESSION, current_app.config["SETTINGS"])), True


def _check_addressee(asked: Request, actor: Actor) -> None:
    """Refuses a request that was made for another person than the one who is signed in.

    People who share a browser share its cookie: a tab that one of them left open would act in the name of the other.
    """
    for_user = asked.headers.get(FOR_USER)
    if for_user is not None and for_user.lower() != str(actor.user_id):
        raise Refusal(ProblemCode.SIGNED_IN_AS_OTHER)
