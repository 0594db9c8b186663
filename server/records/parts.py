"""Parts of records that somebody reads later: each has a type and a size here, so that what is accepted can be shown.

A part may carry more than is named; it is kept whole, and never copied into a list.
"""

from __future__ import annotations

import math
from typing import Any

from marshmallow import ValidationError, fields, validate

from server.problems import Flaw
from server.records.schemas import OpenSchema
from server.shapes import RequestSchema, check_moment, check_sha256, check_uuid
from vocabulary import Datum, FaultCode, MarkShape, PhotoRole, PositionProvider, SignatureKind, ValueType

# A hundred years: a phone that was reset believes in its first day, and sums with it stay within what a calendar holds.
LARGEST_OFFSET_MS = 100 * 366 * 24 * 3600 * 1000
LARGEST_COLUMN = 2**31 - 1


class NumberField(fields.Float):
    """A JSON number. marshmallow's own would take a text that looks like one, and the text would be stored."""

    def _validated(self, value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
            raise ValidationError(Flaw(FaultCode.WRONG_TYPE, wanted=ValueType.DECIMAL))
        return super()._validated(value)


class FlagField(fields.Boolean):
    """true or false; marshmallow's own would take "yes"."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise ValidationError(Flaw(FaultCode.WRONG_TYPE, wanted=ValueType.BOOLEAN))
        return value


def words(at_most: int, **options: Any) -> fields.String:
    return fields.String(validate=validate.Length(max=at_most), allow_none=True, **options)


def whole(**options: Any) -> fields.Integer:
    """A whole number that a column holds."""
    return fields.Integer(strict=True, validate=validate.Range(-LARGEST_COLUMN, LARGEST_COLUMN), **options)


class PersonPart(OpenSchema):
    name = words(80)
    title = words(80)
    phone = words(40)


class SignaturePart(OpenSchema):
    kind = fields.String(required=True, validate=validate.OneOf(list(SignatureKind)))
    reason = words(500)
    photo_id = fields.String(allow_none=True, validate=check_uuid)


class BasisPart(OpenSchema):
    standard = fields.String(required=True, validate=validate.Length(1, 80))
    clause = fields.String(required=True, validate=validate.Length(max=200))


class DeadlineRulePart(OpenSchema):
    days = whole(allow_none=True)
    day_kind = words(16)


class CommitmentsPart(OpenSchema):
    responsible_person = words(200)
    measures = words(2000)
    funds_wan = fields.Raw(
        validate=lambda value: _short(value, 40), metadata={"type": ["string", "number", "null"]}, allow_none=True
    )
    deadline = words(40)
    contingency_plan = words(2000)


class PositionPart(OpenSchema):
    """``provider: none`` with null coordinates says that there was no fix."""

    lng = NumberField(allow_none=True, validate=validate.Range(-180, 180))
    lat = NumberField(allow_none=True, validate=validate.Range(-90, 90))
    accuracy_m = NumberField(allow_none=True, validate=validate.Range(0, 1e8))
    datum = fields.String(validate=validate.OneOf(list(Datum)))
    provider = fields.String(validate=validate.OneOf(list(PositionProvider)))
    fixed_at = words(40)
    mocked = FlagField(allow_none=True)
    altitude_m = NumberField(allow_none=True)
    age_s = NumberField(allow_none=True)


class ClockPart(OpenSchema):
    device_time = fields.String(required=True, validate=check_moment)
    server_offset_ms = fields.Integer(
        allow_none=True, strict=True, validate=validate.Range(-LARGEST_OFFSET_MS, LARGEST_OFFSET_MS)
    )
    offset_measured_at = fields.String(allow_none=True, validate=check_moment)
    monotonic_gap_ms = fields.Integer(
        allow_none=True, strict=True, validate=validate.Range(-LARGEST_OFFSET_MS, LARGEST_OFFSET_MS)
    )
    error_bound_ms = fields.Integer(allow_none=True, strict=True, validate=validate.Range(0, LARGEST_COLUMN))


class MarkPart(OpenSchema):
    """What somebody drew on a photo. Only circles are drawn again (media.watermark); other shapes are kept."""

    shape = words(16)
    x = NumberField(allow_none=True)
    y = NumberField(allow_none=True)
    r = NumberField(allow_none=True)


class MarkSchema(RequestSchema):
    """A circle on the photo; all three are fractions of the picture."""

    shape = fields.String(required=True, validate=validate.OneOf(list(MarkShape)))
    x = fields.Float(required=True, validate=validate.Range(0, 1))
    y = fields.Float(required=True, validate=validate.Range(0, 1))
    r = fields.Float(required=True, validate=validate.Range(0, 1, min_inclusive=False))


class OriginalPart(OpenSchema):
    """The file that a photo was scaled down from."""

    sha256 = fields.String(required=True, validate=check_sha256)
    size_bytes = whole(required=True)
    media_type = fields.String(required=True, validate=validate.Length(1, 100))


class PhotoRefPart(OpenSchema):
    id = fields.String(required=True, validate=check_uuid)
    role = fields.String(required=True, validate=validate.OneOf(list(PhotoRole)))


def _short(value: Any, at_most: int) -> None:
    """A number or a short text."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)) or len(str(value)) > at_most:
        raise ValidationError(Flaw(FaultCode.NOT_WELL_FORMED))
