"""The yardstick: a bare Flask view that parses a JSON body and commits one row, with our SQLite pragmas and nothing else."""

from __future__ import annotations

import os
import sqlite3
import threading
import uuid

from flask import Flask, request

app = Flask(__name__)
_local = threading.local()


def _connection() -> sqlite3.Connection:
    if not hasattr(_local, "connection"):
        connection = sqlite3.connect(os.environ["BARE_DATABASE"], isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=20000"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("CREATE TABLE IF NOT EXISTS row (id TEXT PRIMARY KEY, body TEXT)")
        _local.connection = connection
    connection = _local.connection
    return connection


@app.get("/healthz")
def healthz() -> dict[str, str]:
    return {"status": "ok"}


@app.post("/rows")
def add() -> dict[str, int]:
    body = request.get_json()
    connection = _connection()
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("INSERT INTO row VALUES (?, ?)", (uuid.uuid4().hex, str(body)))
    connection.execute("COMMIT")
    return {"stored": 1}
