"""The register: areas (county → town → village), departments, subjects and rosters with validity dates."""

from __future__ import annotations

from flask import Flask
from flask_smorest import Api


def register_with(app: Flask, api: Api) -> None:
    from server.register.views import blp

    api.register_blueprint(blp)
