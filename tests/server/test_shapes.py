"""What is wrong with a request is said in codes of the vocabulary with their parameters, whatever part of the shape it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from marshmallow import Schema, fields

from server.problems import Flaw
from server.shapes import RequestSchema
from server.wire import AnswerSchema
from tests.conftest import Person


def ours(kind: type[Schema]) -> Iterator[type[Schema]]:
    for below in kind.__subclasses__():
        if below.__module__.startswith("server."):
            yield below
        yield from ours(below)


def parts(field: fields.Field[Any]) -> Iterator[fields.Field[Any]]:
    yield field
    for name in ("inner", "key_field", "value_field"):
        if isinstance(inner := getattr(field, name, None), fields.Field):
            yield from parts(inner)


def test_every_schema_is_of_a_request_or_of_an_answer(app: Flask) -> None:
    others = {kind.__name__ for kind in ours(Schema) if not issubclass(kind, RequestSchema | AnswerSchema)}

    assert others == set()


def test_every_message_of_a_request_is_a_code(app: Flask) -> None:
    sentences = [
        (kind.__name__, name, message)
        for kind in set(ours(RequestSchema))
        for name, field in kind().fields.items()
        for part in parts(field)
        for message in (*part.error_messages.values(), *(getattr(each, "error", Flaw) for each in part.validators))
        if not isinstance(message, Flaw) and message is not Flaw
    ]

    assert sentences == []
    assert len(set(ours(RequestSchema))) > 30


@pytest.mark.parametrize(
    ("field", "value", "code", "params"),
    [
        ("decision", None, "null", {}),
        ("decision", 5, "wrong-type", {"wanted": "string"}),
        ("reason", "x" * 501, "too-long", {"maximum": 500}),
        ("mark", [], "wrong-type", {"wanted": "object"}),
        ("mark/x", 7, "above-maximum", {"maximum": 1}),
        ("mark/r", -1, "below-minimum", {"minimum": 0}),
        ("mark/shape", "star", "not-a-member", {"members": "circle"}),
        ("colour", "red", "unknown-key", {}),
    ],
)
def test_a_fault_says_its_code_and_its_parameters(ben: Person, field: str, value: Any, code: str, params: dict[str, Any]) -> None:
    document: dict[str, Any] = {"decision": "returned", "reason": "x", "mark": {"shape": "circle", "x": 0.5, "y": 0.5, "r": 0.1}}
    place, _, below = field.partition("/")
    if below:
        document[place][below] = value
    else:
        document[place] = value

    answer = ben.post("/api/evidence/photos/00000000-0000-4000-8000-000000000001/reviews", json=document)

    assert answer.status_code == 422
    [error] = answer.json["errors"]
    assert (error["pointer"], error["code"], error["params"]) == (f"#/{field}", code, params)


def test_a_missing_field_is_missing(ben: Person) -> None:
    answer = ben.post("/api/evidence/photos/00000000-0000-4000-8000-000000000001/reviews", json={})

    assert [(error["pointer"], error["code"]) for error in answer.json["errors"]] == [("#/decision", "missing")]
    assert answer.json["errors"][0]["detail"] == "缺少这一项"
    assert answer.json["detail"] == "1 处不符合要求，没有保存任何内容。"
