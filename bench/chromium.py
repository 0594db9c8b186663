"""Chromium as a phone of 2020: a slow processor, slow 4G, and stopwatches inside the page."""

from __future__ import annotations

import contextlib
import os
import statistics
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from tests.e2e.conftest import FLAGS, INSTALL, find_chromium

# What Lighthouse calls slow 4G: 1.6 Mbit/s down, 750 kbit/s up, 150 ms to the first byte of every answer.
SLOW_4G = {"offline": False, "latency": 150, "downloadThroughput": 1_638_400 / 8, "uploadThroughput": 768_000 / 8}

# A stopwatch from one event to the paint after a condition holds. `until` is looked at once per frame.
STOPWATCH = """
window.stopwatch = (event, until) => new Promise((resolve, reject) => {
  let from = null;
  setTimeout(() => reject(new Error(`${from === null ? `no ${event}` : until} in a minute`)), 60_000);
  addEventListener(event, (raised) => { from ??= raised.timeStamp; look(); }, { capture: true, once: true });
  const look = () => requestAnimationFrame(() => (until() ? painted() : look()));
  // The frame callback runs before the paint, a message sent from it arrives after.
  const painted = () => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => resolve(performance.now() - from);
    channel.port2.postMessage(null);
  };
});
"""


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    path = find_chromium()
    if path is None:
        raise SystemExit(f"no Chromium found; install it with: {INSTALL}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


def developer_tools(page: Page) -> CDPSession:
    tools = page.context.new_cdp_session(page)
    tools.send("Performance.enable", {"timeDomain": "threadTicks"})
    return tools


def cpu_ms(tools: CDPSession) -> float:
    """Processor time of the page's main thread so far. Unlike the clock it does not count what others run."""
    metrics = tools.send("Performance.getMetrics")["metrics"]
    return float(next(metric["value"] for metric in metrics if metric["name"] == "TaskDuration")) * 1000


def slow_down(tools: CDPSession, factor: float) -> None:
    """Of the page's main thread; its workers run at full speed."""
    tools.send("Emulation.setCPUThrottlingRate", {"rate": factor})


def start(page: Page, event: str, until: str) -> None:
    """Arms the stopwatch; `elapsed` reads it."""
    page.evaluate(f"() => {{ {STOPWATCH} }}")
    page.evaluate(f"() => {{ window.measured = stopwatch({event!r}, () => {until}); }}")


def elapsed(page: Page) -> float:
    return float(page.evaluate("() => window.measured"))


def median(values: list[float]) -> float:
    return statistics.median(values)


def high(values: list[float]) -> float:
    """The 95th percentile."""
    return statistics.quantiles(values, n=20)[18] if len(values) > 1 else values[0]


def load_words(before: float) -> str:
    return f"Load average when it began {before:.1f}, when it ended {os.getloadavg()[0]:.1f}."


def photos_beside_the_project() -> list[Path]:
    """Real phone photos, where present."""
    folder = Path(__file__).resolve().parents[2] / "shared" / "photos"
    return [path for name in ("HMD_Nokia_8.3_5G.jpg", "iphone_hdr_NO.jpg") if (path := folder / name).is_file()]


def long_tasks(page: Page) -> None:
    """Begins to note tasks of the main thread above 50 ms and the longest gap between two frames."""
    page.evaluate(
        """() => {
          window.blocked = { longest: 0, gap: 0 };
          new PerformanceObserver((list) => {
            for (const each of list.getEntries()) blocked.longest = Math.max(blocked.longest, each.duration);
          }).observe({ type: "longtask" });
          let before = performance.now();
          const frame = (now) => {
            blocked.gap = Math.max(blocked.gap, now - before);
            before = now;
            requestAnimationFrame(frame);
          };
          requestAnimationFrame(frame);
        }"""
    )


def blocked(page: Page) -> dict[str, Any]:
    return dict(page.evaluate("() => window.blocked"))
