"""Integrity flags: facts about a photo in, hints for the reviewer out, with numbers. A flag never refuses anything."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from media.clock import CapturedTime
from media.duplicates import HASH_BITS, HashDistance
from media.position import Position, area_warning, distance_m, looks_like_gcj02
from vocabulary import FlagCode, FlagSeverity, PhotoSource

# Farther than this from the subject's pin is worth a look: a village or a mine is several hundred metres across,
# and pins are coarse.
FAR_FROM_SUBJECT_M = 300
# EXIF and the phone's own fix are taken seconds apart; beyond this one of them is not from this place.
POSITIONS_DISAGREE_M = 200
# Inspectors take a first photo at the gate before they tap "start", and a last one after they have signed.
VISIT_MARGIN = timedelta(minutes=10)
# Deadlines are days; five minutes change nothing, an hour may change the date.
CLOCK_OFF_NOTICE_MS = 5 * 60 * 1000
CLOCK_OFF_WARNING_MS = 60 * 60 * 1000
# EXIF time and the phone's clock come from one device: beyond this the picture is older than it claims.
EXIF_TIME_OFF = timedelta(minutes=15)

# Programs that change pictures, by a part of the Software tag in lower case. Firmware versions ("14.4.2") and
# transfer programs ("Nikon Transfer") are not among them.
EDITORS = (
    "photoshop", "gimp", "lightroom", "snapseed", "picsart", "meitu", "美图", "醒图", "xingtu", "faceu", "b612",
    "vsco", "pixelmator", "affinity photo", "paint.net", "acdsee", "canva", "capture one", "darktable", "rawtherapee",
    "luminar", "polarr", "photoscape", "faststone", "irfanview", "xnview", "acorn", "picasa", "photodirector", "corel",
    "paintshop", "krita", "imagemagick", "光影魔术手", "可牛", "watermark", "水印",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Flag:
    """``params`` are plain JSON values: the numbers that the sentence for the reviewer is made of."""

    code: FlagCode
    severity: FlagSeverity
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OtherPhoto:
    """A photo found to be the same or nearly so. ``distance`` is None for equal bytes."""

    photo_id: str
    visit_id: str | None
    subject_id: str | None
    distance: HashDistance | None = None


@dataclass(frozen=True, slots=True)
class PhotoFacts:
    """Everything the rules look at; what is unknown is None and raises no flag, except a missing position.

    ``captured_at``, ``exif_taken_at`` and the visit's times are all read off the same phone's clock, uncorrected:
    they are compared with each other only, so a wrong clock cannot raise a flag other than its own. ``captured`` is
    the corrected time.
    """

    source: str
    device_position: Position | None = None
    exif_position: Position | None = None
    subject_position: Position | None = None
    no_position_reason: str | None = None
    captured_at: datetime | None = None
    exif_taken_at: datetime | None = None
    visit_started_at: datetime | None = None
    visit_finished_at: datetime | None = None
    device_offset_ms: int | None = None
    captured: CapturedTime | None = None
    software: str | None = None
    broken: str | None = None
    same_bytes: Sequence[OtherPhoto] = ()
    near_same: Sequence[OtherPhoto] = ()
    before: Sequence[OtherPhoto] = ()
    far_from_subject_m: float = FAR_FROM_SUBJECT_M


def find_flags(facts: PhotoFacts) -> list[Flag]:
    """All flags of a photo, in a fixed order."""
    return [*_broken(facts), *_place(facts), *_time(facts), *_origin(facts), *_sameness(facts)]


def is_editor(software: str | None) -> bool:
    """Whether the Software tag names a program that changes pictures."""
    return software is not None and any(name in software.lower() for name in EDITORS)


def _broken(facts: PhotoFacts) -> Iterator[Flag]:
    if facts.broken is not None:
        yield Flag(FlagCode.BROKEN_PICTURE, FlagSeverity.WARNING, {"reason": facts.broken})


def _place(facts: PhotoFacts) -> Iterator[Flag]:
    best = facts.device_position or facts.exif_position
    if best is None:
        reason = {"reason": facts.no_position_reason} if facts.no_position_reason else {}
        yield Flag(FlagCode.NO_POSITION, FlagSeverity.INFO if reason else FlagSeverity.NOTICE, reason)
        return
    if facts.subject_position is not None:
        yield from _far(best, facts.subject_position, facts.far_from_subject_m)
    if facts.device_position is not None and facts.exif_position is not None:
        apart = distance_m(facts.device_position, facts.exif_position)
        if apart > POSITIONS_DISAGREE_M + (facts.device_position.accuracy_m or 0):
            params: dict[str, Any] = {"distance_m": round(apart), "limit_m": POSITIONS_DISAGREE_M}
            if looks_like_gcj02(facts.exif_position, facts.device_position):
                params["datum_mixed_up"] = True
            yield Flag(FlagCode.POSITIONS_DISAGREE, FlagSeverity.NOTICE, params)
    if (warning := area_warning(best)) is not None:
        yield Flag(FlagCode.OUTSIDE_COUNTY, FlagSeverity.NOTICE, {"area": warning.value, "lng": best.lng, "lat": best.lat})


def _far(position: Position, subject: Position, limit_m: float) -> Iterator[Flag]:
    """Far only if even the near edge of the accuracy circle is beyond the limit."""
    apart = distance_m(position, subject)
    if apart - (position.accuracy_m or 0) <= limit_m:
        return
    params: dict[str, Any] = {"distance_m": round(apart), "limit_m": round(limit_m)}
    if position.accuracy_m is not None:
        params["accuracy_m"] = round(position.accuracy_m)
    if looks_like_gcj02(position, subject):
        params["datum_mixed_up"] = True
    yield Flag(FlagCode.FAR_FROM_SUBJECT, FlagSeverity.WARNING if apart > 10 * limit_m else FlagSeverity.NOTICE, params)


def _time(facts: PhotoFacts) -> Iterator[Flag]:
    if facts.captured_at is not None:
        yield from _outside_visit(facts, facts.captured_at)
        if facts.exif_taken_at is not None and abs(facts.exif_taken_at - facts.captured_at) > EXIF_TIME_OFF:
            apart = abs(facts.exif_taken_at - facts.captured_at)
            params = {"apart_s": round(apart.total_seconds()), "limit_s": round(EXIF_TIME_OFF.total_seconds())}
            yield Flag(FlagCode.EXIF_TIME_OFF, FlagSeverity.NOTICE, params)
    if facts.device_offset_ms is not None and abs(facts.device_offset_ms) > CLOCK_OFF_NOTICE_MS:
        severe = abs(facts.device_offset_ms) > CLOCK_OFF_WARNING_MS
        params = {"offset_s": round(facts.device_offset_ms / 1000), "limit_s": CLOCK_OFF_NOTICE_MS // 1000}
        if facts.captured is not None and facts.captured.error_bound_ms is not None:
            params["error_bound_s"] = round(facts.captured.error_bound_ms / 1000)
        yield Flag(FlagCode.CLOCK_OFF, FlagSeverity.WARNING if severe else FlagSeverity.NOTICE, params)


def _outside_visit(facts: PhotoFacts, captured_at: datetime) -> Iterator[Flag]:
    limit_s = round(VISIT_MARGIN.total_seconds())
    if facts.visit_started_at is not None and captured_at < facts.visit_started_at - VISIT_MARGIN:
        seconds = round((facts.visit_started_at - captured_at).total_seconds())
        yield Flag(FlagCode.OUTSIDE_VISIT, FlagSeverity.WARNING, {"before_start_s": seconds, "limit_s": limit_s})
    elif facts.visit_finished_at is not None and captured_at > facts.visit_finished_at + VISIT_MARGIN:
        seconds = round((captured_at - facts.visit_finished_at).total_seconds())
        yield Flag(FlagCode.OUTSIDE_VISIT, FlagSeverity.WARNING, {"after_finish_s": seconds, "limit_s": limit_s})


def _origin(facts: PhotoFacts) -> Iterator[Flag]:
    if facts.source == PhotoSource.ALBUM:
        yield Flag(FlagCode.ALBUM, FlagSeverity.INFO)
    if is_editor(facts.software):
        yield Flag(FlagCode.EDITED_BY_SOFTWARE, FlagSeverity.WARNING, {"software": facts.software})


def _sameness(facts: PhotoFacts) -> Iterator[Flag]:
    if facts.same_bytes:
        ids = [other.photo_id for other in facts.same_bytes]
        yield Flag(FlagCode.SAME_BYTES_ELSEWHERE, FlagSeverity.WARNING, {"photo_ids": ids[:10], "count": len(ids)})
    near = [other for other in facts.near_same if other.distance is not None and other.distance.is_near]
    if near:
        yield Flag(FlagCode.NEAR_SAME_ELSEWHERE, FlagSeverity.WARNING, _nearest(near))
    alike = [other for other in facts.before if other.distance is not None and other.distance.is_near]
    if alike:
        yield Flag(FlagCode.AFTER_LIKE_BEFORE, FlagSeverity.WARNING, _nearest(alike))


def _nearest(others: Sequence[OtherPhoto]) -> dict[str, Any]:
    ranked = sorted(
        (other.distance.phash_bits + other.distance.dhash_bits, other.photo_id, other.distance)
        for other in others
        if other.distance is not None
    )
    nearest = ranked[0][2]
    return {
        "photo_ids": [photo_id for _, photo_id, _ in ranked[:10]],
        "count": len(ranked),
        "phash_bits": nearest.phash_bits,
        "dhash_bits": nearest.dhash_bits,
        "of_bits": HASH_BITS,
    }
