"""RQ jobs of downloads, called by the queue in an application context; they may run twice."""

from __future__ import annotations

import uuid

from server import clock
from server.downloads.service import build_download


def run_build_downloads(download_ids: list[str]) -> None:
    for download_id in download_ids:
        build_download(uuid.UUID(download_id), clock.now())
