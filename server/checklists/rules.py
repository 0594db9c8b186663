"""Rules of publishing: what a version number may be, and everything that stands between a draft and its publication."""

from __future__ import annotations

import copy
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import forms
from forms.compatibility import Report, compare
from forms.standards import Standards
from forms.unfinished import find_unfinished
from forms.validation import validate_citations
from vocabulary import ChecklistStatus, Text

Document = Mapping[str, Any]

NO_REPORT: dict[str, Any] = {"changes": [], "breaking": 0, "counts": {}}


@dataclass(frozen=True)
class Obstacle:
    """One reason why a draft cannot be published. ``subject``: what would lose answers, as its approver confirms it."""

    pointer: str
    code: str
    what: Text
    mend: Text
    subject: str = ""


@dataclass(frozen=True)
class Known:
    """A version of the checklist that is stored already."""

    version: str
    hash: str


def as_published(document: Document) -> dict[str, Any]:
    """The document as publishing will store it; its content hash is the address of the version."""
    return {**copy.deepcopy(dict(document)), "status": ChecklistStatus.PUBLISHED}


def published_hash(document: Document) -> str:
    return forms.content_hash(as_published(document))


def version_key(version: str) -> tuple[int, ...]:
    """Orders version numbers: 2026.10 is newer than 2026.9."""
    return tuple(int(part) if part.isdigit() else 0 for part in version.split("."))


def next_version(versions: Collection[str], year: int) -> str:
    """The number of the next version: this year's, counted on."""
    year_now, last = max([version_key(version)[:2] for version in versions if version.count(".") == 1], default=(year, 0))
    return f"{year_now}.{last + 1}" if year_now >= year else f"{year}.1"


def report_body(report: Report) -> dict[str, Any]:
    counts: dict[str, int] = {}
    for change in report.changes:
        counts[change.kind.value] = counts.get(change.kind.value, 0) + 1
    changes = [asdict(change) | {"kind": change.kind.value} for change in report.changes]
    return {"changes": changes, "breaking": len(report.breaking), "counts": counts}


def find_obstacles(
    document: Document,
    base: Document | None,
    known: Collection[Known],
    standards: Standards,
    today: date,
    confirmed_drops: Collection[str] = (),
) -> list[Obstacle]:
    """Why a valid document cannot be published today, all reasons at once.

    ``base`` is the version that phones use now. A change that would drop answers is an obstacle until whoever approves has
    confirmed its subject by name.
    """
    return [
        *_number_obstacles(document, known),
        *_day_obstacles(document, standards, today),
        *_unfinished_obstacles(document),
        *(_drop_obstacles(compare(base, document), confirmed_drops) if base is not None else ()),
    ]


def _number_obstacles(document: Document, known: Collection[Known]) -> Iterator[Obstacle]:
    version, digest = document["version"], published_hash(document)
    if any(each.hash == digest for each in known):
        yield Obstacle(
            "", "unchanged", _text(f"与已有的 {version} 版完全相同", f"it is the same as version {version}"),
            _text("没有要发布的内容；要用回旧版，请“恢复使用”", "nothing to publish; reinstate a version to use it again"),
        )  # fmt: skip
        return
    proposal = next_version([each.version for each in known], version_key(version)[0])
    mend = _text(f"把版本号改成 {proposal}", f"change the version to {proposal}")
    if any(each.version == version for each in known):
        yield Obstacle(
            "/version", "version-taken",
            _text(f"{version} 版已有别的内容，不能再改", f"version {version} has other content, which cannot change"),
            mend,
        )  # fmt: skip
        return
    newest = max((each.version for each in known), key=version_key, default=None)
    if newest is not None and version_key(version) < version_key(newest):
        yield Obstacle(
            "/version", "version-not-newer",
            _text(f"{version} 版比已有的 {newest} 版旧", f"version {version} is older than the known {newest}"),
            mend,
        )  # fmt: skip


def _day_obstacles(document: Document, standards: Standards, today: date) -> Iterator[Obstacle]:
    if date.fromisoformat(document["valid_from"]) > today:
        yield Obstacle(
            "/valid_from", "not-yet-valid",
            _text(f"从 {document['valid_from']} 起用，还没到", f"it is valid from {document['valid_from']} only"),
            _text("到那一天再发布，或改正起用日", "publish it on that day, or mend the date"),
        )  # fmt: skip
        return
    # A standard may have expired between the first day of the checklist and the day on which it is published.
    for problem in validate_citations(document, standards, today):
        yield Obstacle(problem.pointer, problem.code, problem.what, problem.mend)


def _unfinished_obstacles(document: Document) -> Iterator[Obstacle]:
    for pointer in find_unfinished(document):
        yield Obstacle(
            pointer, "unfinished",
            _text("这里还标着“待译”或“待补”", "this text is still marked as to be translated or completed"),
            _text("补好文字，去掉标记", "write the text and remove the mark"),
        )  # fmt: skip


def _drop_obstacles(report: Report, confirmed: Collection[str]) -> Iterator[Obstacle]:
    for change in report.breaking:
        if change.subject not in confirmed:
            yield Obstacle(
                "", "drops-answers",
                _text(f"{change.text['zh']}：已填的答案带不过来", f"{change.text['en']}: answers given cannot come along"),
                _text(
                    "保留原样，新内容用新编号另加一项；确要如此，由批准人逐条确认",
                    "keep it and add a new item under a new id; if it must be, whoever approves confirms each one",
                ),
                change.subject,
            )  # fmt: skip


def _text(zh: str, en: str) -> Text:
    return {"zh": zh, "en": en}
