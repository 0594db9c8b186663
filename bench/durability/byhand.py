"""A visit tapped on the real screens, one sitting: what is answered already stays, and the story goes on from there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import Locator, Page, expect

from bench.durability.plans import Plan

if TYPE_CHECKING:
    from bench.durability.phone import Phone


def visit_by_hand(phone: Phone, page: Page, plan: Plan) -> None:
    """Ends when the visit is finished; raises what Playwright raises when the phone dies under it."""
    known = phone.visits_by_hand.get(plan.number)
    if known and page.evaluate("([plan, id]) => bench.tellIfFinished(plan, id)", [plan.number, known]):
        return
    there = page.evaluate("nth => bench.whereabouts(nth)", plan.subject_nth)
    if there["submission_id"] is None:
        page.goto(f"{phone.address}/subjects/{there['subject_id']}")
        phone.reached(1)
        _start(page)
        there = _there(phone, page, plan)
    visit_id, submission_id = there["visit_id"], there["submission_id"]
    phone.visits_by_hand[plan.number] = visit_id
    phone.journal.note("visit", phone=phone.name, plan=plan.number, visit_id=visit_id, submission_id=submission_id)
    page.goto(f"{phone.address}/visits/{visit_id}/checklists/{submission_id}")
    item(page, "exit").wait_for()

    def saved(path: str, **answer: object) -> None:
        phone.journal.note(
            "answer", phone=phone.name, visit_id=visit_id, submission_id=submission_id, path=path, answer=answer
        )  # fmt: skip

    _judge(page, "exit", "fail")
    saved("exit", result="fail")
    phone.reached(2)
    _register_hazard(phone, page, visit_id, f"计划 {plan.number} 出口损坏")
    phone.reached(7)
    _judge(page, "alarm", "pass")
    saved("alarm", result="pass")
    phone.reached(8)
    if item(page, "gas").get_attribute("data-result") != "pass":
        item(page, "gas").get_by_test_id("answer-number").fill("0.40")
    expect(item(page, "gas")).to_have_attribute("data-result", "pass")
    saved("gas", value="0.40")
    phone.reached(9)
    _photograph(phone, page, visit_id, item(page, "view"), 1)
    phone.reached(12)
    page.goto(f"{phone.address}/visits/{visit_id}/finish")
    page.get_by_test_id("representative-name").fill("赵矿长")
    page.get_by_test_id("sign-refused").set_checked(True, force=True)
    page.get_by_test_id("signature-reason").fill("不在场，拒签")
    phone.reached(14)
    page.get_by_test_id("submit-visit").click()
    page.wait_for_url("**/outbox")
    phone.reached(16)
    phone.inject(page)
    if not page.evaluate("([plan, id]) => bench.tellIfFinished(plan, id)", [plan.number, visit_id]):
        raise AssertionError("the outbox is shown, but the visit is not finished")


def item(page: Page, path: str) -> Locator:
    return page.locator(f'[data-testid="item"][data-path="{path}"]')


def _start(page: Page) -> None:
    start, go_on = page.get_by_test_id("start-visit"), page.get_by_test_id("continue-visit")
    start.or_(go_on).first.wait_for()
    if start.is_visible():
        page.get_by_test_id("pick-checklist").first.wait_for()
        for box in page.get_by_test_id("pick-checklist").all():
            wanted = box.get_attribute("data-checklist") == "durability"
            if box.is_checked() != wanted:
                box.set_checked(wanted, force=True)
        start.click()
    else:
        go_on.click()
    page.wait_for_url("**/visits/**")


def _there(phone: Phone, page: Page, plan: Plan) -> dict[str, str]:
    phone.inject(page)
    there = page.evaluate("nth => bench.whereabouts(nth)", plan.subject_nth)
    if there["submission_id"] is None:
        # Killed between the visit and its checklist: the visit's screen offers the checklists again.
        raise AssertionError("a visit without a checklist")
    return dict(there)


def _judge(page: Page, path: str, result: str) -> None:
    row = item(page, path)
    if row.get_attribute("data-result") != result:
        # The control shows the tap at once, the row its result when it is on disk.
        row.get_by_test_id(f"answer-{result}").click(force=True)
    expect(row).to_have_attribute("data-result", result)


def _register_hazard(phone: Phone, page: Page, visit_id: str, words: str) -> None:
    row = item(page, "exit")
    row.get_by_test_id("register-hazard").or_(row.get_by_test_id("item-hazard")).first.click()
    page.wait_for_url("**/hazards/**")
    hazard_id = page.url.rsplit("/", 1)[1]
    phone.reached(4)
    _photograph(phone, page, visit_id, page.locator("body"), 2)
    page.get_by_test_id("hazard-description").fill(words)
    expect(page.get_by_test_id("hazard-description")).to_have_value(words)
    phone.reached(6)
    page.get_by_test_id("save-hazard").click()
    expect(item(page, "exit")).to_be_visible()
    phone.journal.note("hazard", phone=phone.name, visit_id=visit_id, hazard_id=hazard_id, text=words)


def _photograph(phone: Phone, page: Page, visit_id: str, scope: Locator, count: int) -> None:
    page.wait_for_timeout(300)
    shown = scope.get_by_test_id("photo")
    for nth in range(shown.count(), count):
        scope.get_by_test_id("camera-input").first.set_input_files(phone.next_picture())
        phone.reached(5)
        expect(shown).to_have_count(nth + 1)
    for photo in shown.all():
        phone.journal.note("photo", phone=phone.name, visit_id=visit_id, photo_id=photo.get_attribute("data-photo"))
