"""HTTP of sessions."""

from __future__ import annotations

from typing import Any

from flask import current_app, make_response
from flask.views import MethodView

from server import clock
from server.accounts import service
from server.accounts.models import Session, User
from server.accounts.schemas import SessionSchema, SignInSchema
from server.accounts.tokens import COOKIE, request_token
from server.permissions import current_actor, public, signed_in
from server.problems import Refusal
from server.wire import Blueprint

blp = Blueprint("accounts", __name__, url_prefix="/api/accounts", description="用户与登录 users and sessions")


@blp.route("/session")
class SessionView(MethodView):
    @public
    @blp.arguments(SignInSchema)
    @blp.response(200, SessionSchema)
    def post(self, body: dict[str, Any]) -> Any:
        """Sign in; the token comes in the body for tools and as an HttpOnly cookie for browsers."""
        settings = current_app.config["SETTINGS"]
        signed = service.sign_in(body["username"], body["password"], body["device_label"], settings.session_days, clock.now())
        answer = _session_body(signed.session, signed.user) | {"token": signed.token}
        response = make_response(SessionSchema().dump(answer))
        response.set_cookie(
            COOKIE,
            signed.token,
            max_age=settings.session_days * 24 * 3600,
            httponly=True,
            samesite="Strict",
            secure=settings.cookie_secure,
            path="/api/",
        )
        return response

    @signed_in
    @blp.response(200, SessionSchema)
    def get(self) -> Any:
        """Who is signed in."""
        found = service.find_session(request_token() or "", clock.now())
        if found is None:
            raise Refusal("not-signed-in")
        return _session_body(*found)

    @signed_in
    @blp.response(204)
    def delete(self) -> Any:
        """Sign out: the session ends on the server and the cookie goes."""
        service.sign_out(request_token() or "", current_actor())
        response = make_response("", 204)
        response.delete_cookie(COOKIE, path="/api/", httponly=True, samesite="Strict")
        return response


def _session_body(session: Session, user: User) -> dict[str, Any]:
    now = clock.now()
    roles = [
        {
            "role": grant.role,
            "scope_kind": grant.scope_kind,
            "scope_id": grant.scope_id,
            "scope_name": grant.scope_name,
        }
        for grant in service.live_grants(user, clock.county_date(now))
    ]
    return {
        "expires_at": clock.isoformat(session.expires_at),
        "server_time": clock.isoformat(now),
        "user": {
            "id": user.id, "username": user.username, "name": user.name, "title": user.title,
            "county_code": user.county_code, "locale": user.locale, "roles": roles,
        },
    }  # fmt: skip
