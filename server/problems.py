"""What goes wrong, answered as RFC 9457 problem documents.

Services raise ``Refusal`` with a member of the vocabulary's catalogue, which knows the words, and what fills them; only the
handlers at the end of this module know HTTP bodies. docs/problems.md has a section for each kind.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import orjson
from flask import Flask, Response, g, has_request_context, request
from werkzeug.exceptions import HTTPException
from werkzeug.sansio.request import Request as SansIORequest

from server.passing_faults import passing_fault
from vocabulary import FaultCode, ProblemCode, Text, filled
from vocabulary.words import load_sets

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"


# A person mends no more at a time, and a small request must not be answered with a large one. All of them are counted.
ERRORS_AT_MOST = 100
_TEXT_AT_MOST = 300


@dataclass(frozen=True)
class Kind:
    """A kind of problem: what programs switch on. ``slug`` ends the document's ``type``, ``title`` is the same each time."""

    slug: str
    status: int
    title: Text


@dataclass(frozen=True)
class Case:
    """One problem: its kind and the sentence that tells what happened."""

    kind: Kind
    detail: Text
    params: Mapping[str, str]


def _catalogue() -> dict[ProblemCode, Case]:
    members: dict[str, Any] = load_sets()["problem_code"]["members"]
    found = {}
    for code, member in members.items():
        parent = member.get("of", code)
        title = Text(zh=members[parent]["zh"], en=members[parent]["en"])
        detail = member.get("detail") or Text(zh=member["zh"], en=member["en"])
        found[ProblemCode(code)] = Case(Kind(parent, members[parent]["status"], title), detail, member.get("params", {}))
    return found


CATALOGUE = _catalogue()

_BY_STATUS = {
    400: ProblemCode.MALFORMED_REQUEST,
    401: ProblemCode.NOT_SIGNED_IN,
    403: ProblemCode.NOT_ALLOWED,
    404: ProblemCode.NOT_FOUND,
    405: ProblemCode.METHOD_NOT_ALLOWED,
    409: ProblemCode.CONFLICT,
    410: ProblemCode.GONE,
    412: ProblemCode.PRECONDITION_FAILED,
    413: ProblemCode.TOO_LARGE,
    415: ProblemCode.UNSUPPORTED_MEDIA_TYPE,
    422: ProblemCode.INVALID,
    429: ProblemCode.TOO_MANY_REQUESTS,
    503: ProblemCode.UNAVAILABLE,
}


@dataclass(frozen=True)
class FieldError:
    """One thing wrong with one place of the request; clients translate from ``code`` and ``params``.

    ``detail`` is only for what the words of the code cannot say, such as where the text of a request breaks off.
    """

    pointer: str
    code: str
    detail: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)

    def words(self) -> Text:
        """A code of an older release, as a stored fault may have it, is told in general."""
        known = FaultCode(self.code if self.code in _FAULTS else FaultCode.NOT_WELL_FORMED).words
        return filled(known.text(), self.params, known.params)

    def body(self, *, english: bool = False) -> dict[str, Any]:
        """As it is answered and stored; what it repeats of the request is cut short."""
        params = {key: value[:_TEXT_AT_MOST] if isinstance(value, str) else value for key, value in self.params.items()}
        return {
            "pointer": self.pointer[:_TEXT_AT_MOST],
            "code": self.code,
            "detail": (self.detail or self.words()["en" if english else "zh"])[:_TEXT_AT_MOST],
            "params": params,
        }


_FAULTS = frozenset(FaultCode)


class Refusal(Exception):
    """The service says no: which problem, and what fills its words. Knows nothing of HTTP bodies."""

    def __init__(
        self,
        code: ProblemCode,
        *,
        errors: Iterable[FieldError] = (),
        headers: Mapping[str, str] | None = None,
        **params: Any,
    ) -> None:
        super().__init__(code.value, params)
        self.code = code
        found = tuple(errors)
        self.errors = found[:ERRORS_AT_MOST]
        self.error_count = len(found)
        self.headers = dict(headers or {})
        case = CATALOGUE[code]
        counts = {"count": self.error_count} if "count" in case.params and "count" not in params else {}
        self.params: dict[str, Any] = {**params, **counts}

    @property
    def slug(self) -> str:
        return CATALOGUE[self.code].kind.slug

    @property
    def status(self) -> int:
        return CATALOGUE[self.code].kind.status

    @property
    def detail(self) -> Text:
        case = CATALOGUE[self.code]
        # A count is the number of errors told beside it; without any the title says enough.
        if self.params.get("count") == 0:
            return case.kind.title
        return filled(case.detail, self.params, case.params)


def problem_body(refusal: Refusal) -> dict[str, Any]:
    """The problem document of a refusal, in the language of the request (Chinese unless English is asked for first)."""
    return document_of(refusal, english=prefers_english(), about=request_id() if has_request_context() else None)


def document_of(refusal: Refusal, *, english: bool, about: str | None) -> dict[str, Any]:
    """The same for whatever kind of web server; ``about`` is the request's id."""
    kind = CATALOGUE[refusal.code].kind
    language: Literal["zh", "en"] = "en" if english else "zh"
    body: dict[str, Any] = {
        "type": f"/problems/{kind.slug}",
        "title": kind.title[language],
        "status": kind.status,
        "detail": refusal.detail[language],
        "code": refusal.code.value,
        "params": refusal.params,
    }
    if about is not None:
        body["instance"] = f"/requests/{about}"
    if refusal.errors:
        body["errors"] = [error.body(english=english) for error in refusal.errors]
        body["error_count"] = refusal.error_count
    return body


def prefers_english() -> bool:
    """Whether this request asks for English before Chinese."""
    return has_request_context() and asks_for_english(request)


def asks_for_english(asked: SansIORequest) -> bool:
    return asked.accept_languages.best_match(["zh", "zh-CN", "en"], "zh") == "en"


def request_id() -> str:
    """The id of the current request, made on first use."""
    if "request_id" not in g:
        g.request_id = uuid.uuid4().hex
    return str(g.request_id)


def register_handlers(app: Flask) -> None:
    """The single place where an exception becomes an HTTP answer."""
    app.register_error_handler(Refusal, answer)
    app.register_error_handler(HTTPException, _answer_http)
    app.register_error_handler(Exception, _answer_unexpected)


def answer(refusal: Refusal) -> Response:
    return response_of(refusal, problem_body(refusal))


def response_of(refusal: Refusal, document: Mapping[str, Any]) -> Response:
    response = Response(orjson.dumps(document), refusal.status, content_type=MEDIA_TYPE)
    response.headers.update(refusal.headers)
    return response


def _answer_http(error: HTTPException) -> Response:
    if error.response is not None and error.code is None:
        return error.response  # type: ignore[return-value]
    status = error.code or 500
    if 300 <= status < 400:
        return error.get_response()  # type: ignore[return-value]
    code = _BY_STATUS.get(status, ProblemCode.MALFORMED_REQUEST if status < 500 else ProblemCode.INTERNAL)
    data = getattr(error, "data", None) or {}
    errors = tuple(field_errors(data.get("messages", {})))
    headers = {}
    if status == 405 and getattr(error, "valid_methods", None):
        headers["Allow"] = ", ".join(error.valid_methods)  # type: ignore[attr-defined]
    return answer(Refusal(code, errors=errors, headers=headers))


def _answer_unexpected(error: Exception) -> Response:
    return answer(refusal_of(error, request_id()))


def refusal_of(error: Exception, about: str) -> Refusal:
    """What a request is told of an exception that nobody foresaw; it is logged with the request's id."""
    fault = passing_fault(error)
    if fault is not None:
        log.error("cannot serve at the moment: %s", error, extra={"request_id": about, "problem": fault.code})
        return Refusal(fault.code, headers={"Retry-After": str(fault.retry_after_s)})
    log.error("unexpected error", exc_info=error, extra={"request_id": about})
    return Refusal(ProblemCode.INTERNAL, request=about)


class Flaw(str):
    """A fault in the place of a message of marshmallow's, which it hands through as it is."""

    code: FaultCode
    params: Mapping[str, Any]

    def __new__(cls, code: FaultCode, **params: Any) -> Flaw:
        flaw = super().__new__(cls, code.value)
        flaw.code, flaw.params = code, params
        return flaw

    def format(self, *_: object, **__: object) -> Flaw:
        return self

    def __deepcopy__(self, memo: object) -> Flaw:
        return self


def field_errors(messages: Any, pointer: str = "#") -> Iterable[FieldError]:
    """Flattens marshmallow's nested messages into one list with JSON pointers."""
    if isinstance(messages, Mapping):
        for key, value in messages.items():
            step = str(key).replace("~", "~0").replace("/", "~1")
            skip = key == "_schema" or (pointer == "#" and key in {"json", "query", "files", "form"})
            yield from field_errors(value, pointer if skip else f"{pointer}/{step}")
    elif isinstance(messages, (list, tuple)):
        for message in messages:
            yield from field_errors(message, pointer)
    else:
        flaw = messages if isinstance(messages, Flaw) else Flaw(FaultCode.NOT_WELL_FORMED)
        yield FieldError(pointer, flaw.code, params=flaw.params)
