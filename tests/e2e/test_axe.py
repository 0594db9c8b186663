"""What our use of axe-core finds: a target that is small, but not one that is merely scrolled under the edge of a bar."""

from __future__ import annotations

from playwright.sync_api import Browser

from tests.e2e.axe import axe_source, severe_violations

PAGE = """<!doctype html><html lang="zh"><head><title>页</title></head><body style="margin:0">
<main><h1>页</h1><div style="position:relative;margin-top:calc({top}px - 5rem)">
<button style="width:{size}px;height:{size}px;padding:0;margin:0" aria-label="甲"></button
><button style="width:{size}px;height:{size}px;padding:0;margin:0" aria-label="乙"></button></div>
<div style="height:2000px"></div></main>
<footer style="position:sticky;bottom:0;z-index:1;height:100px;background:white">
<button style="width:100%;height:100px">下一节</button></footer>
</body></html>"""


def violations(browser: Browser, *, top: int, size: int) -> list[str]:
    page = browser.new_page(viewport={"width": 360, "height": 740})
    try:
        page.set_content(PAGE.format(top=top, size=size))
        return [each.split(":")[0] for each in severe_violations(page, axe_source())]
    finally:
        page.close()


def test_small_targets_side_by_side_are_found(browser: Browser) -> None:
    assert violations(browser, top=100, size=12) == ["target-size", "target-size"]


def test_small_targets_under_the_edge_of_a_bar_are_found(browser: Browser) -> None:
    assert violations(browser, top=640, size=12) == ["target-size", "target-size"]


def test_large_target_under_the_edge_of_a_bar_is_no_fault(browser: Browser) -> None:
    assert violations(browser, top=640, size=48) == []
