"""Published checklist versions, immutable by content hash, and the registry of standards they cite."""

from __future__ import annotations

from flask import Flask
from flask_smorest import Api


def register_with(app: Flask, api: Api) -> None:
    from server import feed
    from server.checklists.service import load_summaries
    from server.checklists.views import blp

    api.register_blueprint(blp)
    feed.register_bodies("checklist", load_summaries)
