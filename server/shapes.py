"""What requests and records have in common: their schemas say in codes of the vocabulary what is wrong, never in sentences.

marshmallow's fields and validators stay as they are; a schema gives them our codes for messages when it takes them in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from server.problems import Flaw
from sync.records import is_sha256, is_uuid
from sync.times import TimeInvalid, parse_date, parse_time
from vocabulary import FaultCode, ValueType

_TYPES: tuple[tuple[type[Any], Flaw], ...] = (
    (fields.UUID, Flaw(FaultCode.NOT_A_UUID)),
    (fields.Date, Flaw(FaultCode.NOT_A_DATE)),
    (fields.String, Flaw(FaultCode.WRONG_TYPE, wanted=ValueType.STRING)),
    (fields.Boolean, Flaw(FaultCode.WRONG_TYPE, wanted=ValueType.BOOLEAN)),
    (fields.Integer, Flaw(FaultCode.WRONG_TYPE, wanted=ValueType.INTEGER)),
    (fields.Number, Flaw(FaultCode.WRONG_TYPE, wanted=ValueType.DECIMAL)),
    (fields.List, Flaw(FaultCode.WRONG_TYPE, wanted=ValueType.ARRAY)),
    (fields.Mapping, Flaw(FaultCode.WRONG_TYPE, wanted=ValueType.OBJECT)),
    (fields.Nested, Flaw(FaultCode.WRONG_TYPE, wanted=ValueType.OBJECT)),
)


class RequestSchema(Schema):
    """Base of everything that is read from a request."""

    error_messages: dict[str, str] = {  # noqa: RUF012
        "unknown": Flaw(FaultCode.UNKNOWN_KEY),
        "type": Flaw(FaultCode.WRONG_TYPE, wanted=ValueType.OBJECT),
    }

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        say_codes(field_obj)


@dataclass(frozen=True)
class Variants:
    """Several shapes of one document, told apart by the code at one of its keys.

    ``fallback`` says what is wrong with a document whose code is none of them.
    """

    key: str
    shapes: Mapping[str, Schema]
    fallback: Schema

    def of(self, document: Mapping[str, Any]) -> Schema:
        code = document.get(self.key)
        return self.shapes.get(code, self.fallback) if isinstance(code, str) else self.fallback


Shape = Schema | Variants


def say_codes(field: fields.Field[Any]) -> None:
    """Gives a field, what is inside it and its validators our codes for messages."""
    wrong = next((flaw for kind, flaw in _TYPES if isinstance(field, kind)), Flaw(FaultCode.NOT_WELL_FORMED))
    known = {"required": Flaw(FaultCode.MISSING), "null": Flaw(FaultCode.NULL)}
    field.error_messages = {name: known.get(name, wrong) for name in field.error_messages}
    for validator in field.validators:
        _say_code(validator, isinstance(field, fields.String))
    inside = (getattr(field, name, None) for name in ("inner", "key_field", "value_field"))
    for inner in inside:
        if isinstance(inner, fields.Field):
            say_codes(inner)


def check_uuid(value: str) -> None:
    if not is_uuid(value):
        raise ValidationError(Flaw(FaultCode.NOT_A_UUID))


def check_sha256(value: str) -> None:
    if not is_sha256(value):
        raise ValidationError(Flaw(FaultCode.NOT_A_SHA256))


def check_moment(value: str) -> None:
    try:
        parse_time(value)
    except TimeInvalid as error:
        raise ValidationError(Flaw(FaultCode.NOT_A_TIME)) from error


def check_day(value: str) -> None:
    try:
        parse_date(value)
    except TimeInvalid as error:
        raise ValidationError(Flaw(FaultCode.NOT_A_DATE)) from error


class _OutOfBounds(Flaw):
    """Which bound was passed shows only when there is a value; marshmallow then fills it in."""

    low: FaultCode
    high: FaultCode

    def format(self, *_: object, **bounds: Any) -> Flaw:
        given, least, most = bounds["input"], bounds.get("min"), bounds.get("max")
        size = len(given) if hasattr(given, "__len__") else given
        if most is not None and size > most:
            return Flaw(self.high, maximum=_plain(most))
        return Flaw(self.low, minimum=_plain(least))


def _out_of_bounds(low: FaultCode, high: FaultCode) -> _OutOfBounds:
    flaw = _OutOfBounds(high)
    flaw.low, flaw.high = low, high
    return flaw


_TEXT = _out_of_bounds(FaultCode.TOO_SHORT, FaultCode.TOO_LONG)
_LIST = _out_of_bounds(FaultCode.TOO_FEW_VALUES, FaultCode.TOO_MANY_VALUES)
_NUMBER = _out_of_bounds(FaultCode.BELOW_MINIMUM, FaultCode.ABOVE_MAXIMUM)


def _say_code(validator: Any, of_text: bool) -> None:
    match validator:
        case validate.Length():
            validator.error = _TEXT if of_text else _LIST
        case validate.Range():
            validator.error = _NUMBER
        case validate.OneOf():
            validator.error = Flaw(FaultCode.NOT_A_MEMBER, members=_listed(validator.choices))
        case validate.ContainsNoneOf():
            validator.error = Flaw(FaultCode.NUL_CHARACTER)
        case validate.Validator():
            validator.error = Flaw(FaultCode.NOT_WELL_FORMED)


def _listed(choices: Iterable[object]) -> str:
    return ", ".join(str(choice) for choice in choices)


def _plain(bound: Any) -> Any:
    return bound if isinstance(bound, (int, float)) else str(bound)
