"""tus 1.0.0 requests as calls of the upload use cases, for every kind of web server: heads in, answers out, no body read."""

from __future__ import annotations

import uuid
from datetime import datetime

from flask import Response
from werkzeug.sansio.request import Request

from media import tus
from server.evidence import uploads
from server.evidence.uploads import Reception, UploadState, refusals
from server.permissions import Actor
from server.problems import Refusal
from server.settings import Settings
from vocabulary import ProblemCode

PATH = "/api/evidence/uploads"


def capabilities(settings: Settings) -> Response:
    """What this server can: versions, extensions, sizes, checksums."""
    headers = {
        "Tus-Version": tus.VERSION,
        "Tus-Extension": ",".join(tus.EXTENSIONS),
        "Tus-Max-Size": str(settings.max_photo_bytes),
        "Tus-Checksum-Algorithm": ",".join(tus.CHECKSUM_ALGORITHMS),
    }
    return Response(status=204, headers=headers)


def creation(asked: Request, actor: Actor, now: datetime) -> Reception | Response:
    """Begins an upload; with a body that is to be received at once, or without one. Raises: Refusal."""
    with refusals():
        tus.check_version(asked.headers.get("Tus-Resumable"))
        size_bytes = tus.parse_length(asked.headers.get("Upload-Length"))
        metadata = tus.photo_metadata(tus.parse_metadata(asked.headers.get("Upload-Metadata")))
        checksum = tus.parse_checksum(asked.headers.get("Upload-Checksum"))
    if asked.mimetype == tus.PATCH_CONTENT_TYPE and asked.content_length != 0:
        return uploads.receive_new(metadata, size_bytes, checksum, actor, now)
    return created(uploads.begin_upload(metadata, size_bytes, actor, now))


def continuation(asked: Request, upload_id: uuid.UUID, actor: Actor, now: datetime) -> Reception | Response:
    """Goes on with an upload. Raises: Refusal."""
    with refusals():
        tus.check_version(asked.headers.get("Tus-Resumable"))
        offset = tus.parse_offset(asked.headers.get("Upload-Offset"))
        checksum = tus.parse_checksum(asked.headers.get("Upload-Checksum"))
    if asked.mimetype != tus.PATCH_CONTENT_TYPE:
        raise Refusal(ProblemCode.CONTENT_TYPE_WANTED, wanted=tus.PATCH_CONTENT_TYPE)
    started = uploads.receive_more(upload_id, offset, checksum, actor, now)
    return continued(started) if isinstance(started, UploadState) else started


def position(asked: Request, upload_id: uuid.UUID, actor: Actor, now: datetime) -> Response:
    """Where to go on. The offset is durable. Raises: Refusal."""
    with refusals():
        tus.check_version(asked.headers.get("Tus-Resumable"))
    response = _answer(200, uploads.upload_state(upload_id, actor, now))
    response.headers["Cache-Control"] = "no-store"
    return response


def termination(asked: Request, upload_id: uuid.UUID, actor: Actor, now: datetime) -> Response:
    """Takes back an upload that is not finished. Raises: Refusal."""
    with refusals():
        tus.check_version(asked.headers.get("Tus-Resumable"))
    uploads.take_back(upload_id, actor, now)
    return Response(status=204)


def created(state: UploadState) -> Response:
    response = _answer(201, state)
    response.headers["Location"] = f"{PATH}/{state.id}"
    return response


def continued(state: UploadState) -> Response:
    """The answer to the last byte carries the receipt."""
    return _answer(204, state)


def name_version(response: Response) -> Response:
    response.headers["Tus-Resumable"] = tus.VERSION
    return response


def _answer(status: int, state: UploadState) -> Response:
    response = Response(status=status)
    response.headers["Upload-Offset"] = str(state.offset)
    response.headers["Upload-Length"] = str(state.size_bytes)
    response.headers["Upload-Expires"] = tus.expires_header(state.expires_at)
    if state.receipt_code is not None:
        response.headers["Upload-Receipt"] = state.receipt_code
    return response
