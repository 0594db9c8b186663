"""A core visit in which everything is as it should be, filled in with as few taps as the screens allow; each tap is counted.

Numbers are typed from the instrument and do not count, nor does opening the app.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, expect

from tests.e2e.phone import Phone

ROUNDS = 40


@dataclass
class Count:
    """``by_kind`` says what the taps were for."""

    by_kind: dict[str, int] = field(default_factory=dict)
    numbers: int = 0
    seconds: float = 0.0

    @property
    def taps(self) -> int:
        return sum(self.by_kind.values())

    def tap(self, kind: str, target: Locator) -> None:
        target.click()
        self.by_kind[kind] = self.by_kind.get(kind, 0) + 1


def fill_clean_core_checklist(phone: Phone, document: dict[str, Any]) -> Count:
    """From the open checklist to "done". ``document`` says which values are within their limits."""
    count, started = Count(), time.monotonic()
    expect(phone.tap_target("section-tab").first).to_be_visible(timeout=60_000)
    items = {item["id"]: item for section in document["sections"] for item in section["items"]}
    for _ in range(ROUNDS):
        none_here = phone.tap_target("none-here-reason")
        if none_here.count():
            count.tap("none here", none_here.first)
            phone.page.wait_for_timeout(300)
            continue
        _type_numbers(phone, items, count)
        rest = phone.tap_target("rest-pass")
        if rest.count() and rest.is_enabled():
            count.tap("the rest passes", rest)
            phone.page.wait_for_timeout(300)
            continue
        _answer_one_by_one(phone, items, count)
        done = phone.tap_target("checklist-done")
        if done.count():
            count.tap("done", done)
            break
        count.tap("next", phone.tap_target("next-section"))
        phone.page.wait_for_timeout(300)
    count.seconds = time.monotonic() - started
    return count


def register_with_photo(phone: Phone, item: str, photo: Path) -> Count:
    """A failed item with its hazard, photographed and described where it was seen; the sheet need not be opened."""
    count = Count()
    row = phone.item(item)
    row.evaluate("row => row.scrollIntoView({ block: 'center' })")
    row.get_by_test_id("answer-fail").click(force=True)
    count.by_kind["fails"] = 1
    row.get_by_test_id("camera-input").first.set_input_files(str(photo))
    count.by_kind["camera"] = 1
    phrase = row.get_by_test_id("panel-phrase").first
    expect(phrase.or_(row.get_by_test_id("item-hazard")).first).to_be_visible(timeout=60_000)
    if phrase.count():
        count.tap("phrase", phrase)
    hazard = row.get_by_test_id("item-hazard")
    expect(hazard.locator("img")).to_be_visible(timeout=60_000)
    expect(hazard).not_to_contain_text("还没填完", timeout=60_000)
    return count


def _type_numbers(phone: Phone, items: dict[str, Any], count: Count) -> None:
    for path in _unchecked(phone, ':has([data-testid="answer-number"])'):
        row, number = phone.item(path), items[_item_of(path)]["number"]
        design = max(1.0, number.get("design", {}).get("minimum", 0))
        if "design" in number:
            row.get_by_test_id("answer-design").fill(f"{design:.0f}")
        value = f"{_measured(number, design):.{number['decimals']}f}"
        row.get_by_test_id("answer-number").fill(value)
        expect(row).to_have_attribute("data-result", "pass")
        count.numbers += 1


def _measured(number: dict[str, Any], design: float) -> float:
    """A value that all limits allow, whatever their conditions."""
    low = max((limit[key] for limit in number["limits"] for key in ("at_least", "above") if key in limit), default=None)
    high = min((limit[key] for limit in number["limits"] for key in ("at_most", "below") if key in limit), default=None)
    if low is not None and high is not None:
        wanted = (low + high) / 2
    elif low is not None:
        wanted = low * 1.2 + 1
    else:
        wanted = high * 0.9 if high is not None else number["minimum"]
    match number.get("design", {}).get("comparison"):
        case "percent":
            wanted *= design / 100
        case "quotient":
            wanted *= design
        case "difference":
            wanted += design
    return float(min(max(wanted, number["minimum"]), number["maximum"]))


def _answer_one_by_one(phone: Phone, items: dict[str, Any], count: Count) -> None:
    for path in _unchecked(phone):
        row, kind = phone.item(path), items[_item_of(path)]["type"]
        if kind == "facts":
            row.get_by_test_id("answer-none").click(force=True)
            count.by_kind["facts"] = count.by_kind.get("facts", 0) + 1
        elif kind == "choice":
            row.get_by_test_id("answer-choice").first.click(force=True)
            count.by_kind["choice"] = count.by_kind.get("choice", 0) + 1


def _unchecked(phone: Phone, having: str = "") -> list[str]:
    rows = phone.page.locator(f'[data-testid="item"][data-result="unchecked"]{having}')
    return list(rows.evaluate_all("rows => rows.map(row => row.dataset.path)"))


def _item_of(path: str) -> str:
    return path.rsplit(".", 1)[-1]
