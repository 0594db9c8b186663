"""A phone: a real browser on a profile of its own, which is killed and opened again, and the visits made on it."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Error, FilePayload, Page, Playwright

from bench.durability.byhand import visit_by_hand
from bench.durability.checklist import DOCUMENT
from bench.durability.journal import Journal
from bench.durability.pictures import camera_picture
from bench.durability.plans import Fault, Plan
from server.demo.accounts import DEMO_PASSWORD
from tests.e2e.conftest import FLAGS
from tests.e2e.phone import HERE

PAGE_FILES = Path(__file__).parent / "page"
SCREENS = ("/me", "/", "/outbox", "/hazards")
ATTEMPTS = 25
HANGING_S = 90
SETTLE_S = 420
# A refusal is the last word: nothing else waits, so nothing else is going to happen.
REFUSED_S = 20

START_VISIT = """plan => {
  window.benchOutcome = null;
  bench.visit(plan).then(
    value => (window.benchOutcome = { value }), error => (window.benchOutcome = { error: String(error?.stack ?? error) })
  );
}"""


class PhoneStuck(Exception):
    """A visit could not be brought to its end however often the phone was opened again; the journal says what happened."""


class Phone:
    """``strike(fault, phone)`` makes a fault happen; it is called from threads of its own."""

    def __init__(
        self,
        name: str,
        account: str,
        folder: Path,
        address: str,
        chromium: str,
        playwright: Playwright,
        journal: Journal,
        strike: Callable[[Fault, Phone], None],
        chance: random.Random,
        pictures: list[Path],
    ) -> None:
        self.name, self.account, self.address, self.journal, self.chance, self.pictures = (
            name, account, address, journal, chance, pictures,
        )  # fmt: skip
        self.visits_by_hand: dict[int, str] = {}
        self._profile = folder / name
        self._chromium, self._playwright, self._strike = chromium, playwright, strike
        self._process: subprocess.Popen[bytes] | None = None
        self._browser: Browser | None = None
        self._pages: list[Page] = []
        self._due: list[Fault] = []
        self._jump_ms: int | None = None
        self._shots = 0
        self._moved_at = time.monotonic()
        self._ended = threading.Event()
        threading.Thread(target=self._watch, daemon=True).start()

    # --- faults; from any thread ---

    def kill_tab(self) -> None:
        pids = self._renderers()
        if pids:
            self.journal.fault("tab_killed", phone=self.name)
            for pid in pids:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)

    def kill_browser(self) -> None:
        process = self._process
        if process is not None and process.poll() is None:
            self.journal.fault("browser_killed", phone=self.name)
            os.killpg(process.pid, signal.SIGKILL)

    def jump(self, offset_ms: int) -> None:
        """The clock jumps when the page next speaks."""
        self._jump_ms = offset_ms

    # --- the story ---

    def sign_in(self) -> None:
        """The first use: signs in on the real screen and waits until the app opens without a network and knows the checklist.

        The faults of other phones strike here, too; what they broke is tried again, as people do.
        """
        for _ in range(ATTEMPTS):
            self._moved_at = time.monotonic()
            try:
                self._open_browser()
                self._sign_in_once(self._context().new_page())
                return
            except Error as error:
                self.journal.note("interrupted", phone=self.name, error=f"sign-in: {error}"[:300])
        raise PhoneStuck("nobody could sign in")

    def _sign_in_once(self, page: Page) -> None:
        self._pages = [page]
        page.goto(f"{self.address}/")
        agree, username, card = (page.get_by_test_id(name) for name in ("notice-agree", "username", "subject-card"))
        agree.or_(username).or_(card).first.wait_for()
        if not card.first.is_visible():
            if agree.is_visible():
                agree.click()
            username.fill(self.account)
            page.get_by_test_id("password").fill(DEMO_PASSWORD)
            page.get_by_test_id("sign-in").click()
            card.first.wait_for(timeout=40_000)
        _wait_until(page, "navigator.serviceWorker.getRegistration().then(found => Boolean(found?.active))")
        page.reload()
        self.inject(page)
        _wait_until(page, f"bench.hasChecklist('{DOCUMENT['id']}')")

    def visit(self, plan: Plan) -> None:
        """Brings one visit to its end, through whatever happens."""
        self._due = [fault for fault in plan.faults if fault.kind != "second_tab"]
        if plan.in_two_tabs:
            self.journal.fault("second_tab", phone=self.name)
        failures = []
        for _ in range(ATTEMPTS):
            self._moved_at = time.monotonic()
            try:
                self._open(2 if plan.in_two_tabs else 1)
                if plan.by_hand:
                    visit_by_hand(self, self._pages[0], plan)
                    failure = None
                else:
                    failure = self._visit_in_page(plan)
                if failure is None:
                    break
                self.journal.note("page_error", phone=self.name, plan=plan.number, error=failure)
            except (Error, AssertionError) as error:
                failure = str(error)
                self.journal.note("interrupted", phone=self.name, plan=plan.number, error=failure[:300])
            failures.append(failure)
            self._close_tabs()
        else:
            raise PhoneStuck(f"plan {plan.number}: {failures[-3:]}")
        # Faults whose step the visit never came to in this tab.
        for fault in list(self._due):
            self._fire(fault)
        while len(self._pages) > 1:
            with contextlib.suppress(Error):
                self._pages.pop().close()

    def reached(self, nth: int) -> None:
        """The visit has come to its nth step."""
        for fault in [fault for fault in self._due if fault.at_step <= nth]:
            self._fire(fault)

    def inject(self, page: Page) -> None:
        """Puts the bench's module beside the app in a page that was just loaded."""
        page.evaluate("import('/durability/bench.js').then(() => true)")

    def next_picture(self) -> FilePayload:
        """What a camera gives: large, with EXIF, and like no picture before it."""
        self._shots += 1
        return camera_picture(self.pictures, self.chance, f"{self.name} {self._shots}")

    def settle(self) -> dict[str, Any]:
        """Waits until everything has its receipt; what did not get one is in the answer."""
        self._due = []
        deadline = time.monotonic() + SETTLE_S
        state: dict[str, Any] = {}
        last, moved = None, time.monotonic()
        while time.monotonic() < deadline:
            self._moved_at = time.monotonic()
            try:
                self._open(1)
                page = self._pages[0]
                page.evaluate("setBenchClock(0)")
                state = page.evaluate("bench.unsent()")
                if state["needs_sign_in"]:
                    page.evaluate("([name, password]) => bench.signIn(name, password)", [self.account, DEMO_PASSWORD])
                if not any(state[key] for key in ("open", "visits", "records", "photos", "refused")):
                    return {}
                page.evaluate("void window.dispatchEvent(new Event('online'))")
                if state != last:
                    last, moved = state, time.monotonic()
                elif (
                    state["refused"]
                    and not any(state[key] for key in ("open", "records", "photos"))
                    and time.monotonic() - moved > REFUSED_S
                ):
                    break
                elif time.monotonic() - moved > 45:
                    self._close_tabs()
                    moved = time.monotonic()
                else:
                    page.wait_for_timeout(1500)
            except Error as error:
                self.journal.note("interrupted", phone=self.name, error=str(error)[:300])
                self._close_tabs()
        self.journal.note("unsettled", phone=self.name, **state)
        return state

    def dump(self) -> dict[str, Any]:
        for _ in range(ATTEMPTS):
            try:
                self._open(1)
                found: dict[str, Any] = self._pages[0].evaluate("bench.dump()")
                return found
            except Error:
                self._close_tabs()
        raise PhoneStuck("the phone's store could not be read")

    def close(self) -> None:
        self._ended.set()
        with contextlib.suppress(Error):
            if self._browser is not None:
                self._browser.close()
        if self._process is not None and self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(10)

    # --- inside ---

    def _visit_in_page(self, plan: Plan) -> str | None:
        """None when it is done, else what the page said went wrong."""
        shares = plan.shares() if plan.in_two_tabs else [plan.body()]
        for page, share in zip(self._pages, shares, strict=True):
            page.evaluate(START_VISIT, share)
        for page in self._pages[: len(shares)]:
            while (outcome := page.evaluate("window.benchOutcome")) is None:
                page.wait_for_timeout(30)
            if "error" in outcome:
                return str(outcome["error"])
        return None

    def _fire(self, fault: Fault) -> None:
        self._due.remove(fault)
        threading.Timer(fault.delay_s, self._strike, args=(fault, self)).start()

    def _hear(self, _source: Any, told: dict[str, Any]) -> int | None:
        """What the page tells. Written down before it goes on; answers with the clock's new offset when it is to jump."""
        self._moved_at = time.monotonic()
        what = told.pop("what")
        if what == "step":
            self.reached(told["nth"])
        else:
            self.journal.note(what, phone=self.name, **told)
        if self._jump_ms is None:
            return None
        offset, self._jump_ms = self._jump_ms, None
        self.journal.fault("clock_jump", phone=self.name, offset_ms=offset)
        return offset

    def _open(self, tabs: int) -> None:
        """The app in so many tabs, signed in, with the bench's module beside it."""
        if self._process is None or self._process.poll() is not None or self._browser is None or not self._browser.is_connected():
            self._open_browser()
        for page in self._pages[:]:
            if page.is_closed() or not page.evaluate("typeof window.bench === 'object'"):
                self._pages.remove(page)
                page.close()
        while len(self._pages) < tabs:
            page = self._context().new_page()
            self._pages.append(page)
            page.on("pageerror", lambda error: self.journal.note("page_error", phone=self.name, error=str(error)[:500]))
            page.on("console", self._note_console)
            page.goto(self.address + self.chance.choice(SCREENS), timeout=30_000)
            self.inject(page)
        state = self._pages[0].evaluate("bench.unsent().catch(error => ({ error: String(error) }))")
        if state.get("error") or state["needs_sign_in"]:
            # A browser killed soon after sign-in may have lost its cookie: the person signs in again.
            done = self._pages[0].evaluate("([name, password]) => bench.signIn(name, password)", [self.account, DEMO_PASSWORD])
            self.journal.note("signed_in_again", phone=self.name, done=done, state=state)
            if not done and state.get("error"):
                raise Error(f"nobody is signed in: {state}")

    def _note_console(self, message: Any) -> None:
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.journal.note("console", phone=self.name, text=message.text[:500])

    def _close_tabs(self) -> None:
        pages, self._pages = self._pages, []
        for page in pages:
            with contextlib.suppress(Error):
                page.close()

    def _context(self) -> BrowserContext:
        assert self._browser is not None
        return self._browser.contexts[0]

    def _open_browser(self) -> None:
        if self._process is not None and self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
        if self._process is not None:
            self._process.wait(10)
        self._pages = []
        port_file = self._profile / "DevToolsActivePort"
        port_file.unlink(missing_ok=True)
        command = [
            self._chromium, *FLAGS, "--headless=new", f"--user-data-dir={self._profile}", "--remote-debugging-port=0",
            "--window-size=400,800", "--lang=zh-CN", "about:blank",
        ]  # fmt: skip
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        deadline = time.monotonic() + 60
        while not (port_file.is_file() and port_file.read_text().strip()):
            if time.monotonic() > deadline or self._process.poll() is not None:
                raise Error("the browser did not start")
            time.sleep(0.05)
        port = port_file.read_text().split()[0]
        self._browser = self._playwright.chromium.connect_over_cdp(f"http://127.0.0.1:{port}", timeout=60_000)
        context = self._context()
        context.set_default_timeout(20_000)
        context.expose_binding("tellDriver", self._hear)
        context.add_init_script(path=PAGE_FILES / "clock.js")
        context.grant_permissions(["geolocation"], origin=self.address)
        context.set_geolocation(HERE)

    def _renderers(self) -> list[int]:
        if self._process is None:
            return []
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                with contextlib.suppress(OSError):
                    mine = os.getpgid(int(entry.name)) == self._process.pid
                    if mine and b"--type=renderer" in (entry / "cmdline").read_bytes():
                        found.append(int(entry.name))
        return found

    def _watch(self) -> None:
        """A page that says nothing for long would stop the whole run; it is noted, and the browser is opened again."""
        while not self._ended.wait(2):
            process = self._process
            if time.monotonic() - self._moved_at > HANGING_S and process is not None and process.poll() is None:
                self.journal.note("hanging", phone=self.name)
                self._moved_at = time.monotonic()
                os.killpg(process.pid, signal.SIGKILL)


def _wait_until(page: Page, expression: str) -> None:
    """Playwright's own waiting needs eval, which the app's policy forbids."""
    deadline = time.monotonic() + 40
    while not page.evaluate(expression):
        if time.monotonic() > deadline:
            raise Error(f"not within 40 s: {expression}")
        page.wait_for_timeout(300)
