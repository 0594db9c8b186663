"""Downloads: scores, comparison by town and the hazard ledger as XLSX, CSV, JSON and GeoJSON, built by RQ jobs."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from flask_smorest import Api


def register_with(app: Flask, api: Api) -> None:
    from server.downloads.service import expire_files, note_lost_downloads
    from server.downloads.views import blp
    from server.relay import register_periodic

    api.register_blueprint(blp)
    register_periodic("lost downloads", note_lost_downloads, timedelta(minutes=1))
    register_periodic("old downloads", expire_files, timedelta(hours=1))
