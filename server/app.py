"""create_app: wiring only. Which slices there are, in which order, and what wraps every request."""

from __future__ import annotations

import logging
from typing import Any

import orjson
from flask import Flask, Response, current_app, request
from flask.json.provider import JSONProvider
from flask_smorest import Api

from server import (
    accounts,
    checklists,
    downloads,
    evidence,
    hazards,
    health,
    pairings,
    problems,
    register,
    rescue,
    scores,
    static_client,
    visits,
)
from server.accounts import tokens
from server.db import db
from server.reading import discard_body
from server.settings import Settings, load_settings
from server.wire import ProblemSchema

# Slices in the order in which they may build on each other; each one's `register_with` wires what it offers.
SLICES = (accounts, register, pairings, checklists, visits, hazards, evidence, rescue, scores, downloads)

# SQLite has one writer at a time, and PostgreSQL 100 connections for all web processes and workers.
POOL_SIZE = 16
# Who waits longer for a connection is told to come again; the web server's threads are needed for others.
POOL_TIMEOUT_S = 10


def create_app(settings: Settings | None = None) -> Flask:
    """The application. Creates no file and opens no connection; `server.cli` prepares the data folder and the schema."""
    settings = settings or load_settings()
    app = Flask(__name__, static_folder=None)
    app.json = _Json(app)
    app.config.update(
        SETTINGS=settings,
        SQLALCHEMY_DATABASE_URI=settings.resolved_database_url,
        SQLALCHEMY_ENGINE_OPTIONS=_engine_options(settings),
        MAX_CONTENT_LENGTH=settings.max_request_bytes,
        API_TITLE="“零事故”单位创建检查服务 Zero-accident inspection service",
        API_VERSION="1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/api",
        OPENAPI_JSON_PATH="openapi.json",
    )
    db.init_app(app)
    problems.register_handlers(app)
    tokens.install(app)
    api = _ProblemApi(app)
    for slice_ in SLICES:
        slice_.register_with(app, api)
    health.register_with(app)
    static_client.register_with(app)
    app.after_request(_secure)
    app.after_request(_read_away_what_was_refused)
    return app


class _ProblemApi(Api):
    """flask-smorest without its own error bodies: every error is a problem document of server.problems."""

    ERROR_SCHEMA = ProblemSchema

    def _register_error_handlers(self) -> None:
        return

    def _register_responses(self) -> None:
        self.DEFAULT_RESPONSE_CONTENT_TYPE = problems.MEDIA_TYPE
        super()._register_responses()
        del self.DEFAULT_RESPONSE_CONTENT_TYPE


class _Json(JSONProvider):
    """orjson: several times faster, and dates and UUIDs need no help."""

    def dumps(self, obj: Any, **_: Any) -> str:
        return orjson.dumps(obj, option=orjson.OPT_NON_STR_KEYS).decode()

    def loads(self, s: str | bytes, **_: Any) -> Any:
        return orjson.loads(s)

    def response(self, *args: Any, **kwargs: Any) -> Response:
        body = orjson.dumps(self._prepare_response_obj(args, kwargs), option=orjson.OPT_NON_STR_KEYS)
        return Response(body, content_type="application/json")


def _engine_options(settings: Settings) -> dict[str, Any]:
    """Few connections for many threads: most threads wait for slow phones' bytes and hold none meanwhile."""
    pool = {
        "pool_size": min(settings.web_threads, POOL_SIZE),
        "max_overflow": 0,
        "pool_timeout": POOL_TIMEOUT_S,
        "json_serializer": lambda value: orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS).decode(),
        "json_deserializer": orjson.loads,
    }
    if settings.resolved_database_url.startswith("sqlite"):
        return {"connect_args": {"check_same_thread": False}, **pool}
    return {"pool_pre_ping": True, **pool}


def _secure(response: Response) -> Response:
    secure(response, request.path, current_app.config["SETTINGS"], problems.request_id())
    return response


def secure(response: Response, path: str, settings: Settings, request_id: str) -> None:
    """Headers for every answer. The policy allows no inline script or style; the tile server is for the desk only."""
    # The desk shows the preview of a checklist in a frame of a phone's size; nobody else may frame anything.
    framed_by = "'self'" if path == "/office/preview.html" else "'none'"
    tiles = settings.tile_server_url if path.startswith("/office") else ""
    response.headers.setdefault(
        "Content-Security-Policy",
        "default-src 'self'; script-src 'self'; style-src 'self'; font-src 'self' data:; "
        f"img-src 'self' blob: data:{' ' + tiles if tiles else ''}; connect-src 'self'; worker-src 'self'; "
        f"object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors {framed_by}",
    )
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "no-referrer")
    response.headers.setdefault("Permissions-Policy", "geolocation=(self), camera=(self), microphone=()")
    if path.startswith("/api/"):
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers["X-Request-Id"] = request_id


def _read_away_what_was_refused(response: Response) -> Response:
    if response.status_code >= 400:
        discard_body(request)
    return response


logging.getLogger("werkzeug").setLevel(logging.WARNING)
