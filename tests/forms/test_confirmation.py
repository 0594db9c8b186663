"""The page of what the county office has to confirm is the one that the checklists give, and leaves nothing out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from forms.check import CHECKLISTS_FOLDER, main, read_json
from forms.confirmation import confirmation_page
from forms.standards import Standards, standard_from
from tests.forms.sketches import completed, text

PAGE = Path(__file__).parent.parent.parent / "docs" / "to-confirm.md"

REASON = {"reason": text("凭记忆", "From memory")}
LAW = {
    "id": "work-safety-law-2021", "name": text("安全生产法", "Work Safety Law"), "number": "主席令第88号", "edition": "2021",
    "valid_from": "2021-09-01", "valid_to": None, "replaced_by": None, "kind": "law",
    "source": text("凭记忆", "From memory"), "last_checked_on": None,
    "unverified": {"reason": text("文号未核", "Number not verified")},
}  # fmt: skip


def test_the_page_in_docs_is_up_to_date(capsys: pytest.CaptureFixture[str]) -> None:
    """Mend: python -m forms.check --to-confirm > docs/to-confirm.md"""
    assert main(["--to-confirm"]) == 0
    assert capsys.readouterr().out == PAGE.read_text("utf-8")


def test_everything_that_is_unverified_is_on_the_page() -> None:
    page = PAGE.read_text("utf-8")
    for path in CHECKLISTS_FOLDER.glob("*.json"):
        document = read_json(path)
        own = page.split(f"（{document['id']} {document['version']}）")[1].split("\n## ")[0]
        items = [item for section in document["sections"] for item in section["items"]]
        entries = items + document.get("determinations", [])
        missing = [entry["id"] for entry in entries if "unverified" in entry and f"| `{entry['id']}` |" not in own]
        assert missing == [], document["id"]


def test_a_page_names_item_determination_standard_points_and_gates() -> None:
    document = completed(
        {
            "sections": [
                {
                    "id": "main",
                    "weight": 2.5,
                    "items": [
                        {"id": "known", "type": "judgement", "points": 5, "gate": True},
                        {"id": "guessed", "type": "judgement", "points": 1.5, "veto": True, "unverified": REASON},
                    ],
                }
            ],
            "determinations": [
                {
                    "id": "d", "grade": "major", "halt": "site", "route": "handover", "regulator": "transport",
                    "when": {"item": "guessed", "result": "fail"}, "unverified": True,
                }
            ],
        }
    )  # fmt: skip

    page = confirmation_page([document], Standards([standard_from(LAW)]))

    assert _lines(page, "|") == [
        "| 检查表 | 待核检查项 | 只作提示的判定 | 分值、权重 |",
        "| --- | --- | --- | --- |",
        "| 草表 | 1/2 | 1/1 | 待确认 |",
        "| 编号 | 部位 | 检查项 | 依据 |",
        "| --- | --- | --- | --- |",
        "| `guessed` | 部位 | 符合要求 | 《安全生产法》第41条 |",
        "| 编号 | 条款 | 情形 | 原因 |",
        "| --- | --- | --- | --- |",
        "| `d` | mem-21-2026 第5条（一） | 判定 | 条文未核 |",
        "| 编号 | 名称 | 文号 | 待核 |",
        "| --- | --- | --- | --- |",
        "| `work-safety-law-2021` | 安全生产法 | 主席令第88号 | 文号未核 |",
        "| 分表 | 权重 | 满分 | 门槛项 | 一票否决 |",
        "| --- | --- | --- | --- | --- |",
        "| 部位 | 2.5 | 6.5 | 符合要求 | 符合要求 |",
    ]
    assert _lines(page, "**凭记忆**") == ["**凭记忆**（1 项）"]
    assert _lines(page, "等级线") == ["等级线：优秀 90 起、良好 80 起、合格 60 起、不合格 0 起。不适用分值超过 50% 的不排名。"]


def _lines(page: str, start: str) -> list[Any]:
    return [line for line in page.splitlines() if line.startswith(start)]
