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
from server.scores import rollups, store
from server.scores.periods import Period
from server.visits.models import Visit
from sync.hazards import is_overdue
from vocabulary import (
    Action,
    Code,
    Datum,
    DownloadKind,
    HazardGrade,
    HazardSource,
    HazardState,
    KindOfHazard,
    Sector,
    SubjectKind,
)

# A town is an area, and areas have no position here; everything else can be put on a map.
MAPPED_KINDS = (DownloadKind.SUBJECT_SCORES, DownloadKind.HAZARD_LEDGER)

_RECTIFICATION: Wording = ("整改率", "Rectification rate")
_ON_TIME: Wording = ("按期整改率", "On-time rate")
_MAJOR: Wording = ("重大事故隐患", "Major hazards")
_COVERAGE: Wording = ("覆盖率", "Coverage rate")
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
    assert order.period is not None, "checked when it was asked for"
    conditions = rollups.conditions_for(order.actor, Action.DOWNLOAD, order.filters)
    columns = (
        Column("number", ("序号", "No."), CellKind.INTEGER, width=6),
        Column("name", ("主体名称", "Subject"), width=28),
        Column("subject_kind", ("主体类别", "Kind"), width=12),
        Column("town", ("属地镇", "Town"), width=12),
        Column("sectors", ("行业领域", "Sectors"), width=20),
        Column("department", ("行业主管部门", "Industry department"), width=20),
        count("visits_due", "应访", "Visits due"),
        count("visits_done", "实访", "Visits done"),
        count("submissions", "检查表份数", "Submissions"),
        Column("score", ("得分", "Score"), CellKind.DECIMAL),
        Column("score_note", ("得分说明", "Score note"), width=12),
        count("closed", "已销号", "Closed", _RECTIFICATION),
        count("found", "发现", "Found", _RECTIFICATION),
        rate("rectification", "整改率(%)", "Rate (%)", "closed", "found", _RECTIFICATION),
        count("on_time_count", "按期", "On time", _ON_TIME),
        count("due", "期限已到", "Due", _ON_TIME),
        rate("on_time", "按期整改率(%)", "Rate (%)", "on_time_count", "due", _ON_TIME),
        count("overdue", "逾期", "Overdue"),
        count("major_closed", "已销号", "Closed", _MAJOR),
        count("major_found", "发现", "Found", _MAJOR),
        rate("major_rectification", "整改率(%)", "Rate (%)", "major_closed", "major_found", _MAJOR),
    )
    title = order.word((f"主体得分与整改率（{order.period.key}）", f"Scores and rates by subject ({order.period.key})"))
    score_note: Wording = (
        "得分：本期最近一次完整检查的得分；“暂评”表示尚有未检查项；“样本不足”表示不适用项过多，均不参加排名。",
        "Score: of the latest complete submission; provisional while items are unchecked; neither it nor an insufficient sample "
        "is ranked.",
    )
    table = _table(order, title, columns, _subject_score_rows(order, conditions), (score_note,))
    return table, store.count_subjects(order.period, conditions)


def _subject_score_rows(order: Order, conditions: list[Any]) -> Iterator[dict[str, Any]]:
    assert order.period is not None
    towns, departments = area_names(), department_names()
    rows = store.subject_rows(order.period, conditions, sort="name", limit=None)

    def make(numbered: tuple[int, Any]) -> dict[str, Any]:
        number, (subject, row, checklist_hash) = numbered
        score = rollups.score_body(row, checklist_hash)
        counts = {name: getattr(row, name) if row else 0 for name in store.SUMS}
        return {
            "id": str(subject.id),
            "position": _position(subject),
            "number": number,
            "name": subject.name,
            "subject_kind": _name(order, SubjectKind, subject.kind),
            "town": towns.get(subject.town_code, ""),
            "sectors": _sector_names(order, subject),
            "department": departments.get(subject.industry_department_id, ""),
            "visits_due": counts["visits_due"],
            "visits_done": counts["visits"],
            "submissions": counts["submissions"],
            "score": score["display"] if score else "/",
            "score_note": _score_note(order, score),
            "closed": counts["closed"],
            "found": counts["found"],
            "on_time_count": counts["on_time"],
            "due": counts["due"],
            "overdue": counts["overdue"],
            "major_closed": counts["major_closed"],
            "major_found": counts["major_found"],
        }

    return readable_rows(enumerate(rows, 1), lambda numbered: numbered[1][0].id, make)


def _town_comparison(order: Order) -> tuple[Table, int]:
    """The fifteen columns of the annex to a comparison circular (hazards.md §8.2), then what the county adds to them."""
    assert order.period is not None, "checked when it was asked for"
    conditions = rollups.conditions_for(order.actor, Action.DOWNLOAD, order.filters)
    body = rollups.comparison("town", order.period, conditions, "rectification", order.as_of)
    columns = (
        Column("town", ("所属乡镇", "Town"), width=14),
        count("subjects", "总主体数", "Subjects"),
        count("visited", "检查主体数", "Subjects visited"),
        count("visits_done", "出动次数", "Visits"),
        count("found", "查出隐患数", "Hazards found"),
        count("closed", "完成隐患数", "Hazards closed"),
        rate("rectification", "隐患整改率(%)", "Rectification rate (%)", "closed", "found"),
        count("major_found", "重大隐患数", "Major hazards found"),
        count("major_closed", "完成重大隐患数", "Major hazards closed"),
        rate("major_rectification", "重大隐患整改率(%)", "Major rectification rate (%)", "major_closed", "major_found"),
        Column("funds_wan", ("整改资金(万元)", "Funds (10k CNY)"), width=12),
        Column("inspection_records", ("现场检查记录(份)", "Inspection records"), width=12),
        Column("rectify_orders", ("责令限期整改指令书(份)", "Orders to rectify"), width=12),
        Column("enforcement_decisions", ("强制措施决定书(份)", "Enforcement decisions"), width=12),
        Column("recheck_opinions", ("整改复查意见书(份)", "Re-check opinions"), width=12),
        count("covered", "已访", "Visited", _COVERAGE),
        count("to_visit", "应访", "To visit", _COVERAGE),
        rate("coverage", "覆盖率(%)", "Rate (%)", "covered", "to_visit", _COVERAGE),
        count("on_time_count", "按期", "On time", _ON_TIME),
        count("due", "期限已到", "Due", _ON_TIME),
        rate("on_time", "按期整改率(%)", "Rate (%)", "on_time_count", "due", _ON_TIME),
        count("overdue", "逾期", "Overdue"),
        Column("place", ("整改率名次", "Place by rectification rate"), CellKind.TEXT),
    )
    title = order.word((f"各镇隐患排查治理情况对比（{order.period.key}）", f"Comparison of towns ({order.period.key})"))
    notes: tuple[Wording, ...] = (
        (
            "名次：覆盖率低于 50% 或没有发现隐患的镇不参加排名，印“/”；并列同名次，后续跳号。"
            "整改资金和文书份数系统尚未登记，留空。",
            "Places: towns with a coverage below 50 % or without hazards are not ranked; ties share a place and the next ones "
            "are skipped. Funds and documents are not recorded yet and left blank.",
        ),
    )
    return _table(order, title, columns, [_town_row(row) for row in body["rows"]], notes), len(body["rows"])


def _town_row(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": row["code"],
        "town": row["name"],
        "subjects": row["subjects"],
        "visited": row["visited"]["numerator"],
        "visits_done": row["visits_done"],
        "found": row["hazards_found"],
        "closed": row["hazards_closed"],
        "major_found": row["major_found"],
        "major_closed": row["major_closed"],
        "covered": row["coverage"]["numerator"],
        "to_visit": row["coverage"]["denominator"],
        "on_time_count": row["on_time"]["numerator"],
        "due": row["on_time"]["denominator"],
        "overdue": row["overdue"],
        "place": "/" if row["rank"] is None else str(row["rank"]),
    }


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
    conditions = [*rollups.conditions_for(order.actor, Action.DOWNLOAD, order.filters), *_ledger_filters(order, today)]
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
