"""The hazard ledger: life-cycle events, the projection folded from them, and desk actions."""

from __future__ import annotations

from flask import Flask
from flask_smorest import Api


def register_with(app: Flask, api: Api) -> None:
    from server import feed
    from server.hazards.bodies import add_open_hazards, load_hazards
    from server.hazards.intake import add_missing_hazards, check_event, store_events
    from server.hazards.views import blp
    from server.visits.completion import register_on_complete
    from server.visits.intake import Handler, register_handler
    from sync.records import RecordKind

    api.register_blueprint(blp)
    register_handler(RecordKind.HAZARD_EVENT, Handler(check_event, store_events))
    register_on_complete("missing hazards", add_missing_hazards)
    feed.register_bodies("hazard", load_hazards)
    feed.extend_bodies("subject", add_open_hazards)
