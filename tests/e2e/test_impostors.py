"""A gateway answers a real browser in the server's place: nothing of it is believed; when it is gone all is well by itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.impostor import CUT, NOTHING, OWN_JSON, REDIRECT, Answer, Impostor, page
from tests.e2e.phone import Phone
from tests.e2e.service import Service, wait_for, with_small_checklist
from tests.e2e.test_story import MINE, photos, query, register_hazard, show_items

# What would be untrue as long as only a gateway has spoken.
UNTRUE = ("登录已过期", "未被接收", "没有收下", "已停用", "登录的是别人", "用户名或密码不对")


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with with_small_checklist(tmp_path_factory.mktemp("impostors") / "data") as service:
        yield service


@pytest.fixture
def gateway(service: Service) -> Iterator[Impostor]:
    impostor = Impostor(service.address)
    yield impostor
    impostor.close()


def complete_visits(service: Service) -> int:
    return int(query(service, "SELECT count(*) FROM visit WHERE complete_at IS NOT NULL")[0][0])


@pytest.mark.parametrize(
    "answer",
    [page(200), OWN_JSON, NOTHING, REDIRECT, page(401), page(403), page(413), page(502), CUT],
    ids=["page 200", "json 200", "204", "302", "page 401", "page 403", "page 413", "page 502", "cut"],
)
def test_visit_finished_behind_a_gateway_arrives_by_itself(
    browser: Browser, service: Service, gateway: Impostor, answer: Answer, real_photos: Path | None, tmp_path: Path
) -> None:
    photo = photos(real_photos, tmp_path)[2]
    arrived_before = complete_visits(service)
    phone = Phone(browser, gateway.address)
    phone.sign_in("jiancha")
    phone.open_subject(MINE)
    expect(phone.page.locator('[data-testid="pick-checklist"][data-checklist="small"]')).to_be_enabled(timeout=60_000)
    gateway.speak(answer)
    phone.start_visit("small")
    phone.open_checklist()
    show_items(phone)
    register_hazard(phone, "exit", [photo])
    phone.answer("alarm", "pass")
    phone.item("gas").get_by_test_id("answer-number").fill("0.40")
    expect(phone.item("gas")).to_have_attribute("data-result", "pass")
    phone.tap("checklist-done")
    phone.tap("finish-visit")
    phone.tap_target("representative-name").fill("赵矿长")
    phone.tap_target("sign-refused").click(force=True)
    phone.tap_target("signature-reason").fill("不在场，拒签")
    phone.tap("submit-visit")
    expect(phone.page).to_have_url(f"{gateway.address}/outbox", timeout=60_000)
    wait_for(lambda: any("/api/sync/records" in path for path in gateway.spoken), 60, what="the gateway met the push")
    wait_for(lambda: any("/api/evidence/uploads" in path for path in gateway.spoken), 60, what="the gateway met the photo")

    expect(phone.tap_target("visit-delivery").first).not_to_have_attribute("data-state", "on_server")
    for words in UNTRUE:
        expect(phone.page.get_by_text(words)).to_have_count(0)
    expect(phone.tap_target("refusal")).to_have_count(0)
    gateway.go_away()

    # Nobody touches the phone.
    expect(phone.tap_target("visit-delivery").first).to_have_attribute("data-state", "on_server", timeout=120_000)
    assert complete_visits(service) == arrived_before + 1
    assert phone.errors == []
    phone.context.close()


def test_sign_in_behind_a_gateway_says_that_there_is_no_connection(browser: Browser, gateway: Impostor) -> None:
    phone = Phone(browser, gateway.address)
    phone.page.goto(f"{gateway.address}/")
    phone.tap("notice-agree")
    gateway.speak(page(401))
    phone.tap_target("username").fill("jiancha")
    phone.tap_target("password").fill("zezhou-demo")

    phone.tap("sign-in")

    expect(phone.tap_target("sign-in-failure")).to_contain_text("连不上县服务器")
    gateway.go_away()
    phone.tap("sign-in")
    expect(phone.page.get_by_test_id("subject-card").first).to_be_visible(timeout=60_000)
    phone.context.close()


def test_page_in_the_place_of_a_script_is_not_kept_and_the_installation_begins_anew(browser: Browser, gateway: Impostor) -> None:
    phone = Phone(browser, gateway.address)
    gateway.speaks_for = lambda _method, path: page(200) if "/assets/FinishScreen" in path and path.endswith(".js") else None
    phone.sign_in("jiancha")
    wait_for(lambda: any("FinishScreen" in path for path in gateway.spoken), 60, what="the installation met the gateway")
    phone.page.wait_for_function("() => !navigator.serviceWorker.controller")

    gateway.go_away()
    kept = """async () => {
      const found = [];
      for (const name of await caches.keys()) {
        const cache = await caches.open(name);
        for (const request of await cache.keys()) {
          const response = await cache.match(request);
          found.push([new URL(request.url).pathname, response.headers.get('Content-Type'), await response.clone().text()]);
        }
      }
      return found;
    }"""
    wait_for(
        lambda: phone.page.evaluate("async () => Boolean((await navigator.serviceWorker.getRegistration())?.active)"),
        90, what="the app installed itself without a tap",
    )  # fmt: skip

    files = phone.page.evaluate(kept)
    assert any("/assets/FinishScreen" in path for path, _, _ in files)
    assert [path for path, kind, text in files if path.endswith(".js") and ("html" in kind or "酒店" in text)] == []
    phone.context.close()


def test_screen_that_a_gateway_answered_for_opens_by_itself(browser: Browser, gateway: Impostor) -> None:
    phone = Phone(browser, gateway.address)
    gateway.speaks_for = lambda _method, path: page(200) if "/assets/HazardsScreen" in path else None
    phone.sign_in("jiancha")

    phone.page.goto(f"{gateway.address}/hazards")
    expect(phone.tap_target("screen-failure")).to_be_visible(timeout=30_000)
    expect(phone.tap_target("screen-failure")).to_contain_text("正在自动重试")
    gateway.go_away()

    expect(phone.tap_target("screen-failure")).to_have_count(0, timeout=60_000)
    expect(phone.page).to_have_url(f"{gateway.address}/hazards")
    phone.context.close()
