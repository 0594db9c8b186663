"""What importing a rescue file answers."""

from __future__ import annotations

from marshmallow import fields

from server.wire import AnswerSchema, ProblemSchema, one_of
from vocabulary import RecordStatus, RescuePart


class ImportItemSchema(AnswerSchema):
    """One part of the file and what became of it."""

    part = one_of(*RescuePart)
    kind = fields.String(allow_none=True, metadata={"description": "the kind of a record"})
    id = fields.String(allow_none=True, metadata={"description": "null when not even that could be read"})
    status = one_of(*RecordStatus)
    receipt = fields.String(allow_none=True)
    problem = fields.Nested(ProblemSchema, allow_none=True)


class ImportedBeforeSchema(AnswerSchema):
    at = fields.String()
    by = fields.String()


class _CountsSchema(AnswerSchema):
    """How many records, photos and drafts ended which way."""

    author = fields.String()
    records = fields.Dict(keys=fields.String(), values=fields.Integer())
    photos = fields.Dict(keys=fields.String(), values=fields.Integer())
    drafts = fields.Dict(keys=fields.String(), values=fields.Integer())


class ImportResultSchema(_CountsSchema):
    imported_before = fields.Nested(ImportedBeforeSchema, allow_none=True)
    items = fields.List(fields.Nested(ImportItemSchema))
    problems = fields.List(fields.Dict())


class ImportSchema(_CountsSchema):
    id = fields.String()
    at = fields.String()
    imported_by = fields.String()


class ImportsSchema(AnswerSchema):
    imports = fields.List(fields.Nested(ImportSchema))
