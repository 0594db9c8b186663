"""Rescue files: what a phone that cannot send any more had left, imported by the office."""

from __future__ import annotations

from flask import Flask
from flask_smorest import Api


def register_with(app: Flask, api: Api) -> None:
    from server.rescue.views import blp

    api.register_blueprint(blp)
