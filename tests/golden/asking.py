"""What the product answers, in the words of the expected files: each table as rows by their key."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

from sqlalchemy import select

from server.accounts.models import User
from server.accounts.service import actor_of
from server.db import db
from server.paging import Asked
from server.programme.models import Campaign
from server.register.models import Subject
from server.register.store import holidays, policy_book
from server.scores.counting import points_of, score_of
from server.scores.facts import load_facts
from server.scores.figures import DEFINITIONS, RANKED
from server.scores.models import (
    BelongingRow,
    CountedDuty,
    CountedHazard,
    CountedObligation,
    CountedVisit,
)  # fmt: skip
from server.scores.periods import Period, find_period
from server.scores.programme import ZERO_ACCIDENT, ZeroAccident, campaign_stocks, reporting_day, zero_accident, zero_reports
from server.scores.questions import Question
from server.scores.rollups import Group, figure_body, groups, ranking, total
from server.scores.rows import Place, figure_rows, obligation_state
from server.scores.showing import exact_text, shown_points, shown_rate
from server.scores.subjects import subject_figures
from tests.golden.county import County, Row, id_of, name_of
from vocabulary import Figure, FigurePart, Grouping, HazardGrade, NoPlace, PeriodUnit, TargetGroup, VisitScope

# Columns of the expected tables and the figures of the product, where their names differ.
COUNTS = (
    "subjects", "to_visit", "visited", "visits", "visits_due", "visits_due_to_date", "visits_overdue", "carried_closed", "scored",
)  # fmt: skip
RATES = (
    Figure.COVERAGE_RATE, Figure.RECTIFICATION_RATE, Figure.ON_TIME_RATE, Figure.OVERDUE_RATE, Figure.MAJOR_RECTIFICATION_RATE,
    Figure.MAJOR_ON_TIME_RATE, Figure.MAJOR_OVERDUE_RATE,
)  # fmt: skip
SCORES = (Figure.MEAN_SCORE, Figure.MEDIAN_SCORE)
_NO_PLACE = {NoPlace.NONE: "none", NoPlace.PART: "part", NoPlace.EMPTY: "/", NoPlace.COVER: "cover", NoPlace.FEW: "few"}
_HAZARDS = {
    "found": "hazards_found", "closed": "hazards_closed", "due": "hazards_due", "on_time": "hazards_on_time",
    "overdue": "hazards_overdue", "major_found": "majors_found", "major_closed": "majors_closed", "major_due": "majors_due",
    "major_on_time": "majors_on_time", "major_overdue": "majors_overdue",
}  # fmt: skip
# Figures of which a group of a short period says nothing when all are 0.
_ACTIVITY = ("visits", "hazards_found", "visits_due", "carried_closed")

Table = dict[tuple[str, ...], dict[str, str]]


@dataclass(frozen=True)
class Answers:
    """Everything that is asked of one edition as of one instant."""

    county: County
    edition_id: int
    as_of_name: str

    @cached_property
    def as_of(self) -> Any:
        return self.county.instants[self.as_of_name]

    @cached_property
    def question(self) -> Question:
        year = find_period(str(self.as_of.year))
        assert year is not None
        return Question(self.county.code, year, self.as_of, edition_id=self.edition_id)

    @cached_property
    def periods(self) -> dict[str, Period]:
        """By name those that have begun."""
        found = {name: find_period(key) for name, key in self.county.period_keys.items()}
        return {name: period for name, period in found.items() if period and period.first <= self.question.as_of_day}

    def tables(self) -> dict[str, Callable[[], Table]]:
        return {
            "county": self.county_table,
            "town": lambda: self.group_table(Grouping.TOWN),
            "department": lambda: self.group_table(Grouping.DEPARTMENT),
            "sector": lambda: self.group_table(Grouping.SECTOR),
            "village": lambda: self.group_table(Grouping.VILLAGE),
            "subject": self.subject_table,
            "visit": self.visit_table,
            "hazard": self.hazard_table,
            "duty": self.duty_table,
            "obligation": self.obligation_table,
            "zero_report": self.zero_report_table,
            "zero_accident": self.zero_accident_table,
            "campaign": self.campaign_table,
            "reader": self.reader_table,
            "rows": self.rows_table,
        }

    def county_table(self) -> Table:
        return {
            (name,): _figures(asked, total(asked), {}) for name, period in self.periods.items() for asked in [self._of(period)]
        }

    def group_table(self, grouping: Grouping) -> Table:
        found: Table = {}
        for name, period in self.periods.items():
            if grouping is Grouping.VILLAGE and period.unit is not PeriodUnit.YEAR:
                continue
            asked = self._of(period)
            found |= {(code, name): figures for code, figures in self._groups(asked, grouping)}
        return found

    def subject_table(self) -> Table:
        ids = db.session.scalars(select(Subject.id).order_by(Subject.id)).all()
        found: Table = {}
        for name, period in self.periods.items():
            for one in subject_figures(self._of(period), ids):
                sums = one.group.sums
                if not (_is_long(period) or any(sums[key] for key in (*_ACTIVITY, "visits_overdue"))):
                    continue
                score = one.score or {}
                found[name_of(one.subject.id), name] = {
                    "town": self.county.area_names[one.town_code] if one.is_on_books else "",
                    "department": _group_name(one.department_id) if one.is_on_books else "",
                    "sector": (one.sector or "none") if one.is_on_books else "",
                    **{
                        key: str(sums[key])
                        for key in ("to_visit", "visits", "visits_due", "visits_due_to_date", "visits_overdue")
                    },
                    **{key: str(sums[ours]) for key, ours in _HAZARDS.items()},
                    "carried_closed": str(sums["carried_closed"]),
                    "score_visit": name_of(score["visit_id"]) if score else "",
                    "score": score.get("exact", "/"),
                    "score_shown": score.get("display", "/"),
                    "score_state": _state(score),
                    "scope": score.get("scope", ""),
                    "band": score.get("band") or "",
                    "level": score.get("level") or "",
                    "reasons": " ".join(f"{reason['code']}:{name_of(reason['row'])}" for reason in score.get("reasons", [])),
                }
        return found

    def visit_table(self) -> Table:
        visit = CountedVisit
        book = policy_book(self.county.code, self.as_of)
        ids = db.session.scalars(select(Subject.id)).all()
        facts = {one.id: one for one in load_facts(self.county.code, ids, self.as_of).subjects}
        scores = {
            made.id: score_of(made, one, book) for one in facts.values() for made in one.visits
        }  # fmt: skip
        found: Table = {}
        for row, belonging in self._rows(visit):
            points = points_of(row.score_numerator, row.score_denominator)
            parts = sorted((name_of(one.id), exact_text(one.points)) for one in scores[row.visit_id].submissions)
            found[(name_of(row.visit_id),)] = {
                "subject": name_of(row.subject_id),
                "day": row.day.isoformat(),
                **self._belonging(belonging),
                "clock_wrong": _flag(row.clock_wrong),
                "score": exact_text(points),
                "shown": shown_points(points, book.on(row.day).lines),
                "final": _flag(row.is_final),
                "scope": (VisitScope.CORE if row.is_core else VisitScope.FULL).value if parts else "",
                "veto": " ".join(name_of(id_) for id_ in row.vetoed_by),
                "insufficient": _flag(row.is_insufficient),
                "submissions": " ".join(f"{name}={exact}" for name, exact in parts),
            }
        return found

    def hazard_table(self) -> Table:
        ids = db.session.scalars(select(Subject.id)).all()
        facts = load_facts(self.county.code, ids, self.as_of).subjects
        merged = {hazard.id for one in facts for hazard in one.hazards if hazard.merged_into is not None}
        found: Table = {}
        for row, belonging in self._rows(CountedHazard):
            state = "yes" if row.counts else "merged" if row.hazard_id in merged else "voided"
            found[(name_of(row.hazard_id),)] = {
                "subject": name_of(row.subject_id),
                "day": row.day.isoformat(),
                **self._belonging(belonging, village=True),
                "grade": (HazardGrade.MAJOR if row.is_major else HazardGrade.GENERAL).value,
                "counts": state,
                "deadline": _day(row.deadline),
                "original_deadline": _day(row.original_deadline),
                "submitted_day": _day(row.submitted_on),
                "deadline_then": _day(row.deadline_then),
                "closed_day": _day(row.closed_on),
                "due": _flag(row.is_due),
                "on_time": _flag(row.is_on_time),
                "overdue": _flag(row.is_overdue),
            }
        return found

    def duty_table(self) -> Table:
        duty = CountedDuty
        return {
            (name_of(row.rule_id),): {
                "pairing": name_of(row.pairing_id),
                "subject": name_of(row.subject_id),
                "group": name_of(row.group_id),
                "count": str(row.times),
                "unit": row.unit,
                "from": row.first.isoformat(),
                "to": _day(row.last),
                "next_due": _day(row.next_due),
                "overdue": str(row.overdue),
            }
            for row in db.session.scalars(select(duty).where(duty.edition_id == self.edition_id))
        }

    def obligation_table(self) -> Table:
        one = CountedObligation
        last = date(self.question.as_of_day.year, 12, 31)
        return {
            (_obligation(row.rule_id, row.number),): {
                "begins": row.begins.isoformat(),
                "due": row.due.isoformat(),
                "visit": "" if row.visit_id is None else name_of(row.visit_id),
                "visit_day": _day(row.visit_day),
                "state": obligation_state(row.due, row.visit_day, row.is_overdue).value,
            }
            for row in db.session.scalars(select(one).where(one.edition_id == self.edition_id, one.due <= last))
        }

    def zero_report_table(self) -> Table:
        announced = holidays(self.county.code)
        towns = {name: self.county.area_codes[name] for name in self._names("areas", kind="town")}
        departments = {name: id_of(name) for name in self._names("departments")}
        found: Table = {}
        for name, period in self.periods.items():
            asked = self._of(period)
            if period.unit in (PeriodUnit.MONTH, PeriodUnit.QUARTER):
                found |= self._reports("town", asked, Grouping.TOWN, towns, name, announced)
                found |= self._reports("department", asked, Grouping.DEPARTMENT, departments, name, announced)
            if period.unit is PeriodUnit.QUARTER:
                ids = db.session.scalars(select(Subject.id)).all()
                on_books = {name_of(one.subject.id): one.subject.id for one in subject_figures(asked, ids) if one.is_on_books}
                found |= self._reports("subject", asked, None, on_books, name, announced)
        return found

    def zero_accident_table(self) -> Table:
        found: Table = {}
        for reader, asked in [("", self.question), *self._readers(self.question)]:
            towns = [None, *(name for name in self._names("areas", kind="town"))]
            for group in TargetGroup:
                target = replace(asked, filters={"target_group": group}).target(ZERO_ACCIDENT)
                for town in towns:
                    filters = {} if town is None else {"town": self.county.area_codes[town]}
                    one = zero_accident(replace(asked, filters=filters), group)
                    if one.denominator:
                        met = one.met(target) if town is None and not reader else None
                        found[reader, group.value, town or ""] = _zero_accident(one, target, met)
        return found

    def campaign_table(self) -> Table:
        found: Table = {}
        for campaign in db.session.scalars(select(Campaign)):
            for name, period in self.periods.items():
                if period.unit in (PeriodUnit.MONTH, PeriodUnit.WEEK):
                    continue
                stocks = campaign_stocks(self._of(period), campaign)
                rows = {self.county.area_names[code]: stock for code, stock in stocks.items()}
                for town in ["", *rows]:
                    chosen = [rows[town]] if town else list(rows.values())
                    parts = {
                        part: sorted(name_of(id_) for stock in chosen for id_ in getattr(stock, part))
                        for part in ("opening", "new", "closed", "closing")
                    }
                    if any(parts.values()):
                        found[name_of(campaign.id), name, town] = {
                            **{part: str(len(ids)) for part, ids in parts.items()},
                            "opening_rows": " ".join(parts["opening"]),
                            "closing_rows": " ".join(parts["closing"]),
                        }
        return found

    def reader_table(self) -> Table:
        found: Table = {}
        for name, period in self.periods.items():
            if period.unit not in (PeriodUnit.YEAR, PeriodUnit.CUSTOM):
                continue
            for reader, asked in self._readers(self._of(period)):
                found[reader, "county", "", name] = _figures(asked, total(asked), {})
                for grouping in (Grouping.TOWN, Grouping.DEPARTMENT, Grouping.SECTOR):
                    rows = self._groups(asked, grouping)
                    found |= {(reader, grouping.value, code, name): figures for code, figures in rows}
        return found

    def rows_table(self) -> Table:
        """By the endpoint that lists them, page by page."""
        found: Table = {}
        for row in self.county.facts("opened_figures"):
            if row["period"] not in self.periods:
                continue
            asked, place = self._opened(row)
            figure = Figure(row["figure"])
            value = figure_rows(asked, figure, place, FigurePart.NUMERATOR, Asked(page_size=1))["value"]
            is_rate = DEFINITIONS[figure].is_rate
            sample = value["denominator"] if DEFINITIONS[figure].statistic else value["numerator"]
            found[row["by"], row["group"], row["period"], row["figure"]] = {
                "numerator": str(sample),
                "denominator": str(value["denominator"]) if is_rate else "",
                "numerator_rows": " ".join(_walk(asked, figure, place, FigurePart.NUMERATOR)),
                "denominator_rows": " ".join(_walk(asked, figure, place, FigurePart.DENOMINATOR)) if is_rate else "",
            }
        return found

    def reporting_days(self) -> Table:
        """By the product's rule; the facts say the same."""
        announced = holidays(self.county.code)
        found: Table = {}
        for row in self.county.facts("reporting_days"):
            period = find_period(row["period"])
            assert period is not None
            found[(row["period"],)] = {"day": reporting_day(period, announced).isoformat()}
        return found

    def _of(self, period: Period) -> Question:
        return replace(self.question, period=period)

    def _readers(self, asked: Question) -> Iterator[tuple[str, Question]]:
        for row in self.county.facts("readers"):
            user = db.session.get(User, id_of(row["row"]))
            assert user is not None, "added before the facts"
            yield row["row"], replace(asked, actor=actor_of(user, asked.as_of_day))

    def _groups(self, asked: Question, grouping: Grouping) -> Iterator[tuple[str, dict[str, str]]]:
        """By the name of each group its figures; of short periods only where something happened."""
        found = groups(asked, grouping)
        places = ranking(asked, grouping, found)
        always = grouping in (Grouping.TOWN, Grouping.VILLAGE) or _is_long(asked.period)
        for group in found:
            if always or any(group.sums[name] for name in _ACTIVITY):
                ranked = {figure: places[figure][group.code] for figure in RANKED}
                yield self._name(grouping, group.code), _figures(asked, group, ranked)

    def _name(self, grouping: Grouping, code: str | None) -> str:
        if code is None:
            return "none"
        match grouping:
            case Grouping.DEPARTMENT:
                return name_of(code)
            case Grouping.SECTOR:
                return code
            case _:
                return self.county.area_names[code]

    def _names(self, table: str, **values: str) -> list[str]:
        rows = self.county.facts(table)
        return [row["id"] for row in rows if all(row[key] == value for key, value in values.items())]

    def _reports(
        self, scope: str, asked: Question, grouping: Grouping | None, names: Mapping[str, Any], period: str, announced: Any
    ) -> Table:
        reports = zero_reports(asked, grouping, list(names.values()), announced)
        return {
            (scope, name, period): {"state": reports[key].state.value, "because": _because(reports[key].because)}
            for name, key in names.items()
        }

    def _rows(self, model: Any) -> Iterator[Any]:
        joined = select(model, BelongingRow).join(BelongingRow, BelongingRow.id == model.belonging_id)
        yield from db.session.execute(joined.where(model.edition_id == self.edition_id))

    def _belonging(self, row: Any, *, village: bool = False) -> dict[str, str]:
        areas = self.county.area_names
        return {
            "town": areas[row.town_code],
            **({"village": areas.get(row.village_code, "")} if village else {}),
            "department": _group_name(row.department_id),
            "sector": row.sector or "none",
        }

    def _opened(self, row: Row) -> tuple[Question, Place]:
        asked = self._of(self.periods[row["period"]])
        name = row["group"]
        match row["by"]:
            case "county":
                return asked, Place()
            case "subject":
                return replace(asked, subject_id=id_of(name)), Place()
            case "department":
                return asked, Place(Grouping.DEPARTMENT, name if name == "none" else id_of(name))
            case "sector":
                return asked, Place(Grouping.SECTOR, name)
            case by:
                return asked, Place(Grouping(by), self.county.area_codes[name])


def _figures(asked: Question, group: Group, places: Mapping[Figure, int | NoPlace]) -> dict[str, str]:
    row = {name: str(group.count(name)) for name in COUNTS}
    for figure in (*RATES, *SCORES):
        body = figure_body(asked, group, figure)
        text = body["exact"] if figure in SCORES else f"{body['numerator']}/{body['denominator']}"
        place = f" #{_place(places[figure])}" if figure in places else ""
        row[figure.value] = f"{text} {body['display']}{place}"
    return row


def _place(place: int | NoPlace) -> str:
    return _NO_PLACE[place] if isinstance(place, NoPlace) else str(place)


def _walk(asked: Question, figure: Figure, place: Place, part: FigurePart) -> list[str]:
    """The names of all rows of a part, page by page."""
    found: list[str] = []
    cursor = ""
    while True:
        page = figure_rows(asked, figure, place, part, Asked(cursor=cursor, page_size=7))
        for item in page["items"]:
            obligation = item["obligation"]
            found.append(_obligation(item["id"], obligation["number"]) if obligation else name_of(item["id"]))
        if page["next"] is None:
            return sorted(found)
        cursor = page["next"]


def _zero_accident(one: ZeroAccident, target: Any, met: bool | None) -> dict[str, str]:
    return {
        "numerator": str(one.numerator),
        "denominator": str(one.denominator),
        "shown": shown_rate(one.numerator, one.denominator, target),
        "target": "" if target is None else f"{float(target):g}",
        "met": "" if met is None else _flag(met),
        "broken": " ".join(f"{name_of(subject)}:{name_of(accident)}" for subject, accident in one.broken.items()),
    }


def _because(rows: Sequence[uuid.UUID]) -> str:
    """The first three rows, and that there are more."""
    return " ".join([*(name_of(row) for row in rows[:3]), *(["…"] if len(rows) > 3 else [])])


def _obligation(rule_id: uuid.UUID | str, number: int) -> str:
    return f"{name_of(rule_id)}#{number}"


def _state(score: Mapping[str, Any]) -> str:
    if not score:
        return ""
    if score["provisional"]:
        return "provisional"
    return "final insufficient" if score["insufficient_sample"] else "final"


def _group_name(department_id: uuid.UUID | None) -> str:
    return "none" if department_id is None else name_of(department_id)


def _is_long(period: Period) -> bool:
    return period.unit not in (PeriodUnit.MONTH, PeriodUnit.WEEK)


def _flag(value: bool) -> str:
    return "1" if value else "0"


def _day(value: date | None) -> str:
    return value.isoformat() if value else ""
