"""The score pages: figures with their counts, ranking, scopes, and drilling down to rows."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from server.db import transaction
from server.register.models import PolicyValue, Target
from tests.conftest import BAGONG, COUNTY, GAODU, RECORDED, County, Person
from tests.records import found, new_id, store_small_checklist
from tests.server.scores.factories import freeze, push, tell_november, work_off
from vocabulary import Figure, SubjectOrder


@pytest.fixture(autouse=True)
def day(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    freeze(monkeypatch)
    store_small_checklist()


@pytest.fixture
def ids(app: Flask, anna: Person, county: County) -> dict[str, str]:
    told = tell_november(anna, county)
    from server.scores.service import note_stale_subjects
    from tests.server.scores.factories import NOW

    note_stale_subjects(NOW)
    work_off(app)
    return told


def shown(figures: dict[str, Any], name: str) -> Any:
    """A rate as its counts and text, a count as a number."""
    figure = figures[name]
    if figure["denominator"] is None:
        return figure["numerator"]
    if figure["numerator"] is None:
        return figure["denominator"], figure["display"]
    return figure["numerator"], figure["denominator"], figure["display"]


def test_overview_shows_every_rate_with_its_counts(chen: Person, ids: dict[str, str]) -> None:
    body = chen.get("/api/scores/overview?period=2026-Q4").json

    figures = body["figures"]
    assert {name: shown(figures, name) for name in ("subjects", "visited", "to_visit", "visits", "visits_due")} == {
        "subjects": 3, "visited": 2, "to_visit": 2, "visits": 2, "visits_due": 3,
    }  # fmt: skip
    assert shown(figures, "coverage_rate") == (2, 2, "100.0")
    assert shown(figures, "rectification_rate") == (2, 4, "50.0")
    assert shown(figures, "on_time_rate") == (1, 3, "33.3")
    assert shown(figures, "overdue_rate") == (1, 3, "33.3")
    assert {name: shown(figures, f"majors_{name}") for name in ("found", "closed", "open", "overdue")} == {
        "found": 1, "closed": 0, "open": 1, "overdue": 0,
    }  # fmt: skip
    assert (shown(figures, "mean_score"), shown(figures, "median_score")) == ((2, "90.0"), (2, "90.0"))
    assert set(figures) == set(Figure)
    assert body["reviews_pending"] == 0
    assert body["refreshing"] == 0


def test_rate_stands_beside_its_own_target_and_does_not_reach_it_by_rounding(chen: Person, ids: dict[str, str]) -> None:
    with transaction() as session:
        of_year = {"county_code": COUNTY, "year": 2026, "figure": "on_time_rate", "recorded_at": RECORDED}
        session.add(Target(**of_year, target_group=None, value="33.4"))
        session.add(Target(**of_year, target_group="enterprise_institution", value="33.35"))

    on_time = chen.get("/api/scores/overview?period=2026-Q4").json["figures"]["on_time_rate"]
    of_group = chen.get("/api/scores/overview?period=2026-Q4&target_group=enterprise_institution").json["figures"]["on_time_rate"]

    assert (on_time["display"], on_time["target"]) == ("33.3", "33.4")
    assert of_group["target"] == "33.35"


def test_period_without_anything_shows_slashes(chen: Person, ids: dict[str, str]) -> None:
    figures = chen.get("/api/scores/overview?period=2025").json["figures"]

    assert shown(figures, "rectification_rate") == (0, 0, "/")
    assert shown(figures, "coverage_rate") == (0, 0, "/")
    assert shown(figures, "mean_score") == (0, "/")
    assert shown(figures, "subjects") == 0


@pytest.mark.parametrize(
    ("period", "visits"),
    [("2026-H2", 2), ("2026-W46", 2), ("2026-W47", 0), ("2026-11-10..2026-11-10", 2), ("2026-11-11..2026-11-30", 0)],
)
def test_weeks_half_years_and_ranges_are_periods(chen: Person, ids: dict[str, str], period: str, visits: int) -> None:
    body = chen.get(f"/api/scores/overview?period={period}").json

    assert body["period"] == period
    assert shown(body["figures"], "visits") == visits


def test_period_to_come_has_no_figures(chen: Person, ids: dict[str, str]) -> None:
    figures = chen.get("/api/scores/overview?period=2026-12").json["figures"]

    assert (shown(figures, "subjects"), shown(figures, "visits_due")) == (0, 0)


def test_without_a_period_the_current_quarter_is_meant(chen: Person, county: County) -> None:
    assert chen.get("/api/scores/overview").json["period"] == "2026-Q4"


def place(row: dict[str, Any], figure: str = "rectification_rate") -> Any:
    placing = row["places"][figure]
    return placing["place"] or placing["reason"]


def sample_of(least: int) -> None:
    """The office ranks groups with a smaller sample than the software comes with."""
    with transaction() as session:
        session.execute(update(PolicyValue).where(PolicyValue.key == "rank_sample").values(value=str(least)))


def test_towns_are_ranked_and_a_town_without_sample_is_not(chen: Person, ids: dict[str, str]) -> None:
    few = chen.get("/api/scores/by?group=town&period=2026-Q4").json
    sample_of(4)
    body = chen.get("/api/scores/by?group=town&period=2026-Q4").json

    assert [place(row) for row in few["rows"]] == ["empty", "few"]
    assert [(row["code"], row["name"], place(row)) for row in body["rows"]] == [
        (BAGONG, "巴公镇", 1),
        (GAODU, "高都镇", "empty"),
    ]
    assert shown(body["rows"][0]["figures"], "rectification_rate") == (2, 4, "50.0")
    assert shown(body["rows"][1]["figures"], "rectification_rate") == (0, 0, "/")
    assert shown(body["total"]["figures"], "subjects") == 3
    assert shown(body["total"]["figures"], "rectification_rate") == (2, 4, "50.0")


@pytest.mark.parametrize(
    ("group", "rows"),
    [
        ("department", [("泽州县应急管理局", 2), ("未归类", 1)]),
        ("sector", [("煤矿", 1), ("消防安全", 1), ("危险化学品", 1)]),
    ],
)
def test_groups_by_department_and_main_sector(chen: Person, ids: dict[str, str], group: str, rows: list[tuple[str, int]]) -> None:
    body = chen.get(f"/api/scores/by?group={group}&period=2026-Q4").json

    assert [(row["name"], shown(row["figures"], "subjects")) for row in body["rows"]] == rows
    assert sum(shown(row["figures"], "subjects") for row in body["rows"]) == shown(body["total"]["figures"], "subjects")


def test_groups_can_be_ranked_by_score(chen: Person, ids: dict[str, str]) -> None:
    sample_of(1)
    body = chen.get("/api/scores/by?group=sector&period=2026-Q4&ranked_by=mean_score").json

    assert [(row["code"], place(row, "mean_score"), row["figures"]["mean_score"]["display"]) for row in body["rows"]] == [
        ("hazardous_chemicals", 1, "100.0"),
        ("coal_mine", 2, "80.0"),
        ("fire_safety", "empty", "/"),
    ]


def test_groups_that_a_reader_sees_in_part_are_not_ranked(ben: Person, ids: dict[str, str]) -> None:
    sample_of(1)

    [town] = ben.get("/api/scores/by?group=town&period=2026-Q4").json["rows"]
    sectors = ben.get("/api/scores/by?group=sector&period=2026-Q4").json["rows"]

    assert place(town) == 1
    assert {place(row) for row in sectors} == {"part"}


def test_trend_ends_with_the_year_as_it_stands_today(chen: Person, ids: dict[str, str]) -> None:
    points = chen.get("/api/scores/trend?weeks=3").json["points"]

    assert [(point["week_start"], point["until"]) for point in points] == [
        ("2026-11-09", "2026-11-15"),
        ("2026-11-16", "2026-11-22"),
        ("2026-11-23", "2026-11-24"),
    ]
    assert [point["rectification"]["display"] for point in points] == ["0.0", "50.0", "50.0"]
    on_time = [(rate["numerator"], rate["denominator"], rate["display"]) for rate in (point["on_time"] for point in points)]
    assert on_time == [(0, 3, "0.0"), (1, 3, "33.3"), (1, 3, "33.3")]
    year = chen.get("/api/scores/overview?period=2026").json["figures"]
    assert on_time[-1] == shown(year, "on_time_rate")
    assert points[-1]["rectification"]["numerator"] == year["rectification_rate"]["numerator"]


def test_subjects_are_listed_with_score_and_rates(chen: Person, ids: dict[str, str]) -> None:
    body = chen.get("/api/scores/subjects?period=2026-Q4&sort=score").json

    assert [(item["subject"]["name"], item["score"] and item["score"]["display"]) for item in body["items"]] == [
        ("示例化工仓储有限公司", "100.0"),
        ("巴公示例煤业一号井", "80.0"),
        ("渠头村（示例）", None),
    ]
    assert shown(body["items"][1]["figures"], "on_time_rate") == (1, 2, "50.0")
    assert (body["items"][1]["score"]["band"], body["items"][1]["score"]["level"]) == ("good", "good")


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("q=bgsl", ["巴公示例煤业一号井"]),
        ("q=化工", ["示例化工仓储有限公司"]),
        ("town=140525107", ["渠头村（示例）"]),
        ("sector=fire_safety", ["渠头村（示例）"]),  # the main sector, as everywhere in figures
        ("target_group=village", ["渠头村（示例）"]),
        ("page_size=2", ["渠头村（示例）", "巴公示例煤业一号井"]),
    ],
)
def test_subject_list_is_filtered_and_paged(chen: Person, ids: dict[str, str], query: str, names: list[str]) -> None:
    body = chen.get(f"/api/scores/subjects?period=2026-Q4&{query}").json

    assert [item["subject"]["name"] for item in body["items"]] == names


@pytest.mark.parametrize("sort", list(SubjectOrder))
def test_every_order_of_the_list_is_walked_page_by_page_and_back(chen: Person, ids: dict[str, str], sort: str) -> None:
    whole = [item["subject"]["id"] for item in chen.get(f"/api/scores/subjects?period=2026-Q4&sort={sort}").json["items"]]
    pages, cursor = [], ""
    while cursor is not None:
        page = chen.get(f"/api/scores/subjects?period=2026-Q4&sort={sort}&page_size=1&cursor={cursor}").json
        pages.append(page)
        cursor = page["next"]

    assert [item["subject"]["id"] for page in pages for item in page["items"]] == whole
    back = chen.get(f"/api/scores/subjects?period=2026-Q4&sort={sort}&page_size=1&cursor={pages[-1]['previous']}").json
    assert back["items"] == pages[-2]["items"]


def rows_of(person: Person, figure: str, query: str) -> list[str]:
    return sorted(item["id"] for item in person.get(f"/api/scores/figures/{figure}?period=2026-Q4&{query}").json["items"])


def test_rows_of_a_subject_are_those_of_numerator_and_denominator(chen: Person, county: County, ids: dict[str, str]) -> None:
    mine = f"subject={county.mine}"

    assert rows_of(chen, "rectification_rate", f"{mine}&part=numerator") == [ids["in_time"]]
    assert rows_of(chen, "rectification_rate", mine) == sorted([ids["in_time"], ids["overdue"], ids["major"]])
    assert rows_of(chen, "on_time_rate", f"{mine}&part=rest") == [ids["overdue"]]
    assert rows_of(chen, "hazards_overdue", mine) == [ids["overdue"]]
    rows = {item["id"]: item for item in chen.get(f"/api/scores/figures/rectification_rate?period=2026-Q4&{mine}").json["items"]}
    assert rows[ids["in_time"]]["hazard"]["submitted_on"] == "2026-11-13"
    assert rows[ids["in_time"]]["counted"] is True
    assert rows[ids["major"]]["hazard"]["is_due"] is False


def test_page_of_a_subject_shows_the_answers_behind_the_score(chen: Person, county: County, ids: dict[str, str]) -> None:
    body = chen.get(f"/api/scores/subjects/{county.mine}?period=2026-Q4").json

    [submission], [visit] = body["submissions"], body["visits"]
    assert body["score"]["visit_id"] == visit["id"] == submission["visit_id"]
    assert [(part["submission_id"], part["display"], part["weight"]) for part in visit["parts"]] == [
        (submission["id"], "80.0", "1")
    ]  # fmt: skip
    assert submission["score"]["display"] == "80.0"
    assert [(item["path"], item["result"], item["earned"], item["applicable"]) for item in submission["items"]] == [
        ("exit", "pass", "6", "6"),
        ("alarm", "fail", "0", "2"),
        ("gas", "pass", "2", "2"),
    ]


def test_supervisor_sees_figures_of_the_own_town_only(ben: Person, county: County, ids: dict[str, str]) -> None:
    assert shown(ben.get("/api/scores/overview?period=2026-Q4").json["figures"], "subjects") == 2
    assert [row["code"] for row in ben.get("/api/scores/by?group=town").json["rows"]] == [BAGONG]
    assert len(ben.get("/api/scores/subjects").json["items"]) == 2
    assert ben.get(f"/api/scores/subjects/{county.mine}").status_code == 200
    assert ben.get(f"/api/scores/subjects/{county.far_village}").status_code == 404


@pytest.mark.parametrize("path", ["overview", "by", "trend", "subjects", "figures/visits"])
def test_inspector_may_not_read_scores(anna: Person, path: str) -> None:
    assert anna.get(f"/api/scores/{path}").status_code == 403


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("overview?period=2026-Q5", "#/period"),
        ("by?group=planet", "#/group"),
        ("by?ranked_by=beauty", "#/ranked_by"),
        ("trend?weeks=0", "#/weeks"),
        ("subjects?page_size=0", "#/page_size"),
        ("subjects?cursor=x", "#/cursor"),
        ("subjects?sort=luck", "#/sort"),
        ("overview?department=x", "#/department"),
        ("overview?period=2027-03", "#/period"),
        ("overview?period=2026-01-01..2027-03-01", "#/period"),
        ("figures/visits?part=half", "#/part"),
        ("figures/visits?by=town", "#/code"),
        ("figures/visits?by=department&code=x", "#/code"),
    ],
)
def test_unknown_values_are_problems_that_name_their_place(chen: Person, query: str, pointer: str) -> None:
    answer = chen.get(f"/api/scores/{query}")

    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json["errors"]] == [pointer]


def test_figures_being_brought_up_to_date_are_announced(anna: Person, chen: Person, county: County) -> None:
    push(anna, found(county.mine, None, new_id()))

    assert chen.get("/api/scores/overview").json["refreshing"] == 1
