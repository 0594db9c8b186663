"""Wire shapes of work that could not be done."""

from __future__ import annotations

from marshmallow import fields

from server.wire import AnswerSchema, one_of
from vocabulary import Topic


class FailedWorkSchema(AnswerSchema):
    id = fields.Integer()
    topic = one_of(*Topic)
    key = fields.String(metadata={"description": "id of the row that the work is about"})
    attempts = fields.Integer()
    reason = fields.String()
    noted_at = fields.String()
    failed_at = fields.String()


class FailuresSchema(AnswerSchema):
    failures = fields.List(fields.Nested(FailedWorkSchema))
    total = fields.Integer()
