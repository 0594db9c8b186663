"""Records made on a phone: reading the envelope, the canonical content hash, and telling a repeat from a conflict.

Bodies are opaque here; hazard events are read in ``sync.hazards``. Mirrored by client/src/sync/records.ts.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import orjson
import rfc8785

from sync.times import TimeInvalid, parse_time
from vocabulary import FaultCode, RecordKind

# Beyond this a JSON number no longer means the same integer in JavaScript and in Python.
_LARGEST_SAFE_INTEGER = 2**53 - 1
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.ASCII)
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_HASHED_KEYS = ("id", "kind", "visit_id", "subject_id", "made_at", "body")
# First bytes of characters beyond U+FFFF in UTF-8 are 0xF0 to 0xF4.
_BELOW_ASTRAL = bytes(byte for byte in range(256) if not 0xF0 <= byte <= 0xF4)
# A number begins after one of these characters. The first expression finds what is no plain whole number, the second, which takes
# longer, what may be printed otherwise.
_NUMBER_TO_LOOK_AT = re.compile(rb"[:,\[]-?[0-9]+(?:\.|[eE]|[0-9]{15})")
_NUMBER_TO_DOUBT = re.compile(rb"[:,\[]-?(?:[0-9]{16}|[0-9]+(?:\.[0-9]+)?[eE]|[0-9]+\.0[,\]}])")
_KEYS = frozenset((*_HASHED_KEYS, "content_hash"))


class Comparison(StrEnum):
    NEW = "new"
    SAME = "same"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class Fault:
    """Pointer is a JSON pointer into the envelope."""

    pointer: str
    code: str
    params: Mapping[str, Any]


class EnvelopeInvalid(ValueError):
    """Not a record; carries every fault at once."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(", ".join(f"{fault.pointer} {fault.code}" for fault in faults))
        self.faults = faults


class NotCanonical(ValueError):
    """The document has no canonical form that both languages agree on (unsafe number, lone surrogate, NaN)."""


@dataclass(frozen=True, slots=True)
class Record:
    """An envelope that was read and whose hash is right. ``made_at`` is UTC; ``made_at_text`` is what was hashed.

    ``clock_offset_s`` is not part of it: the server's clock minus the phone's, measured when it was sent.
    """

    id: str
    kind: RecordKind
    visit_id: str | None
    subject_id: str | None
    made_at: datetime
    made_at_text: str
    body: Mapping[str, Any]
    content_hash: str
    clock_offset_s: int = 0


def parse_envelope(document: object) -> Record:
    """Raises: EnvelopeInvalid with every fault; ``hash_mismatch`` only when the rest can be read.

    Source: vectors in tests/vectors/sync/records.json; also client/src/sync/records.ts.
    """
    if not isinstance(document, dict):
        raise EnvelopeInvalid([Fault("", FaultCode.NOT_AN_OBJECT, {})])
    faults = [*_shape_faults(document)]
    if faults:
        raise EnvelopeInvalid(faults)
    try:
        computed = content_hash(document)
    except NotCanonical as error:
        raise EnvelopeInvalid([Fault("/body", FaultCode.NOT_CANONICAL, {})]) from error
    if computed != document["content_hash"]:
        raise EnvelopeInvalid([Fault("/content_hash", FaultCode.HASH_MISMATCH, {"computed": computed})])
    return Record(
        id=document["id"],
        kind=RecordKind(document["kind"]),
        visit_id=document["visit_id"],
        subject_id=document["subject_id"],
        made_at=parse_time(document["made_at"]),
        made_at_text=document["made_at"],
        body=document["body"],
        content_hash=computed,
    )


def content_hash(envelope: Mapping[str, Any]) -> str:
    """SHA-256 over the canonical form of the six hashed keys; a ``content_hash`` key in the argument is left out.

    Raises: NotCanonical, KeyError if a hashed key is missing.
    """
    hashed = {key: envelope[key] for key in _HASHED_KEYS}
    return hashlib.sha256(_quickly_written(hashed) or canonical_json(hashed)).hexdigest()


def canonical_json(document: Any) -> bytes:
    """RFC 8785, narrowed: whole numbers beyond 2^53 − 1 are refused, as phone and server would read different ones.

    Raises: NotCanonical.
    """
    try:
        if _reads_alike(document):
            return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
        return rfc8785.dumps(document)
    except (rfc8785.CanonicalizationError, UnicodeEncodeError, RecursionError) as error:
        raise NotCanonical(str(error)) from error


def _quickly_written(document: dict[str, Any]) -> bytes | None:
    """What :func:`canonical_json` writes, an order of magnitude sooner, where it is plain that orjson writes the same; else None.

    Only for documents that were read from JSON: orjson would write a NaN as null. RFC 8785 sorts keys by UTF-16 units and prints
    numbers as ECMAScript does; both differ only where a character lies beyond U+FFFF or a number is long, whole with a
    point, or has an exponent. Such a look into texts costs nothing but the slow way.
    """
    try:
        written = orjson.dumps(document, option=orjson.OPT_SORT_KEYS)
    except (orjson.JSONEncodeError, RecursionError):
        return None
    if written.translate(None, _BELOW_ASTRAL) or (_NUMBER_TO_LOOK_AT.search(written) and _NUMBER_TO_DOUBT.search(written)):
        return None
    return written


def compare(stored_hash: str | None, incoming_hash: str) -> Comparison:
    """What an arriving record is to the one stored under the same id (None when there is none)."""
    if stored_hash is None:
        return Comparison.NEW
    return Comparison.SAME if stored_hash == incoming_hash else Comparison.CONFLICT


def is_uuid(value: object) -> bool:
    """Lower-case hyphenated form only, so that one id has one spelling."""
    return isinstance(value, str) and _UUID.fullmatch(value) is not None


def is_sha256(value: object) -> bool:
    return isinstance(value, str) and _SHA256.fullmatch(value) is not None


def _shape_faults(document: dict[Any, Any]) -> list[Fault]:
    faults = [Fault(f"/{key}", FaultCode.MISSING, {}) for key in (*_HASHED_KEYS, "content_hash") if key not in document]
    faults += [Fault("", FaultCode.UNKNOWN_KEY, {"key": str(key)[:80]}) for key in document if key not in _KEYS]
    checks = (
        ("id", is_uuid, FaultCode.NOT_A_UUID),
        ("kind", lambda value: value in list(RecordKind), FaultCode.UNKNOWN_KIND),
        ("visit_id", lambda value: value is None or is_uuid(value), FaultCode.NOT_A_UUID),
        ("subject_id", lambda value: value is None or is_uuid(value), FaultCode.NOT_A_UUID),
        ("made_at", _is_time, FaultCode.NOT_A_TIME),
        ("body", lambda value: isinstance(value, dict), FaultCode.NOT_AN_OBJECT),
        ("content_hash", is_sha256, FaultCode.NOT_A_SHA256),
    )
    faults += [Fault(f"/{key}", code, {}) for key, holds, code in checks if key in document and not holds(document[key])]
    if not faults and document["kind"] == RecordKind.VISIT and document["visit_id"] != document["id"]:
        faults.append(Fault("/visit_id", FaultCode.NOT_THE_VISIT_ITSELF, {}))
    return faults


def _is_time(value: object) -> bool:
    try:
        parse_time(value)
    except TimeInvalid:
        return False
    return True


def _reads_alike(value: Any) -> bool:
    """Whether ``json.dumps`` writes the value exactly as RFC 8785 does; it does so ten times faster than rfc8785.

    Python and ECMAScript print a float alike when neither uses an exponent and it is not whole; code point order of
    keys is UTF-16 order for ASCII.
    """
    if isinstance(value, str) or value is None or value is True or value is False:
        return True
    if isinstance(value, int):
        _check_safe(value)
        return True
    if isinstance(value, float):
        if value.is_integer():
            _check_safe(value)
        return 1e-4 <= abs(value) < 1e15 and not value.is_integer()
    if isinstance(value, dict):
        # Not all(): every number below must be checked, also after a key or float that takes the slow way.
        alike = True
        for key, item in value.items():
            if not isinstance(key, str):
                raise NotCanonical("object keys must be strings")
            alike = _reads_alike(item) and key.isascii() and alike
        return alike
    if isinstance(value, list):
        alike = True
        for item in value:
            alike = _reads_alike(item) and alike
        return alike
    return False


def _check_safe(number: float) -> None:
    if abs(number) > _LARGEST_SAFE_INTEGER:
        raise NotCanonical("whole number beyond 2^53 - 1")
