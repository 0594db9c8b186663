"""Evidence: photo upload by tus, receipts, inspection and flags, review."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from flask_smorest import Api


def register_with(app: Flask, api: Api) -> None:
    from server import feed, relay
    from server.evidence.bodies import add_reviews_to_hazards, load_photo_reviews
    from server.evidence.intake import check_photo, store_photos
    from server.evidence.jobs import inspect_photos_of
    from server.evidence.store import durable_hashes
    from server.evidence.tus_views import tus_blp
    from server.evidence.uploads import sweep_uploads
    from server.evidence.views import blp
    from server.visits.completion import register_on_complete, register_photo_hashes
    from server.visits.intake import Handler, register_handler
    from sync.records import RecordKind

    api.register_blueprint(tus_blp)
    api.register_blueprint(blp)
    register_handler(RecordKind.PHOTO, Handler(check_photo, store_photos))
    register_photo_hashes(durable_hashes)
    register_on_complete("inspect photos", inspect_photos_of)
    feed.register_bodies("photo_review", load_photo_reviews)
    feed.extend_bodies("hazard", add_reviews_to_hazards)
    relay.register_periodic("sweep uploads", sweep_uploads, timedelta(minutes=30))
