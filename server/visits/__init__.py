"""Visits and submissions: intake of what phones push, and what phones pull."""

from __future__ import annotations

from flask import Flask
from flask_smorest import Api


def register_with(app: Flask, api: Api) -> None:
    from server import feed
    from server.visits.bodies import add_visits_to_subjects, load_submissions, load_visits
    from server.visits.drafts import FEED_KIND, load_drafts
    from server.visits.intake import Handler, register_handler
    from server.visits.quarantine import load_entries
    from server.visits.quarantine_views import blp as quarantine_blp
    from server.visits.submissions import check_submission, check_visit, store_submissions, store_visits
    from server.visits.views import sync_blp, visits_blp
    from sync.records import RecordKind

    api.register_blueprint(sync_blp)
    api.register_blueprint(visits_blp)
    api.register_blueprint(quarantine_blp)
    register_handler(RecordKind.SUBMISSION, Handler(check_submission, store_submissions))
    register_handler(RecordKind.VISIT, Handler(check_visit, store_visits))
    feed.register_bodies("visit", load_visits)
    feed.register_bodies("submission", load_submissions)
    feed.register_bodies("quarantine", load_entries)
    feed.register_bodies(FEED_KIND, load_drafts)
    feed.extend_bodies("subject", add_visits_to_subjects)
