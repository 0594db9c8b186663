"""Checklists: versions that are immutable by content hash, the drafts they are made of, and the standards they cite."""

from __future__ import annotations

from flask import Flask
from flask_smorest import Api


def register_with(app: Flask, api: Api) -> None:
    from server import feed
    from server.checklists.authoring_views import blp as authoring_blp
    from server.checklists.service import load_summaries
    from server.checklists.views import blp

    api.register_blueprint(blp)
    api.register_blueprint(authoring_blp)
    feed.register_bodies("checklist", load_summaries)
