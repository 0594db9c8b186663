"""Checklist files as they come in: JSON or a workbook, read whole or refused with every fault; and as they go out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from forms.files import BYTES_AT_MOST, UnreadableFile, parse_json
from forms.problems import Problem, has_errors
from forms.validation import validate_checklist
from server.checklists.rules import Obstacle
from server.checklists.standards import released
from server.problems import FieldError, Refusal, prefers_english
from vocabulary import AuthoringSeverity, ChecklistStatus, DownloadFormat, ProblemCode, Text

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MEDIA_TYPES: Mapping[str, str] = {DownloadFormat.XLSX: XLSX, DownloadFormat.JSON: "application/json"}


@dataclass(frozen=True)
class Incoming:
    """A valid checklist from a file, with what its author should look at again."""

    document: dict[str, Any]
    file_name: str
    notes: list[dict[str, Any]]


def read_upload(data: bytes, file_name: str, lacking: dict[str, Any] | None = None) -> Incoming:
    """The checklist in a file; which kind it is tells its content, since names lie.

    ``lacking`` is what the office gives for a foreign form, by the names of ``forms.xlsform.Defaults``.
    Raises: Refusal too-large, unsupported-media-type, checklist-invalid with every fault.
    """
    if len(data) > BYTES_AT_MOST:
        raise too_large()
    if _looks_like_json(data):
        return read_document(_parsed(data), file_name)
    return _read_workbook(data, file_name, lacking or {})


def read_document(document: Any, file_name: str = "") -> Incoming:
    """A checklist that came as JSON. Raises: Refusal checklist-invalid."""
    problems = validate_checklist(document, released())
    bodies = [fault_body(problem) for problem in problems]
    if has_errors(problems):
        raise _invalid(bodies)
    return Incoming(as_draft(document), file_name, bodies)


def as_draft(document: dict[str, Any]) -> dict[str, Any]:
    return {**document, "status": ChecklistStatus.DRAFT}


def parse_body(data: bytes) -> Any:
    """The JSON of a request's body. Raises: Refusal too-large, checklist-invalid."""
    if len(data) > BYTES_AT_MOST:
        raise too_large()
    return _parsed(data)


def too_large() -> Refusal:
    limit = BYTES_AT_MOST // 1024**2
    return Refusal(ProblemCode.FILE_TOO_LARGE, limit=limit)


def written(document: dict[str, Any], format_: str) -> bytes:
    """A document as the bytes of a file. Raises: Refusal invalid when a workbook cannot hold it."""
    if format_ == DownloadFormat.JSON:
        return orjson.dumps(document, option=orjson.OPT_INDENT_2)
    from forms.xlsform import Unwritable, write_workbook

    try:
        return write_workbook(document)
    except Unwritable as error:
        raise Refusal(ProblemCode.TEXT_FITS_NO_CELL, text=str(error)) from error


def fault_body(problem: Problem | Any) -> dict[str, Any]:
    """A fault of a document or of a workbook's cell, for the wire and for keeping."""
    place: dict[str, Any] = {}
    pointer = f"#{problem.pointer}" if isinstance(problem, Problem) else f"{problem.sheet}!{problem.cell}"
    if not isinstance(problem, Problem):
        place = {
            "sheet": problem.sheet or None,
            "row": problem.row or None,
            "column": problem.column or None,
            "header": problem.header or None,
        }
    return _body(pointer, problem.code, problem.what, problem.mend, problem.severity.value, place)


def obstacle_body(obstacle: Obstacle) -> dict[str, Any]:
    body = _body(f"#{obstacle.pointer}", obstacle.code, obstacle.what, obstacle.mend, AuthoringSeverity.ERROR.value, {})
    body["params"]["subject"] = obstacle.subject or None
    return body


def field_errors_of(bodies: Iterable[dict[str, Any]]) -> list[FieldError]:
    """Faults as the errors of a problem document, in the language of the request."""
    english = prefers_english()
    return [FieldError(body["pointer"], body["code"], _line(body["params"], english), body["params"]) for body in bodies]


def _body(pointer: str, code: str, what: Text, mend: Text, severity: str, place: dict[str, Any]) -> dict[str, Any]:
    nowhere = dict.fromkeys(("sheet", "row", "column", "header", "subject"))
    params = {"what": dict(what), "mend": dict(mend), "severity": severity, **nowhere, **place}
    return {"pointer": pointer, "code": code, "detail": _line(params, english=False), "params": params}


def _line(params: dict[str, Any], english: bool) -> str:
    return f"{params['what']['en']}; {params['mend']['en']}" if english else f"{params['what']['zh']}；{params['mend']['zh']}"


def _looks_like_json(data: bytes) -> bool:
    return data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[")


def _parsed(data: bytes) -> Any:
    try:
        return parse_json(data)
    except UnreadableFile as error:
        what: Text = {"zh": f"不是可读的 JSON：{error}", "en": f"not readable as JSON: {error}"}
        mend: Text = {"zh": "检查所指处的逗号、引号和括号", "en": "look at commas, quotes and brackets at that place"}
        raise _invalid([_body("#", "unreadable", what, mend, AuthoringSeverity.ERROR.value, {})]) from error


def _read_workbook(data: bytes, file_name: str, lacking: dict[str, Any]) -> Incoming:
    # The reader brings pyxform with it, which only those who import a workbook need to wait for.
    from forms.xlsform import Defaults, read_workbook

    imported = read_workbook(data, released(), Defaults(**lacking))
    bodies = [fault_body(problem) for problem in imported.problems]
    if imported.document is None:
        raise _invalid(bodies)
    return Incoming(as_draft(imported.document), file_name, bodies)


def _invalid(bodies: list[dict[str, Any]]) -> Refusal:
    errors = sum(body["params"]["severity"] == AuthoringSeverity.ERROR.value for body in bodies)
    return Refusal(
        ProblemCode.CHECKLIST_INVALID,
        count=errors,
        errors=field_errors_of(bodies),
    )
