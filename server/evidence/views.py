"""HTTP of photos, reviews and receipts."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response, send_file
from flask.views import MethodView

from server import clock
from server.based_on import named_revision
from server.db import db
from server.evidence import receipts, reviews, store
from server.evidence.bodies import photo_bodies, queue_items, review_body
from server.evidence.images import ImageKind, ServedImage, open_image
from server.evidence.models import Photo
from server.evidence.schemas import (
    PhotoSchema,
    QueueQuerySchema,
    QueueSchema,
    ReceiptLookupSchema,
    ReviewInputSchema,
    ReviewSchema,
)
from server.paging import Asked
from server.pairings.visibility import list_scope
from server.permissions import current_actor, requires
from server.wire import Blueprint
from vocabulary import Action

blp = Blueprint("evidence", __name__, url_prefix="/api/evidence", description="照片证据 photos, reviews and receipts")

# A copy can only change when a release draws it otherwise; a day is short enough for that.
IMAGE_MAX_AGE_S = 24 * 3600


@blp.route("/photos/<uuid:photo_id>")
class PhotoView(MethodView):
    @requires(Action.READ_PHOTOS)
    @blp.response(200, PhotoSchema)
    def get(self, photo_id: uuid.UUID) -> Any:
        """Facts, flags and reviews of a photo."""
        photo = reviews.get_photo(photo_id, current_actor(), Action.READ_PHOTOS)
        return photo_bodies([photo])[photo.id]


@blp.route("/photos/<uuid:photo_id>/original")
class OriginalView(MethodView):
    @requires(Action.READ_PHOTOS)
    @blp.response(200, content_type="image/*")
    def get(self, photo_id: uuid.UUID) -> Response:
        """The bytes as they were taken; never altered."""
        return _image(photo_id, ImageKind.ORIGINAL)


@blp.route("/photos/<uuid:photo_id>/display")
class DisplayView(MethodView):
    @requires(Action.READ_PHOTOS)
    @blp.response(200, content_type="image/jpeg")
    def get(self, photo_id: uuid.UUID) -> Response:
        """An upright copy of 1,600 px without metadata."""
        return _image(photo_id, ImageKind.DISPLAY)


@blp.route("/photos/<uuid:photo_id>/thumbnail")
class ThumbnailView(MethodView):
    @requires(Action.READ_PHOTOS)
    @blp.response(200, content_type="image/jpeg")
    def get(self, photo_id: uuid.UUID) -> Response:
        """An upright copy of 320 px without metadata."""
        return _image(photo_id, ImageKind.THUMBNAIL)


@blp.route("/photos/<uuid:photo_id>/marked")
class MarkedView(MethodView):
    @requires(Action.READ_PHOTOS)
    @blp.response(200, content_type="image/jpeg")
    def get(self, photo_id: uuid.UUID) -> Response:
        """The display copy with subject, place, time, position, person and number written on it."""
        return _image(photo_id, ImageKind.MARKED)


@blp.route("/reviews")
class QueueView(MethodView):
    @requires(Action.REVIEW_PHOTOS)
    @blp.arguments(QueueQuerySchema, location="query")
    @blp.response(200, QueueSchema)
    def get(self, query: dict[str, Any]) -> Any:
        """Photos to review within the actor's scope, with what is needed to decide."""
        actor = current_actor()
        scope = list_scope(actor, Action.REVIEW_PHOTOS, Photo.subject_id, few=store.FEW_IN_QUEUE)
        page = store.review_page(actor, scope, query, Asked.of(query))
        return page.body(queue_items(page))


@blp.route("/photos/<uuid:photo_id>/reviews")
class ReviewsView(MethodView):
    @requires(Action.REVIEW_PHOTOS)
    @blp.arguments(ReviewInputSchema)
    @blp.response(201, ReviewSchema)
    def post(self, body: dict[str, Any], photo_id: uuid.UUID) -> Any:
        """Approve, return with a reason, or ask for a second opinion; `If-Match` names how many acts on it were seen."""
        actor = current_actor()
        return review_body(reviews.review_photo(photo_id, body, actor, clock.now(), named_revision()), actor.name)


@blp.route("/photos/<uuid:photo_id>/reviews/last")
class LastReviewView(MethodView):
    @requires(Action.REVIEW_PHOTOS)
    @blp.response(200, PhotoSchema)
    def delete(self, photo_id: uuid.UUID) -> Any:
        """Take back one's own last decision within ten minutes."""
        photo = reviews.undo_last_review(photo_id, current_actor(), clock.now())
        return photo_bodies([photo])[photo.id]


@blp.route("/receipts/<string:code>")
class ReceiptView(MethodView):
    @requires(Action.READ_VISITS)
    @blp.response(200, ReceiptLookupSchema)
    def get(self, code: str) -> Any:
        """What a receipt is for."""
        return receipts.look_up(code, current_actor())


def _image(photo_id: uuid.UUID, kind: ImageKind) -> Response:
    photo = reviews.get_photo(photo_id, current_actor(), Action.READ_PHOTOS)
    image = open_image(photo, kind)
    db.session.remove()
    return _send(image)


def _send(image: ServedImage) -> Response:
    """Bytes of strangers, shown as the picture they are and as nothing else, kept by this browser only."""
    response = send_file(
        image.stream, image.media_type, download_name=image.file_name, etag=image.tag, max_age=IMAGE_MAX_AGE_S,
        conditional=True,
    )  # fmt: skip
    response.headers["Cache-Control"] = f"private, max-age={IMAGE_MAX_AGE_S}"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
