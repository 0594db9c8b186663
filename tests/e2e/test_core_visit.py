"""How many taps a core visit takes in which nothing is wrong, and a hazard with its photo."""

from __future__ import annotations

import json
from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.e2e.core_visit import fill_clean_core_checklist, register_with_photo
from tests.e2e.phone import Phone
from tests.e2e.service import Service
from tests.e2e.test_story import MINE, photos

COAL = Path(__file__).resolve().parents[2] / "forms" / "checklists" / "coal_mine.json"


def test_a_clean_core_visit_takes_twelve_taps_and_a_hazard_with_its_photo_four(
    browser: Browser, service: Service, real_photos: Path | None, tmp_path: Path
) -> None:
    phone = Phone(browser, service.address)
    phone.sign_in("jiancha")
    phone.open_subject(MINE)
    expect(phone.page.locator('[data-testid="pick-checklist"][data-checklist="coal_mine"]')).to_be_enabled(timeout=60_000)
    phone.start_visit("coal_mine")
    count = fill_clean_core_checklist(phone, json.loads(COAL.read_text("utf-8")))

    assert count.taps <= 12, count
    phone.tap("open-checklist")
    expect(phone.tap_target("section-tab").first).to_be_visible()
    hazard = register_with_photo(phone, phone.failing_items()[0], photos(real_photos, tmp_path)[2])
    assert hazard.taps <= 4, hazard
    assert phone.errors == []
