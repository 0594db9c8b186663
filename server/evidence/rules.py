"""How large a piece of an upload may grow, what is kept of EXIF facts, and what review a photo is in. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, TypeVar

from media.exif import ExifFacts
from vocabulary import ReviewDecision


def exif_body(facts: ExifFacts) -> dict[str, Any]:
    """The facts as plain JSON values, without those that have columns of their own."""
    position = facts.position
    return {
        "make": facts.make,
        "model": facts.model,
        "software": facts.software,
        "orientation": facts.orientation,
        "defects": [defect.value for defect in facts.defects],
        "altitude_m": position.altitude_m if position else None,
        "direction_deg": position.direction_deg if position else None,
        "direction_from": position.direction_from if position else None,
        "datum": position.datum if position else None,
        "accuracy_m": position.accuracy_m if position else None,
        "fixed_at": position.fixed_at.isoformat() if position and position.fixed_at else None,
        "has_zone": facts.taken_at is not None and facts.taken_at.tzinfo is not None,
    }


class Pace:
    """How many bytes to wait for before they are written: a quarter of a second's worth, at the speed of the last piece.

    On a 2G line that breaks every few seconds a large piece would never fill, and nothing would ever arrive; on a fast line
    small pieces cost the web server a copy of its buffer each. A piece is at most twice the one before: bytes that had
    waited in the kernel come at once and say nothing about the line.
    """

    SMALLEST_BYTES = 8 * 1024
    LARGEST_BYTES = 1024 * 1024
    SECONDS = 0.25

    def __init__(self) -> None:
        self.size = self.SMALLEST_BYTES

    def note(self, received: int, seconds: float) -> None:
        wanted = int(received / max(seconds, 1e-6) * self.SECONDS)
        self.size = min(max(wanted, self.SMALLEST_BYTES), 2 * self.size, self.LARGEST_BYTES)


class Review(Protocol):
    """The part of a review that decides."""

    id: Any
    decision: Any
    withdraws_id: Any


R = TypeVar("R", bound=Review)


def review_in_force(reviews: Sequence[R]) -> R | None:
    """The last decision that was not withdrawn, of acts in order; None when the photo waits for its first."""
    withdrawn = {review.withdraws_id for review in reviews if review.decision == ReviewDecision.WITHDRAWN}
    standing = [review for review in reviews if review.decision != ReviewDecision.WITHDRAWN and review.id not in withdrawn]
    return standing[-1] if standing else None
