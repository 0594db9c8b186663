"""Browsers and the running service. A missing browser is a visible skip, and a failure where REQUIRE_BROWSER is set."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

from tests.e2e.service import Service

# As root in a container, and without the background calls that a closed network answers with noise.
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
]  # fmt: skip
INSTALL = "apt-get install chromium fonts-noto-cjk"


def find_chromium() -> str | None:
    """CHROMIUM, or the browser of the machine."""
    candidates = [os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome"]
    return next((found for name in candidates if name and (found := shutil.which(name))), None)


@pytest.fixture(scope="session")
def chromium_path() -> str:
    found = find_chromium()
    if found is None:
        message = f"no Chromium found; install it with: {INSTALL}"
        if os.environ.get("REQUIRE_BROWSER"):
            pytest.fail(message)
        pytest.skip(message)
    return found


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def browser(playwright: Playwright, chromium_path: str) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=chromium_path, args=FLAGS)
    yield browser
    browser.close()


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The service with the demo county and no history."""
    service = Service(tmp_path_factory.mktemp("service") / "data")
    service.prepare()
    service.start()
    yield service
    service.stop()


@pytest.fixture(scope="session")
def real_photos() -> Path | None:
    """Real phone photos beside the project, where present."""
    folder = Path(__file__).resolve().parents[3] / "shared" / "photos"
    return folder if folder.is_dir() else None
