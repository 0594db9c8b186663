"""Everything that can go wrong, in one catalogue, answered as RFC 9457 problem documents.

Services raise ``Refusal(slug, ...)``; only the handlers at the end of this module know HTTP bodies. docs/problems.md has a
section for each slug.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from flask import Flask, Response, g, has_request_context, request
from werkzeug.exceptions import HTTPException
from werkzeug.sansio.request import Request as SansIORequest

from server.passing_faults import passing_fault

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"


# A person mends no more at a time, and a small request must not be answered with a large one. All of them are counted.
ERRORS_AT_MOST = 100
_TEXT_AT_MOST = 300


@dataclass(frozen=True)
class Kind:
    """A kind of problem: HTTP status and the title in both languages; the slug is its name for programs."""

    status: int
    zh: str
    en: str


CATALOGUE: dict[str, Kind] = {
    "malformed-request": Kind(400, "请求无法读取", "The request cannot be read"),
    "not-signed-in": Kind(401, "请先登录", "Sign in first"),
    "sign-in-failed": Kind(401, "用户名或密码不对", "User name or password is wrong"),
    "signed-in-as-other": Kind(401, "这个浏览器现在登录的是别人", "Somebody else is signed in here now"),
    "account-closed": Kind(403, "这个账号已停用", "This account is closed"),
    "not-allowed": Kind(403, "您没有这项权限", "You may not do this"),
    "cross-site-request": Kind(403, "请求来自别的网站，已拒绝", "The request came from another site"),
    "not-found": Kind(404, "没有找到", "Not found"),
    "method-not-allowed": Kind(405, "不支持这种操作", "Method not allowed"),
    "request-timeout": Kind(408, "传输中断，请续传", "The transfer stopped; go on where it ended"),
    "conflict": Kind(409, "内容有冲突，需要人来决定", "A conflict that a person must decide"),
    "offset-mismatch": Kind(409, "续传位置不一致", "The upload offset does not match"),
    "feed-restarted": Kind(410, "请从头同步", "Pull from the start"),
    "changed-meanwhile": Kind(409, "在此期间已有变化", "It has changed meanwhile"),
    "gone": Kind(410, "已失效", "No longer available"),
    "precondition-failed": Kind(412, "版本已变化", "The version has changed"),
    "not-publishable": Kind(409, "还不能发布", "It cannot be published yet"),
    "too-large": Kind(413, "内容太大", "Too large"),
    "unsupported-media-type": Kind(415, "不支持的内容类型", "Unsupported media type"),
    "invalid": Kind(422, "有内容不符合要求", "Some values are not acceptable"),
    "answers-invalid": Kind(422, "有答案不符合检查表", "Some answers do not fit the checklist"),
    "checklist-invalid": Kind(422, "检查表有错", "The checklist has errors"),
    "unknown-checklist": Kind(422, "没有这份检查表", "No such checklist"),
    "content-hash-mismatch": Kind(422, "内容与校验值不一致", "The content does not match its hash"),
    "record-conflict": Kind(409, "同一编号已有不同内容", "Another content is stored under this id"),
    "event-not-possible": Kind(409, "隐患当前状态不能这样办理", "The hazard's state does not allow this"),
    "not-a-photo": Kind(422, "不是可以识别的照片", "Not a photo that can be read"),
    "checksum-mismatch": Kind(460, "校验值不一致，请重传", "The checksum does not match"),
    "locked": Kind(423, "另一个连接正在上传", "Another connection is uploading"),
    "too-many-requests": Kind(429, "请求太频繁，请稍后再试", "Too many requests"),
    "internal": Kind(500, "服务器出错", "Internal error"),
    "unavailable": Kind(503, "服务暂时不可用，请稍后再试", "Temporarily unavailable"),
    "storage-full": Kind(503, "服务器存储空间不足", "The server's storage is full"),
}

_SLUG_BY_STATUS = {
    400: "malformed-request", 401: "not-signed-in", 403: "not-allowed", 404: "not-found", 405: "method-not-allowed",
    409: "conflict", 410: "gone", 412: "precondition-failed", 413: "too-large", 415: "unsupported-media-type",
    422: "invalid", 429: "too-many-requests", 503: "unavailable",
}  # fmt: skip


@dataclass(frozen=True)
class FieldError:
    """One thing wrong with one place of the request; clients translate from ``code`` and ``params``."""

    pointer: str
    code: str
    detail: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)

    def body(self) -> dict[str, Any]:
        """As it is answered and stored; what it repeats of the request is cut short."""
        params = {key: value[:_TEXT_AT_MOST] if isinstance(value, str) else value for key, value in self.params.items()}
        return {
            "pointer": self.pointer[:_TEXT_AT_MOST],
            "code": self.code,
            "detail": self.detail[:_TEXT_AT_MOST],
            "params": params,
        }


class Refusal(Exception):
    """The service says no. Carries a slug of the catalogue and what this occurrence needs; knows nothing of HTTP bodies."""

    def __init__(
        self,
        slug: str,
        zh: str = "",
        en: str = "",
        *,
        errors: Iterable[FieldError] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        if slug not in CATALOGUE:
            raise KeyError(slug)
        super().__init__(slug, en or zh)
        self.slug = slug
        self.zh = zh
        self.en = en
        found = tuple(errors)
        self.errors = found[:ERRORS_AT_MOST]
        self.error_count = len(found)
        self.headers = dict(headers or {})

    @property
    def status(self) -> int:
        return CATALOGUE[self.slug].status


def problem_body(refusal: Refusal) -> dict[str, Any]:
    """The problem document of a refusal, in the language of the request (Chinese unless English is asked for first)."""
    return document_of(refusal, english=prefers_english(), about=request_id() if has_request_context() else None)


def document_of(refusal: Refusal, *, english: bool, about: str | None) -> dict[str, Any]:
    """The same for whatever kind of web server; ``about`` is the request's id."""
    kind = CATALOGUE[refusal.slug]
    body: dict[str, Any] = {
        "type": f"/problems/{refusal.slug}",
        "title": kind.en if english else kind.zh,
        "status": kind.status,
        "detail": (refusal.en or kind.en) if english else (refusal.zh or kind.zh),
    }
    if about is not None:
        body["instance"] = f"/requests/{about}"
    if refusal.errors:
        body["errors"] = [error.body() for error in refusal.errors]
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
    slug = _SLUG_BY_STATUS.get(status, "malformed-request" if status < 500 else "internal")
    data = getattr(error, "data", None) or {}
    errors = tuple(field_errors(data.get("messages", {})))
    zh = en = ""
    if errors:
        zh, en = f"{len(errors)} 处不符合要求，没有保存任何内容。", f"{len(errors)} values were refused. Nothing was saved."
    headers = {}
    if status == 405 and getattr(error, "valid_methods", None):
        headers["Allow"] = ", ".join(error.valid_methods)  # type: ignore[attr-defined]
    return answer(Refusal(slug, zh, en, errors=errors, headers=headers))


def _answer_unexpected(error: Exception) -> Response:
    return answer(refusal_of(error, request_id()))


def refusal_of(error: Exception, about: str) -> Refusal:
    """What a request is told of an exception that nobody foresaw; it is logged with the request's id."""
    fault = passing_fault(error)
    if fault is not None:
        log.error("cannot serve at the moment: %s", error, extra={"request_id": about, "problem": fault.slug})
        return Refusal(fault.slug, headers={"Retry-After": str(fault.retry_after_s)})
    log.error("unexpected error", exc_info=error, extra={"request_id": about})
    return Refusal("internal", f"服务器出错，已记录。编号 {about}", f"Logged as {about}")


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
        yield FieldError(pointer, "invalid", str(messages))
