"""The facts of subjects as they were known at an instant, loaded for many subjects at once; each query goes by the subjects."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import select

from server.db import db
from server.hazards.models import Hazard, HazardEvent
from server.hazards.projection import counted_columns, fold_inputs
from server.pairings.duties import Members, load_duties, load_members
from server.pairings.models import Pairing, PairingTerm
from server.programme.models import Accident, AccidentAttribution
from server.register.dated import known
from server.register.memberships import Membership as Values
from server.register.memberships import Standing
from server.register.models import Membership, SubjectValidity
from server.scores.counting import AccidentFacts, HazardFacts, SubjectFacts
from server.scores.visit_scores import SubmissionFacts
from server.visits.duties import load_visits
from server.visits.models import Submission
from sync.hazards import fold_hazard
from vocabulary import HazardGrade, SubjectKind, VisitScope


@dataclass(frozen=True, slots=True)
class Loaded:
    subjects: list[SubjectFacts]
    members: Members


def load_facts(county_code: str, subject_ids: Iterable[uuid.UUID], as_of: datetime | None = None) -> Loaded:
    """The facts of subjects of one county, in the order of the ids; None is what is known now."""
    ids = list(subject_ids)
    standings = _standings(ids, as_of)
    visits = load_visits(ids, as_of)
    submissions = _submissions(ids, as_of)
    hazards = _hazards(ids, as_of)
    pairings = _pairings(ids, as_of)
    duties = load_duties(ids, as_of)
    accidents = _accidents(county_code, standings, as_of)
    members = load_members((duty.group_id for rows in duties.values() for duty in rows), as_of)
    found = [
        SubjectFacts(
            id=subject_id,
            standing=standings[subject_id],
            visits=visits.get(subject_id, []),
            submissions=submissions.get(subject_id, {}),
            hazards=hazards.get(subject_id, []),
            pairings=pairings.get(subject_id, []),
            duties=duties.get(subject_id, []),
            accidents=accidents.get(subject_id, []),
        )
        for subject_id in ids
    ]
    return Loaded(found, members)


def _standings(ids: Sequence[uuid.UUID], as_of: datetime | None) -> dict[uuid.UUID, Standing]:
    validity: dict[uuid.UUID, list[tuple[date, date | None]]] = defaultdict(list)
    for subject_id, first, last in db.session.execute(
        select(SubjectValidity.subject_id, SubjectValidity.valid_from, SubjectValidity.valid_to).where(
            SubjectValidity.subject_id.in_(ids), known(SubjectValidity, as_of)
        )
    ):
        validity[subject_id].append((first, last))
    memberships: dict[uuid.UUID, list[tuple[date, date | None, Values]]] = defaultdict(list)
    for subject_id, first, last, town, village, department, sectors, kind, group in db.session.execute(
        select(
            Membership.subject_id, Membership.valid_from, Membership.valid_to, Membership.town_code, Membership.village_code,
            Membership.department_id, Membership.sectors, Membership.kind, Membership.target_group,
        ).where(Membership.subject_id.in_(ids), known(Membership, as_of))
    ):  # fmt: skip
        values = Values(town, village, department, tuple(sectors), kind, group)
        memberships[subject_id].append((first, last, values))
    return {subject_id: Standing(validity[subject_id], memberships[subject_id]) for subject_id in ids}


def _submissions(ids: Sequence[uuid.UUID], as_of: datetime | None) -> dict[uuid.UUID, dict[uuid.UUID, list[SubmissionFacts]]]:
    """By subject and visit; those that a correction has replaced are among them, the rule leaves them out."""
    received = [Submission.received_at <= as_of] if as_of is not None else []
    rows = db.session.execute(
        select(
            Submission.id, Submission.subject_id, Submission.visit_id, Submission.checklist_id, Submission.score_numerator,
            Submission.score_denominator, Submission.provisional, Submission.scope, Submission.veto_paths,
            Submission.insufficient_sample, Submission.revises_id,
        )
        .where(Submission.subject_id.in_(ids), *received)
        .order_by(Submission.id)
    )  # fmt: skip
    found: dict[uuid.UUID, dict[uuid.UUID, list[SubmissionFacts]]] = defaultdict(lambda: defaultdict(list))
    for id_, subject_id, visit_id, checklist, numerator, denominator, provisional, scope, vetoes, insufficient, revises in rows:
        found[subject_id][visit_id].append(
            SubmissionFacts(
                id=str(id_),
                checklist_id=checklist,
                points=None if numerator is None or denominator is None else Fraction(100 * int(numerator), int(denominator)),
                is_final=not provisional,
                is_core=scope == VisitScope.CORE,
                is_vetoed=bool(vetoes),
                is_insufficient=insufficient,
                revises=str(revises) if revises else None,
            )
        )
    return found


def _hazards(ids: Sequence[uuid.UUID], as_of: datetime | None) -> dict[uuid.UUID, list[HazardFacts]]:
    """From the ledger's rows; a hazard of which something came later is folded again from the events received by then."""
    columns = (
        Hazard.id, Hazard.subject_id, Hazard.found_on, Hazard.grade, Hazard.state, Hazard.merged_into, Hazard.deadline,
        Hazard.original_deadline, Hazard.submitted_on, Hazard.deadline_then, Hazard.closed_on, Hazard.department_id,
        Hazard.in_doubt,
    )  # fmt: skip
    by_then = [Hazard.known_at <= as_of] if as_of is not None else []
    found: dict[uuid.UUID, list[HazardFacts]] = defaultdict(list)
    for id_, subject_id, day, grade, *rest in db.session.execute(select(*columns).where(Hazard.subject_id.in_(ids), *by_then)):
        found[subject_id].append(HazardFacts(id_, subject_id, day, grade == HazardGrade.MAJOR, *rest))
    if as_of is not None:
        for hazard in _folded(ids, as_of):
            found[hazard.subject_id].append(hazard)
    return found


def _folded(ids: Sequence[uuid.UUID], as_of: datetime) -> Iterable[HazardFacts]:
    events: dict[uuid.UUID, list[HazardEvent]] = defaultdict(list)
    for event in db.session.scalars(
        select(HazardEvent)
        .join(Hazard, Hazard.id == HazardEvent.hazard_id)
        .where(Hazard.subject_id.in_(ids), Hazard.known_at > as_of, HazardEvent.received_at <= as_of)
        .order_by(HazardEvent.id)
    ):
        events[event.hazard_id].append(event)
    for hazard_id, rows in events.items():
        folded = fold_hazard(fold_inputs(rows, as_of))
        if folded is None:
            continue
        columns: dict[str, Any] = counted_columns(folded)
        yield HazardFacts(
            id=hazard_id,
            subject_id=uuid.UUID(folded.subject_id),
            is_major=folded.grade == HazardGrade.MAJOR,
            state=folded.state,
            **columns,
        )


def _pairings(ids: Sequence[uuid.UUID], as_of: datetime | None) -> dict[uuid.UUID, list[tuple[date, date | None]]]:
    found: dict[uuid.UUID, list[tuple[date, date | None]]] = defaultdict(list)
    rows = db.session.execute(
        select(Pairing.subject_id, PairingTerm.valid_from, PairingTerm.valid_to)
        .join(PairingTerm, PairingTerm.pairing_id == Pairing.id)
        .where(Pairing.subject_id.in_(ids), known(PairingTerm, as_of))
    )
    for subject_id, first, last in rows:
        found[subject_id].append((first, last))
    return found


def _accidents(
    county_code: str, standings: dict[uuid.UUID, Standing], as_of: datetime | None
) -> dict[uuid.UUID, list[AccidentFacts]]:
    """Accidents are few: a county's are read whole. One of a village is that of the village subject there on its day."""
    rows = db.session.execute(
        select(
            Accident.id, Accident.day, Accident.kind, Accident.deaths, AccidentAttribution.subject_id,
            AccidentAttribution.village_code,
        )
        .join(AccidentAttribution, AccidentAttribution.accident_id == Accident.id)
        .where(
            Accident.county_code == county_code, AccidentAttribution.attributed_by.is_not(None),
            known(Accident, as_of), known(AccidentAttribution, as_of),
        )
    ).all()  # fmt: skip
    found: dict[uuid.UUID, dict[uuid.UUID, AccidentFacts]] = defaultdict(dict)
    for id_, day, kind, deaths, subject_id, village_code in rows:
        if subject_id is not None:
            touched = [subject_id] if subject_id in standings else []
        else:
            touched = [one for one, standing in standings.items() if _is_village(standing, village_code, day)]
        for one in touched:
            found[one][id_] = AccidentFacts(id_, one, day, kind, deaths)
    return {subject_id: list(accidents.values()) for subject_id, accidents in found.items()}


def _is_village(standing: Standing, village_code: str | None, day: date) -> bool:
    span = standing.span_on(day)
    if village_code is None or span is None:
        return False
    return span.membership.kind == SubjectKind.VILLAGE and span.membership.village_code == village_code
