"""RQ jobs of downloads. The queue calls run_build_download by name in an application context; it may run twice."""

from __future__ import annotations

import uuid

from server import clock
from server.downloads.service import build_download


def run_build_download(download_id: str) -> None:
    build_download(uuid.UUID(download_id), clock.now())
