"""An inspector's phone: a browser context at phone size with a set position, and the taps a story is told in."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from server.demo.accounts import DEMO_PASSWORD

HERE = {"longitude": 112.8991, "latitude": 35.6172, "accuracy": 12}


class Phone:
    """One tab of the phone app. Errors of the page are collected in ``errors``."""

    def __init__(self, browser: Browser, address: str, *, context: BrowserContext | None = None) -> None:
        self.address = address
        self.context = context or new_context(browser)
        self.page: Page = self.context.new_page()
        self.errors: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def sign_in(self, username: str, password: str = DEMO_PASSWORD) -> None:
        self.page.goto(f"{self.address}/")
        agree = self.tap_target("notice-agree")
        username_field = self.tap_target("username")
        expect(agree.or_(username_field).first).to_be_visible()
        if agree.is_visible():
            agree.click()
        username_field.fill(username)
        self.tap_target("password").fill(password)
        self.tap("sign-in")
        expect(self.page.get_by_test_id("subject-card").first).to_be_visible(timeout=60_000)

    def wait_until_offline_ready(self) -> None:
        """The service worker controls the page and the shell is in its cache."""
        self.page.wait_for_timeout(200)
        self.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        for _ in range(100):
            if self.page.evaluate("Boolean(navigator.serviceWorker.controller)"):
                return
            self.page.wait_for_timeout(100)
        self.page.reload()

    def tap_target(self, test_id: str) -> Locator:
        return self.page.get_by_test_id(test_id)

    def tap(self, test_id: str) -> None:
        self.tap_target(test_id).first.click()

    def open_subject(self, name: str) -> None:
        self.page.get_by_test_id("subject-card").filter(has_text=name).first.click()

    def start_visit(self, checklist_id: str) -> None:
        """Starts a visit with this one checklist."""
        expect(self.tap_target("start-visit")).to_be_visible()
        # The button may stand a moment before the checklists do, and before this one is on the phone.
        expect(self.page.locator(f'[data-testid="pick-checklist"][data-checklist="{checklist_id}"]')).to_be_enabled(
            timeout=20_000
        )
        for box in self.tap_target("pick-checklist").all():
            wanted = box.get_attribute("data-checklist") == checklist_id
            if box.is_checked() != wanted:
                box.set_checked(wanted, force=True)
        self.tap("start-visit")
        expect(self.tap_target("finish-visit").or_(self.tap_target("section-tab")).first).to_be_visible(timeout=20_000)

    def open_checklist(self) -> None:
        """From the page of the visit, which comes first where a hazard waits to be looked at again; else it opens by itself."""
        self.page.wait_for_timeout(500)
        if self.tap_target("section-tab").count() == 0:
            self.page.locator('a[href*="/checklists/"]').first.click()

    def item(self, path: str) -> Locator:
        return self.page.locator(f'[data-testid="item"][data-path="{path}"]')

    def answer(self, path: str, result: str) -> None:
        row = self.item(path)
        # Rows above take their height only when they come near; in the middle none of the bars is in the way.
        row.evaluate("row => row.scrollIntoView({ block: 'center' })")
        choice = row.get_by_test_id(f"answer-{result}")
        choice.click(force=True)
        # The control shows the tap at once; the row's result follows when the answer is on disk.
        expect(row).to_have_attribute("data-result", result)

    def failing_items(self) -> list[str]:
        """Paths of the shown judgement items of the section, in order."""
        rows = self.page.locator('[data-testid="item"]:has([data-testid="answer-fail"])')
        return [str(row.get_attribute("data-path")) for row in rows.all()]

    def take_photo(self, file: Path, scope: Locator | None = None) -> None:
        (scope or self.page).get_by_test_id("camera-input").first.set_input_files(str(file))

    def state(self) -> str:
        return str(self.tap_target("state-pill").first.get_attribute("data-state"))

    def shot(self, path: str) -> None:
        self.page.screenshot(path=path)


def new_context(browser: Browser, **values: object) -> BrowserContext:
    options: dict[str, object] = {
        "viewport": {"width": 360, "height": 740},
        "device_scale_factor": 2,
        "has_touch": True,
        "is_mobile": True,
        "locale": "zh-CN",
        "timezone_id": "Asia/Shanghai",
        "geolocation": HERE,
        "permissions": ["geolocation"],
        **values,
    }
    return browser.new_context(**options)  # type: ignore[arg-type]
