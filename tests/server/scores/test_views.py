"""The score pages: figures with their counts, ranking, scopes, and drilling down to rows."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from server.db import transaction
from server.register.models import Target
from tests.conftest import BAGONG, COUNTY, GAODU, RECORDED, County, Person
from tests.records import found, new_id, store_small_checklist
from tests.server.scores.factories import freeze, push, tell_november, work_off


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


def rate(numerator: int, denominator: int, display: str) -> dict[str, Any]:
    return {"numerator": numerator, "denominator": denominator, "display": display}


def test_overview_shows_every_rate_with_its_counts(chen: Person, ids: dict[str, str]) -> None:
    with transaction() as session:
        session.add(
            Target(
                county_code=COUNTY,
                year=2026,
                figure="zero_accident_rate",
                target_group="village",
                value="98.5",
                recorded_at=RECORDED,
            )
        )

    body = chen.get("/api/scores/overview?period=2026-Q4").json

    assert body["subjects"] == 3
    assert body["visited"] == rate(2, 3, "66.7")
    assert body["coverage"] == rate(2, 2, "100.0")
    assert body["rectification"] == rate(2, 4, "50.0")
    assert body["on_time"] == rate(1, 3, "33.3")
    assert body["major"] == {"found": 1, "closed": 0, "open": 1, "overdue": 0, "listed": 0}
    assert body["overdue"] == 1
    assert body["score"] == {"count": 2, "median": "90.0", "mean": "90.0"}
    assert body["zero_accident"] is None
    assert body["reviews_pending"] == 0
    assert body["refreshing"] == 0
    assert body["targets"] == [{"target_group": "village", "permille": 985, **rate(985, 1000, "98.5")}]


def test_period_without_anything_shows_slashes(chen: Person, ids: dict[str, str]) -> None:
    body = chen.get("/api/scores/overview?period=2025").json

    assert body["rectification"] == rate(0, 0, "/")
    assert body["visited"] == rate(0, 0, "/")
    assert body["score"] == {"count": 0, "median": "/", "mean": "/"}


def test_without_a_period_the_current_quarter_is_meant(chen: Person, county: County) -> None:
    assert chen.get("/api/scores/overview").json["period"] == "2026-Q4"


def test_towns_are_ranked_and_a_town_without_sample_is_not(chen: Person, ids: dict[str, str]) -> None:
    body = chen.get("/api/scores/by?group=town&period=2026-Q4").json

    assert [(row["code"], row["name"], row["rank"], row["insufficient_sample"]) for row in body["rows"]] == [
        (BAGONG, "巴公镇", 1, False),
        (GAODU, "高都镇", None, True),
    ]
    assert body["rows"][0]["rectification"] == rate(2, 4, "50.0")
    assert body["rows"][1]["rectification"] == rate(0, 0, "/")
    assert body["total"]["subjects"] == 3
    assert body["total"]["rectification"] == rate(2, 4, "50.0")


@pytest.mark.parametrize(
    ("group", "rows"),
    [
        ("department", [("泽州县应急管理局", 2), ("未归类", 1)]),
        ("sector", [("危险化学品", 1), ("煤矿", 1), ("消防安全", 1)]),
    ],
)
def test_groups_by_department_and_main_sector(chen: Person, ids: dict[str, str], group: str, rows: list[tuple[str, int]]) -> None:
    body = chen.get(f"/api/scores/by?group={group}&period=2026-Q4").json

    assert [(row["name"], row["subjects"]) for row in body["rows"]] == rows
    assert sum(row["subjects"] for row in body["rows"]) == body["total"]["subjects"]


def test_groups_can_be_ranked_by_score(chen: Person, ids: dict[str, str]) -> None:
    body = chen.get("/api/scores/by?group=sector&period=2026-Q4&ranked_by=score").json

    assert [(row["code"], row["rank"], row["score"]["mean"]) for row in body["rows"]] == [
        ("hazardous_chemicals", 1, "100.0"),
        ("coal_mine", 2, "80.0"),
        ("fire_safety", None, "/"),
    ]


def test_trend_ends_with_the_year_as_it_stands_today(chen: Person, ids: dict[str, str]) -> None:
    points = chen.get("/api/scores/trend?weeks=3").json["points"]

    assert [(point["week_start"], point["until"]) for point in points] == [
        ("2026-11-09", "2026-11-15"),
        ("2026-11-16", "2026-11-22"),
        ("2026-11-23", "2026-11-24"),
    ]
    assert [point["rectification"]["display"] for point in points] == ["0.0", "50.0", "50.0"]
    assert [point["on_time"] for point in points] == [rate(0, 3, "0.0"), rate(1, 3, "33.3"), rate(1, 3, "33.3")]
    year = chen.get("/api/scores/overview?period=2026").json
    assert (points[-1]["rectification"], points[-1]["on_time"]) == (year["rectification"], year["on_time"])


def test_subjects_are_listed_with_score_and_rates(chen: Person, ids: dict[str, str]) -> None:
    body = chen.get("/api/scores/subjects?period=2026-Q4&sort=score").json

    assert body["total"] == 3
    assert [(item["subject"]["name"], item["score"] and item["score"]["display"]) for item in body["items"]] == [
        ("示例化工仓储有限公司", "100.0"),
        ("巴公示例煤业一号井", "80.0"),
        ("渠头村（示例）", None),
    ]
    assert body["items"][1]["on_time"] == rate(1, 2, "50.0")


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("q=bgsl", ["巴公示例煤业一号井"]),
        ("q=化工", ["示例化工仓储有限公司"]),
        ("town=140525107", ["渠头村（示例）"]),
        ("sector=fire_safety", ["渠头村（示例）", "示例化工仓储有限公司"]),
        ("target_group=village", ["渠头村（示例）"]),
        ("page=2&page_size=2", ["示例化工仓储有限公司"]),
    ],
)
def test_subject_list_is_filtered_and_paged(chen: Person, county: County, query: str, names: list[str]) -> None:
    body = chen.get(f"/api/scores/subjects?period=2026-Q4&{query}").json

    assert [item["subject"]["name"] for item in body["items"]] == names


def test_drilldown_names_the_hazards_of_numerator_and_denominator(chen: Person, county: County, ids: dict[str, str]) -> None:
    body = chen.get(f"/api/scores/subjects/{county.mine}?period=2026-Q4").json

    rectification, on_time = body["rates"]["rectification"], body["rates"]["on_time"]
    assert rectification["numerator_ids"] == [ids["in_time"]]
    assert sorted(rectification["denominator_ids"]) == sorted([ids["in_time"], ids["overdue"], ids["major"]])
    assert on_time["numerator_ids"] == [ids["in_time"]]
    assert sorted(on_time["denominator_ids"]) == sorted([ids["in_time"], ids["overdue"]])
    assert body["rates"]["overdue"] == {"count": 1, "ids": [ids["overdue"]]}
    assert rectification["formula"]["zh"].startswith("整改率＝")
    rows = {hazard["id"]: hazard for hazard in body["hazards"]}
    assert rows[ids["in_time"]]["submitted_on"] == "2026-11-13"
    assert rows[ids["major"]]["due"] is False


def test_drilldown_shows_the_answers_behind_the_score(chen: Person, county: County, ids: dict[str, str]) -> None:
    body = chen.get(f"/api/scores/subjects/{county.mine}?period=2026-Q4").json

    [submission] = body["submissions"]
    assert body["score"]["submission_id"] == submission["id"]
    assert submission["score"]["display"] == "80.0"
    assert [(item["path"], item["result"], item["earned"], item["applicable"]) for item in submission["items"]] == [
        ("exit", "pass", "6", "6"),
        ("alarm", "fail", "0", "2"),
        ("gas", "pass", "2", "2"),
    ]


def test_supervisor_sees_figures_of_the_own_town_only(ben: Person, county: County, ids: dict[str, str]) -> None:
    assert ben.get("/api/scores/overview?period=2026-Q4").json["subjects"] == 2
    assert [row["code"] for row in ben.get("/api/scores/by?group=town").json["rows"]] == [BAGONG]
    assert ben.get("/api/scores/subjects").json["total"] == 2
    assert ben.get(f"/api/scores/subjects/{county.mine}").status_code == 200
    assert ben.get(f"/api/scores/subjects/{county.far_village}").status_code == 404


@pytest.mark.parametrize("path", ["overview", "by", "trend", "subjects"])
def test_inspector_may_not_read_scores(anna: Person, path: str) -> None:
    assert anna.get(f"/api/scores/{path}").status_code == 403


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("overview?period=2026-Q5", "#/period"),
        ("by?group=planet", "#/group"),
        ("by?ranked_by=beauty", "#/ranked_by"),
        ("trend?weeks=0", "#/weeks"),
        ("subjects?page=0", "#/page"),
        ("overview?department=x", "#/department"),
    ],
)
def test_unknown_values_are_problems_that_name_their_place(chen: Person, query: str, pointer: str) -> None:
    answer = chen.get(f"/api/scores/{query}")

    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json["errors"]] == [pointer]


def test_figures_being_brought_up_to_date_are_announced(anna: Person, chen: Person, county: County) -> None:
    push(anna, found(county.mine, None, new_id()))

    assert chen.get("/api/scores/overview").json["refreshing"] == 1
