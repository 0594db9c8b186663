"""The office writes a checklist: a workbook with a mistake, the mended one, a preview, the publication, and what phones get."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from playwright.sync_api import Browser, Page, expect

import forms
from forms.xlsform import write_workbook
from server.app import create_app
from server.checklists.service import add_version
from server.db import db, transaction
from tests.e2e.phone import Phone
from tests.e2e.service import Service, wait_for
from tests.e2e.test_story import desk, query
from tests.server.checklists.sample import ladders

MINE = "巴公煤业一号井（示例）"
SLOW = 60_000


def checklist(version: str, **values: Any) -> dict[str, Any]:
    return ladders(version, status="published", applies_to={"subject_kinds": ["enterprise", "unit", "village"]}, **values)


def with_a_fourth_item(document: dict[str, Any]) -> dict[str, Any]:
    [section] = document["sections"]
    feet = section["items"][0]
    fourth = feet | {"id": "hook", "points": 3, "statement": {"zh": "挂钩牢固", "en": "The hook is firm"}}
    return document | {"sections": [section | {"items": [*section["items"], fourth]}]}


def workbook(path: Path, document: dict[str, Any], *, points: object = None) -> Path:
    """The document as the office's Excel file; ``points`` spoils those of the last item."""
    book = openpyxl.load_workbook(io.BytesIO(write_workbook(document)))
    sheet = book["survey"]
    if points is not None:
        column = [cell.value for cell in sheet[1]].index("points") + 1
        [row] = [cells[0].row for cells in sheet.iter_rows() if "hook" in [cell.value for cell in cells]]
        sheet.cell(row, column).value = points
        path = path.with_name(f"{path.stem}-{sheet.cell(row, column).coordinate}.xlsx")
    book.save(path)
    return path


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The service with the demo county and the first version of a checklist about ladders."""
    service = Service(tmp_path_factory.mktemp("authoring") / "data")
    service.prepare()
    with create_app(service.settings()).app_context():
        with transaction():
            add_version(checklist("2026.1"), forms.content_hash(checklist("2026.1")), source="repository")
        db.session.remove()
        db.engine.dispose()
    service.start()
    yield service
    service.stop()


def import_file(page: Page, file: Path) -> None:
    page.get_by_test_id("file-input").set_input_files(str(file))


def test_a_new_version_reaches_phones_and_a_draft_stays_on_the_one_it_began_with(
    browser: Browser, service: Service, tmp_path: Path
) -> None:
    phone = Phone(browser, service.address)
    phone.sign_in("jiancha")
    phone.open_subject(MINE)
    expect(phone.page.locator('[data-testid="pick-checklist"][data-checklist="ladders"]')).to_be_enabled(timeout=SLOW)
    phone.start_visit("ladders")
    expect(phone.item("feet")).to_be_visible(timeout=SLOW)
    phone.answer("feet", "pass")
    draft_address = phone.page.url

    office = desk(browser, service, "anweiban")
    office.get_by_test_id("menu-checklists").click()
    office.get_by_test_id("import-checklist").click(timeout=SLOW)
    new = with_a_fourth_item(checklist("2026.2"))
    spoilt = workbook(tmp_path / "ladders.xlsx", new, points="三分")
    import_file(office, spoilt)
    fault = office.get_by_test_id("fault").filter(has_text=spoilt.stem.split("-")[1])
    expect(fault.first).to_contain_text("survey", timeout=SLOW)
    assert query(service, "SELECT count(*) FROM checklist_draft") == [(0,)]

    import_file(office, workbook(tmp_path / "ladders.xlsx", new))
    expect(office.get_by_test_id("draft-page")).to_be_visible(timeout=SLOW)
    expect(office.get_by_test_id("change")).to_have_count(1)
    expect(office.get_by_test_id("change")).to_have_attribute("data-kind", "added")
    expect(office.get_by_test_id("change")).to_contain_text("挂钩牢固")

    office.get_by_test_id("preview").click()
    frame = office.frame_locator('[data-testid="preview-frame"]')
    hook = frame.locator('[data-testid="item"][data-path="hook"]')
    expect(hook).to_be_visible(timeout=SLOW)
    hook.get_by_test_id("answer-fail").click(force=True)
    expect(hook).to_have_attribute("data-result", "fail", timeout=SLOW)
    frame.locator('[data-testid="item"][data-path="angle"]').get_by_test_id("answer-number").fill("80")
    expect(frame.locator('[data-testid="item"][data-path="angle"]')).to_have_attribute("data-result", "fail", timeout=SLOW)
    assert query(service, "SELECT count(*) FROM record") == [(0,)]
    office.get_by_test_id("close-drawer").click()
    expect(office.get_by_test_id("preview-frame")).to_have_count(0)

    expect(office.get_by_test_id("publish")).to_be_disabled()
    office.get_by_test_id("approved-by").fill("王主任")
    office.get_by_test_id("publish").click()
    expect(office.get_by_test_id("published-note")).to_contain_text("2026.2", timeout=SLOW)
    expect(office.get_by_test_id("version-2026.2")).to_have_attribute("data-state", "published")
    expect(office.get_by_test_id("version-2026.2")).to_contain_text("王主任")

    phone.page.goto(f"{service.address}/")
    wait_for(lambda: "2026.2" in versions_on(phone), timeout_s=150, what="the phone to hear of the new version")
    phone.page.goto(draft_address)
    expect(phone.item("feet")).to_have_attribute("data-result", "pass", timeout=SLOW)
    expect(phone.item("hook")).to_have_count(0)

    phone.page.goto(f"{service.address}/")
    phone.page.get_by_test_id("subject-card").filter(has_not_text=MINE).first.click()
    expect(phone.page.locator('[data-testid="pick-checklist"][data-checklist="ladders"]')).to_be_enabled(timeout=SLOW)
    phone.start_visit("ladders")
    expect(phone.item("hook")).to_be_visible(timeout=SLOW)
    assert phone.errors == []


def versions_on(phone: Phone) -> list[str]:
    """The versions of the checklist whose documents are in the phone's own store."""
    return phone.page.evaluate(
        """async () => {
            const { name } = (await indexedDB.databases()).find(({ name }) => name.startsWith("vault-"));
            const answerOf = (asked) => new Promise((done) => { asked.onsuccess = () => done(asked.result); });
            const db = await answerOf(indexedDB.open(name));
            const rows = await answerOf(db.transaction("checklists").objectStore("checklists").getAll());
            db.close();
            return rows.filter((row) => row.id === "ladders" && row.document).map((row) => row.version);
        }"""
    )
