"""create_app: wiring only. Which slices there are, what each offers the others, and what wraps every request."""

from __future__ import annotations

import logging
from typing import Any

import orjson
from flask import Flask, Response, current_app, request
from flask.json.provider import JSONProvider
from flask_smorest import Api
from werkzeug.middleware.proxy_fix import ProxyFix

from server import health, openapi, problems, static_client
from server.accounts import tokens
from server.accounts.guesses import Guesses
from server.accounts.passwords import Hashing
from server.accounts.views import blp as accounts_blp
from server.checklists.authoring_views import blp as authoring_blp
from server.checklists.service import load_summaries
from server.checklists.views import ChecklistSummarySchema
from server.checklists.views import blp as checklists_blp
from server.db import count_rows, open_database
from server.downloads.jobs import run_build_downloads
from server.downloads.service import expire_files, note_lost_downloads
from server.downloads.views import blp as downloads_blp
from server.evidence.bodies import add_reviews_to_hazards, load_photo_reviews, photo_lines
from server.evidence.intake import PHOTO_CLAIMS, PHOTOS, UPLOAD_CLAIMS, inspect_photos_of
from server.evidence.jobs import run_inspect_photos
from server.evidence.schemas import PhotoReviewSchema
from server.evidence.tus_views import tus_blp
from server.evidence.uploads import sweep_uploads
from server.evidence.views import blp as evidence_blp
from server.hazards.bodies import add_open_hazards, load_hazards
from server.hazards.intake import HAZARD_CLAIMS, HAZARD_EVENTS, doubt_times
from server.hazards.schemas import HazardSchema
from server.hazards.views import blp as hazards_blp
from server.pairings.bodies import load_subjects
from server.pairings.leaving import load_left_subjects
from server.pairings.schemas import LeftSubjectSchema, SubjectSchema
from server.pairings.views import blp as pairings_blp
from server.reading import discard_body
from server.records import feed
from server.records.moves import tell_moves_by_date
from server.records.quarantine import load_entries
from server.records.quarantine_views import blp as quarantine_blp
from server.records.schemas import QuarantineLineSchema
from server.records.stored import claims_query
from server.records.views import blp as sync_blp
from server.register.store import rule_inputs
from server.register.views import blp as register_blp
from server.rescue.views import blp as rescue_blp
from server.scores.jobs import run_refresh_subjects
from server.scores.service import note_stale_subjects
from server.scores.views import blp as scores_blp
from server.settings import Settings, load_settings
from server.visits import drafts
from server.visits.bodies import add_visits_to_subjects, load_submissions, load_visits
from server.visits.completion import refresh_visits_of
from server.visits.drafts import DRAFT_CLAIMS, DRAFT_PHOTO_CLAIMS
from server.visits.schemas import ArrivedVisitSchema, DraftRowSchema, SubmissionSchema
from server.visits.submissions import SUBMISSIONS, VISITS
from server.visits.views import blp as visits_blp
from server.wire import ProblemSchema
from server.wiring import FeedKind, Wiring
from server.work.queue import connect
from server.work.views import blp as work_blp
from server.work.wake import Waker, wake_relay
from vocabulary import ChangeKind, Periodic, RecordKind, Topic

BLUEPRINTS = (
    accounts_blp, register_blp, pairings_blp, checklists_blp, authoring_blp, sync_blp, quarantine_blp, visits_blp, hazards_blp,
    tus_blp, evidence_blp, rescue_blp, scores_blp, downloads_blp, work_blp,
)  # fmt: skip

WIRING = Wiring(
    record_kinds={
        RecordKind.SUBMISSION: SUBMISSIONS,
        RecordKind.VISIT: VISITS,
        RecordKind.HAZARD_EVENT: HAZARD_EVENTS,
        RecordKind.PHOTO: PHOTOS,
    },
    claims=claims_query(PHOTO_CLAIMS, UPLOAD_CLAIMS, DRAFT_CLAIMS, DRAFT_PHOTO_CLAIMS, HAZARD_CLAIMS),
    refresh_visits=refresh_visits_of,
    on_complete=(doubt_times, inspect_photos_of),
    feed_kinds={
        ChangeKind.SUBJECT: FeedKind(SubjectSchema(), load_subjects, extend=(add_visits_to_subjects, add_open_hazards)),
        ChangeKind.LEFT_SUBJECT: FeedKind(LeftSubjectSchema(), load_left_subjects),
        ChangeKind.CHECKLIST: FeedKind(ChecklistSummarySchema(), load_summaries),
        ChangeKind.VISIT: FeedKind(ArrivedVisitSchema(), load_visits),
        ChangeKind.SUBMISSION: FeedKind(SubmissionSchema(), load_submissions),
        ChangeKind.QUARANTINE: FeedKind(QuarantineLineSchema(), load_entries),
        ChangeKind.VISIT_DRAFT: FeedKind(DraftRowSchema(), drafts.load_drafts),
        ChangeKind.HAZARD: FeedKind(HazardSchema(), load_hazards, extend=(add_reviews_to_hazards,)),
        ChangeKind.PHOTO_REVIEW: FeedKind(PhotoReviewSchema(), load_photo_reviews),
    },
    hazard_photos=photo_lines,
    rule_inputs=rule_inputs,
    jobs={
        Topic.REFRESH_SUBJECT: run_refresh_subjects,
        Topic.INSPECT_PHOTO: run_inspect_photos,
        Topic.BUILD_DOWNLOAD: run_build_downloads,
    },
    periodic={
        Periodic.STALE_SCORES: note_stale_subjects,
        Periodic.SWEEP_UPLOADS: sweep_uploads,
        Periodic.LOST_DOWNLOADS: note_lost_downloads,
        Periodic.OLD_DOWNLOADS: expire_files,
        Periodic.MOVES_BY_DATE: tell_moves_by_date,
        Periodic.COMPACT_FEED: feed.compact,
        Periodic.COUNT_ROWS: count_rows,
    },
)

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}


def create_app(settings: Settings | None = None, wiring: Wiring = WIRING) -> Flask:
    """The application. Creates no file and opens no connection; `server.cli` prepares the data folder and the schema."""
    settings = settings or load_settings()
    app = Flask(__name__, static_folder=None)
    app.json = _Json(app)
    app.config.update(
        SETTINGS=settings,
        MAX_CONTENT_LENGTH=settings.max_request_bytes,
        API_TITLE="“零事故”单位创建检查服务 Zero-accident inspection service",
        API_VERSION="1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/api",
        OPENAPI_JSON_PATH="openapi.json",
    )
    open_database(app, settings)
    problems.register_handlers(app)
    tokens.install(app)
    api = _ProblemApi(app, spec_kwargs={"marshmallow_plugin": openapi.Plugin()})
    openapi.describe(api.ma_plugin.converter, wiring)
    for blueprint in BLUEPRINTS:
        api.register_blueprint(blueprint)
    app.extensions["wiring"] = wiring
    app.extensions["guesses"] = Guesses(connect(settings.redis_url) if settings.redis_url else None)
    app.extensions["waker"] = Waker(connect(settings.redis_url)) if settings.redis_url else None
    app.extensions["hashing"] = Hashing(settings.password_hashes_at_once)
    # Our own front and the proxies before it have each added whom they answered; nothing else of theirs is believed.
    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1 + settings.proxies_in_front, x_proto=0)  # type: ignore[method-assign]
    health.register_with(app)
    static_client.register_with(app)
    app.after_request(_secure)
    app.after_request(_wake_relay)
    app.after_request(_read_away_what_was_refused)
    return app


class _ProblemApi(Api):
    """flask-smorest without its own error bodies: every error is a problem document of server.problems."""

    ERROR_SCHEMA = ProblemSchema

    def _register_error_handlers(self) -> None:
        return

    def _register_responses(self) -> None:
        self.DEFAULT_RESPONSE_CONTENT_TYPE = problems.MEDIA_TYPE
        super()._register_responses()
        del self.DEFAULT_RESPONSE_CONTENT_TYPE


class _Json(JSONProvider):
    """orjson: several times faster, and dates and UUIDs need no help."""

    def dumps(self, obj: Any, **_: Any) -> str:
        return orjson.dumps(obj, option=orjson.OPT_NON_STR_KEYS).decode()

    def loads(self, s: str | bytes, **_: Any) -> Any:
        return orjson.loads(s)

    def response(self, *args: Any, **kwargs: Any) -> Response:
        body = orjson.dumps(self._prepare_response_obj(args, kwargs), option=orjson.OPT_NON_STR_KEYS)
        return Response(body, content_type="application/json")


def _secure(response: Response) -> Response:
    secure(response, request.path, current_app.config["SETTINGS"], problems.request_id())
    return response


def secure(response: Response, path: str, settings: Settings, request_id: str) -> None:
    """Headers for every answer. The policy allows no inline script or style; the tile server is for the desk only."""
    # The desk shows the preview of a checklist in a frame of a phone's size; nobody else may frame anything.
    framed_by = "'self'" if path == "/office/preview.html" else "'none'"
    tiles = settings.tile_server_url if path.startswith("/office") else ""
    response.headers.setdefault(
        "Content-Security-Policy",
        "default-src 'self'; script-src 'self'; style-src 'self'; font-src 'self' data:; "
        f"img-src 'self' blob: data:{' ' + tiles if tiles else ''}; connect-src 'self'; worker-src 'self'; "
        f"object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors {framed_by}",
    )
    if settings.cookie_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "no-referrer")
    response.headers.setdefault("Permissions-Policy", "geolocation=(self), camera=(self), microphone=()")
    if path.startswith("/api/"):
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers["X-Request-Id"] = request_id


def _wake_relay(response: Response) -> Response:
    if request.method not in SAFE_METHODS and response.status_code < 400:
        wake_relay()
    return response


def _read_away_what_was_refused(response: Response) -> Response:
    if response.status_code >= 400 and not discard_body(request):
        response.headers["Connection"] = "close"
    return response


logging.getLogger("werkzeug").setLevel(logging.WARNING)
