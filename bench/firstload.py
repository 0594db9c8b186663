"""First load: bytes on the wire to sign-in, to the field app and to the desk, and the largest paint on slow 4G.

Method: the built client from a real server (gunicorn), a fresh Chromium profile each time. Bytes are those of scripts and
styles as they came over the wire, until the screen named stands; what the app fetches later, in the background, is not in
them (the service worker's store of the whole app is shown apart). Largest contentful paint at 360×740 on slow 4G (1.6 Mbit/s
down, 750 kbit/s up, 150 ms before each answer) and a processor slowed down four times: of the first visit, and of a later one
from the service worker. The ratio compares with a page of one heading, written into the same server's address and
fetched with the same brakes, which is the least any page takes there.
Budgets: 70 KB to sign-in, 120 KB field app; 1,500 ms first, 600 ms from the service worker.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, Request, expect

from bench import chromium as lab
from bench.report import Table, write_report
from server.demo.accounts import DEMO_PASSWORD, INSPECTOR, OFFICE
from tests.e2e.phone import Phone, new_context
from tests.e2e.service import ROOT, Service

RUNS = 5
SLOWER = 4
HEADING_PAGE = "heading.html"

LARGEST_PAINT = """() => new Promise((resolve) => {
  const observer = new PerformanceObserver((list) => resolve(list.getEntries().at(-1).startTime));
  observer.observe({ type: "largest-contentful-paint", buffered: true });
})"""


def main() -> None:
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder, lab.chromium() as browser:
        client = Path(folder) / "client"
        shutil.copytree(ROOT / "client" / "dist", client)
        (client / HEADING_PAGE).write_text("<!doctype html><meta name=viewport content=width=device-width><h1>走访</h1>", "utf-8")
        service = Service(Path(folder) / "data", {"CLIENT_DIR": str(client)})
        service.prepare()
        service.start("web")
        try:
            size_table = _sizes(browser, service.address)
            print(size_table.markdown(), flush=True)
            paint_table = _paints(browser, service.address)
        finally:
            service.stop()
    write_report("firstload", f"{__doc__}\n{lab.load_words(load)}", size_table, paint_table)


@dataclass
class Wire:
    """Scripts and styles of a page, in bytes as they came."""

    scripts: int = 0
    styles: int = 0
    encodings: set[str] = field(default_factory=set)

    @property
    def total(self) -> int:
        return self.scripts + self.styles


class Meter:
    """Collects what a page has fetched; a snapshot counts what has arrived so far."""

    def __init__(self, page: Page) -> None:
        self._finished: list[Request] = []
        page.on("requestfinished", lambda request: self._finished.append(request))

    def snapshot(self) -> Wire:
        wire = Wire()
        for request in list(self._finished):
            if request.resource_type not in {"script", "stylesheet"}:
                continue
            response = request.response()
            if response is None or response.from_service_worker:
                continue
            size = request.sizes()["responseBodySize"]
            wire.encodings.add(response.headers.get("content-encoding", "none"))
            if request.resource_type == "script":
                wire.scripts += size
            else:
                wire.styles += size
        return wire


def _sizes(browser: Browser, address: str) -> Table:
    table = Table("Screen", "scripts, KB", "styles, KB", "both, KB", "budget, KB", "encoding")

    def add(name: str, wire: Wire, budget: str) -> None:
        cells = (f"{size / 1000:.1f}" for size in (wire.scripts, wire.styles, wire.total))
        table.add(name, *cells, budget, " ".join(sorted(wire.encodings)))

    phone = Phone(browser, address, context=new_context(browser, service_workers="block"))
    meter = Meter(phone.page)
    phone.page.goto(f"{address}/")
    phone.tap("notice-agree")
    expect(phone.tap_target("username")).to_be_visible(timeout=60_000)
    add("phone: sign-in", meter.snapshot(), "70")
    phone.sign_in(INSPECTOR)
    phone.page.wait_for_load_state("networkidle")
    # Signing in loaded the page once more, from the browser's cache or as it was the first time.
    phone.context.close()

    phone = Phone(browser, address, context=new_context(browser, service_workers="block"))
    meter = Meter(phone.page)
    phone.sign_in(INSPECTOR)
    phone.page.wait_for_load_state("networkidle")
    add("phone: my visits, signed in", meter.snapshot(), "120")
    phone.open_subject("巴公煤业一号井（示例）")
    phone.start_visit("coal_mine")
    expect(phone.tap_target("item").first).to_be_attached(timeout=60_000)
    phone.page.wait_for_load_state("networkidle")
    add("phone: and a checklist being filled in", meter.snapshot(), "")
    phone.context.close()

    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    page = context.new_page()
    meter = Meter(page)
    page.goto(f"{address}/office/")
    expect(page.get_by_test_id("username")).to_be_visible(timeout=60_000)
    page.wait_for_load_state("networkidle")
    add("desk: sign-in", meter.snapshot(), "")
    page.get_by_test_id("username").fill(OFFICE)
    page.get_by_test_id("password").fill(DEMO_PASSWORD)
    page.get_by_test_id("sign-in").click()
    expect(page.locator("canvas").first).to_be_visible(timeout=60_000)
    expect(page.locator(".leaflet-container")).to_be_visible(timeout=60_000)
    page.wait_for_load_state("networkidle")
    add("desk: overview with charts and map", meter.snapshot(), "")
    context.close()
    return table


def _paints(browser: Browser, address: str) -> Table:
    table = Table("Largest contentful paint", "ms (median, highest)", "budget, ms", "÷ one heading")
    heading = [_paint_of_new(browser, f"{address}/{HEADING_PAGE}") for _ in range(RUNS)]
    first = [_paint_of_new(browser, f"{address}/") for _ in range(RUNS)]
    later = _paints_from_service_worker(browser, address)
    base = lab.median(heading)
    table.add("a page of one heading", _words(heading), "", "1")
    table.add("phone, first visit", _words(first), "1500", f"{lab.median(first) / base:.1f}")
    table.add("phone, from the service worker", _words(later), "600", f"{lab.median(later) / base:.1f}")
    return table


def _paint_of_new(browser: Browser, url: str) -> float:
    context = new_context(browser)
    try:
        return _paint(context, url)
    finally:
        context.close()


def _paints_from_service_worker(browser: Browser, address: str) -> list[float]:
    """Opening the app again, signed in, as an inspector does in the morning."""
    phone = Phone(browser, address, context=new_context(browser))
    phone.sign_in(INSPECTOR)
    phone.wait_until_offline_ready()
    phone.page.wait_for_load_state("networkidle")
    phone.page.close()
    try:
        return [_paint(phone.context, f"{address}/") for _ in range(RUNS)]
    finally:
        phone.context.close()


def _paint(context: BrowserContext, url: str) -> float:
    page = context.new_page()
    tools = lab.developer_tools(page)
    tools.send("Network.enable")
    tools.send("Network.emulateNetworkConditions", lab.SLOW_4G)
    lab.slow_down(tools, SLOWER)
    page.goto(url, wait_until="commit", timeout=120_000)
    expect(page.locator("h1").first).to_be_visible(timeout=120_000)
    # Something larger may still come.
    page.wait_for_timeout(2_000)
    found = float(page.evaluate(LARGEST_PAINT))
    page.close()
    return found


def _words(values: list[float]) -> str:
    return f"{lab.median(values):.0f}, {max(values):.0f}"


if __name__ == "__main__":
    main()
