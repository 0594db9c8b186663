"""The client's copy of the OpenAPI document, from which its types are generated, is the document of this server."""

from __future__ import annotations

from pathlib import Path

from flask import Flask

from server.openapi import document_text

COPY = Path(__file__).resolve().parents[2] / "client" / "src" / "api" / "openapi.json"


def test_clients_copy_of_the_api_document_is_current(app: Flask) -> None:
    assert COPY.read_text("utf-8") == document_text(app), "the API has changed: run `make api-types` and commit what it writes"
