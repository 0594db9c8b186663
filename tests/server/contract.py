"""Every answer that a test gets is held against the OpenAPI document: status, media type and shape."""

from __future__ import annotations

import functools
import json
import re
from typing import Any

from flask import Flask
from jsonschema import Draft202012Validator

from server.openapi import document_text

_documents: dict[int, dict[str, Any]] = {}


def check_answer(app: Flask, answer: Any) -> Any:
    """The same answer. Raises: AssertionError when the document does not describe it."""
    request = answer.request
    if not request.path.startswith("/api/"):
        return answer
    if answer.status_code >= 400:
        assert answer.mimetype == "application/problem+json" or request.method == "HEAD", (answer.status_code, answer.mimetype)
        return answer
    rule = app.url_map.bind("").match(request.path, request.method, return_rule=True)[0]
    path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
    name = f"{request.method} {path} {answer.status_code}"
    content = _content(app, path, request.method.lower(), str(answer.status_code), name)
    if "application/json" in content and answer.mimetype == "application/json":
        faults = list(_validator(name).iter_errors(answer.json))
        assert not faults, (name, [(fault.json_path, fault.message) for fault in faults[:5]])
    return answer


def _content(app: Flask, path: str, method: str, status: str, name: str) -> dict[str, Any]:
    operations = _document(app)["paths"].get(path)
    if operations is None:
        return {}
    responses = operations[method]["responses"]
    assert status in responses or status == "304", f"{name} is not in the OpenAPI document"
    content: dict[str, Any] = responses.get(status, {}).get("content", {})
    if "schema" in content.get("application/json", {}):
        _schemas[name] = content["application/json"]["schema"] | {"components": _document(app)["components"]}
        return content
    return {}


_schemas: dict[str, dict[str, Any]] = {}


@functools.cache
def _validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(_schemas[name])


def _document(app: Flask) -> dict[str, Any]:
    if 0 not in _documents:
        _documents[0] = json.loads(document_text(app))
    return _documents[0]
