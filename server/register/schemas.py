"""Wire shapes of the register."""

from __future__ import annotations

from marshmallow import fields, validate

from server.paging import PageQuerySchema
from server.wire import AnswerSchema


class AreaSchema(AnswerSchema):
    code = fields.String()
    name = fields.String()
    kind = fields.String()
    village_kind = fields.String(allow_none=True)
    parent_code = fields.String(allow_none=True)
    aliases = fields.List(fields.String())
    valid_from = fields.Date()
    valid_to = fields.Date(allow_none=True)


class AreasSchema(AnswerSchema):
    areas = fields.List(fields.Nested(AreaSchema))


class DepartmentSchema(AnswerSchema):
    id = fields.UUID()
    name = fields.String()
    short_name = fields.String()
    kind = fields.String()
    town_code = fields.String(allow_none=True)
    sectors = fields.List(fields.String())


class DepartmentsSchema(AnswerSchema):
    departments = fields.List(fields.Nested(DepartmentSchema))


class SubjectQuerySchema(PageQuerySchema):
    town = fields.String()
    sector = fields.String()
    kind = fields.String()
    q = fields.String(validate=validate.Length(max=60))
    page_size = fields.Integer(load_default=50, validate=validate.Range(min=1, max=500))
