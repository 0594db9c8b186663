"""Health: /healthz says that the process answers, /readyz that database, queue and photo store do."""

from __future__ import annotations

import os

from flask import Flask, Response, current_app, jsonify
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from server.db import db
from server.permissions import public
from server.queue import redis_connection


def register_with(app: Flask) -> None:
    app.add_url_rule("/healthz", view_func=healthz)
    app.add_url_rule("/readyz", view_func=readyz)


@public
def healthz() -> Response:
    return jsonify(status="ok")


@public
def readyz() -> tuple[Response, int]:
    """200 when all parts answer, else 503; a queue that is away delays scores but refuses nothing."""
    parts = {"database": _database_answers(), "queue": _queue_answers(), "store": _store_is_writable()}
    return jsonify(status="ok" if all(parts.values()) else "degraded", parts=parts), 200 if all(parts.values()) else 503


def _database_answers() -> bool:
    try:
        db.session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return False
    return True


def _queue_answers() -> bool:
    try:
        return bool(redis_connection().ping())
    except (RedisError, ValueError):
        return False


def _store_is_writable() -> bool:
    return os.access(current_app.config["SETTINGS"].photo_dir, os.W_OK)
