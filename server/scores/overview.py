"""The overview and the comparison of groups as bodies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import func, select

from forms.percentages import NO_VALUE
from server import clock
from server.db import db
from server.evidence.models import Photo
from server.evidence.store import SITE_ROLES
from server.register.models import Subject
from server.register.store import area_names, department_names
from server.scores.filters import conditions_for
from server.scores.programme import ZERO_ACCIDENT, has_register, zero_accident
from server.scores.questions import Question
from server.scores.rollups import Group, decimal_text, figure_bodies, groups, ranking, total
from server.scores.showing import shown_rate
from server.work.outbox import noted_keys
from vocabulary import Figure, Grouping, NoPlace, ReviewState, Sector, TargetGroup, Topic


def overview(question: Question) -> dict[str, Any]:
    return {
        "period": question.period.key,
        "as_of": clock.isoformat(question.as_of),
        "refreshing": len(noted_keys(Topic.REFRESH_SUBJECT)),
        "figures": figure_bodies(question, total(question)),
        "zero_accident": [_zero_accident(question, target_group) for target_group in TargetGroup],
        "reviews_pending": _pending_reviews(question),
    }


def _zero_accident(question: Question, target_group: TargetGroup) -> dict[str, Any]:
    """Of the as-of day's year, whatever the period. While no accident was ever registered the rate is unknown, not 100."""
    asked = replace(question, filters={**question.filters, "target_group": target_group})
    target = asked.target(ZERO_ACCIDENT)
    body: dict[str, Any] = {"target_group": target_group.value, "target": None if target is None else decimal_text(target)}
    if not has_register(question):
        return body | {"numerator": None, "denominator": None, "display": NO_VALUE, "met": None}
    rate = zero_accident(asked, target_group)
    return body | {
        "numerator": rate.numerator,
        "denominator": rate.denominator,
        "display": shown_rate(rate.numerator, rate.denominator, target),
        "met": rate.met(target),
    }


def comparison(question: Question, grouping: Grouping, ranked_by: Figure) -> dict[str, Any]:
    """One row per group with its places, best first; groups without a place follow."""
    found = groups(question, grouping)
    places = ranking(question, grouping, found)
    names = group_names(grouping)
    rows = [_group_body(question, group, names, places) for group in found]
    rows.sort(key=lambda row: _order(row["places"][ranked_by.value], row["code"]))
    return {
        "group": grouping.value,
        "period": question.period.key,
        "as_of": clock.isoformat(question.as_of),
        "ranked_by": ranked_by.value,
        "rows": rows,
        "total": {"figures": figure_bodies(question, total(question))},
    }


def group_names(grouping: Grouping) -> Mapping[str, str]:
    match grouping:
        case Grouping.TOWN | Grouping.VILLAGE:
            return area_names()
        case Grouping.SECTOR:
            return {sector.value: sector.zh for sector in Sector}
        case Grouping.DEPARTMENT:
            return {str(id_): name for id_, name in department_names().items()}


def _group_body(
    question: Question, group: Group, names: Mapping[str, str], places: Mapping[Figure, Mapping[str | None, int | NoPlace]]
) -> dict[str, Any]:
    return {
        "code": group.code,
        "name": names.get(group.code or "", group.code) or "未归类",
        "figures": figure_bodies(question, group),
        "places": {figure.value: _place(found[group.code]) for figure, found in places.items()},
    }


def _place(place: int | NoPlace) -> dict[str, Any]:
    if isinstance(place, NoPlace):
        return {"place": None, "reason": place.value}
    return {"place": place, "reason": None}


def _order(place: Mapping[str, Any], code: str | None) -> tuple[Any, ...]:
    return place["place"] is None, place["place"] or 0, code is None, code or ""


def _pending_reviews(question: Question) -> int:
    """Photos of the site that wait for their first review; the same ones that the review queue lists."""
    assert question.actor is not None, "asked by somebody"
    conditions = conditions_for(question.actor, question.action, question.filters)
    return (
        db.session.scalar(
            select(func.count())
            .select_from(Photo)
            .join(Subject, Subject.id == Photo.subject_id)
            .where(Photo.review_state == ReviewState.PENDING, Photo.sha256.is_not(None), Photo.role.in_(SITE_ROLES), *conditions)
        )
        or 0
    )
