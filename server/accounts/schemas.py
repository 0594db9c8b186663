"""Wire shapes of sessions and users."""

from __future__ import annotations

from marshmallow import fields, validate

from server.shapes import RequestSchema
from server.wire import AnswerSchema, moment, one_of
from vocabulary import Action, AnnouncedDay, Role, ScopeKind


class SignInSchema(RequestSchema):
    username = fields.String(required=True, validate=validate.Length(1, 64))
    password = fields.String(required=True, validate=validate.Length(1, 200))
    device_label = fields.String(load_default="", validate=validate.Length(max=120))


class GrantSchema(AnswerSchema):
    role = one_of(*Role)
    scope_kind = one_of(*ScopeKind)
    scope_id = fields.String()
    scope_name = fields.String()


class UserSchema(AnswerSchema):
    id = fields.UUID()
    username = fields.String()
    name = fields.String()
    title = fields.String()
    county_code = fields.String()
    locale = fields.String()
    roles = fields.List(fields.Nested(GrantSchema))


class RuleInputsSchema(AnswerSchema):
    """What the rules that phone and server share need to know of the county."""

    holidays = fields.Dict(
        keys=fields.String(),
        values=one_of(*AnnouncedDay),
        metadata={"description": "announced days by date, as forms.deadline_date takes them"},
    )


class SessionSchema(AnswerSchema):
    token = fields.String(metadata={"description": "only in the answer to a sign-in", "optional": True})
    expires_at = moment()
    server_time = moment()
    user = fields.Nested(UserSchema)
    actions = fields.List(one_of(*Action), metadata={"description": "what the person's roles of today include"})
    rules = fields.Nested(RuleInputsSchema)
