"""Health: /healthz says that the process answers, /readyz that database, queue and photo store would take what comes."""

from __future__ import annotations

from flask import Flask, Response, current_app, jsonify

from server import clock
from server.origins import last_mismatch
from server.permissions import public
from server.readiness import Readiness
from server.records import feed

# Nothing that the service does keeps a transaction open for so long; phones hear nothing new meanwhile.
FEED_HELD_UP_S = 30


def register_with(app: Flask) -> None:
    app.extensions["readiness"] = Readiness()
    app.add_url_rule("/healthz", view_func=healthz)
    app.add_url_rule("/readyz", view_func=readyz)


@public
def healthz() -> Response:
    return jsonify(status="ok")


@public
def readyz() -> tuple[Response, int]:
    """200 when all parts are ok, else 503; a queue that is away delays scores but refuses nothing.

    ``warnings`` name what keeps no part from working but people from theirs.
    """
    parts = current_app.extensions["readiness"].parts()
    ready = all(state == "ok" for state in parts.values())
    response = jsonify(status="ok" if ready else "degraded", parts=parts, warnings=_warnings(parts))
    if not ready:
        response.headers["Retry-After"] = "5"
    return response, 200 if ready else 503


def _warnings(parts: dict[str, str]) -> list[dict[str, str | int]]:
    warnings: list[dict[str, str | int]] = []
    if mismatch := last_mismatch():
        warnings.append({**mismatch})
    lag_s = feed.lag_s(clock.now()) if parts["database"] == "ok" else 0
    if lag_s >= FEED_HELD_UP_S:
        warnings.append({"code": "feed-held-up", "for_s": int(lag_s)})
    return warnings
