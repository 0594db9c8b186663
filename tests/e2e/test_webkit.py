"""The offline story in WebKit, with the server stopped; docs/durability.md says what WebKit on this machine cannot do."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.demo.accounts import DEMO_PASSWORD
from tests.e2e.service import Service, wait_for, with_small_checklist
from tests.e2e.test_story import MINE, photos, query
from tests.e2e.webkit import INSTALL, PATIENCE_S, WebKit, find_webkit


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with with_small_checklist(tmp_path_factory.mktemp("webkit") / "data") as service:
        yield service


@pytest.fixture
def webkit() -> Iterator[WebKit]:
    found = find_webkit()
    if found is None:
        message = f"no WebKit found; install it with: {INSTALL}"
        if os.environ.get("REQUIRE_BROWSER"):
            pytest.fail(message)
        pytest.skip(message)
    browser = WebKit(*found)
    yield browser
    browser.close()


def named(test_id: str, more: str = "") -> str:
    return f'[data-testid="{test_id}"]{more}'


def item(path: str, inside: str = "", more: str = "") -> str:
    return " ".join([named("item", f'[data-path="{path}"]{more}'), inside])


def judge(phone: WebKit, path: str, result: str) -> None:
    phone.tap(item(path, f"label:has({named(f'answer-{result}')})"))
    phone.wait_for(item(path, more=f'[data-result="{result}"]'))


def show_items(phone: WebKit) -> None:
    """Goes to the section with the items, whichever tab a reload opens."""
    phone.wait_for(named("section-tab"))
    phone.tap(f"{named('section-tab')}:last-child")
    phone.wait_for(item("exit"))


def sign_in(phone: WebKit, address: str) -> None:
    phone.open(f"{address}/")
    phone.wait_for(f"{named('notice-agree')}, {named('username')}")
    if phone.has(named("notice-agree")):
        phone.tap(named("notice-agree"))
    phone.type(named("username"), "jiancha")
    phone.type(named("password"), DEMO_PASSWORD)
    phone.tap(named("sign-in"))
    phone.wait_for(named("subject-card"))


def test_visit_without_a_server_arrives_from_webkit(
    webkit: WebKit, service: Service, real_photos: Path | None, tmp_path: Path
) -> None:
    phone = webkit
    [photo, *_] = photos(real_photos, tmp_path)
    sign_in(phone, service.address)
    wait_for(
        lambda: phone.run("navigator.serviceWorker.getRegistration().then(found => Boolean(found?.active))"),
        PATIENCE_S, what="the app is kept on the phone",
    )  # fmt: skip
    phone.tap(named("subject-card"), MINE)
    phone.wait_for(named("pick-checklist", '[data-checklist="small"]:enabled'))

    service.stop("web")
    phone.reload()
    phone.wait_for(named("start-visit"))
    phone.wait_for(named("pick-checklist", '[data-checklist="small"]:enabled'))
    phone.run(
        """[...document.querySelectorAll('[data-testid="pick-checklist"]')].forEach(
             box => box.checked === (box.dataset.checklist === "small") || box.click())"""
    )
    phone.tap(named("start-visit"))
    show_items(phone)
    judge(phone, "exit", "fail")
    phone.tap(item("exit", f"{named('register-hazard')}, {item('exit', named('item-hazard'))}"))
    phone.wait_for(named("save-hazard"))
    phone.choose_file(named("camera-input"), photo)
    phone.wait_for(named("photo"))
    phone.type(named("hazard-description"), "，门锁也坏了")
    phone.tap(named("save-hazard"))

    phone.wait_for(item("exit"))
    phone.reload()
    show_items(phone)
    phone.wait_for(item("exit", more='[data-result="fail"]'))
    judge(phone, "alarm", "pass")
    phone.type(item("gas", named("answer-number")), "0.40")
    phone.wait_for(item("gas", more='[data-result="pass"]'))
    phone.tap(named("checklist-done"))
    phone.tap(named("finish-visit"))
    phone.wait_for(named("score"), "40.0")
    phone.type(named("representative-name"), "赵矿长")
    phone.tap(f"label:has({named('sign-refused')})")
    phone.type(named("signature-reason"), "不在场，拒签")
    phone.tap(named("submit-visit"))
    phone.wait_for(named("visit-delivery", '[data-state="on_phone"]'))

    service.start("web")
    phone.open(f"{service.address}/outbox")
    phone.wait_for(named("visit-delivery", '[data-state="on_server"]'))
    assert "-" in phone.text(named("receipt"))

    # What arrived is what was taken: the bytes on the server's disk have the hash that the phone made.
    [(sha256, width, height, exif_lat)] = wait_for(
        lambda: query(service, "SELECT sha256, width, height, exif_lat FROM photo WHERE inspected_at IS NOT NULL"),
        PATIENCE_S,
        what="photo inspected",
    )
    stored = (service.data_dir / "photos" / "objects" / sha256[:2] / sha256).read_bytes()
    assert hashlib.sha256(stored).hexdigest() == sha256
    assert max(width, height) == 1600
    # Scaled down by WebKit, and the position of the camera is still in it.
    assert exif_lat == (None if real_photos is None else pytest.approx(60.1467055555556, abs=1e-6))
    assert query(service, "SELECT count(*) FROM visit WHERE complete_at IS NOT NULL") == [(1,)]
    assert query(service, "SELECT description FROM hazard") == [("exit 损坏，门锁也坏了",)]


def test_what_this_webkit_lacks_is_what_the_documents_say(webkit: WebKit, service: Service) -> None:
    """A list in docs/durability.md, checked so that it is mended when WebKit learns more."""
    webkit.open(f"{service.address}/")

    assert webkit.run("typeof navigator.storage") == "undefined"
    assert webkit.run("typeof navigator.mediaDevices") == "object"
    assert webkit.run("typeof OffscreenCanvas") == "function"
    assert webkit.run("'serviceWorker' in navigator && 'locks' in navigator && 'indexedDB' in window") is True
