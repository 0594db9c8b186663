"""Wire shapes of authoring: the library, versions, drafts, reports, and what publishing asks for."""

from __future__ import annotations

from marshmallow import fields, validate

from server.checklists.uploads import MEDIA_TYPES
from server.paging import PageSchema
from server.shapes import RequestSchema
from server.wire import AnswerSchema, NamedSchema, TextSchema, one_of
from vocabulary import AuthoringSeverity, ChecklistOrigin, ChecklistStatus, RevisionKind


class AppliesToSchema(AnswerSchema):
    subject_kinds = fields.List(fields.String())


class CompatibilityChangeSchema(AnswerSchema):
    kind = one_of(*RevisionKind)
    subject = fields.String()
    breaking = fields.Boolean(metadata={"description": "answers already given may not fit any more"})
    text = fields.Nested(TextSchema)


class CompatibilityReportSchema(AnswerSchema):
    changes = fields.List(fields.Nested(CompatibilityChangeSchema))
    breaking = fields.Integer()
    counts = fields.Dict(keys=fields.String(), values=fields.Integer())


class ChecklistFaultParamsSchema(AnswerSchema):
    what = fields.Nested(TextSchema)
    mend = fields.Nested(TextSchema)
    severity = one_of(*AuthoringSeverity)
    sheet = fields.String(allow_none=True)
    row = fields.Integer(allow_none=True)
    column = fields.String(allow_none=True)
    header = fields.String(allow_none=True)
    subject = fields.String(allow_none=True, metadata={"description": "what would lose answers, for confirm_drops"})


class ChecklistFaultSchema(AnswerSchema):
    """``pointer`` is a JSON pointer, or the cell of a workbook as ``survey!C12``."""

    pointer = fields.String()
    code = fields.String()
    detail = fields.String()
    params = fields.Nested(ChecklistFaultParamsSchema)


class BaseVersionSchema(AnswerSchema):
    id = fields.String()
    version = fields.String()
    hash = fields.String()


class ChecklistReferenceSchema(BaseVersionSchema):
    draft_id = fields.String(allow_none=True)


class ChecklistVersionSchema(BaseVersionSchema):
    title = fields.Nested(TextSchema)
    sector = fields.String(allow_none=True)
    state = one_of(*ChecklistStatus)
    current = fields.Boolean()
    item_count = fields.Integer()
    applies_to = fields.Nested(AppliesToSchema)
    source = one_of(*ChecklistOrigin)
    stored_at = fields.String()
    published_at = fields.String(allow_none=True)
    published_by = fields.Nested(NamedSchema, allow_none=True)
    approved_by = fields.String(allow_none=True)
    note = fields.String()
    retired_at = fields.String(allow_none=True)
    retired_by = fields.Nested(NamedSchema, allow_none=True)
    retire_approved_by = fields.String(allow_none=True)
    retire_reason = fields.String(allow_none=True)


class ChecklistVersionDetailSchema(ChecklistVersionSchema):
    valid_from = fields.String()
    report = fields.Nested(CompatibilityReportSchema, allow_none=True)


class ChecklistDraftLineSchema(BaseVersionSchema):
    """``hash`` is the address that the version will have."""

    draft_id = fields.String()
    title = fields.Nested(TextSchema)
    sector = fields.String(allow_none=True)
    applies_to = fields.Nested(AppliesToSchema)
    valid_from = fields.String()
    item_count = fields.Integer()
    source = one_of(*ChecklistOrigin)
    file_name = fields.String(allow_none=True)
    created_at = fields.String()
    created_by = fields.Nested(NamedSchema, allow_none=True)
    changed_at = fields.String()
    changed_by = fields.Nested(NamedSchema, allow_none=True)
    obstacle_count = fields.Integer()
    breaking = fields.Integer()


class ChecklistDraftSchema(ChecklistDraftLineSchema):
    problems = fields.List(fields.Nested(ChecklistFaultSchema))
    obstacles = fields.List(fields.Nested(ChecklistFaultSchema))
    report = fields.Nested(CompatibilityReportSchema)
    base = fields.Nested(BaseVersionSchema, allow_none=True)
    document = fields.Dict()


class LibraryEntrySchema(AnswerSchema):
    id = fields.String()
    title = fields.Nested(TextSchema)
    sector = fields.String(allow_none=True)
    current = fields.Nested(ChecklistVersionSchema, allow_none=True)
    versions = fields.List(fields.Nested(ChecklistVersionSchema))
    drafts = fields.List(fields.Nested(ChecklistDraftLineSchema))


class LibrarySchema(PageSchema):
    items = fields.List(fields.Nested(LibraryEntrySchema))


class DifferenceQuerySchema(RequestSchema):
    before = fields.String(required=True, data_key="from", validate=validate.Length(1, 64))
    after = fields.String(required=True, data_key="to", validate=validate.Length(1, 64))


class DifferenceSchema(AnswerSchema):
    before = fields.Nested(ChecklistReferenceSchema, data_key="from", attribute="from")
    after = fields.Nested(ChecklistReferenceSchema, data_key="to", attribute="to")
    report = fields.Nested(CompatibilityReportSchema)


class FileQuerySchema(RequestSchema):
    format = fields.String(load_default="xlsx", validate=validate.OneOf(list(MEDIA_TYPES)))


class PublishSchema(RequestSchema):
    """``hash`` is the draft that was read, ``base`` the version its report compared it with, null for a first publication."""

    hash = fields.String(required=True, validate=validate.Length(equal=64))
    base = fields.String(required=True, allow_none=True, validate=validate.Length(equal=64))
    approved_by = fields.String(required=True, validate=validate.Length(1, 80))
    note = fields.String(load_default="", validate=validate.Length(max=1000))
    confirm_drops = fields.List(
        fields.String(validate=validate.Length(1, 64)), load_default=list, validate=validate.Length(max=2000)
    )


class DecisionSchema(RequestSchema):
    """Retiring and reinstating: who approved it, and why."""

    approved_by = fields.String(required=True, validate=validate.Length(1, 80))
    reason = fields.String(required=True, validate=validate.Length(1, 1000))


class LackingSchema(RequestSchema):
    """What the office gives for a foreign XLSForm; used only where the workbook itself says nothing."""

    checklist_id = fields.String(validate=validate.Regexp(r"[a-z][a-z0-9_]{0,63}\Z"))
    title = fields.String(validate=validate.Length(1, 200))
    version = fields.String(validate=validate.Regexp(r"[0-9]{4}\.[0-9]{1,3}\Z"))
    valid_from = fields.Date()
    sector = fields.String(validate=validate.Length(max=32))
    basis_standard = fields.String(validate=validate.Length(1, 64))
    basis_clause = fields.String(validate=validate.Length(1, 200))
    deadline_days = fields.Integer(validate=validate.Range(0, 365))
