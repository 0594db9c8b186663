"""What the OpenAPI document says beyond what flask-smorest reads from schemas, and the document as text.

Records and changes are told apart by their kind; which kinds there are, and the shape of each, is what the wiring says.
The client's types are generated from a copy of the document.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from apispec.ext.marshmallow import MarshmallowPlugin
from apispec.ext.marshmallow.openapi import OpenAPIConverter
from flask import Flask
from marshmallow import Schema, fields

from server.records.schemas import ChangeField, ChangeSchema, EnvelopeSchema, RecordField
from server.shapes import Shape, Variants, check_day, check_moment, check_sha256, check_uuid
from server.wire import one_of
from server.wiring import Wiring

_FORMATS: dict[Any, dict[str, str]] = {
    check_uuid: {"format": "uuid"},
    check_moment: {"format": "date-time"},
    check_day: {"format": "date"},
    check_sha256: {"pattern": "^[0-9a-f]{64}$"},
}


class VariantField(fields.Raw):
    """A document of several shapes, told apart by one of its keys."""

    def __init__(self, variants: Mapping[str, type[Schema] | Schema], key: str, **options: Any) -> None:
        super().__init__(**options)
        self.variants, self.key = variants, key


class _Converter(OpenAPIConverter):
    def schema2jsonschema(self, schema: Any) -> dict[str, Any]:
        """A shape that may carry more says nothing of it, which means the same; said, it would make every key of any type."""
        described: dict[str, Any] = super().schema2jsonschema(schema)
        if described.get("additionalProperties") is True:
            del described["additionalProperties"]
        return described


class Plugin(MarshmallowPlugin):
    Converter = _Converter


def describe(converter: OpenAPIConverter, wiring: Wiring) -> None:
    """Lets the document tell what travels in records and changes, and what our own checks of texts ask for."""
    records = VariantField(
        {
            kind: _branch(f"{_title(kind)}Record", EnvelopeSchema, kind, _body(handler.shape, required=True))
            for kind, handler in wiring.record_kinds.items()
        },
        "kind",
    )
    changes = VariantField(
        {
            kind: _branch(f"{_title(kind)}Change", ChangeSchema, kind, _body(feed.shape, allow_none=True))
            for kind, feed in wiring.feed_kinds.items()
        },
        "kind",
    )

    def told_apart(self: OpenAPIConverter, field: fields.Field[Any], **_: Any) -> dict[str, Any]:
        match field:
            case RecordField():
                return _one_of(self, records)
            case ChangeField():
                return _one_of(self, changes)
            case VariantField():
                return _one_of(self, field)
        return {}

    def in_our_formats(_self: OpenAPIConverter, field: fields.Field[Any], **_: Any) -> dict[str, Any]:
        return {
            key: text for check in field.validators for key, text in _FORMATS.get(check, {}).items() if key not in field.metadata
        }

    converter.add_attribute_function(told_apart)
    converter.add_attribute_function(in_our_formats)


def document_text(app: Flask) -> str:
    """The document that /api/openapi.json answers, laid out for reading and comparing."""
    answer = app.test_client().get("/api/openapi.json")
    return json.dumps(json.loads(answer.data), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _branch(name: str, base: type[Schema], kind: str, body: fields.Field[Any]) -> type[Schema]:
    return type(f"{name}Schema", (base,), {"kind": one_of(kind, required=True), "body": body})


def _body(shape: Shape, **options: Any) -> fields.Field[Any]:
    if isinstance(shape, Variants):
        return VariantField(shape.shapes, shape.key, **options)
    return fields.Nested(shape, **options)


def _one_of(converter: OpenAPIConverter, field: VariantField) -> dict[str, Any]:
    refs = {code: converter.resolve_nested_schema(schema)["$ref"] for code, schema in field.variants.items()}
    return {
        "oneOf": [{"$ref": ref} for ref in dict.fromkeys(refs.values())],
        "discriminator": {"propertyName": field.key, "mapping": refs},
    }


def _title(kind: str) -> str:
    return "".join(part.capitalize() for part in kind.split("_"))
