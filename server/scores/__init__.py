"""Scores and rates: per-subject aggregates kept by RQ jobs, rolled up by town, department and sector, and drilled down."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from flask_smorest import Api


def register_with(app: Flask, api: Api) -> None:
    from server.relay import register_periodic
    from server.scores.service import note_stale_subjects
    from server.scores.views import blp

    api.register_blueprint(blp)
    # Deadlines pass at midnight and a month may begin; asking every few minutes needs no clock of its own.
    register_periodic("stale scores", note_stale_subjects, timedelta(minutes=5))
