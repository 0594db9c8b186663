"""HTTP of downloads."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from flask import send_file
from flask.views import MethodView

from server import clock
from server.downloads import service
from server.downloads.models import Download
from server.downloads.schemas import DownloadSchema, DownloadsSchema, OrderSchema
from server.paging import Asked, PageQuerySchema
from server.permissions import current_actor, requires
from server.wire import Blueprint
from vocabulary import Action, DownloadFormat, DownloadState

blp = Blueprint("downloads", __name__, url_prefix="/api/downloads", description="下载 files built as jobs")

_MEDIA_TYPES: Mapping[str, str] = {
    DownloadFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    DownloadFormat.CSV: "text/csv; charset=utf-8",
    DownloadFormat.JSON: "application/json",
    DownloadFormat.GEOJSON: "application/geo+json",
}


@blp.route("")
class DownloadsView(MethodView):
    @requires(Action.DOWNLOAD)
    @blp.arguments(PageQuerySchema, location="query")
    @blp.response(200, DownloadsSchema)
    def get(self, query: dict[str, Any]) -> Any:
        """The actor's own downloads, newest first."""
        page = service.downloads_page(current_actor(), Asked.of(query))
        return page.body(page.shown(download_body, lambda row: row.id))

    @requires(Action.DOWNLOAD)
    @blp.arguments(OrderSchema)
    @blp.response(202, DownloadSchema)
    def post(self, body: dict[str, Any]) -> Any:
        """Ask for a file; it is built by a job and holds what the actor may see."""
        download = service.order_download(
            actor=current_actor(), kind=body["kind"], format_=body["format"], period=body["period"],
            filters=body["filters"], language=body["language"], now=clock.now(),
        )  # fmt: skip
        return download_body(download)


@blp.route("/<uuid:download_id>")
class DownloadView(MethodView):
    @requires(Action.DOWNLOAD)
    @blp.response(200, DownloadSchema)
    def get(self, download_id: uuid.UUID) -> Any:
        """How far it is."""
        return download_body(service.get_download(current_actor(), download_id))


@blp.route("/<uuid:download_id>/file")
class FileView(MethodView):
    @requires(Action.DOWNLOAD)
    @blp.response(200, content_type="application/octet-stream")
    def get(self, download_id: uuid.UUID) -> Any:
        """The file."""
        download = service.file_of(current_actor(), download_id)
        return send_file(
            service.download_folder().path(download.id, download.format).resolve(),
            mimetype=_MEDIA_TYPES[download.format],
            as_attachment=True,
            download_name=download.file_name,
            etag=download.sha256 or False,
            max_age=0,
        )


def download_body(download: Download) -> dict[str, Any]:
    is_done = download.state == DownloadState.DONE
    return {
        "id": str(download.id),
        "kind": download.kind,
        "format": download.format,
        "period": download.period,
        "filters": download.filters,
        "state": download.state,
        "progress": {"done": download.done, "total": download.total},
        "reason": download.reason,
        "file_name": download.file_name,
        "size_bytes": download.size_bytes,
        "sha256": download.sha256,
        "file_url": f"/api/downloads/{download.id}/file" if is_done else None,
        "created_at": clock.isoformat(download.created_at),
        "finished_at": clock.isoformat(download.finished_at),
    }
