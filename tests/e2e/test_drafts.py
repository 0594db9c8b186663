"""A phone that dies half way: another phone of the same person goes on, and exactly one visit arrives, with all photos."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.phone import Phone
from tests.e2e.service import Service, wait_for, with_small_checklist
from tests.e2e.test_story import MINE, photos, query, register_hazard, show_items


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with with_small_checklist(tmp_path_factory.mktemp("drafts") / "data") as service:
        yield service


def mirrored(service: Service) -> dict[str, Any] | None:
    rows = query(service, "SELECT content FROM visit_draft")
    return json.loads(rows[0][0]) if rows else None


def test_visit_of_a_phone_that_died_is_finished_on_another(
    browser: Browser, service: Service, real_photos: Path | None, tmp_path: Path
) -> None:
    first_photo, second_photo, third_photo = photos(real_photos, tmp_path)
    first = Phone(browser, service.address)
    first.sign_in("jiancha")
    first.open_subject(MINE)
    expect(first.page.locator('[data-testid="pick-checklist"][data-checklist="small"]')).to_be_enabled(timeout=20_000)
    first.start_visit("small")
    show_items(first)
    register_hazard(first, "exit", [first_photo, second_photo])
    first.answer("alarm", "pass")

    def everything_is_mirrored() -> bool:
        content = mirrored(service)
        answers = content["submissions"][0]["answers"] if content else {}
        arrived = query(service, "SELECT count(*) FROM photo WHERE sha256 IS NOT NULL")[0][0]
        return arrived == 2 and "alarm" in answers and len(content["photos"] if content else []) == 2

    wait_for(everything_is_mirrored, timeout_s=120, what="draft and both photos on the server")
    first.context.close()

    second = Phone(browser, service.address)
    second.sign_in("jiancha")
    card = second.page.get_by_test_id("subject-card").filter(has_text=MINE)
    expect(card).to_contain_text("我在另一部手机上填到一半", timeout=60_000)
    second.open_subject(MINE)
    second.tap("begun-elsewhere")
    second.tap("draft-continue")
    second.page.locator('a[href*="/checklists/"]').first.click()
    show_items(second)
    expect(second.item("exit")).to_have_attribute("data-result", "fail")
    expect(second.item("alarm")).to_have_attribute("data-result", "pass")
    second.item("exit").get_by_test_id("item-hazard").first.click()
    pictures = second.page.locator('[data-testid="photo"] img')
    expect(pictures).to_have_count(2, timeout=60_000)
    second.take_photo(third_photo)
    expect(second.tap_target("photo")).to_have_count(3, timeout=60_000)
    second.tap("save-hazard")
    second.item("gas").get_by_test_id("answer-number").fill("0.40")
    expect(second.item("gas")).to_have_attribute("data-result", "pass")
    second.tap("checklist-done")
    second.tap("finish-visit")
    second.tap_target("representative-name").fill("赵矿长")
    second.tap_target("sign-refused").click(force=True)
    second.tap_target("signature-reason").fill("不在场，拒签")
    second.tap("submit-visit")
    expect(second.page).to_have_url(f"{service.address}/outbox", timeout=60_000)
    expect(second.tap_target("visit-delivery").first).to_have_attribute("data-state", "on_server", timeout=120_000)

    assert query(service, "SELECT count(*), count(complete_at) FROM visit") == [(1, 1)]
    photos_here = "SELECT count(*), count(sha256), count(recorded_at), count(DISTINCT hazard_id) FROM photo"
    assert query(service, photos_here) == [(3, 3, 3, 1)]
    assert query(service, "SELECT count(*) FROM submission") == [(1,)]
    assert mirrored(service) is None
    assert first.errors == []
    assert second.errors == []
