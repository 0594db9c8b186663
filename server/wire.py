"""What answers have in common: schemas whose fields are always there, and the shapes that several slices use.

The OpenAPI document, and through it the client's types, says exactly what a client may rely on. Bodies that are built by hand
are documented with `answers`, which serialises nothing a second time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import flask_smorest
from marshmallow import Schema, fields, validate

from server.reading import StrictParser
from vocabulary import ProblemCode, ReceiptKind
from vocabulary.dates import FIRST_DAY, LAST_DAY

F = TypeVar("F", bound=Callable[..., Any])


class Blueprint(flask_smorest.Blueprint):
    """A slice's part of the API; requests are read strictly."""

    ARGUMENTS_PARSER = StrictParser()

    def arguments(self, schema: Any, **options: Any) -> Any:
        """webargs makes the schema of a class anew for every request, which costs more than reading the request with it."""
        return super().arguments(schema() if isinstance(schema, type) else schema, **options)


class AnswerSchema(Schema):
    """Every field is always in the answer; one that is not says ``metadata={"optional": True}``."""

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        field_obj.required = not field_obj.metadata.get("optional", False)


def answers(blp: Blueprint, status: int, schema: type[Schema]) -> Callable[[F], F]:
    """Declares on a view what it answers, for the document only: the view's dict goes out as it is."""
    declare: Callable[[F], F] = blp.alt_response(status, schema=schema, success=True)
    return declare


def one_of(*values: str, **options: Any) -> fields.String:
    """A string of a closed set, so that the client's types know the set."""
    return fields.String(validate=validate.OneOf(values), **options)


def moment(**options: Any) -> fields.String:
    """An instant in an answer, RFC 3339 with an offset; a client may count on that."""
    return fields.String(metadata={"format": "date-time"}, **options)


def day(**options: Any) -> fields.Date:
    """A calendar day that a query asks for."""
    return fields.Date(validate=validate.Range(FIRST_DAY, LAST_DAY), **options)


class TextSchema(AnswerSchema):
    """Words in both languages."""

    zh = fields.String()
    en = fields.String()


class PlaceSchema(AnswerSchema):
    """A position as the server hands it out."""

    lng = fields.Float()
    lat = fields.Float()
    datum = fields.String()
    accuracy_m = fields.Float(allow_none=True, metadata={"optional": True})


class NamedSchema(AnswerSchema):
    """A row of another list: its id and what people call it."""

    id = fields.String()
    name = fields.String()


class ReceiptSchema(AnswerSchema):
    code = fields.String()
    kind = one_of(*ReceiptKind)
    id = fields.String()
    sha256 = fields.String()
    received_at = moment()


class FieldErrorSchema(AnswerSchema):
    pointer = fields.String()
    code = fields.String()
    detail = fields.String()
    params = fields.Dict()


class ProblemSchema(AnswerSchema):
    """RFC 9457; docs/problems.md lists the types."""

    type = fields.String()
    title = fields.String()
    status = fields.Integer()
    detail = fields.String()
    code = one_of(*ProblemCode, metadata={"optional": True, "description": "which case of the type; its words are the detail"})
    params = fields.Dict(metadata={"optional": True, "description": "what fills the words of the code"})
    instance = fields.String(metadata={"optional": True})
    errors = fields.List(
        fields.Nested(FieldErrorSchema), metadata={"optional": True, "description": "the first hundred of error_count"}
    )
    error_count = fields.Integer(metadata={"optional": True})
