"""Pairings: the dated duty ledger of who looks after which subject, visit frequency rules, and what that lets a person see."""

from __future__ import annotations

from flask import Flask
from flask_smorest import Api


def register_with(app: Flask, api: Api) -> None:
    from server import feed
    from server.pairings.bodies import load_subjects
    from server.pairings.views import blp

    api.register_blueprint(blp)
    feed.register_bodies("subject", load_subjects)
