"""HTTP of tus 1.0.0 (https://tus.io/protocols/resumable-upload), so that any tus client can send photos."""

from __future__ import annotations

import contextlib
import sys
import uuid

from flask import Response, current_app, request, url_for
from flask.views import MethodView
from werkzeug.exceptions import ClientDisconnected

from media import tus
from server import clock
from server.evidence import uploads
from server.evidence.uploads import UploadState, refusals
from server.permissions import Action, current_actor, public, requires
from server.problems import Refusal
from server.wire import Blueprint

SILENCE_LIMIT_S = 30
DRAIN_LIMIT_BYTES = 128 * 1024 * 1024

tus_blp = Blueprint("uploads", __name__, url_prefix="/api/evidence/uploads", description="照片上传 photo upload by tus 1.0.0")


@tus_blp.after_request
def _name_version(response: Response) -> Response:
    response.headers["Tus-Resumable"] = tus.VERSION
    return response


@tus_blp.route("")
class UploadsView(MethodView):
    @public
    @tus_blp.response(204)
    def options(self) -> Response:
        """What this server can: versions, extensions, sizes, checksums."""
        headers = {
            "Tus-Version": tus.VERSION,
            "Tus-Extension": ",".join(tus.EXTENSIONS),
            "Tus-Max-Size": str(current_app.config["SETTINGS"].max_photo_bytes),
            "Tus-Checksum-Algorithm": ",".join(tus.CHECKSUM_ALGORITHMS),
        }
        return Response(status=204, headers=headers)

    @requires(Action.UPLOAD_PHOTOS)
    @tus_blp.response(201)
    def post(self) -> Response:
        """Begin an upload (creation); a body is received at once (creation-with-upload)."""
        actor, now = current_actor(), clock.now()
        with refusals():
            tus.check_version(request.headers.get("Tus-Resumable"))
            size_bytes = tus.parse_length(request.headers.get("Upload-Length"))
            metadata = tus.photo_metadata(tus.parse_metadata(request.headers.get("Upload-Metadata")))
            checksum = tus.parse_checksum(request.headers.get("Upload-Checksum"))
        with _Body() as body:
            state = uploads.begin_upload(metadata, size_bytes, actor, now)
            if state.receipt_code is None and request.mimetype == tus.PATCH_CONTENT_TYPE:
                state = uploads.receive(state.id, 0, checksum, body.read, actor, now)
        response = _answer(201, state)
        response.headers["Location"] = url_for("uploads.UploadView", upload_id=state.id)
        return response


@tus_blp.route("/<uuid:upload_id>")
class UploadView(MethodView):
    @requires(Action.UPLOAD_PHOTOS)
    @tus_blp.response(200)
    def head(self, upload_id: uuid.UUID) -> Response:
        """Where to go on. The offset is durable."""
        with refusals():
            tus.check_version(request.headers.get("Tus-Resumable"))
        response = _answer(200, uploads.upload_state(upload_id, current_actor(), clock.now()))
        response.headers["Cache-Control"] = "no-store"
        return response

    @requires(Action.UPLOAD_PHOTOS)
    @tus_blp.response(204)
    def patch(self, upload_id: uuid.UUID) -> Response:
        """Go on with an upload. The answer to the last byte carries the receipt."""
        with refusals():
            tus.check_version(request.headers.get("Tus-Resumable"))
            offset = tus.parse_offset(request.headers.get("Upload-Offset"))
            checksum = tus.parse_checksum(request.headers.get("Upload-Checksum"))
        if request.mimetype != tus.PATCH_CONTENT_TYPE:
            raise Refusal("unsupported-media-type", f"需要 {tus.PATCH_CONTENT_TYPE}。", f"Send {tus.PATCH_CONTENT_TYPE}.")
        with _Body() as body:
            state = uploads.receive(upload_id, offset, checksum, body.read, current_actor(), clock.now())
        return _answer(204, state)

    @requires(Action.UPLOAD_PHOTOS)
    @tus_blp.response(204)
    def delete(self, upload_id: uuid.UUID) -> Response:
        """Take back an upload that is not finished."""
        with refusals():
            tus.check_version(request.headers.get("Tus-Resumable"))
        uploads.take_back(upload_id, current_actor(), clock.now())
        return Response(status=204)


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
        self._read = 0
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
            raise Refusal("request-timeout") from error

    def read(self, size: int) -> bytes:
        try:
            piece = self._stream.read(size)
        except ClientDisconnected as error:
            raise ConnectionResetError("the client went away") from error
        self._read += len(piece)
        if not piece and self._expected is not None and self._read < self._expected:
            raise ConnectionResetError("the body ended early")
        return piece

    def _drain(self) -> None:
        """Reads on after a refusal: a connection closed on unread bytes is reset, and the client never sees the reason."""
        with contextlib.suppress(OSError):
            while self._read < DRAIN_LIMIT_BYTES and self.read(1 << 16):
                pass


def _answer(status: int, state: UploadState) -> Response:
    response = Response(status=status)
    response.headers["Upload-Offset"] = str(state.offset)
    response.headers["Upload-Length"] = str(state.size_bytes)
    response.headers["Upload-Expires"] = tus.expires_header(state.expires_at)
    if state.receipt_code is not None:
        response.headers["Upload-Receipt"] = state.receipt_code
    return response
