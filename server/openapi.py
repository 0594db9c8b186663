"""The OpenAPI document as text, the same for the same code: the client's types are generated from a copy of it."""

from __future__ import annotations

import json

from flask import Flask


def document_text(app: Flask) -> str:
    """The document that /api/openapi.json answers, laid out for reading and comparing."""
    answer = app.test_client().get("/api/openapi.json")
    return json.dumps(json.loads(answer.data), ensure_ascii=False, indent=1, sort_keys=True) + "\n"
