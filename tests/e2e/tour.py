"""A walk through every screen and state worth looking at, on the phone and in the desk.

Each walk yields the name of a screen when it stands still; what is done there (a picture, an accessibility check) is the
caller's business, as long as it leaves the screen as it was. The walks need the demo county with its history.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from server.demo.accounts import DEMO_PASSWORD, INSPECTOR
from tests.e2e.phone import Phone

DESK_SIZE = {"width": 1440, "height": 900}
PHONE_SIZE = {"width": 360, "height": 740}
MINE = "巴公煤业一号井（示例）"
PATIENCE_MS = 60_000


def phone_tour(phone: Phone, photos: Sequence[Path]) -> Iterator[str]:
    """From the privacy notice to a visit that is on the server. ``photos`` are taken of the first hazard."""
    yield from _sign_in(phone)
    yield from _lists(phone)
    yield from _visit(phone)
    yield from _hazard(phone, photos)
    yield from _finish(phone)


def desk_tour(browser: Browser, address: str, username: str) -> Iterator[tuple[str, Page]]:
    """Signing in, every page of the menu with its first drawer, and the account."""
    context = browser.new_context(viewport=DESK_SIZE, locale="zh-CN", timezone_id="Asia/Shanghai")  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"{address}/office/")
    expect(page.get_by_test_id("username")).to_be_visible(timeout=PATIENCE_MS)
    settle(page)
    yield "office-sign-in", page
    page.get_by_test_id("username").fill(username)
    page.get_by_test_id("password").fill(DEMO_PASSWORD)
    page.get_by_test_id("sign-in").click()
    expect(page.get_by_test_id("menu-account")).to_be_visible(timeout=PATIENCE_MS)
    names = [str(link.get_attribute("data-testid")).removeprefix("menu-") for link in page.locator("[data-testid^=menu-]").all()]
    for name in names:
        page.get_by_test_id(f"menu-{name}").click()
        settle(page)
        yield f"office-{name}", page
        for state in _states_of(name, page):
            settle(page)
            yield f"office-{name}-{state}", page
    context.close()


def _states_of(name: str, page: Page) -> Iterator[str]:
    """What opens on a page of the desk. Closes it again."""
    match name:
        case "overview":
            page.locator("[data-testid^=figure-]").nth(2).click()
            yield "figure"
            _close_drawer(page)
        case "review":
            page.get_by_test_id("review-return").click()
            yield "return"
            page.keyboard.press("Escape")
        case "hazards" | "visits" | "scores":
            page.locator("table tbody tr").first.click()
            yield "drawer"
            _close_drawer(page)
        case "checklists":
            page.locator("table tbody tr").first.click()
            expect(page.get_by_test_id("versions-page")).to_be_visible(timeout=PATIENCE_MS)
            yield "versions"
            page.get_by_test_id("preview").first.click()
            frame = page.frame_locator("[data-testid=preview-frame]")
            expect(frame.get_by_test_id("section-tab").first).to_be_visible(timeout=PATIENCE_MS)
            yield "preview"
            _close_drawer(page)
            page.locator("article[data-testid^=version-] a").first.click()
            expect(page.get_by_test_id("checklist-preview")).to_be_visible(timeout=PATIENCE_MS)
            yield "version"
            page.get_by_test_id("menu-checklists").click()
            page.get_by_test_id("unverified-link").click()
            expect(page.get_by_test_id("unverified").first).to_be_visible(timeout=PATIENCE_MS)
            yield "unverified"
            page.get_by_test_id("menu-checklists").click()
            page.get_by_test_id("import-checklist").click()
            expect(page.get_by_test_id("file-input")).to_be_attached(timeout=PATIENCE_MS)
            yield "import"


def _close_drawer(page: Page) -> None:
    button = page.locator("[data-testid=close-drawer]:visible")
    button.click()
    expect(button).to_have_count(0)


def settle(page: Page) -> None:
    """Pictures are there, nothing is loading and nothing slides any more."""
    # A click has to reach the network before its silence means anything.
    page.wait_for_timeout(300)
    page.wait_for_load_state("networkidle", timeout=PATIENCE_MS)
    expect(page.locator(".bone:visible, .skeleton:visible")).to_have_count(0, timeout=PATIENCE_MS)
    page.wait_for_timeout(500)


def _sign_in(phone: Phone) -> Iterator[str]:
    phone.page.goto(f"{phone.address}/")
    _shown(phone.tap_target("notice-agree"))
    settle(phone.page)
    yield "field-notice"
    phone.tap("notice-agree")
    _shown(phone.tap_target("username"))
    yield "field-sign-in"
    phone.sign_in(INSPECTOR)


def _lists(phone: Phone) -> Iterator[str]:
    page = phone.page
    _shown(phone.tap_target("subject-card").nth(3))
    settle(page)
    yield "field-home"
    phone.tap_target("search").fill("没有这家")
    expect(phone.tap_target("subject-card")).to_have_count(0)
    yield "field-home-none-found"
    phone.tap_target("search").fill("")
    returned = phone.tap_target("returned-photo")
    if returned.count():
        returned.first.scroll_into_view_if_needed()
        yield "field-home-returned"
        returned.first.click()
        _shown(phone.tap_target("camera-input"))
        settle(page)
        yield "field-retake"
        phone.tap("back")
    phone.tap("tab-hazards")
    _shown(phone.tap_target("hazard-card"))
    settle(page)
    yield "field-hazards"
    phone.tap("tab-outbox")
    _shown(phone.tap_target("storage"))
    yield "field-outbox-empty"
    phone.tap("tab-me")
    _shown(phone.tap_target("sign-out"))
    yield "field-me"
    phone.tap("tab-visits")


def _visit(phone: Phone) -> Iterator[str]:
    page = phone.page
    phone.open_subject(MINE)
    _shown(phone.tap_target("start-visit"))
    settle(page)
    yield "field-subject"
    phone.tap("start-visit")
    _shown(phone.tap_target("finish-visit"))
    settle(page)
    yield "field-visit"
    phone.tap("open-checklist")
    _shown(phone.tap_target("section-tab"))
    yield from _checklist(phone)


def _checklist(phone: Phone) -> Iterator[str]:
    open_section(phone, "office")
    settle(phone.page)
    yield "field-checklist-core"
    phone.tap("scope-change")
    _shown(phone.item("licences"))
    settle(phone.page)
    yield "field-checklist-office"
    phone.answer("licences", "pass")
    not_applicable = phone.page.locator("[data-testid=answer-not_applicable], [data-testid=not-applicable]")
    _centre(not_applicable.first)
    not_applicable.first.click(force=True)
    _shown(phone.tap_target("reason"))
    settle(phone.page)
    yield "field-reason"
    phone.tap("sheet-close")
    open_section(phone, "coal_face")
    yield "field-checklist-no-instance"
    phone.tap_target("instance-key").fill("3101")
    phone.tap("instance-add")
    _shown(_at_face(phone, "cf_ch4_return"))
    gas = _at_face(phone, "cf_ch4_return")
    gas.get_by_test_id("answer-number").fill("1.2")
    expect(gas).to_have_attribute("data-result", "fail")
    _at_face(phone, "cf_co2_return").get_by_test_id("answer-number").fill("0.4")
    settle(phone.page)
    yield "field-checklist"
    airflow = _at_face(phone, "cf_airflow")
    airflow.get_by_test_id("answer-number").fill("1,100")
    _centre(airflow)
    settle(phone.page)
    yield "field-number-asked"
    airflow.get_by_test_id("number-candidate").first.click()
    airflow.get_by_test_id("answer-design").fill("1200")
    expect(airflow).to_have_attribute("data-result", "fail")
    settle(phone.page)
    yield "field-number-design"
    roof = _at_face(phone, "cf_roof")
    phone.answer(_path(_at_face(phone, "cf_interlock")), "pass")
    phone.answer(_path(roof), "fail")
    _centre(roof)
    settle(phone.page)
    yield "field-checklist-failed"


def _hazard(phone: Phone, photos: Sequence[Path]) -> Iterator[str]:
    roof = _at_face(phone, "cf_roof")
    roof.get_by_test_id("register-hazard").click()
    _shown(phone.tap_target("save-hazard"))
    settle(phone.page)
    yield "field-hazard-empty"
    phone.tap_target("hazard-description").fill("")
    phone.tap("save-hazard")
    settle(phone.page)
    yield "field-hazard-faults"
    phone.tap_target("hazard-description").fill("支架不接顶，有人在空顶下作业")
    for number, photo in enumerate(photos, 1):
        phone.take_photo(photo)
        expect(phone.tap_target("photo")).to_have_count(number, timeout=PATIENCE_MS)
    phone.page.evaluate("window.scrollTo(0, 0)")
    settle(phone.page)
    yield "field-hazard"
    if photos:
        phone.tap("photo")
        _shown(phone.tap_target("photo-remove"))
        settle(phone.page)
        yield "field-photo-sheet"
        phone.tap("photo-mark")
        _shown(phone.tap_target("mark-save"))
        settle(phone.page)
        yield "field-mark"
        phone.tap("mark-save")
    phone.tap("save-hazard")
    _shown(roof)
    _centre(roof)
    settle(phone.page)
    yield "field-checklist-hazard"
    phone.tap("back")


def _finish(phone: Phone) -> Iterator[str]:
    page = phone.page
    _shown(phone.tap_target("finish-visit"))
    settle(page)
    yield "field-visit-found"
    phone.tap("finish-visit")
    _shown(phone.tap_target("submit-visit"))
    settle(page)
    yield "field-finish"
    _sign(phone)
    phone.context.set_offline(True)
    phone.tap("submit-visit")
    _shown(phone.tap_target("visit-delivery"))
    settle(page)
    yield "field-outbox-offline"
    phone.context.set_offline(False)
    # The phone may be sending by itself already, and then the button goes.
    with contextlib.suppress(PlaywrightTimeout):
        phone.tap_target("send-now").first.click(timeout=3000)
    expect(phone.tap_target("visit-delivery").first).to_have_attribute("data-state", "on_server", timeout=PATIENCE_MS)
    settle(page)
    yield "field-outbox"
    phone.tap("tab-hazards")
    phone.tap("hazard-card")
    _shown(phone.tap_target("recheck-pass"))
    settle(page)
    yield "field-recheck"
    phone.tap("recheck-return")
    _shown(phone.tap_target("reason"))
    settle(page)
    yield "field-recheck-return"
    phone.tap("sheet-close")


def _sign(phone: Phone) -> None:
    if phone.tap_target("representative-name").input_value() == "":
        phone.tap_target("representative-name").fill("赵矿长")
    pad = phone.tap_target("signature-pad")
    _centre(pad)
    box = pad.bounding_box()
    assert box is not None
    left, middle = box["x"], box["y"] + box["height"] / 2
    phone.page.mouse.move(left + 30, middle)
    phone.page.mouse.down()
    for step in range(1, 12):
        phone.page.mouse.move(left + 30 + step * 18, middle + (18 if step % 2 else -18))
    phone.page.mouse.up()
    _shown(phone.tap_target("signature-clear"))


def _centre(row: Locator) -> None:
    row.evaluate("row => row.scrollIntoView({ block: 'center' })")


def _at_face(phone: Phone, item: str) -> Locator:
    """An item at the one coal face there is; the face's own id is in its path."""
    return phone.page.locator(f'[data-testid="item"][data-path^="coal_face["][data-path$="].{item}"]')


def _path(item: Locator) -> str:
    return item.get_attribute("data-path") or ""


def open_section(phone: Phone, section: str) -> None:
    phone.page.locator(f'[data-testid="section-tab"][data-section="{section}"]').click()


def _shown(target: Locator) -> None:
    expect(target.first).to_be_attached(timeout=PATIENCE_MS)
