"""Whether the body of a record has the shape that its schema asks for.

A body that fits is told by a check that is compiled from the schema once; marshmallow, a dozen times slower, is asked where that
check has a doubt, and names every fault.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import Any

from marshmallow import Schema, ValidationError, fields

from server.problems import FieldError, Refusal, field_errors
from server.records.parts import FlagField, NumberField
from vocabulary import ProblemCode

Check = Callable[[Any], bool]


def check_shape(schema: Schema, body: Any) -> None:
    """Raises: Refusal kept-misshapen with every fault as a pointer into the record's body."""
    errors = shape_errors(schema, body)
    if errors:
        raise Refusal(ProblemCode.KEPT_MISSHAPEN, errors=errors)


def shape_errors(schema: Schema, body: Any) -> list[FieldError]:
    if fits_plainly(schema)(body):
        return []
    return list(field_errors(schema.validate(body), "#/body"))


@functools.cache
def fits_plainly(schema: Schema) -> Check:
    """True only for what the schema takes as it is; false where marshmallow would convert, or has rules of its own."""
    if any(schema._hooks.values()) or schema.unknown != "include":
        return lambda _body: False
    wanted = [(_key(name, field), field.required, _field_check(field)) for name, field in schema.load_fields.items()]

    def fits(body: Any) -> bool:
        if type(body) is not dict:
            return False
        for key, required, check in wanted:
            if key in body:
                if not check(body[key]):
                    return False
            elif required:
                return False
        return True

    return fits


def _key(name: str, field: fields.Field[Any]) -> str:
    return field.data_key if field.data_key is not None else name


def _field_check(field: fields.Field[Any]) -> Check:
    of_type, validators, may_be_none = _type_check(field), field.validators, field.allow_none

    def check(value: Any) -> bool:
        if value is None:
            return may_be_none
        if not of_type(value):
            return False
        try:
            for validate in validators:
                validate(value)
        except ValidationError:
            return False
        return True

    return check


def _type_check(field: fields.Field[Any]) -> Check:
    kind = type(field)
    if isinstance(field, fields.Nested) and not field.many and kind is fields.Nested:
        return fits_plainly(field.schema)
    if isinstance(field, fields.List) and kind is fields.List:
        inner = _field_check(field.inner)
        return lambda value: type(value) is list and all(map(inner, value))
    if isinstance(field, fields.Dict) and kind is fields.Dict and field.key_field is None and field.value_field is None:
        return lambda value: type(value) is dict
    if kind is fields.Float:
        return lambda value: type(value) in (int, float)
    if isinstance(field, fields.Integer) and kind is fields.Integer and field.strict:
        return lambda value: type(value) is int
    if kind is NumberField:
        return lambda value: type(value) is int or (type(value) is float and math.isfinite(value))
    plain = {fields.String: str, fields.Boolean: bool, FlagField: bool}.get(kind)
    return (lambda value: type(value) is plain) if plain is not None else (lambda _value: False)
