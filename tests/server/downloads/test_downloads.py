"""Ordering, building and fetching downloads: right numbers, own scope, progress, and no file lost with its job."""

from __future__ import annotations

import csv
import io
import json
import uuid
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from openpyxl import load_workbook

from server.db import db, transaction
from server.downloads import service
from server.downloads.models import Download
from server.scores.service import rebuild_all
from server.work.outbox import NotYet, OutboxNote
from tests.conftest import County, Person
from tests.records import store_small_checklist
from tests.server.scores.factories import NOW, freeze, tell_november, work_off


@pytest.fixture(autouse=True)
def day(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    freeze(monkeypatch)
    store_small_checklist()


@pytest.fixture
def ids(app: Flask, anna: Person, county: County) -> dict[str, str]:
    told = tell_november(anna, county)
    rebuild_all(NOW)
    return told


def order(person: Person, kind: str, format_: str, **values: Any) -> dict[str, Any]:
    body = {"kind": kind, "format": format_, "period": "2026-Q4"} | values
    answer = person.post("/api/downloads", json=body)
    assert answer.status_code == 202, answer.text
    return answer.json


def fetch(app: Flask, person: Person, kind: str, format_: str, **values: Any) -> bytes:
    ordered = order(person, kind, format_, **values)
    work_off(app)
    body = person.get(f"/api/downloads/{ordered['id']}").json
    assert body["state"] == "done", body
    with person.get(body["file_url"]) as answer:
        assert answer.status_code == 200
        return answer.data


def lines(data: bytes) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in load_workbook(io.BytesIO(data)).active.iter_rows()]


def test_subject_scores_hold_the_right_numbers(app: Flask, chen: Person, ids: dict[str, str]) -> None:
    rows = lines(fetch(app, chen, "subject_scores", "xlsx"))

    assert rows[0][0] == "主体得分与整改率（2026-Q4）"
    assert rows[1][7:] == [
        "应访次数", None, None, "得分", "等级", "得分说明", "整改率", None, None, "按期整改率", None, None, "逾期",
        "重大事故隐患", None, None,
    ]  # fmt: skip
    assert rows[3] == [
        1, "渠头村（示例）", "村（社区）", "高都镇", "消防安全", None, 0, 0, 0, 0, "/", None, "未评",
        0, 0, "/", 0, 0, "/", 0, 0, 0, "/",
    ]  # fmt: skip
    assert rows[4][1:] == [
        "巴公示例煤业一号井", "企业", "巴公镇", "煤矿", "泽州县应急管理局", 1, 3, 1, 9, 80.0, "良好", "正式",
        1, 3, 33.3, 1, 2, 50.0, 1, 0, 1, 0.0,
    ]  # fmt: skip
    assert rows[5][10:16] == [100.0, "优秀", "正式", 1, 1, 100.0]
    assert rows[6][1] == "合计"
    assert rows[6][13:] == [2, 4, 50.0, 1, 3, 33.3, 1, 0, 1, 0.0]
    assert rows[7][0] == "统计截止时点：2026-11-24 12:00（北京时间）"
    assert rows[8][0].startswith("口径：整改率＝已销号÷本期发现")
    assert rows[-1][0].startswith("填报人：陈")
    assert rows[-1][0].endswith("日期：2026-11-24")


def test_town_comparison_has_the_fifteen_columns_of_the_annex_first(app: Flask, chen: Person, ids: dict[str, str]) -> None:
    rows = lines(fetch(app, chen, "town_comparison", "xlsx"))

    assert rows[1][:15] == [
        "所属乡镇", "总主体数", "检查主体数", "出动次数", "查出隐患数", "完成隐患数", "隐患整改率(%)", "重大隐患数",
        "完成重大隐患数", "重大隐患整改率(%)", "整改资金(万元)", "现场检查记录(份)", "责令限期整改指令书(份)",
        "强制措施决定书(份)", "整改复查意见书(份)",
    ]  # fmt: skip
    assert rows[3][:10] == ["高都镇", 1, 0, 0, 0, 0, "/", 0, 0, "/"]
    assert rows[4][:10] == ["巴公镇", 2, 2, 2, 4, 2, 50.0, 1, 0, 0.0]
    assert rows[5][:10] == ["合计", 3, 2, 2, 4, 2, 50.0, 1, 0, 0.0]
    assert [row[-1] for row in rows[3:5]] == ["无数据，不排名", "样本少，不排名"]


def test_ledger_as_csv_is_safe_to_open(app: Flask, chen: Person, ids: dict[str, str]) -> None:
    data = fetch(app, chen, "hazard_ledger", "csv", filters={"overdue": True})

    assert data.startswith(b"\xef\xbb\xbf")
    head, *rows = csv.reader(io.StringIO(data.decode("utf-8-sig")))
    [row] = [dict(zip(head, row, strict=True)) for row in rows]
    assert row["问题描述"] == '\'=HYPERLINK("http://x")'
    assert (row["发现日期"], row["整改期限"], row["是否逾期"], row["状态"]) == ("2026-11-10", "2026-11-13", "是", "待核实")
    assert (row["检查人"], row["整改责任人"], row["来源"]) == ("安娜", "赵矿长", "包联走访")


def test_ledger_without_a_period_holds_everything(app: Flask, chen: Person, ids: dict[str, str]) -> None:
    document = json.loads(fetch(app, chen, "hazard_ledger", "json", period=None, language="en"))

    assert {row["id"] for row in document["rows"]} == set(ids.values())
    assert document["title"] == "Hazard ledger"
    assert document["rows"][0]["grade"] in {"General hazard", "Major hazard"}


def test_scores_as_geojson_lie_where_the_subjects_are(app: Flask, chen: Person, ids: dict[str, str]) -> None:
    document = json.loads(fetch(app, chen, "subject_scores", "geojson"))

    assert [feature["geometry"]["coordinates"] for feature in document["features"]] == [[112.8991, 35.6172]] * 3
    assert document["features"][1]["properties"]["rectification_rate"] == {"numerator": 1, "denominator": 3, "display": "33.3"}


def test_file_holds_only_what_its_owner_may_see(app: Flask, ben: Person, ids: dict[str, str]) -> None:
    document = json.loads(fetch(app, ben, "subject_scores", "json"))

    assert sorted(row["name"] for row in document["rows"]) == ["巴公示例煤业一号井", "示例化工仓储有限公司"]


def test_somebody_elses_download_does_not_exist(app: Flask, chen: Person, ben: Person, county: County) -> None:
    ordered = order(chen, "subject_scores", "csv")
    work_off(app)

    assert ben.get(f"/api/downloads/{ordered['id']}").status_code == 404
    assert ben.get(f"/api/downloads/{ordered['id']}/file").status_code == 404
    assert ben.get("/api/downloads").json["items"] == []


def test_inspector_may_not_download(anna: Person) -> None:
    assert anna.post("/api/downloads", json={"kind": "subject_scores", "format": "csv"}).status_code == 403


def test_list_shows_progress_and_the_name_to_save_under(app: Flask, chen: Person, ids: dict[str, str]) -> None:
    ordered = order(chen, "town_comparison", "csv")
    assert (ordered["state"], ordered["progress"]) == ("queued", {"done": 0, "total": 0})

    work_off(app)

    [listed] = chen.get("/api/downloads").json["items"]
    assert (listed["state"], listed["progress"]) == ("done", {"done": 2, "total": 2})
    assert listed["file_name"] == "各镇隐患排查治理情况对比（2026-Q4）_20261124-1200.csv"
    with chen.get(listed["file_url"]) as answer:
        assert "filename*=UTF-8''" in answer.headers["Content-Disposition"]
        assert listed["size_bytes"] == len(answer.data)


def test_file_that_is_not_ready_is_a_conflict(chen: Person, county: County) -> None:
    ordered = order(chen, "subject_scores", "csv")

    assert chen.get(f"/api/downloads/{ordered['id']}/file").status_code == 409


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"kind": "town_comparison", "format": "geojson", "period": "2026"}, "#/format"),
        ({"kind": "subject_scores", "format": "csv"}, "#/period"),
        ({"kind": "subject_scores", "format": "pdf", "period": "2026"}, "#/format"),
        ({"kind": "secrets", "format": "csv", "period": "2026"}, "#/kind"),
        ({"kind": "subject_scores", "format": "csv", "period": "soon"}, "#/period"),
        ({"kind": "subject_scores", "format": "csv", "period": "2026", "filters": {"x": 1}}, "#/filters/x"),
    ],
)
def test_order_that_cannot_be_filled_is_refused_and_noted_nowhere(
    chen: Person, county: County, body: dict[str, Any], pointer: str
) -> None:
    answer = chen.post("/api/downloads", json=body)

    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json["errors"]] == [pointer]
    assert db.session.query(Download).count() == 0


def test_failure_says_so_and_leaves_no_file(app: Flask, chen: Person, county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    def break_down(table: Any, path: Any) -> None:
        path.write_bytes(b"half")
        raise OSError("disk full")

    monkeypatch.setitem(service.WRITERS, "csv", break_down)
    ordered = order(chen, "subject_scores", "csv")

    with pytest.raises(OSError, match="disk full"):
        service.build_download(uuid.UUID(ordered["id"]), NOW)

    body = chen.get(f"/api/downloads/{ordered['id']}").json
    assert body["state"] == "failed"
    assert "请重试" in body["reason"]
    assert list(app.config["SETTINGS"].download_dir.iterdir()) == []


def test_download_of_a_job_that_died_is_built_again(app: Flask, chen: Person, county: County) -> None:
    ordered = order(chen, "subject_scores", "csv")
    with transaction() as session:
        session.query(OutboxNote).delete()
        download = session.get_one(Download, uuid.UUID(ordered["id"]))
        download.state, download.attempts = "running", 1
    assert service.note_lost_downloads(NOW + timedelta(minutes=1)) == 0

    assert service.note_lost_downloads(NOW + timedelta(minutes=3)) == 1
    work_off(app)

    assert chen.get(f"/api/downloads/{ordered['id']}").json["state"] == "done"


def test_job_that_keeps_dying_is_given_up_with_a_reason(app: Flask, chen: Person, county: County) -> None:
    ordered = order(chen, "subject_scores", "csv")
    with transaction() as session:
        session.get_one(Download, uuid.UUID(ordered["id"])).attempts = service.MAX_ATTEMPTS

    service.build_download(uuid.UUID(ordered["id"]), NOW)

    body = chen.get(f"/api/downloads/{ordered['id']}").json
    assert body["state"] == "failed"
    assert "中断" in body["reason"]


def test_second_job_leaves_the_first_one_alone(app: Flask, chen: Person, county: County) -> None:
    ordered = order(chen, "subject_scores", "csv")
    with transaction() as session:
        session.get_one(Download, uuid.UUID(ordered["id"])).state = "running"

    service.build_download(uuid.UUID(ordered["id"]), NOW + timedelta(seconds=30))

    assert chen.get(f"/api/downloads/{ordered['id']}").json["state"] == "running"


def test_finished_download_is_not_built_again(app: Flask, chen: Person, county: County) -> None:
    fetch(app, chen, "subject_scores", "csv")
    [download] = db.session.query(Download).all()

    service.build_download(download.id, NOW + timedelta(hours=1))

    assert download.finished_at == NOW


def test_old_files_expire(app: Flask, chen: Person, county: County) -> None:
    fetch(app, chen, "subject_scores", "csv")

    assert service.expire_files(NOW + timedelta(days=29)) == 0
    assert service.expire_files(NOW + timedelta(days=31)) == 1
    assert list(app.config["SETTINGS"].download_dir.iterdir()) == []


def test_missing_file_is_gone(app: Flask, chen: Person, county: County) -> None:
    fetch(app, chen, "subject_scores", "csv")
    for path in app.config["SETTINGS"].download_dir.iterdir():
        path.unlink()
    [download] = chen.get("/api/downloads").json["items"]

    assert chen.get(download["file_url"]).status_code == 410


def test_owner_without_permission_any_more_gets_no_file(app: Flask, chen: Person, county: County) -> None:
    from server.accounts.models import RoleGrant

    ordered = order(chen, "subject_scores", "csv")
    with transaction() as session:
        for grant in session.query(RoleGrant).filter_by(user_id=county.users["chen"]):
            grant.valid_to = NOW.date() - timedelta(days=1)

    service.build_download(uuid.UUID(ordered["id"]), NOW)

    db.session.expire_all()
    assert db.session.get_one(Download, uuid.UUID(ordered["id"])).state == "failed"


def test_slow_download_of_one_person_holds_up_only_their_own(app: Flask, chen: Person, ben: Person, ids: dict[str, str]) -> None:
    slow, next_one, of_another = (uuid.UUID(order(person, "hazard_ledger", "csv")["id"]) for person in (chen, chen, ben))
    with transaction() as session:
        begun = session.get_one(Download, slow)
        begun.state, begun.touched_at = "running", NOW

    with pytest.raises(NotYet):
        service.build_download(next_one, NOW)
    service.build_download(of_another, NOW)
    service.build_download(next_one, NOW + service.LOST_AFTER)

    assert [db.session.get_one(Download, id_).state for id_ in (next_one, of_another)] == ["done", "done"]
