"""The phone app on a slow phone: a form of 40 and of 200 items, one tap, and a photo from the shutter to “saved”.

Method: the built client and a real server, Chromium at 360×740, its main thread slowed down six times (CDP
Emulation.setCPUThrottlingRate). The forms are made of the published checklists, all items in one section, with their
conditions, limits and clauses. Each opening is on a page loaded anew: from the tap on the checklist to the paint with the
first rows, and to the paint with all of them. Taps answer item after item: from lifting the finger to the paint that shows
the answer, and to the paint of the row's result, which speaks of what is on disk. The yardstick is measured in the same run
on an empty page: plain DOM code that writes as many headings, paragraphs and triples of native radios, and a tap on one of
those, kept nowhere. Processor time is what the main thread used at full speed, times six: on a busy machine it says more
than the clock. For a tap the clock also counts what comes before the page hears of it: the browser's own share.

A photo goes from the file's choice on the hazard sheet to its thumbnail, which stands for “on disk”. Chromium slows down no
workers, so a second figure adds five times what the worker took. “Longest task” is of the main thread meanwhile. The
yardstick decodes, scales and encodes the same photo once on the page, at full speed, and keeps nothing.

Budgets: 40 items 300 ms; 200 items 350 ms to the first rows and 900 ms whole; a tap 50 ms; a photo 900 ms, never blocked.
"""

from __future__ import annotations

import copy
import io
import os
import random
import tempfile
from base64 import b64encode
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, CDPSession, Page, expect

import forms
from bench import chromium as lab
from bench.forms import answered, mentioned, only, together
from bench.report import Table, write_report
from forms.validation import validate_checklist
from server.app import create_app
from server.checklists.service import add_version
from server.db import db, transaction
from server.demo.accounts import INSPECTOR
from server.register.models import Subject
from tests.e2e.phone import Phone, new_context
from tests.e2e.service import Service

SLOWER = 6
OPENINGS, TAPS, PHOTOS = 7, 30, 5
SIZES = ((40, 300, 300), (200, 350, 900))
SUBJECT = "巴公煤业一号井（示例）"
ITEM = "[data-testid=item] input[type=radio]"
JUDGED = "input.closest('[data-testid=item]').dataset.result === input.value"
ROWS = "document.getElementsByClassName('item-row').length"

# The same content in plain DOM code: the least a browser needs for such a form.
BARE_FORM = """(items) => {
  document.body.textContent = "";
  const began = performance.now();
  for (const [index, item] of items.entries()) {
    const row = document.createElement("section");
    const heading = document.createElement("h3");
    heading.textContent = item.statement;
    const how = document.createElement("p");
    how.textContent = item.how;
    row.append(heading, how);
    for (const words of ["符合", "不符合", "不适用"]) {
      const label = document.createElement("label");
      const input = document.createElement("input");
      input.type = "radio";
      input.name = `item-${index}`;
      label.append(input, words);
      row.append(label);
    }
    document.body.append(row);
  }
  return new Promise((resolve) => requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => resolve(performance.now() - began);
    channel.port2.postMessage(null);
  }));
}"""


def main() -> None:
    load = os.getloadavg()[0]
    documents = {size: form_of(size) for size, *_ in SIZES}
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_DIR")) as folder, lab.chromium() as browser:
        service = Service(Path(folder) / "data")
        service.prepare()
        _store(service, documents)
        service.start("web")
        try:
            phone = Phone(browser, service.address, context=new_context(browser))
            phone.sign_in(INSPECTOR)
            phone.wait_until_offline_ready()
            form_table, tap_table = _forms(browser, phone, documents)
            photo_table = _photos(phone, Path(folder), _with_hazard(documents[SIZES[-1][0]][0]))
        finally:
            service.stop()
    write_report("phone", f"{__doc__}\n{lab.load_words(load)}", form_table, tap_table, photo_table)


def form_of(size: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """A checklist of one section whose first ``size`` items show before anything is answered, and the profile it asks for."""
    whole = together()
    profile = answered(whole)["profile"]
    shown = set(forms.relevant_paths(forms.load_checklist(whole), {"profile": profile, "answers": {}, "repeats": {}}))
    kept: set[str] = set()
    for section in whole["sections"]:
        for item in section["items"]:
            looked_at = mentioned([section.get("relevant", {}), item], "item")
            if item["id"] in shown and looked_at <= kept and len(kept) < size:
                kept.add(item["id"])
    document = only(whole, kept)
    items = [item for section in document["sections"] for item in section["items"]]
    section = {"id": "all", "title": {"zh": "全部", "en": "All"}, "weight": 1, "items": items}
    document = {**document, "sections": [section]} | {
        "id": f"bench_{size}", "sector": None, "title": {"zh": f"{size} 项", "en": f"{size} items"},
        "applies_to": {"subject_kinds": ["enterprise"]},
    }  # fmt: skip
    faults = validate_checklist(document)
    assert faults == [], faults
    return document, {key["id"]: profile[key["id"]] for key in document["profile"]}


def _store(service: Service, documents: dict[int, tuple[dict[str, Any], dict[str, Any]]]) -> None:
    app = create_app(service.settings())
    with app.app_context():
        with transaction() as session:
            subject = session.query(Subject).filter_by(name=SUBJECT).one()
            values = copy.deepcopy(subject.profile)
            for document, profile in documents.values():
                add_version(document, forms.content_hash(document), source="repository")
                values |= profile
            subject.profile = values
        db.session.remove()
        db.engine.dispose()


def _forms(browser: Browser, phone: Phone, documents: dict[int, tuple[dict[str, Any], dict[str, Any]]]) -> tuple[Table, Table]:
    opening = Table(
        "Items", "first rows, ms (median, 95 %)", "whole, ms (median, 95 %)", "budget, ms",
        "plain DOM, ms", "first rows ÷ plain DOM", "whole ÷ plain DOM", "CPU of the main thread × 6, ms",
    )  # fmt: skip
    tapping = Table(
        "Items", "shown, ms (median, 95 %)", "budget, ms", "plain radio, ms", "shown ÷ plain radio",
        "CPU × 6 until shown, ms", "plain radio, CPU × 6, ms", "on disk and judged, ms (median, 95 %)",
    )  # fmt: skip
    for size, first_budget, whole_budget in SIZES:
        document, _ = documents[size]
        page = phone.page
        print(f"form of {size} items", flush=True)
        visit = _begin_visit(phone, document["id"])
        tools = lab.developer_tools(page)
        bare = new_context(browser).new_page()
        bare_tools = lab.developer_tools(bare)
        plain: list[float] = []
        first: list[float] = []
        whole: list[float] = []
        cpu: list[float] = []
        for _ in range(OPENINGS):
            first.append(_open(phone, tools, visit, f"{ROWS} > 0"))
            whole.append(_open(phone, tools, visit, f"{ROWS} === {size}"))
            cpu.append(_open(phone, tools, visit, f"{ROWS} === {size}", by_cpu=True))
            plain.append(_bare_form(bare, bare_tools, document))
        taps = _taps(page, tools, page.locator(f"{ITEM}[value=pass]"))
        tap_cpu = _taps(page, tools, page.locator(f"{ITEM}[value=fail]"), by_cpu=True)
        kept = _taps(page, tools, page.locator(f"{ITEM}[value=pass]"), until=JUDGED)
        radios = _taps(bare, bare_tools, bare.locator("input:nth-of-type(1)"))
        radio_cpu = _taps(bare, bare_tools, bare.locator("label:nth-of-type(2) input"), by_cpu=True)
        base, tap_base = lab.median(plain), lab.median(radios)
        opening.add(
            str(size), _pair(first), _pair(whole), f"{first_budget} / {whole_budget}", f"{base:.0f}",
            f"{lab.median(first) / base:.1f}", f"{lab.median(whole) / base:.1f}", f"{SLOWER * lab.median(cpu):.0f}",
        )  # fmt: skip
        tapping.add(
            str(size),
            _pair(taps),
            "50",
            _pair(radios),
            f"{lab.median(taps) / tap_base:.1f}",
            f"{SLOWER * lab.median(tap_cpu):.0f}",
            f"{SLOWER * lab.median(radio_cpu):.0f}",
            _pair(kept),
        )
        bare.context.close()
    return opening, tapping


def _begin_visit(phone: Phone, checklist_id: str) -> str:
    """The address of the subject's visit with this checklist in it."""
    phone.page.goto(f"{phone.address}/")
    phone.open_subject(SUBJECT)
    start = phone.tap_target("start-visit")
    again = phone.tap_target("continue-visit")
    expect(start.or_(again)).to_be_visible(timeout=60_000)
    if again.is_visible():
        phone.tap("continue-visit")
        phone.page.locator(f'[data-testid="add-checklist"][data-checklist="{checklist_id}"]').click()
    else:
        phone.start_visit(checklist_id)
    expect(phone.tap_target("item").first).to_be_visible(timeout=60_000)
    return phone.page.url.partition("/checklists/")[0]


def _open(phone: Phone, tools: CDPSession, visit: str, until: str, *, by_cpu: bool = False) -> float:
    """From the tap on the checklist to the paint with its rows, on a page loaded anew; or the processor time of that."""
    page = phone.page
    lab.slow_down(tools, 1)
    page.goto(visit)
    card = phone.tap_target("open-checklist").last
    expect(card).to_be_visible(timeout=60_000)
    page.wait_for_load_state("networkidle")
    card.evaluate("card => card.scrollIntoView({ block: 'center' })")
    page.wait_for_timeout(500)
    lab.start(page, "click", until)
    if not by_cpu:
        lab.slow_down(tools, SLOWER)
    box = card.bounding_box()
    assert box is not None
    before = lab.cpu_ms(tools)
    page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    taken = lab.elapsed(page)
    if by_cpu:
        return lab.cpu_ms(tools) - before
    lab.slow_down(tools, 1)
    return taken


def _bare_form(page: Page, tools: CDPSession, document: dict[str, Any]) -> float:
    items = [
        {"statement": item["statement"]["zh"], "how": item.get("how", {}).get("zh", "")}
        for item in document["sections"][0]["items"]
    ]
    lab.slow_down(tools, SLOWER)
    taken = float(page.evaluate(BARE_FORM, items))
    lab.slow_down(tools, 1)
    return taken


def _taps(page: Page, tools: CDPSession, inputs: Any, *, until: str = "input.checked", by_cpu: bool = False) -> list[float]:
    """Milliseconds from lifting the finger to the painted answer, input by input; or the processor time of that."""
    found: list[float] = []
    for index in range(min(TAPS, inputs.count())):
        target = inputs.nth(index)
        # What the tap before it led to may still push this one down, under the bar at the bottom.
        page.wait_for_timeout(400)
        target.evaluate("input => input.scrollIntoView({ block: 'center' })")
        page.wait_for_timeout(150)
        box = target.bounding_box()
        assert box is not None
        page.evaluate(f"() => {{ {lab.STOPWATCH} }}")
        target.evaluate(f"input => {{ window.measured = stopwatch('click', () => {until}); }}")
        if not by_cpu:
            lab.slow_down(tools, SLOWER)
        before = lab.cpu_ms(tools)
        page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        taken = lab.elapsed(page)
        found.append(lab.cpu_ms(tools) - before if by_cpu else taken)
        lab.slow_down(tools, 1)
    return found


def _with_hazard(document: dict[str, Any]) -> str:
    """An item that opens a hazard when it fails."""
    return next(item["id"] for item in document["sections"][0]["items"] if item["type"] == "judgement" and "hazard" in item)


def _photos(phone: Phone, folder: Path, item: str) -> Table:
    table = Table(
        "Photo", "size, MB", "saved, ms (median, 95 %)", "with a slow worker, ms", "budget, ms",
        "longest task, ms", "longest frame, ms", "plain decode and encode, ms", "saved ÷ plain",
    )  # fmt: skip
    made = folder / "made.jpg"
    made.write_bytes(twelve_megapixels())
    page = phone.page
    tools = lab.developer_tools(page)
    phone.answer(item, "fail")
    phone.item(item).get_by_test_id("register-hazard").click()
    expect(phone.tap_target("save-hazard")).to_be_visible(timeout=60_000)
    page.evaluate(WATCH_WORKER)
    print("photos", flush=True)
    for photo in [made, *lab.photos_beside_the_project()]:
        saved, slow, tasks, gaps, plain = [], [], [], [], []
        for turn in range(PHOTOS + 1):
            count = phone.tap_target("photo").count()
            page.evaluate("() => { window.worked = 0; }")
            lab.long_tasks(page)
            lab.start(page, "change", f"document.querySelectorAll('[data-testid=photo]').length > {count}")
            lab.slow_down(tools, SLOWER)
            phone.take_photo(photo)
            taken = lab.elapsed(page)
            lab.slow_down(tools, 1)
            worked = float(page.evaluate("() => window.worked"))
            stalls = lab.blocked(page)
            base = float(page.evaluate(PLAIN_PHOTO, b64encode(photo.read_bytes()).decode())) if turn < 3 else 0.0
            # The first photo also starts the worker.
            if turn:
                saved.append(taken)
                slow.append(taken + (SLOWER - 1) * worked)
                tasks.append(stalls["longest"])
                gaps.append(stalls["gap"])
            if base:
                plain.append(base)
        name = "made, 12 megapixels" if photo == made else photo.name
        base = lab.median(plain)
        table.add(
            name, f"{photo.stat().st_size / 1e6:.1f}", _pair(saved), f"{lab.median(slow):.0f}", "900", f"{max(tasks):.0f}",
            f"{max(gaps):.0f}", f"{base:.0f}", f"{lab.median(saved) / base:.1f}",
        )  # fmt: skip
    return table


# How long the photo worker has each message: workers are not slowed down with the page.
WATCH_WORKER = """() => {
  window.worked = 0;
  const send = Worker.prototype.postMessage;
  Worker.prototype.postMessage = function (...values) {
    const began = performance.now();
    this.addEventListener("message", () => { window.worked += performance.now() - began; }, { once: true });
    return send.apply(this, values);
  };
}"""

# What every way to scale a photo must do: decode it once, draw it small, encode it. At full speed, kept nowhere.
PLAIN_PHOTO = """async (base64) => {
  const file = new Blob([Uint8Array.from(atob(base64), (each) => each.charCodeAt(0))], { type: "image/jpeg" });
  const began = performance.now();
  const picture = await createImageBitmap(file);
  const factor = 1600 / Math.max(picture.width, picture.height);
  const canvas = new OffscreenCanvas(Math.round(picture.width * factor), Math.round(picture.height * factor));
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  await canvas.convertToBlob({ type: "image/jpeg", quality: 0.8 });
  return performance.now() - began;
}"""


def twelve_megapixels() -> bytes:
    """4,000 × 3,000 pixels, about 4 MB, turned by its EXIF, with a position: what a phone's camera hands over."""
    width, height = 4000, 3000
    scene = Image.effect_mandelbrot((width // 2, height // 2), (-2, -1.5, 1, 1.5), 60).resize((width, height))
    noise = Image.effect_noise((width, height), 24)
    random.seed(1)
    picture = Image.merge("RGB", [Image.blend(scene, noise, share) for share in (0.25, 0.3, 0.35)])
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "bench"
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=82, exif=exif.tobytes())
    return buffer.getvalue()


def _pair(values: list[float]) -> str:
    return f"{lab.median(values):.0f}, {lab.high(values):.0f}"


if __name__ == "__main__":
    main()
