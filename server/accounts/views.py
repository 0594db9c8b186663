"""HTTP of sessions."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Response, current_app, make_response, request
from flask.views import MethodView

from server import clock
from server.accounts import service
from server.accounts.models import Session, User
from server.accounts.schemas import SessionSchema, SignInSchema
from server.accounts.tokens import DEVICE, SESSION, cookie_name, cookie_path, request_token
from server.permissions import ALLOWED, current_actor, public, signed_in
from server.problems import Refusal
from server.settings import Settings
from server.wire import Blueprint
from server.wiring import wiring
from vocabulary import ProblemCode

blp = Blueprint("accounts", __name__, url_prefix="/api/accounts", description="用户与登录 users and sessions")


@blp.route("/session")
class SessionView(MethodView):
    @public
    @blp.arguments(SignInSchema)
    @blp.response(200, SessionSchema)
    def post(self, body: dict[str, Any]) -> Any:
        """Sign in; the token comes in the body for tools and as an HttpOnly cookie for browsers."""
        settings: Settings = current_app.config["SETTINGS"]
        asker = service.Asker(
            address=request.remote_addr or "",
            device_token=request.cookies.get(cookie_name(DEVICE, settings)),
            device_label=body["device_label"],
        )
        signed = service.sign_in(body["username"], body["password"], asker, settings.session_days, clock.now())
        answer = _session_body(signed.session, signed.user) | {"token": signed.token}
        response = make_response(SessionSchema().dump(answer))
        _set_cookie(response, SESSION, signed.token, timedelta(days=settings.session_days))
        _set_cookie(response, DEVICE, signed.device_token, service.DEVICE_KNOWN_FOR)
        return response

    @signed_in
    @blp.response(200, SessionSchema)
    def get(self) -> Any:
        """Who is signed in."""
        found = service.find_session(request_token() or "", clock.now())
        if found is None:
            raise Refusal(ProblemCode.NOT_SIGNED_IN)
        return _session_body(*found)

    @signed_in
    @blp.response(204)
    def delete(self) -> Any:
        """Sign out: the session ends on the server and the cookie goes."""
        service.sign_out(request_token() or "", current_actor())
        response = make_response("", 204)
        _set_cookie(response, SESSION, "", timedelta())
        return response


def _set_cookie(response: Response, what: str, value: str, lasts: timedelta) -> None:
    settings: Settings = current_app.config["SETTINGS"]
    response.set_cookie(
        cookie_name(what, settings),
        value,
        max_age=lasts,
        httponly=True,
        samesite="Strict",
        secure=settings.cookie_secure,
        path=cookie_path(settings),
    )


def _session_body(session: Session, user: User) -> dict[str, Any]:
    now = clock.now()
    grants = service.live_grants(user, clock.county_date(now))
    roles = [
        {
            "role": grant.role,
            "scope_kind": grant.scope_kind,
            "scope_id": grant.scope_id,
            "scope_name": grant.scope_name,
        }
        for grant in grants
    ]
    return {
        "expires_at": clock.isoformat(session.expires_at),
        "server_time": clock.isoformat(now),
        "user": {
            "id": user.id, "username": user.username, "name": user.name, "title": user.title,
            "county_code": user.county_code, "locale": user.locale, "roles": roles,
        },
        "actions": sorted(set().union(*(ALLOWED[grant.role] for grant in grants))),
        "rules": wiring().rule_inputs(user.county_code),
    }  # fmt: skip
