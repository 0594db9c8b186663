"""The life of a hazard as a fold over its events, the same on phone and server; nothing that arrives is ever dropped.

draft → confirmed → assigned → rectifying → submitted → closed, with voided beside it. A refused re-check goes back to
rectifying. "Overdue" is derived from dates and never a state. Who may do what is the table of ``sync.duties``.
Mirrored by client/src/sync/hazards.ts.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any

from sync.duties import Author, act_of, closes_on_spot, duty_refusal
from sync.records import is_uuid
from sync.times import TimeInvalid, parse_date, parse_time, shanghai_date
from vocabulary import (
    Capacity,
    Commitment,
    FaultCode,
    HazardEventKind,
    HazardGrade,
    HazardState,
    Ineffective,
    PhotoRole,
    RecheckResult,
)

# Counts up when the fold makes another hazard of the same events; stored hazards are then folded again.
RULES_VERSION = 3

_RANK = {kind.value: rank for rank, kind in enumerate(HazardEventKind)}
_GRADES, _RESULTS = tuple(HazardGrade), tuple(RecheckResult)
_CREATING = (HazardEventKind.FOUND, HazardEventKind.ITEM_FAILED)
_FACTS = (
    "subject_id",
    "submission_id",
    "item_path",
    "checklist_id",
    "description",
    "spot",
    "kind_of_hazard",
    "grade_suggested",
    "deadline_rule",
    "owner",
    "no_photo_reason",
    "immediate_measure",
    "source",
)


@dataclass(frozen=True, slots=True)
class Hazard:
    """What the events add up to. Times are the texts of the events; dates are YYYY-MM-DD.

    ``submitted_at`` and ``deadline_at_submission`` belong to the latest effective submission, hence to the finally
    accepted one when the hazard is closed; ``deadline_at_submission`` is the limit in force on the day of that submission:
    one that was granted later on the same day held for that whole day. ``reported_by`` is who made that submission, and
    ``submission_in_doubt`` says that its time cannot be believed. ``closed_on_spot``: by its finder alone, so that whoever
    supervises may still find that it is a major one. ``department_id`` is the department that has
    accepted a transfer; None while the hazard is still with the one of its finding.
    """

    state: HazardState
    grade: str
    subject_id: str | None = None
    submission_id: str | None = None
    item_path: str | None = None
    checklist_id: str | None = None
    description: str | None = None
    spot: str | None = None
    kind_of_hazard: str | None = None
    grade_suggested: str | None = None
    determinations: list[str] = field(default_factory=list)
    basis: list[dict[str, Any]] = field(default_factory=list)
    source: str | None = None
    fixed_on_spot: bool = False
    closed_on_spot: bool = False
    no_photo_reason: str | None = None
    immediate_measure: dict[str, Any] | None = None
    deadline: str | None = None
    original_deadline: str | None = None
    deadline_rule: dict[str, Any] | None = None
    owner: dict[str, Any] | None = None
    responsible_unit: str | None = None
    department_id: str | None = None
    commitments: dict[str, Any] = field(default_factory=dict)
    missing_commitments: list[str] = field(default_factory=lambda: list(Commitment))
    found_at: str = ""
    confirmed_at: str | None = None
    assigned_at: str | None = None
    accepted_at: str | None = None
    submitted_at: str | None = None
    deadline_at_submission: str | None = None
    completed_on: str | None = None
    reported_by: str | None = None
    submission_in_doubt: bool = False
    returned_count: int = 0
    return_reason: str | None = None
    closed_at: str | None = None
    closing_opinion: str | None = None
    voided_at: str | None = None
    void_reason: str | None = None
    merged_into: str | None = None
    photos: list[dict[str, str]] = field(default_factory=list)
    extensions: list[dict[str, Any]] = field(default_factory=list)
    transfers: list[dict[str, Any]] = field(default_factory=list)
    regrades: list[dict[str, Any]] = field(default_factory=list)
    notes: list[dict[str, str]] = field(default_factory=list)
    ineffective: list[dict[str, str]] = field(default_factory=list)
    time_doubts: list[dict[str, str]] = field(default_factory=list)
    last_event_at: str = ""

    def as_document(self) -> dict[str, Any]:
        """JSON form, the same as the TypeScript fold returns; it shares its lists with the hazard."""
        return {name: getattr(self, name) for name in _FIELDS}


_FIELDS = tuple(field.name for field in fields(Hazard))


def fold_hazard(events: Iterable[Mapping[str, Any]]) -> Hazard | None:
    """The hazard that these events make, whatever order they arrived in; None when none of them says it was found.

    Shape:  an event is the body of a ``hazard_event`` record plus the record's ``id``: {id, kind, at, …payload}, and, where
            they are known, who made it, ``by`` {id, capacity}, and why its time cannot be believed, ``time_doubt``.
            Events without ``by`` are of before the duties were told apart and are held against none.
    Order:  the finding first (it is the cause of all others, whatever a phone's clock said), then by instant, then by
            ``HazardEventKind``, then by id. The same id twice counts once.
    Keeps:  an event that its state does not allow is listed in ``ineffective`` with a reason; its photos stay.
    Note:   a re-check of a hazard that nobody submitted needs two events: ``submitted`` on the owner's behalf, then
            ``rechecked``. A pass closes.
    Source: vectors in tests/vectors/sync/hazards.json; also client/src/sync/hazards.ts.
    """
    readable: dict[str, Mapping[str, Any]] = {}
    unreadable: dict[str, Mapping[str, Any]] = {}
    for event in events:
        (unreadable if find_event_faults(event) else readable)[str(event.get("id"))] = event
    ordered = sorted(readable.values(), key=_event_order)
    if not ordered or ordered[0]["kind"] not in _CREATING:
        return None
    fold = _Fold()
    for event in ordered:
        fold.take(event)
    for event_id in sorted(unreadable):
        fold.values["ineffective"].append({"event_id": event_id, "reason": Ineffective.UNREADABLE.value})
    return fold.hazard()


def hazard_id_for_item(submission_id: str, item_path: str, nth: int = 1) -> str:
    """The id of the nth hazard of a failed item: UUID version 5, so phone and server name the same hazard alike."""
    name = item_path if nth == 1 else f"{item_path}#{nth}"
    return str(uuid.uuid5(uuid.UUID(submission_id), name))


def is_overdue(state: HazardState | str, deadline: str | None, as_of: date) -> bool:
    """The deadline day itself is not overdue; ``as_of`` is a day in Shanghai."""
    if deadline is None or state in (HazardState.CLOSED, HazardState.VOIDED):
        return False
    return parse_date(deadline) < as_of


def missing_commitments(commitments: Mapping[str, Any]) -> list[str]:
    """Which of the five commitments (五落实) are not filled in; funds of "0" are a statement, blank is not."""
    return [name for name in Commitment if _is_blank(commitments.get(name))]


def find_event_faults(event: Mapping[str, Any]) -> list[dict[str, str]]:
    """What makes an event unusable for the fold, as {pointer, code}; richer checks belong to the wire schemas."""
    faults: list[dict[str, str]] = []
    if not is_uuid(event.get("id")):
        faults.append({"pointer": "/id", "code": FaultCode.NOT_A_UUID})
    kind = event.get("kind")
    if not isinstance(kind, str) or kind not in _RANK:
        return [*faults, {"pointer": "/kind", "code": FaultCode.UNKNOWN_KIND}]
    if not _reads(parse_time, event.get("at")):
        faults.append({"pointer": "/at", "code": FaultCode.NOT_A_TIME})
    for key, holds, code, needed_by in _PAYLOAD_CHECKS:
        value = event.get(key)
        if value is None and kind not in needed_by:
            continue
        if not holds(value):
            faults.append({"pointer": f"/{key}", "code": code})
    return faults


class _Fold:
    """Collects the values of a Hazard while events are taken in order."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {
            "state": HazardState.DRAFT,
            "grade": HazardGrade.GENERAL,
            "photos": [],
            "extensions": [],
            "transfers": [],
            "regrades": [],
            "notes": [],
            "ineffective": [],
            "time_doubts": [],
            "commitments": {},
        }
        self.found = False
        self.photo_ids: set[str] = set()

    def hazard(self) -> Hazard:
        return Hazard(**self.values, missing_commitments=missing_commitments(self.values["commitments"]))

    def take(self, event: Mapping[str, Any]) -> None:
        handler: Callable[[Mapping[str, Any]], Ineffective | None] = getattr(self, f"_{event['kind']}")
        reason = self._refused_duty(event) or handler(event)
        if event.get("time_doubt") is not None:
            self.values["time_doubts"].append({"event_id": event["id"], "reason": event["time_doubt"]})
        if reason is not None:
            self.values["ineffective"].append({"event_id": event["id"], "reason": reason.value})
        self._keep_photos(event)
        self.values["last_event_at"] = event["at"]

    @property
    def state(self) -> HazardState:
        state: HazardState = self.values["state"]
        return state

    def _found(self, event: Mapping[str, Any]) -> Ineffective | None:
        if self.found:
            return Ineffective.ALREADY_FOUND
        self.found = True
        self.values.update({key: event.get(key) for key in _FACTS})
        self.values.update(
            grade=event.get("grade") or HazardGrade.GENERAL,
            determinations=list(event.get("determinations") or []),
            basis=list(event.get("basis") or []),
            fixed_on_spot=event.get("fixed_on_spot") is True,
            deadline=event.get("deadline"),
            original_deadline=event.get("deadline"),
            found_at=event["at"],
        )
        if not self.values["fixed_on_spot"]:
            return None
        reason = self._submit(event)
        if reason is None and _author_of(event) is not None and closes_on_spot(event):
            self.values["closed_on_spot"] = True
            return self._close(event)
        return reason

    _item_failed = _found

    def _confirmed(self, event: Mapping[str, Any]) -> Ineffective | None:
        if (finished := self._finished()) is not None and not self.values.get("closed_on_spot"):
            return finished
        if self.values.get("confirmed_at") is not None:
            return Ineffective.ALREADY_CONFIRMED
        self.values["confirmed_at"] = event["at"]
        self.values["grade"] = event["grade"]
        self.values["basis"] = list(event.get("basis") or self.values["basis"])
        # The owner may have rectified before anybody confirmed; confirming must not undo that.
        if self.state is HazardState.DRAFT:
            self.values["state"] = HazardState.CONFIRMED
        self._reopen_major_closed_on_spot()
        return None

    def _regraded(self, event: Mapping[str, Any]) -> Ineffective | None:
        if (finished := self._finished()) is not None and not self.values.get("closed_on_spot"):
            return finished
        if event["grade"] == self.values["grade"]:
            return Ineffective.SAME_GRADE
        self.values["regrades"].append(
            {
                "event_id": event["id"],
                "at": event["at"],
                "from": self.values["grade"],
                "to": event["grade"],
                "reason": event.get("reason"),
            }
        )
        self.values["grade"] = event["grade"]
        self._reopen_major_closed_on_spot()
        return None

    def _reopen_major_closed_on_spot(self) -> None:
        if not self.values.get("closed_on_spot") or self.values["grade"] != HazardGrade.MAJOR:
            return
        self.values.update(
            closed_on_spot=False,
            state=HazardState.DRAFT if self.values.get("confirmed_at") is None else HazardState.CONFIRMED,
            submitted_at=None, deadline_at_submission=None, completed_on=None, reported_by=None, submission_in_doubt=False,
            closed_at=None,
        )  # fmt: skip

    def _assigned(self, event: Mapping[str, Any]) -> Ineffective | None:
        if (finished := self._finished()) is not None:
            return finished
        if self.state is HazardState.DRAFT:
            return Ineffective.NOT_CONFIRMED
        if self.state is HazardState.SUBMITTED:
            return Ineffective.ALREADY_SUBMITTED
        if self.state is HazardState.CONFIRMED:
            self.values["state"] = HazardState.ASSIGNED
        elif self._is_later(event.get("deadline")):
            # Assigning again must not be a way to move the deadline without a reason and an approver.
            return Ineffective.NEEDS_EXTENSION
        self.values["assigned_at"] = event["at"]
        for key in ("responsible_unit", "owner"):
            if event.get(key) is not None:
                self.values[key] = event[key]
        if event.get("deadline") is not None:
            self._set_deadline(event)
        return None

    def _deadline_set(self, event: Mapping[str, Any]) -> Ineffective | None:
        """By an order or an approved plan; that it does not stand for an extension is for whoever supervises to see."""
        if (finished := self._finished()) is not None:
            return finished
        if event["deadline"] == self.values["deadline"]:
            return Ineffective.SAME_DEADLINE
        self._set_deadline(event)
        return None

    def _set_deadline(self, event: Mapping[str, Any]) -> None:
        """From the whole day of the event on, also for a submission of that day."""
        self.values["deadline"] = event["deadline"]
        if self.values["original_deadline"] is None:
            self.values["original_deadline"] = event["deadline"]
        submitted_at = self.values.get("submitted_at")
        if submitted_at is not None and _day(submitted_at) == _day(event["at"]):
            self.values["deadline_at_submission"] = event["deadline"]

    def _transferred(self, event: Mapping[str, Any]) -> Ineffective | None:
        if (finished := self._finished()) is not None:
            return finished
        self.values["responsible_unit"] = event["to_org"]
        self.values["transfers"].append(
            {
                "event_id": event["id"],
                "at": event["at"],
                "to_org": event["to_org"],
                "to_department_id": event.get("to_department_id"),
                "reason": event.get("reason"),
                "accepted_at": None,
            }
        )
        return None

    def _transfer_accepted(self, event: Mapping[str, Any]) -> Ineffective | None:
        """Also of a closed hazard: the receiver answers for it from then on."""
        if self.state is HazardState.VOIDED:
            return Ineffective.VOIDED
        transfer = self.values["transfers"][-1] if self.values["transfers"] else None
        if transfer is None or transfer["accepted_at"] is not None:
            return Ineffective.NOT_TRANSFERRED
        transfer["accepted_at"] = event["at"]
        self.values["department_id"] = event.get("to_department_id") or transfer["to_department_id"]
        return None

    def _extended(self, event: Mapping[str, Any]) -> Ineffective | None:
        if (finished := self._finished()) is not None:
            return finished
        before = self.values["deadline"]
        if before is not None and not self._is_later(event["deadline"]):
            return Ineffective.DEADLINE_NOT_LATER
        self._set_deadline(event)
        self.values["extensions"].append(
            {
                "event_id": event["id"],
                "at": event["at"],
                "from": before,
                "to": event["deadline"],
                "reason": event.get("reason"),
                "approver": event.get("approver"),
            }
        )
        return None

    def _accepted(self, event: Mapping[str, Any]) -> Ineffective | None:
        if (finished := self._finished()) is not None:
            return finished
        if self.state is HazardState.SUBMITTED:
            return Ineffective.ALREADY_SUBMITTED
        if self.state not in (HazardState.ASSIGNED, HazardState.RECTIFYING):
            return Ineffective.NOT_ASSIGNED
        self.values["state"] = HazardState.RECTIFYING
        self.values["accepted_at"] = event["at"]
        self.values["commitments"] = self._commitments_with(event)
        return None

    def _submitted(self, event: Mapping[str, Any]) -> Ineffective | None:
        """Again while it waits for the re-check, too: the accepted submission is the last before the closing."""
        if (finished := self._finished()) is not None:
            return finished
        return self._submit(event)

    def _submit(self, event: Mapping[str, Any]) -> Ineffective | None:
        """From any open state: a general hazard is often put right before the desk has confirmed or assigned it."""
        commitments = self._commitments_with(event)
        if self.values["grade"] == HazardGrade.MAJOR and missing_commitments(commitments):
            return Ineffective.COMMITMENTS_INCOMPLETE
        self.values.update(
            state=HazardState.SUBMITTED,
            commitments=commitments,
            submitted_at=event["at"],
            deadline_at_submission=self.values["deadline"],
            completed_on=event.get("completed_on"),
            reported_by=author.id if (author := _author_of(event)) is not None else None,
            submission_in_doubt=event.get("time_doubt") is not None,
        )
        return None

    def _rechecked(self, event: Mapping[str, Any]) -> Ineffective | None:
        if (finished := self._finished()) is not None:
            return finished
        if self.state is not HazardState.SUBMITTED:
            return Ineffective.NOT_SUBMITTED
        if event["result"] == RecheckResult.RETURN:
            self.values["state"] = HazardState.RECTIFYING
            self.values["returned_count"] = self.values.get("returned_count", 0) + 1
            self.values["return_reason"] = event.get("reason")
            return None
        return self._close(event)

    def _closed(self, event: Mapping[str, Any]) -> Ineffective | None:
        if self.state is HazardState.CLOSED and self.values.get("closing_opinion") is None:
            self.values["closing_opinion"] = event.get("opinion")
            return None
        if (finished := self._finished()) is not None:
            return finished
        if self.state is not HazardState.SUBMITTED:
            return Ineffective.NOT_SUBMITTED
        reason = self._close(event)
        if reason is None:
            self.values["closing_opinion"] = event.get("opinion")
        return reason

    def _close(self, event: Mapping[str, Any]) -> Ineffective | None:
        # A hazard regraded to major after its submission still owes the commitments.
        if self.values["grade"] == HazardGrade.MAJOR and missing_commitments(self.values["commitments"]):
            return Ineffective.COMMITMENTS_INCOMPLETE
        if (
            self.values["grade"] == HazardGrade.MAJOR
            and self.values.get("confirmed_at") is None
            and _author_of(event) is not None
        ):
            return Ineffective.NOT_CONFIRMED
        self.values["state"] = HazardState.CLOSED
        self.values["closed_at"] = event["at"]
        return None

    def _voided(self, event: Mapping[str, Any]) -> Ineffective | None:
        if self.state is HazardState.VOIDED:
            return Ineffective.VOIDED
        self.values["state"] = HazardState.VOIDED
        self.values["closed_on_spot"] = False
        self.values["voided_at"] = event["at"]
        self.values["void_reason"] = event.get("reason")
        return None

    def _merged(self, event: Mapping[str, Any]) -> Ineffective | None:
        reason = self._voided(event)
        if reason is None:
            self.values["merged_into"] = event["into"]
        return reason

    def _photo_added(self, event: Mapping[str, Any]) -> Ineffective | None:
        return None

    def _noted(self, event: Mapping[str, Any]) -> Ineffective | None:
        self.values["notes"].append({"event_id": event["id"], "at": event["at"], "text": event["text"]})
        return None

    def _refused_duty(self, event: Mapping[str, Any]) -> Ineffective | None:
        """A finding is nobody's to refuse: the fold would have no hazard to hold the others."""
        author = _author_of(event)
        if author is None or event["kind"] in _CREATING:
            return None
        return duty_refusal(act_of(event), author, grade=self.values["grade"], reporter_id=self.values.get("reported_by"))

    def _finished(self) -> Ineffective | None:
        if self.state is HazardState.VOIDED:
            return Ineffective.VOIDED
        return Ineffective.ALREADY_CLOSED if self.state is HazardState.CLOSED else None

    def _is_later(self, deadline: str | None) -> bool:
        current: str | None = self.values["deadline"]
        return deadline is not None and current is not None and deadline > current

    def _commitments_with(self, event: Mapping[str, Any]) -> dict[str, Any]:
        stated = event.get("commitments") or {}
        return {
            **self.values["commitments"],
            **{name: stated[name] for name in Commitment if not _is_blank(stated.get(name))},
        }

    def _keep_photos(self, event: Mapping[str, Any]) -> None:
        role = PhotoRole.BEFORE if event["kind"] in _CREATING else PhotoRole.AFTER
        for photo in event.get("photos") or []:
            if photo["id"] in self.photo_ids:
                continue
            self.photo_ids.add(photo["id"])
            self.values["photos"].append({"id": photo["id"], "role": photo.get("role") or role, "event_id": event["id"]})


def _author_of(event: Mapping[str, Any]) -> Author | None:
    by = event.get("by")
    return None if by is None else Author(by["id"], Capacity(by["capacity"]))


def _event_order(event: Mapping[str, Any]) -> tuple[int, Any, int, str]:
    kind = event["kind"]
    # ``item_failed`` is the server's stand-in until the phone's own account of the finding arrives.
    first = _CREATING.index(kind) if kind in _CREATING else len(_CREATING)
    return first, parse_time(event["at"]), _RANK[kind], event["id"]


def _day(moment: str) -> date:
    return shanghai_date(parse_time(moment))


def _is_blank(value: object) -> bool:
    # The characters are listed because strip() and JavaScript's trim() do not agree on what is blank.
    return value is None or (isinstance(value, str) and not value.strip(" \t\r\n\u00a0\u3000"))


def _reads(parse: Callable[[object], object], value: object) -> bool:
    try:
        parse(value)
    except TimeInvalid:
        return False
    return True


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _are_photos(value: object) -> bool:
    return isinstance(value, list) and all(
        isinstance(photo, dict)
        and isinstance(photo.get("id"), str)
        and (photo.get("role") is None or isinstance(photo["role"], str))
        for photo in value
    )


_PAYLOAD_CHECKS: tuple[tuple[str, Callable[[object], bool], str, tuple[str, ...]], ...] = (
    ("grade", lambda value: value in _GRADES, FaultCode.UNKNOWN_GRADE, (HazardEventKind.CONFIRMED, HazardEventKind.REGRADED)),
    (
        "deadline",
        lambda value: _reads(parse_date, value),
        FaultCode.NOT_A_DATE,
        (HazardEventKind.EXTENDED, HazardEventKind.DEADLINE_SET),
    ),
    ("completed_on", lambda value: _reads(parse_date, value), FaultCode.NOT_A_DATE, ()),
    ("result", lambda value: value in _RESULTS, FaultCode.UNKNOWN_RESULT, (HazardEventKind.RECHECKED,)),
    ("to_org", _is_text, FaultCode.NOT_TEXT, (HazardEventKind.TRANSFERRED,)),
    ("to_department_id", is_uuid, FaultCode.NOT_A_UUID, ()),
    ("into", is_uuid, FaultCode.NOT_A_UUID, (HazardEventKind.MERGED,)),
    ("text", _is_text, FaultCode.NOT_TEXT, (HazardEventKind.NOTED,)),
    ("commitments", lambda value: isinstance(value, dict), FaultCode.NOT_AN_OBJECT, ()),
    ("owner", lambda value: isinstance(value, dict), FaultCode.NOT_AN_OBJECT, ()),
    ("immediate_measure", lambda value: isinstance(value, dict), FaultCode.NOT_AN_OBJECT, ()),
    ("determinations", lambda value: isinstance(value, list), FaultCode.NOT_A_LIST, ()),
    ("basis", lambda value: isinstance(value, list), FaultCode.NOT_A_LIST, ()),
    ("photos", _are_photos, FaultCode.NOT_PHOTOS, ()),
)
