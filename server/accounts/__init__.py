"""Users, their roles within scopes, and sessions."""

from __future__ import annotations

from flask import Flask
from flask_smorest import Api


def register_with(app: Flask, api: Api) -> None:
    from server.accounts.views import blp

    api.register_blueprint(blp)
