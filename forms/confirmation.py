"""The page for the county office: what the checklists carry without having seen its source, and what they assume."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from forms.standards import Standards

Document = Mapping[str, Any]

_HEAD = """# 待县安委办确认

**English summary.** What the county office has to confirm before it relies on the checklists: per checklist the items whose
clause or limit was not compared with the original text, grouped by the reason; the determinations that therefore only suggest;
the standards whose number, edition or date is not verified; and the points, weights, gates, vetoes and grades, all of which
are assumptions of ours. The page is generated: `python -m forms.check --to-confirm > docs/to-confirm.md`; the tests
compare it with the checklists.

---

本页由 `python -m forms.check --to-confirm` 生成，不要手改。
核对一条，就改检查表里的这一项（补条号、改限值、去掉 `unverified`），出新版后重新生成本页。

待核的条款只作提示，不会自己定为重大隐患。分值、权重、门槛、一票否决和等级线都是建议，
须县安委办确认后把 `confirmed_by_office` 改为 `true`。
"""


def confirmation_page(documents: Sequence[Document], standards: Standards) -> str:
    """The page in Markdown, for all checklists in order.

    Shape:  docs/to-confirm.md is this text; tests/forms/test_confirmation.py compares them.
    """
    parts = [_HEAD, "## 一览\n", _overview(documents)]
    for document in documents:
        parts += [f"## {document['title']['zh']}（{document['id']} {document['version']}）\n"]
        parts += [
            *_items(document, standards),
            *_determinations(document, standards),
            *_standards(document, standards),
            *_assumptions(document),
        ]
    return "\n".join(parts)


def _overview(documents: Sequence[Document]) -> str:
    rows = []
    for document in documents:
        items = [item for _, item in _each_item(document)]
        entries = document.get("determinations", [])
        open_items, open_entries = _count_open(items), _count_open(entries)
        rows.append(
            [
                document["title"]["zh"],
                f"{open_items}/{len(items)}",
                f"{open_entries}/{len(entries)}" if entries else "—",
                "已确认" if document["scoring"]["confirmed_by_office"] else "待确认",
            ]
        )
    return _table(["检查表", "待核检查项", "只作提示的判定", "分值、权重"], rows)


def _items(document: Document, standards: Standards) -> list[str]:
    by_reason: dict[str, list[list[str]]] = {}
    for section, item in _each_item(document):
        if "unverified" in item:
            row = [f"`{item['id']}`", section["title"]["zh"], item["statement"]["zh"], _basis(item.get("basis", []), standards)]
            by_reason.setdefault(item["unverified"]["reason"]["zh"], []).append(row)
    parts = ["### 检查项\n"]
    if not by_reason:
        return [*parts, "没有待核的检查项。\n"]
    for reason, rows in by_reason.items():
        parts += [f"**{reason}**（{len(rows)} 项）\n", _table(["编号", "部位", "检查项", "依据"], rows)]
    return parts


def _determinations(document: Document, standards: Standards) -> list[str]:
    rows = [
        [f"`{entry['id']}`", _basis([entry], standards), entry["title"]["zh"], entry["unverified"]["reason"]["zh"]]
        for entry in document.get("determinations", [])
        if "unverified" in entry
    ]
    return ["### 只作提示的判定\n", _table(["编号", "条款", "情形", "原因"], rows)] if rows else []


def _standards(document: Document, standards: Standards) -> list[str]:
    rows = []
    for name in sorted(_cited(document)):
        standard = standards.find(name)
        if standard is not None and standard.unverified:
            rows.append([f"`{name}`", standard.name_zh, standard.number, standard.unverified["reason"]["zh"]])
    return ["### 所引标准\n", _table(["编号", "名称", "文号", "待核"], rows)] if rows else []


def _assumptions(document: Document) -> list[str]:
    rows = []
    for section in document["sections"]:
        points = sum(item["points"] for item in section["items"])
        gates = [item["statement"]["zh"] for item in section["items"] if item.get("gate")]
        vetoes = [item["statement"]["zh"] for item in section["items"] if item.get("veto")]
        rows.append(
            [
                section["title"]["zh"],
                _figure(section["weight"]),
                _figure(points),
                "；".join(gates) or "—",
                "；".join(vetoes) or "—",
            ]
        )
    scoring = document["scoring"]
    bands = "、".join(f"{band['label']['zh']} {_figure(band['at_least'])} 起" for band in scoring["bands"])
    return [
        "### 分值和权重（建议）\n",
        _table(["分表", "权重", "满分", "门槛项", "一票否决"], rows),
        f"等级线：{bands}。不适用分值超过 {_figure(scoring['not_applicable_limit_percent'])}% 的不排名。\n",
    ]


def _each_item(document: Document) -> Iterable[tuple[Document, Document]]:
    return ((section, item) for section in document["sections"] for item in section["items"])


def _cited(document: Document) -> set[str]:
    items = {citation["standard"] for _, item in _each_item(document) for citation in item.get("basis", [])}
    return items | {entry["standard"] for entry in document.get("determinations", [])}


def _basis(citations: Iterable[Document], standards: Standards) -> str:
    return "；".join(f"{_name(citation['standard'], standards)}{citation['clause']}" for citation in citations)


def _name(standard_id: str, standards: Standards) -> str:
    standard = standards.find(standard_id)
    return f"《{standard.name_zh}》" if standard else f"{standard_id} "


def _count_open(entries: Iterable[Document]) -> int:
    return sum("unverified" in entry for entry in entries)


def _figure(value: float) -> str:
    return f"{value:g}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', '／') for cell in line)} |" for line in lines) + "\n"
