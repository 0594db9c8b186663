"""HTTP of uploads within the web server's threads: the same as server.uploads_app, for where that does not run.

A body holds a thread here, so the front hands uploads to the other one.
"""

from __future__ import annotations

import contextlib
import sys
import uuid

from flask import Response, current_app, request
from flask.views import MethodView
from werkzeug.exceptions import ClientDisconnected

from server import clock
from server.evidence import tus_exchange
from server.evidence.uploads import Reception, UploadState
from server.permissions import current_actor, public, requires
from server.problems import Refusal
from server.wire import Blueprint
from vocabulary import Action, ProblemCode

SILENCE_LIMIT_S = 30
DRAIN_LIMIT_BYTES = 128 * 1024 * 1024

tus_blp = Blueprint("uploads", __name__, url_prefix=tus_exchange.PATH, description="照片上传 photo upload by tus 1.0.0")
tus_blp.after_request(tus_exchange.name_version)


@tus_blp.route("")
class UploadsView(MethodView):
    @public
    @tus_blp.response(204)
    def options(self) -> Response:
        """What this server can: versions, extensions, sizes, checksums."""
        return tus_exchange.capabilities(current_app.config["SETTINGS"])

    @requires(Action.UPLOAD_PHOTOS)
    @tus_blp.response(201)
    def post(self) -> Response:
        """Begin an upload (creation); a body is received at once (creation-with-upload)."""
        with _Body() as body:
            started = tus_exchange.creation(request, current_actor(), clock.now())
            return tus_exchange.created(body.into(started)) if isinstance(started, Reception) else started


@tus_blp.route("/<uuid:upload_id>")
class UploadView(MethodView):
    @requires(Action.UPLOAD_PHOTOS)
    @tus_blp.response(200)
    def head(self, upload_id: uuid.UUID) -> Response:
        """Where to go on. The offset is durable."""
        return tus_exchange.position(request, upload_id, current_actor(), clock.now())

    @requires(Action.UPLOAD_PHOTOS)
    @tus_blp.response(204)
    def patch(self, upload_id: uuid.UUID) -> Response:
        """Go on with an upload. The answer to the last byte carries the receipt."""
        with _Body() as body:
            started = tus_exchange.continuation(request, upload_id, current_actor(), clock.now())
            return tus_exchange.continued(body.into(started)) if isinstance(started, Reception) else started

    @requires(Action.UPLOAD_PHOTOS)
    @tus_blp.response(204)
    def delete(self, upload_id: uuid.UUID) -> Response:
        """Take back an upload that is not finished."""
        return tus_exchange.termination(request, upload_id, current_actor(), clock.now())


class _Body:
    """The request's body as it comes. A connection that is cut, or silent for too long, is an OSError like any other file's.

    Without the silence limit a phone that left the network would hold its thread, and the lock on its upload, until the
    kernel gives the connection up, hours later.
    """

    def __init__(self) -> None:
        # The application's limit is for documents; an upload's limit is the length that it announced. (None would mean the
        # application's again.) A web server that ends the body itself is read directly: Werkzeug's wrapper allocates
        # every piece in full before the first byte of it is here.
        request.max_content_length = sys.maxsize
        self._stream = request.input_stream if request.environ.get("wsgi.input_terminated") else request.stream
        self._expected = request.content_length
        self._got = 0
        self._socket = request.environ.get("gunicorn.socket")
        self._timeout_s: float | None = None

    def __enter__(self) -> _Body:
        if self._socket is not None:
            self._timeout_s = self._socket.gettimeout()
            self._socket.settimeout(SILENCE_LIMIT_S)
        return self

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        try:
            if isinstance(error, Refusal):
                self._drain()
        finally:
            if self._socket is not None:
                self._socket.settimeout(self._timeout_s)
        if isinstance(error, (ConnectionError, TimeoutError)):
            raise Refusal(ProblemCode.REQUEST_TIMEOUT) from error

    def into(self, reception: Reception) -> UploadState:
        return reception.read_all(self._read, clock.now())

    def _read(self, size: int) -> bytes:
        try:
            piece = self._stream.read(size)
        except ClientDisconnected as error:
            raise ConnectionResetError("the client went away") from error
        self._got += len(piece)
        if not piece and self._expected is not None and self._got < self._expected:
            raise ConnectionResetError("the body ended early")
        return piece

    def _drain(self) -> None:
        """Reads on after a refusal: a connection closed on unread bytes is reset, and the client never sees the reason."""
        with contextlib.suppress(OSError):
            while self._got < DRAIN_LIMIT_BYTES and self._read(1 << 16):
                pass
