"""Desk actions on a hazard: one event each, refused when the hazard's state does not allow it."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from server.accounts.models import User
from server.audit import write_audit
from server.based_on import check_based_on
from server.db import db, lock_ids, retried, transaction
from server.hazards.models import Hazard, HazardEvent
from server.hazards.projection import fold_input, fold_inputs, project
from server.pairings.visibility import check_subject
from server.permissions import Actor
from server.problems import FieldError, Refusal
from server.register.models import Department
from sync.duties import unsaid
from sync.hazards import find_event_faults, fold_hazard
from sync.times import format_time, parse_time
from vocabulary import Action, AuthorKind, Capacity, FaultCode, HazardEventKind, HazardState, Ineffective, ProblemCode


def get_hazard(hazard_id: uuid.UUID, actor: Actor, action: Action) -> Hazard:
    """Raises: Refusal not-found, also for a hazard that is not within the actor's scope."""
    hazard = db.session.get(Hazard, hazard_id)
    if hazard is None:
        raise Refusal(ProblemCode.NO_SUCH_HAZARD)
    check_subject(actor, action, hazard.subject_id)
    return hazard


@retried
def add_event(hazard_id: uuid.UUID, document: dict[str, Any], actor: Actor, now: datetime, based_on: int | None = None) -> Hazard:
    """Adds one event of the desk and folds the hazard again. ``based_on``: how many of its events the actor has seen; who does
    not say is held to what the hazard's state allows.

    Raises: Refusal not-found, invalid, changed-meanwhile, event-not-possible (the desk is online and sees the state, so an
    event without effect is refused instead of kept).
    """
    with transaction() as session:
        lock_ids([hazard_id])
        hazard = get_hazard(hazard_id, actor, Action.ACT_ON_HAZARDS)
        if based_on is not None:
            check_based_on(based_on, _happened(hazard))
        sequence, at = _place(hazard, now)
        body = {**document, "hazard_id": str(hazard_id), "at": format_time(at)}
        event = HazardEvent(
            id=uuid.uuid4(), county_code=actor.county_code, hazard_id=hazard_id, kind=document["kind"], at=at,
            counted_at=at, author_kind=AuthorKind.USER, author_id=actor.user_id, body=body, received_at=now,
            capacity=Capacity.SUPERVISOR, desk_sequence=sequence,
        )  # fmt: skip
        faults = find_event_faults(fold_input(event))
        errors = [FieldError(f"#{fault['pointer']}", fault["code"]) for fault in faults]
        named = {error.pointer for error in errors}
        errors += [FieldError(f"#/{name}", FaultCode.MISSING) for name in unsaid(document) if f"#/{name}" not in named]
        if errors:
            raise Refusal(ProblemCode.INVALID, errors=errors)
        _check_references(hazard, document)
        _check_effective(hazard, event)
        db.session.add(event)
        db.session.flush()
        project([hazard_id], now)
        session.refresh(hazard)
        write_audit(f"hazard:{document['kind']}", "hazard", hazard_id, county_code=hazard.county_code, actor_id=actor.user_id)
    return hazard


def _happened(hazard: Hazard) -> list[FieldError]:
    """What has happened to a hazard, in the order in which the server learnt it."""
    rows = db.session.execute(
        select(HazardEvent.kind, HazardEvent.at, HazardEvent.id, User.name)
        .outerjoin(User, User.id == HazardEvent.author_id)
        .where(HazardEvent.hazard_id == hazard.id)
        .order_by(HazardEvent.received_at, HazardEvent.desk_sequence, HazardEvent.id)
    )
    return [
        FieldError(f"#/events/{id_}", kind, f"{name or ''} {HazardEventKind(kind).zh}".strip(), _who(name, at))
        for kind, at, id_, name in rows
    ]


def _who(name: str | None, at: datetime) -> dict[str, Any]:
    return {"author_name": name, "at": format_time(at)}


def _place(hazard: Hazard, now: datetime) -> tuple[int, datetime]:
    """The place of a new act of the desk among those before it, and its time: after everything that its author can have seen,
    also where the server's clock was set back since."""
    last = db.session.scalar(select(func.max(HazardEvent.desk_sequence)).where(HazardEvent.hazard_id == hazard.id))
    seen_until = parse_time(hazard.projection["last_event_at"])
    return (last or 0) + 1, max(now, seen_until + timedelta(milliseconds=1))


def _check_references(hazard: Hazard, document: dict[str, Any]) -> None:
    """Raises: Refusal invalid for a department or a hazard that is not there, event-not-possible for an extension in disguise."""
    department = document.get("to_department_id")
    if department is not None and db.session.get(Department, uuid.UUID(department)) is None:
        raise Refusal(ProblemCode.INVALID, errors=[FieldError("#/to_department_id", FaultCode.UNKNOWN_DEPARTMENT)])
    if document["kind"] == HazardEventKind.MERGED:
        other = db.session.get(Hazard, uuid.UUID(document["into"]))
        if other is None or other.id == hazard.id or other.subject_id != hazard.subject_id or other.state == HazardState.VOIDED:
            raise Refusal(ProblemCode.INVALID, errors=[FieldError("#/into", FaultCode.UNKNOWN_HAZARD)])
    if (
        document["kind"] == HazardEventKind.DEADLINE_SET
        and hazard.deadline
        and document["deadline"] > hazard.deadline.isoformat()
    ):
        raise Refusal(
            ProblemCode.EVENT_NOT_POSSIBLE,
            reason=Ineffective.NEEDS_EXTENSION,
            errors=[FieldError("#/kind", Ineffective.NEEDS_EXTENSION)],
        )


def _check_effective(hazard: Hazard, event: HazardEvent) -> None:
    stored = db.session.scalars(select(HazardEvent).where(HazardEvent.hazard_id == hazard.id)).all()
    folded = fold_hazard(fold_inputs([*stored, event]))
    assert folded is not None, "the hazard exists"
    for entry in folded.ineffective:
        if entry["event_id"] == str(event.id):
            reason = Ineffective(entry["reason"])
            raise Refusal(
                ProblemCode.EVENT_NOT_POSSIBLE, reason=reason,
                errors=[FieldError("#/kind", reason)],
            )  # fmt: skip
