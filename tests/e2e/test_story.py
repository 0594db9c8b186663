"""The main story: a visit filled in with the server gone arrives, is scored, reviewed and downloaded."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.e2e.phone import Phone
from tests.e2e.service import Service, wait_for, with_small_checklist

MINE = "巴公煤业一号井（示例）"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The service with the demo county, and one more checklist of three items whose score can be done in the head."""
    with with_small_checklist(tmp_path_factory.mktemp("story") / "data") as service:
        yield service


def photos(folder: Path | None, target: Path) -> list[Path]:
    """Three real phone photos, or drawn ones where the real ones are absent."""
    if folder is not None:
        return [folder / name for name in ("HMD_Nokia_8.3_5G.jpg", "iphone_hdr_NO.jpg", "DSCN0010.jpg")]
    made = []
    for number in range(3):
        path = target / f"{number}.jpg"
        Image.effect_mandelbrot((1600, 1200), (-2 + number / 3, -1.5, 1, 1.5), 60).convert("RGB").save(path, "JPEG")
        made.append(path)
    return made


def register_hazard(phone: Phone, item: str, files: list[Path]) -> None:
    phone.answer(item, "fail")
    row = phone.item(item)
    row.get_by_test_id("register-hazard").or_(row.get_by_test_id("item-hazard")).first.click()
    expect(phone.tap_target("save-hazard")).to_be_visible()
    for number, file in enumerate(files, 1):
        phone.take_photo(file)
        expect(phone.tap_target("photo")).to_have_count(number, timeout=20_000)
    phone.tap_target("hazard-description").fill(f"{item} 损坏，需更换")
    expect(phone.tap_target("hazard-description")).to_have_value(f"{item} 损坏，需更换")
    phone.tap("save-hazard")
    expect(phone.item(item)).to_be_visible()


def show_items(phone: Phone) -> None:
    """Goes to the section with the items, whichever tab a reload opens."""
    if not phone.item("exit").is_visible():
        phone.tap_target("section-tab").last.click()
    expect(phone.item("exit")).to_be_visible()


def desk(browser: Browser, service: Service, username: str) -> Page:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN", accept_downloads=True)
    page = context.new_page()
    page.goto(f"{service.address}/office/")
    page.get_by_test_id("username").fill(username)
    page.get_by_test_id("password").fill("zezhou-demo")
    page.get_by_test_id("sign-in").click()
    expect(page.get_by_test_id("menu-account")).to_be_visible(timeout=20_000)
    return page


def test_visit_without_a_server_arrives_is_scored_reviewed_and_downloaded(
    browser: Browser, service: Service, real_photos: Path | None, tmp_path: Path
) -> None:
    first, second, third = photos(real_photos, tmp_path)
    phone = Phone(browser, service.address)
    phone.sign_in("jiancha")
    phone.wait_until_offline_ready()
    phone.open_subject(MINE)
    expect(phone.page.locator('[data-testid="pick-checklist"][data-checklist="small"]')).to_be_enabled(timeout=20_000)

    service.stop("web")
    phone.page.reload()
    phone.start_visit("small")
    show_items(phone)
    register_hazard(phone, "exit", [first, second])
    phone.page.reload()
    show_items(phone)
    expect(phone.item("exit")).to_have_attribute("data-result", "fail")
    register_hazard(phone, "alarm", [third])
    phone.item("gas").get_by_test_id("answer-number").fill("0.40")
    expect(phone.item("gas")).to_have_attribute("data-result", "pass")
    phone.tap("checklist-done")
    phone.tap("finish-visit")
    expect(phone.tap_target("score")).to_have_text("20.0")
    phone.tap_target("representative-name").fill("赵矿长")
    phone.tap_target("sign-refused").click(force=True)
    phone.tap_target("signature-reason").fill("不在场，拒签")
    phone.tap("submit-visit")
    assert phone.state() == "on_phone"

    service.start("web")
    phone.page.goto(f"{service.address}/outbox")
    delivery = phone.tap_target("visit-delivery").first
    expect(delivery).to_have_attribute("data-state", "on_server", timeout=60_000)
    expect(phone.tap_target("receipt").first).to_contain_text("-")
    assert phone.errors == []

    reviewer = desk(browser, service, "zhuguan")
    reviewer.get_by_test_id("menu-review").click()
    stage = reviewer.get_by_test_id("review-stage")
    expect(stage).to_be_visible(timeout=20_000)
    approved = stage.get_attribute("data-photo")
    reviewer.get_by_test_id("review-approve").click()
    expect(stage).not_to_have_attribute("data-photo", approved or "", timeout=20_000)
    reviewer.get_by_test_id("review-return").click()
    reviewer.get_by_test_id("return-reason").fill("看不清，请靠近补拍")
    reviewer.get_by_test_id("return-submit").click()
    wait_for(lambda: review_states(service) == {"approved": 1, "returned": 1, "pending": 1}, what="one approved, one returned")
    wait_for(lambda: notes_left(service) == 0, what="all background work done")

    office = desk(browser, service, "anweiban")
    office.get_by_test_id("menu-downloads").click()
    office.get_by_test_id("download-kind-subject_scores").click()
    office.get_by_test_id("download-start").click()
    with office.expect_download(timeout=60_000) as waiting:
        office.get_by_test_id("download-file").first.click(timeout=60_000)
    row = row_of(Path(waiting.value.path()).read_bytes(), MINE)
    assert row["得分"] == 20.0
    assert (row["发现"], row["已销号"], row["走访次数"]) == (2, 0, 1)

    phone.page.goto(f"{service.address}/")
    expect(phone.tap_target("returned-photo")).to_be_visible(timeout=30_000)
    expect(phone.tap_target("returned-photo")).to_contain_text("看不清，请靠近补拍")


def review_states(service: Service) -> dict[str, int]:
    return dict(query(service, "SELECT review_state, count(*) FROM photo GROUP BY review_state"))


def notes_left(service: Service) -> int:
    return query(service, "SELECT count(*) FROM outbox_note WHERE topic != 'build_download'")[0][0]


def query(service: Service, statement: str) -> list[tuple]:
    import sqlite3

    connection = sqlite3.connect(service.data_dir / "service.sqlite", timeout=10)
    try:
        return connection.execute(statement).fetchall()
    finally:
        connection.close()


def row_of(content: bytes, name: str) -> dict[str, object]:
    """The cells of a subject's row by the lowest heading above them; rows of data begin with their number."""
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    headings: dict[int, str] = {}
    for row in rows:
        if name in row:
            cells: dict[str, object] = {}
            for index, value in enumerate(row):
                # Found and closed stand again under major hazards, further to the right.
                cells.setdefault(headings.get(index, ""), value)
            return cells
        if not isinstance(row[0], int):
            headings |= {index: str(value) for index, value in enumerate(row) if value is not None}
    raise AssertionError(f"{name} is not in the sheet")
