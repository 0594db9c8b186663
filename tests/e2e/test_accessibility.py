"""Every screen and state in every look: axe-core finds nothing serious, and text of twice the size only reflows."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from server.app import create_app
from server.db import db
from server.demo.accounts import OFFICE
from server.demo.load import load_demo
from server.demo.pictures import draw_hazard
from server.prepare import prepare_data
from tests.e2e.axe import axe_source, severe_violations
from tests.e2e.phone import Phone
from tests.e2e.service import Service
from tests.e2e.tour import DESK_SIZE, desk_tour, phone_tour

Look = Callable[[Page], AbstractContextManager[None]]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The service with the demo county and its history."""
    service = Service(tmp_path_factory.mktemp("accessibility") / "data")
    prepare_data(service.settings())
    app = create_app(service.settings())
    load_demo(app, say=lambda _: None)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    service.start()
    yield service
    service.stop()


@contextmanager
def as_it_is(page: Page) -> Iterator[None]:
    yield


def themed(theme: str) -> Look:
    @contextmanager
    def look(page: Page) -> Iterator[None]:
        page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
        yield
        page.evaluate("document.documentElement.dataset.theme = 'light'")

    return look


@contextmanager
def text_of_twice_the_size(page: Page) -> Iterator[None]:
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    yield
    page.evaluate("document.documentElement.style.fontSize = ''")


@contextmanager
def zoomed_twice(page: Page) -> Iterator[None]:
    """What a desk browser does at 200 %: half the room in CSS pixels."""
    page.set_viewport_size({"width": DESK_SIZE["width"] // 2, "height": DESK_SIZE["height"] // 2})
    yield
    page.set_viewport_size(DESK_SIZE)  # type: ignore[arg-type]


PHONE_LOOKS: dict[str, Look] = {
    "light": as_it_is, "dark": themed("dark"), "sunlight": themed("sunlight"), "200 %": text_of_twice_the_size,
}  # fmt: skip
DESK_LOOKS: dict[str, Look] = {"light": as_it_is, "200 %": zoomed_twice}


# What a thumb has to hit: the element itself, or the label that passes the tap on. Links within a sentence may be lower.
TARGETS = """() => {
  const shown = { contentVisibilityAuto: true, visibilityProperty: true };
  const small = [];
  for (const each of document.querySelectorAll("button, a[href], input, textarea, select, summary")) {
    if (each.disabled || each.closest("[inert]") || !each.checkVisibility(shown)) continue;
    const { width, height } = each.getBoundingClientRect();
    const name = (each.ariaLabel ?? each.textContent).trim().slice(0, 20);
    if (width > 1 && Math.min(Math.round(height), Math.round(width)) < 48)
      small.push(`${each.tagName} "${name}" of ${Math.round(width)}×${Math.round(height)}`);
  }
  return small;
}"""


def faults_of(name: str, page: Page, looks: dict[str, Look], axe: str) -> Iterator[str]:
    for title, look in looks.items():
        with look(page):
            page.wait_for_timeout(250)
            found = severe_violations(page, axe, strict_contrast=title == "sunlight")
            yield from (f"{name} · {title} · {each}" for each in found)
            wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            if wider > 0:
                yield f"{name} · {title} · {wider} pixels wider than the screen"


def test_phone_screens(browser: Browser, service: Service, tmp_path: Path) -> None:
    axe = axe_source()
    photo = tmp_path / "photo.jpg"
    taken = datetime.now(UTC)
    photo.write_bytes(draw_hazard(random.Random(3), "", taken_at=taken, position=(112.8991, 35.6172), after=False).data)
    phone = Phone(browser, service.address)
    seen: list[str] = []
    faults: list[str] = []
    for name in phone_tour(phone, [photo]):
        seen.append(name)
        faults += faults_of(name, phone.page, PHONE_LOOKS, axe)
        faults += [f"{name} · target · {each}" for each in phone.page.evaluate(TARGETS)]
    assert faults == [], "\n".join(faults)
    assert phone.errors == []
    assert len(seen) >= 25, seen


def test_desk_pages(browser: Browser, service: Service) -> None:
    axe = axe_source()
    seen: list[str] = []
    faults: list[str] = []
    for name, page in desk_tour(browser, service.address, OFFICE):
        seen.append(name)
        faults += faults_of(name, page, DESK_LOOKS, axe)
    assert faults == [], "\n".join(faults)
    assert len(seen) >= 14, seen
