"""What each kind of download holds: its columns, its rows from the database, and the definitions printed below it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from server.accounts.models import User
from server.clock import COUNTY_ZONE, county_date
from server.db import db
from server.downloads.tables import CellKind, Column, Table, Wording, count, rate, readable_rows
from server.hazards.ledger import ledger_conditions
from server.hazards.models import Hazard
from server.permissions import Actor
from server.register.models import Subject
from server.register.store import area_names, department_names
from server.scores.figures import DEFINITIONS
from server.scores.filters import conditions_for
from server.scores.overview import comparison
from server.scores.periods import Period
from server.scores.questions import Question
from server.scores.subjects import SubjectFigures, all_subject_figures, count_subjects
from server.visits.models import Visit
from sync.hazards import is_overdue
from vocabulary import (
    Action,
    Code,
    Datum,
    DownloadKind,
    Figure,
    Grouping,
    HazardGrade,
    HazardSource,
    HazardState,
    KindOfHazard,
    NoPlace,
    ScoreGrade,
    Sector,
    SubjectKind,
)

# A town is an area, and areas have no position here; everything else can be put on a map.
MAPPED_KINDS = (DownloadKind.SUBJECT_SCORES, DownloadKind.HAZARD_LEDGER)

_RECTIFICATION: Wording = ("整改率", "Rectification rate")
_ON_TIME: Wording = ("按期整改率", "On-time rate")
_MAJOR: Wording = ("重大事故隐患", "Major hazards")
_COVERAGE: Wording = ("覆盖率", "Coverage rate")
_DUTIES: Wording = ("应访次数", "Visits due")
_COUNTED = (
    Figure.SUBJECTS, Figure.VISITED, Figure.VISITS, Figure.HAZARDS_FOUND, Figure.HAZARDS_CLOSED, Figure.MAJORS_FOUND,
    Figure.MAJORS_CLOSED,
)  # fmt: skip
_DEFINITIONS: tuple[Wording, ...] = (
    (
        "口径：整改率＝已销号÷本期发现（按发现日归期，不含作废）；按期整改率＝期限内提交且最终认可÷期限已到（期限当天不算到期）。",
        "Rectification rate = closed ÷ found in the period (by day of finding, voided ones left out); on-time rate = submitted "
        "within the limit and accepted ÷ limit passed (the limit day itself has not passed).",
    ),
    (
        "取位：四舍五入到一位小数，若因此达到 100 而实际未达到则截尾；分母为 0 印“/”。",
        "Percentages are rounded half up to one decimal, cut off where rounding would reach 100; an empty denominator is '/'.",
    ),
)


@dataclass(frozen=True)
class Order:
    """What was asked for, by whom, as of when. ``filters`` have their types again."""

    kind: str
    actor: Actor
    period: Period | None
    filters: Mapping[str, Any]
    language: str
    as_of: datetime

    def word(self, wording: Wording) -> str:
        return wording[0] if self.language == "zh" else wording[1]


def build_table(order: Order) -> tuple[Table, int]:
    """The table with rows that are read while they are written, and how many rows there will be."""
    builder = {
        DownloadKind.SUBJECT_SCORES: _subject_scores,
        DownloadKind.TOWN_COMPARISON: _town_comparison,
        DownloadKind.HAZARD_LEDGER: _hazard_ledger,
    }[DownloadKind(order.kind)]
    return builder(order)


def _subject_scores(order: Order) -> tuple[Table, int]:
    question = _question(order)
    period = question.period.key
    columns = (
        Column("number", ("序号", "No."), CellKind.INTEGER, width=6),
        Column("name", ("主体名称", "Subject"), width=28),
        Column("subject_kind", ("主体类别", "Kind"), width=12),
        Column("town", ("属地镇", "Town"), width=12),
        Column("sectors", ("行业领域", "Sectors"), width=20),
        Column("department", ("行业主管部门", "Industry department"), width=20),
        count(Figure.VISITS, "走访次数", "Visits"),
        count(Figure.VISITS_DUE, "应访", "Due", _DUTIES),
        count(Figure.VISITS_DUE_TO_DATE, "截至目前", "To date", _DUTIES),
        count(Figure.VISITS_OVERDUE, "逾期未访", "Overdue", _DUTIES),
        Column("score", ("得分", "Score"), CellKind.DECIMAL),
        Column("level", ("等级", "Level"), width=10),
        Column("score_note", ("得分说明", "Score note"), width=12),
        count(Figure.HAZARDS_CLOSED, "已销号", "Closed", _RECTIFICATION),
        count(Figure.HAZARDS_FOUND, "发现", "Found", _RECTIFICATION),
        _rate(question, Figure.RECTIFICATION_RATE, ("整改率(%)", "Rate (%)"), _RECTIFICATION),
        count("hazards_on_time", "按期", "On time", _ON_TIME),
        count(Figure.HAZARDS_DUE, "期限已到", "Due", _ON_TIME),
        _rate(question, Figure.ON_TIME_RATE, ("按期整改率(%)", "Rate (%)"), _ON_TIME),
        count(Figure.HAZARDS_OVERDUE, "逾期", "Overdue"),
        count(Figure.MAJORS_CLOSED, "已销号", "Closed", _MAJOR),
        count(Figure.MAJORS_FOUND, "发现", "Found", _MAJOR),
        _rate(question, Figure.MAJOR_RECTIFICATION_RATE, ("整改率(%)", "Rate (%)"), _MAJOR),
    )
    title = order.word((f"主体得分与整改率（{period}）", f"Scores and rates by subject ({period})"))
    notes: tuple[Wording, ...] = (
        (
            "得分：本期最近一次有正式得分的走访的得分，没有时为最近一次走访的暂评得分；等级为各项条件所允许的最低等级；"
            "“暂评”和“样本不足”不计入平均分。",
            "Score: of the latest visit of the period with a final score, else of the latest, provisional; the level is the "
            "lowest that all conditions allow; provisional and insufficient ones are in no mean.",
        ),
        (
            "走访、隐患按当天所属的镇、部门计；本期内迁出的主体在原属镇只留下当时的走访和隐患，不计主体数。",
            "Visits and hazards count where the subject belonged on their day; one that has moved away leaves only those of its "
            "time there.",
        ),
    )
    table = _table(order, title, columns, _subject_score_rows(order, question), notes)
    return table, count_subjects(question, order.filters.get("q", ""))


def _subject_score_rows(order: Order, question: Question) -> Iterator[dict[str, Any]]:
    towns, departments = area_names(), department_names()

    def make(numbered: tuple[int, SubjectFigures]) -> dict[str, Any]:
        number, one = numbered
        subject, score = one.subject, one.score
        return {
            "id": str(subject.id),
            "position": _position(subject),
            "number": number,
            "name": subject.name,
            "subject_kind": _name(order, SubjectKind, subject.kind),
            "town": towns.get(one.town_code, ""),
            "sectors": _sector_names(order, subject),
            "department": departments.get(one.department_id, "") if one.department_id else "",
            "score": score["display"] if score else "/",
            "level": _name(order, ScoreGrade, score["level"]) if score else "",
            "score_note": _score_note(order, score),
            **one.group.sums,
        }

    rows = all_subject_figures(question, order.filters.get("q", ""))
    return readable_rows(enumerate(rows, 1), lambda numbered: numbered[1].subject.id, make)


def _town_comparison(order: Order) -> tuple[Table, int]:
    """The fifteen columns of the annex to a comparison circular (hazards.md §8.2), then what the county adds to them."""
    question = _question(order)
    period = question.period.key
    body = comparison(question, Grouping.TOWN, Figure.RECTIFICATION_RATE)
    columns = (
        Column("town", ("所属乡镇", "Town"), width=14),
        count(Figure.SUBJECTS, "总主体数", "Subjects"),
        count(Figure.VISITED, "检查主体数", "Subjects visited"),
        count(Figure.VISITS, "出动次数", "Visits"),
        count(Figure.HAZARDS_FOUND, "查出隐患数", "Hazards found"),
        count(Figure.HAZARDS_CLOSED, "完成隐患数", "Hazards closed"),
        _rate(question, Figure.RECTIFICATION_RATE, ("隐患整改率(%)", "Rectification rate (%)")),
        count(Figure.MAJORS_FOUND, "重大隐患数", "Major hazards found"),
        count(Figure.MAJORS_CLOSED, "完成重大隐患数", "Major hazards closed"),
        _rate(question, Figure.MAJOR_RECTIFICATION_RATE, ("重大隐患整改率(%)", "Major rectification rate (%)")),
        Column("funds_wan", ("整改资金(万元)", "Funds (10k CNY)"), width=12),
        Column("inspection_records", ("现场检查记录(份)", "Inspection records"), width=12),
        Column("rectify_orders", ("责令限期整改指令书(份)", "Orders to rectify"), width=12),
        Column("enforcement_decisions", ("强制措施决定书(份)", "Enforcement decisions"), width=12),
        Column("recheck_opinions", ("整改复查意见书(份)", "Re-check opinions"), width=12),
        count("covered", "已访", "Visited", _COVERAGE),
        count(Figure.TO_VISIT, "应访", "To visit", _COVERAGE),
        _rate(question, Figure.COVERAGE_RATE, ("覆盖率(%)", "Rate (%)"), _COVERAGE),
        count("hazards_on_time", "按期", "On time", _ON_TIME),
        count(Figure.HAZARDS_DUE, "期限已到", "Due", _ON_TIME),
        _rate(question, Figure.ON_TIME_RATE, ("按期整改率(%)", "Rate (%)"), _ON_TIME),
        count(Figure.HAZARDS_OVERDUE, "逾期", "Overdue"),
        Column("place", ("整改率名次", "Place by rectification rate"), CellKind.TEXT),
    )
    title = order.word((f"各镇隐患排查治理情况对比（{period}）", f"Comparison of towns ({period})"))
    notes: tuple[Wording, ...] = (
        (
            "名次：只排完整可见、覆盖率和样本达到规定的镇，其余注明原因；并列同名次，后续跳号。"
            "整改资金和文书份数系统尚未登记，留空。",
            "Places: only towns that are seen as a whole, with the coverage and the sample that the county asks for; else the "
            "reason stands there; ties share a place and the next ones are skipped. Funds and documents are not recorded yet "
            "and left blank.",
        ),
    )
    return _table(order, title, columns, [_town_row(order, row) for row in body["rows"]], notes), len(body["rows"])


def _town_row(order: Order, row: Mapping[str, Any]) -> dict[str, Any]:
    figures, place = row["figures"], row["places"][Figure.RECTIFICATION_RATE]
    counts = {name.value: figures[name]["numerator"] for name in (*_COUNTED, Figure.HAZARDS_DUE, Figure.HAZARDS_OVERDUE)}
    return {
        "id": row["code"],
        "town": row["name"],
        **counts,
        "covered": figures[Figure.COVERAGE_RATE]["numerator"],
        Figure.TO_VISIT: figures[Figure.COVERAGE_RATE]["denominator"],
        "hazards_on_time": figures[Figure.ON_TIME_RATE]["numerator"],
        "place": _name(order, NoPlace, place["reason"]) if place["place"] is None else str(place["place"]),
    }


def _question(order: Order) -> Question:
    assert order.period is not None, "checked when it was asked for"
    return Question.of(order.actor, Action.DOWNLOAD, order.period, order.filters, order.as_of)


def _rate(question: Question, figure: Figure, label: Wording, group: Wording | None = None) -> Column:
    """The column of a rate figure, shown by the rules of figures."""
    definition = DEFINITIONS[figure]
    assert definition.denominator is not None, "a rate"
    return rate(figure.value, *label, definition.numerator, definition.denominator, group, question.target(figure))


def _hazard_ledger(order: Order) -> tuple[Table, int]:
    today = county_date(order.as_of)
    columns = (
        Column("number", ("隐患编号", "Number"), width=16),
        Column("found_on", ("发现日期", "Found on"), CellKind.DATE, width=12),
        Column("town", ("属地镇", "Town"), width=12),
        Column("subject", ("主体名称", "Subject"), width=28),
        Column("spot", ("隐患部位", "Spot"), width=20),
        Column("description", ("问题描述", "Description"), width=40),
        Column("hazard_kind", ("隐患类型", "Kind"), width=14),
        Column("grade", ("隐患等级", "Grade"), width=14),
        Column("source", ("来源", "Source"), width=12),
        Column("officer", ("检查人", "Found by"), width=10),
        Column("deadline", ("整改期限", "Deadline"), CellKind.DATE, width=12),
        Column("original_deadline", ("原期限", "Original deadline"), CellKind.DATE, width=12),
        Column("responsible_unit", ("责任单位", "Responsible unit"), width=24),
        Column("owner", ("整改责任人", "Rectification owner"), width=12),
        Column("state", ("状态", "State"), width=10),
        Column("submitted_on", ("报整改完成", "Submitted on"), CellKind.DATE, width=12),
        Column("closed_on", ("销号日期", "Closed on"), CellKind.DATE, width=12),
        Column("returned_count", ("退回次数", "Times returned"), CellKind.INTEGER),
        Column("overdue", ("是否逾期", "Overdue"), width=10),
    )
    conditions = [*conditions_for(order.actor, Action.DOWNLOAD, order.filters), *_ledger_filters(order, today)]
    span = order.word((f"（{order.period.key}）", f" ({order.period.key})")) if order.period else ""
    title = order.word(("隐患台账", "Hazard ledger")) + span
    total = select(func.count()).select_from(Hazard).join(Subject, Subject.id == Hazard.subject_id).where(*conditions)
    table = _table(order, title, columns, _ledger_rows(order, conditions, today), (), has_total=False)
    return table, db.session.scalar(total) or 0


def _ledger_filters(order: Order, today: date) -> list[Any]:
    filters = {key: value for key, value in order.filters.items() if key in {"state", "grade", "source", "overdue"}}
    if order.period:
        filters |= {"found_from": order.period.first, "found_to": order.period.last}
    return ledger_conditions(filters, today)


def _ledger_rows(order: Order, conditions: list[Any], today: date) -> Iterator[dict[str, Any]]:
    towns = area_names()
    rows = db.session.execute(
        select(Hazard, Subject.name, Subject.town_code, Subject.lng, Subject.lat, User.name)
        .join(Subject, Subject.id == Hazard.subject_id)
        .outerjoin(Visit, Visit.id == Hazard.visit_id)
        .outerjoin(User, User.id == Visit.officer_id)
        .where(*conditions)
        .order_by(Hazard.found_at, Hazard.id)
        .execution_options(yield_per=500)
    )

    def make(row: Any) -> dict[str, Any]:
        hazard, subject_name, town_code, lng, lat, officer_name = row
        projection = hazard.projection
        deadline = hazard.deadline.isoformat() if hazard.deadline else None
        original = projection.get("original_deadline")
        return {
            "id": str(hazard.id),
            "position": (lng, lat) if lng is not None and lat is not None else None,
            "number": hazard.number,
            "found_on": county_date(hazard.found_at),
            "town": towns.get(town_code, ""),
            "subject": subject_name,
            "spot": hazard.spot,
            "description": hazard.description,
            "hazard_kind": _name(order, KindOfHazard, projection.get("kind_of_hazard")),
            "grade": _name(order, HazardGrade, hazard.grade),
            "source": _name(order, HazardSource, hazard.source),
            "officer": officer_name,
            "deadline": hazard.deadline,
            "original_deadline": date.fromisoformat(original) if original else None,
            "responsible_unit": hazard.responsible_unit or subject_name,
            "owner": (projection.get("owner") or {}).get("name"),
            "state": _name(order, HazardState, hazard.state),
            "submitted_on": county_date(hazard.submitted_at) if hazard.submitted_at else None,
            "closed_on": county_date(hazard.closed_at) if hazard.closed_at else None,
            "returned_count": hazard.returned_count,
            "overdue": order.word(("是", "yes") if is_overdue(hazard.state, deadline, today) else ("否", "no")),
        }

    return readable_rows(rows, lambda row: row[0].id, make)


def _table(
    order: Order,
    title: str,
    columns: tuple[Column, ...],
    rows: Any,
    notes: tuple[Wording, ...],
    *,
    has_total: bool = True,
) -> Table:
    at = order.as_of.astimezone(COUNTY_ZONE)
    shown_at = f"{at:%Y-%m-%d %H:%M}"
    return Table(
        kind=order.kind,
        title=title,
        columns=columns,
        rows=rows,
        notes=(
            order.word((f"统计截止时点：{shown_at}（北京时间）", f"As of {shown_at} (Beijing time)")),
            *(order.word(note) for note in (*_DEFINITIONS, *notes)),
        ),
        signatures=order.word(
            (
                f"填报人：{order.actor.name}　　　　审核人：　　　　　　　　日期：{at:%Y-%m-%d}",
                f"Filled in by: {order.actor.name}        Checked by:                Date: {at:%Y-%m-%d}",
            )
        ),
        meta={
            "kind": order.kind,
            "period": order.period.key if order.period else None,
            "as_of": at.isoformat(timespec="milliseconds"),
            "datum": Datum.WGS_84,
        },
        has_total=has_total,
        language=order.language,
    )


def _position(subject: Subject) -> tuple[float, float] | None:
    return None if subject.lng is None or subject.lat is None else (subject.lng, subject.lat)


def _sector_names(order: Order, subject: Subject) -> str:
    return order.word(("、", ", ")).join(_name(order, Sector, sector) for sector in subject.sectors)


def _score_note(order: Order, score: Mapping[str, Any] | None) -> str:
    if score is None:
        return order.word(("未评", "none"))
    if score["provisional"]:
        return order.word(("暂评", "provisional"))
    return order.word(("样本不足", "insufficient sample") if score["insufficient_sample"] else ("正式", "final"))


def _name(order: Order, codes: type[Code], code: str | None) -> str:
    """The word for a code; what an older release wrote and this one does not know stands as it is."""
    if code is None:
        return ""
    if code not in tuple(codes):
        return str(code)
    return order.word((codes(code).zh, codes(code).en))
