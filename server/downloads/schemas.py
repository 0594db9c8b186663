"""Wire shapes of downloads."""

from __future__ import annotations

from marshmallow import fields, validate

from server.paging import PageSchema
from server.scores.schemas import TARGET_GROUPS, PeriodField
from server.shapes import RequestSchema
from server.wire import AnswerSchema, one_of
from vocabulary import DownloadFormat, DownloadKind, DownloadState, HazardGrade, HazardSource, HazardState


class FiltersSchema(RequestSchema):
    """The filters of the score pages and, for the ledger, of the ledger page."""

    town = fields.String(validate=validate.Length(max=12))
    sector = fields.String(validate=validate.Length(max=32))
    department = fields.UUID()
    target_group = fields.String(validate=validate.OneOf(TARGET_GROUPS))
    q = fields.String(validate=validate.Length(max=60))
    state = fields.String(validate=validate.OneOf([*HazardState, "open"]))
    grade = fields.String(validate=validate.OneOf(list(HazardGrade)))
    source = fields.String(validate=validate.OneOf(list(HazardSource)))
    overdue = fields.Boolean()


class OrderSchema(RequestSchema):
    kind = fields.String(required=True, validate=validate.OneOf(list(DownloadKind)))
    format = fields.String(required=True, validate=validate.OneOf(list(DownloadFormat)))
    period = PeriodField(load_default=None, allow_none=True, metadata={"type": "string", "example": "2026-Q4"})
    filters = fields.Nested(FiltersSchema, load_default=dict)
    language = fields.String(load_default="zh", validate=validate.OneOf(["zh", "en"]))


class ProgressSchema(AnswerSchema):
    done = fields.Integer()
    total = fields.Integer()


class DownloadSchema(AnswerSchema):
    id = fields.String()
    kind = one_of(*DownloadKind)
    format = one_of(*DownloadFormat)
    period = fields.String(allow_none=True)
    filters = fields.Dict()
    state = one_of(*DownloadState)
    progress = fields.Nested(ProgressSchema)
    reason = fields.String(allow_none=True, metadata={"description": "why it failed"})
    file_name = fields.String(allow_none=True)
    size_bytes = fields.Integer(allow_none=True)
    sha256 = fields.String(allow_none=True)
    file_url = fields.String(allow_none=True)
    created_at = fields.String()
    finished_at = fields.String(allow_none=True)


class DownloadsSchema(PageSchema):
    items = fields.List(fields.Nested(DownloadSchema))
