"""What changes between two versions of a checklist, in plain words, and which changes would drop answers of drafts.

Answers are moved by ``forms/carry_over.py``; this module tells the office beforehand.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from forms.problems import Text

Document = Mapping[str, Any]


class ChangeKind(StrEnum):
    """What sort of change it is; the office filters by it."""

    ADDED = "added"
    REMOVED = "removed"
    RETYPED = "retyped"
    RESCORED = "rescored"
    REWORDED = "reworded"
    RELIMITED = "relimited"
    MOVED = "moved"
    CONDITION = "condition"
    NARROWED = "narrowed"
    WIDENED = "widened"
    GROUNDS = "grounds"
    HAZARD = "hazard"


@dataclass(frozen=True, slots=True)
class Change:
    """One change. ``breaking``: an answer that fits the old version may not fit the new one."""

    kind: ChangeKind
    subject: str
    breaking: bool
    text: Text


@dataclass(frozen=True, slots=True)
class Report:
    """All changes in the order of the new version, removals last."""

    changes: tuple[Change, ...]

    @property
    def breaking(self) -> tuple[Change, ...]:
        """The changes that may drop answers."""
        return tuple(change for change in self.changes if change.breaking)

    def of(self, kind: ChangeKind) -> tuple[Change, ...]:
        """The changes of one kind."""
        return tuple(change for change in self.changes if change.kind is kind)

    def lines(self, language: str) -> list[str]:
        """The report as lines to print, breaking changes marked."""
        marks = {"zh": "【会丢失答案】", "en": "[drops answers] "}
        return [
            (marks[language] if change.breaking else "") + (change.text["zh"] if language == "zh" else change.text["en"])
            for change in self.changes
        ]


def compare(old: Document, new: Document) -> Report:
    """What changes from ``old`` to ``new``, two valid documents of the same checklist.

    Shape:  items are matched by id, wherever they stand.
    """
    before, after = _places(old), _places(new)
    changes: list[Change] = [*_scoring_changes(old, new), *_profile_changes(old, new), *_section_changes(old, new)]
    for item_id, (section, item) in after.items():
        if item_id not in before:
            changes.append(_added(item_id, item, section))
        else:
            changes += _item_changes(*before[item_id], section, item)
    changes += _determination_changes(old, new)
    changes += [_removed(item_id, item) for item_id, (_, item) in before.items() if item_id not in after]
    return Report(tuple(changes))


def _places(document: Document) -> dict[str, tuple[Document, Document]]:
    return {item["id"]: (section, item) for section in document["sections"] for item in section["items"]}


def _added(item_id: str, item: Document, section: Document) -> Change:
    return _change(
        ChangeKind.ADDED,
        item_id,
        f"新增“{item['statement']['zh']}”（{section['title']['zh']}，{item['points']} 分）",
        f"added “{item['statement']['en']}” ({section['title']['en']}, {item['points']} points)",
    )


def _removed(item_id: str, item: Document) -> Change:
    return _change(
        ChangeKind.REMOVED,
        item_id,
        f"删去“{item['statement']['zh']}”",
        f"removed “{item['statement']['en']}”",
        breaking=True,
    )


def _item_changes(old_section: Document, old: Document, section: Document, new: Document) -> Iterator[Change]:
    item_id, zh, en = new["id"], f"“{new['statement']['zh']}”", f"“{new['statement']['en']}”"
    if old["type"] != new["type"]:
        yield _change(
            ChangeKind.RETYPED,
            item_id,
            f"{zh}的类型由 {old['type']} 改为 {new['type']}",
            f"{en} changes its type from {old['type']} to {new['type']}",
            breaking=True,
        )
        return
    if old["statement"] != new["statement"]:
        yield _change(
            ChangeKind.REWORDED,
            item_id,
            f"“{old['statement']['zh']}”改写为{zh}",
            f"“{old['statement']['en']}” is reworded to {en}",
        )
    if old_section["id"] != section["id"]:
        breaks = ("repeat" in old_section) or ("repeat" in section)
        yield _change(
            ChangeKind.MOVED,
            item_id,
            f"{zh}由“{old_section['title']['zh']}”移到“{section['title']['zh']}”",
            f"{en} moves from “{old_section['title']['en']}” to “{section['title']['en']}”",
            breaking=breaks,
        )
    yield from _score_changes(old, new, zh, en)
    yield from _condition_changes(old.get("relevant"), new.get("relevant"), item_id, zh, en)
    yield from _answer_changes(old, new, zh, en)
    if old.get("basis") != new.get("basis") or old.get("unverified") != new.get("unverified"):
        yield _change(ChangeKind.GROUNDS, item_id, f"{zh}的依据有变", f"the grounds of {en} change")
    if old.get("hazard") != new.get("hazard"):
        yield _change(ChangeKind.HAZARD, item_id, f"{zh}的隐患用语或期限有变", f"hazard wording or time limit of {en} changes")


def _score_changes(old: Document, new: Document, zh: str, en: str) -> Iterator[Change]:
    if old["points"] != new["points"]:
        yield _change(
            ChangeKind.RESCORED,
            new["id"],
            f"{zh}的分值由 {old['points']} 改为 {new['points']}",
            f"{en} changes from {old['points']} to {new['points']} points",
        )
    for key, name_zh, name_en in (("gate", "门槛项", "a gate item"), ("veto", "一票否决", "a veto")):
        if old.get(key, False) != new.get(key, False):
            yield _change(
                ChangeKind.RESCORED,
                new["id"],
                f"{zh}{'改为' if new.get(key) else '不再是'}{name_zh}",
                f"{en} {'becomes' if new.get(key) else 'is no longer'} {name_en}",
            )
    if old.get("partial") != new.get("partial"):
        yield _change(
            ChangeKind.RESCORED,
            new["id"],
            f"{zh}的部分扣分有变",
            f"the partial deduction of {en} changes",
            breaking="partial" in old and "partial" not in new,
        )


def _condition_changes(old: Any, new: Any, subject: str, zh: str, en: str) -> Iterator[Change]:
    if old != new:
        yield _change(
            ChangeKind.CONDITION,
            subject,
            f"{zh}的显示条件有变" if new else f"{zh}不再有显示条件",
            f"the condition of {en} changes" if new else f"{en} no longer has a condition",
            # Only taking a condition away shows the item wherever it was shown before.
            breaking=new is not None,
        )


def _answer_changes(old: Document, new: Document, zh: str, en: str) -> Iterator[Change]:
    item_id = new["id"]
    if (old.get("not_applicable") is None) != (new.get("not_applicable") is None):
        allowed = new.get("not_applicable") is not None
        yield _change(
            ChangeKind.WIDENED if allowed else ChangeKind.NARROWED,
            item_id,
            f"{zh}{'可以' if allowed else '不再可以'}选不适用",
            f"{en} {'may now' if allowed else 'may no longer'} be not applicable",
            breaking=not allowed,
        )
    match new["type"]:
        case "number":
            yield from _number_changes(old["number"], new["number"], item_id, zh, en)
        case "choice" | "facts":
            kind = new["type"]
            yield from _option_changes(old[kind]["options"], new[kind]["options"], item_id, zh, en)
        case "photo" if old["photo"] != new["photo"]:
            narrower = new["photo"]["minimum"] > old["photo"]["minimum"] or (new["photo"]["maximum"] < old["photo"]["maximum"])
            yield _range_change(item_id, f"{zh}的照片张数有变", f"the number of photos of {en} changes", narrower)
        case "text" if old["text"] != new["text"]:
            narrower = new["text"]["max_length"] < old["text"]["max_length"]
            yield _range_change(item_id, f"{zh}的文字要求有变", f"what the text of {en} must be changes", narrower)


def _number_changes(old: Document, new: Document, item_id: str, zh: str, en: str) -> Iterator[Change]:
    if old["limits"] != new["limits"]:
        yield _change(ChangeKind.RELIMITED, item_id, f"{zh}的限值有变", f"the limits of {en} change")
    if old["unit"] != new["unit"]:
        yield _change(
            ChangeKind.RETYPED,
            item_id,
            f"{zh}的单位由 {old['unit']} 改为 {new['unit']}，旧数值须重新填写",
            f"{en} changes its unit from {old['unit']} to {new['unit']}: old figures must be entered again",
            breaking=True,
        )
    if any(old[key] != new[key] for key in ("minimum", "maximum", "decimals")):
        narrower = new["minimum"] > old["minimum"] or new["maximum"] < old["maximum"] or new["decimals"] < old["decimals"]
        yield _range_change(item_id, f"{zh}可填的范围有变", f"the possible figures of {en} change", narrower)


def _range_change(item_id: str, zh: str, en: str, narrower: bool) -> Change:
    return _change(ChangeKind.NARROWED if narrower else ChangeKind.WIDENED, item_id, zh, en, breaking=narrower)


def _option_changes(old: list[Any], new: list[Any], item_id: str, zh: str, en: str) -> Iterator[Change]:
    before, after = ({option["value"]: option for option in options} for options in (old, new))
    for value, option in before.items():
        if value not in after:
            yield _change(
                ChangeKind.NARROWED,
                item_id,
                f"{zh}删去选项“{option['label']['zh']}”",
                f"{en} loses the option “{option['label']['en']}”",
                breaking=True,
            )
        elif any(option.get(key) != after[value].get(key) for key in ("result", "deduction")):
            yield _change(
                ChangeKind.RESCORED,
                item_id,
                f"{zh}的选项“{option['label']['zh']}”改了结论或扣分",
                f"the option “{option['label']['en']}” of {en} changes its result or deduction",
            )
    for value, option in after.items():
        if value not in before:
            yield _change(
                ChangeKind.WIDENED,
                item_id,
                f"{zh}新增选项“{option['label']['zh']}”",
                f"{en} gains the option “{option['label']['en']}”",
            )


def _section_changes(old: Document, new: Document) -> Iterator[Change]:
    before = {section["id"]: section for section in old["sections"]}
    after = {section["id"]: section for section in new["sections"]}
    for section_id, section in after.items():
        zh, en = f"分表“{section['title']['zh']}”", f"section “{section['title']['en']}”"
        earlier = before.get(section_id)
        if earlier is None:
            yield _change(ChangeKind.ADDED, section_id, f"新增{zh}", f"added {en}")
            continue
        for key, name_zh, name_en in (("weight", "权重", "weight"), ("gate_minimum_percent", "门槛小计", "minimum")):
            if earlier.get(key) != section.get(key):
                yield _change(
                    ChangeKind.RESCORED,
                    section_id,
                    f"{zh}的{name_zh}由 {_shown(earlier.get(key))} 改为 {_shown(section.get(key))}",
                    f"the {name_en} of {en} changes from {_shown(earlier.get(key))} to {_shown(section.get(key))}",
                )
        yield from _condition_changes(earlier.get("relevant"), section.get("relevant"), section_id, zh, en)
        if ("repeat" in earlier) != ("repeat" in section):
            repeats = "repeat" in section
            yield _change(
                ChangeKind.RETYPED,
                section_id,
                f"{zh}{'改为' if repeats else '不再'}分次填写",
                f"{en} {'is now' if repeats else 'is no longer'} filled in several times",
                breaking=True,
            )
        elif "repeat" in section and earlier["repeat"]["max"] != section["repeat"]["max"]:
            fewer = section["repeat"]["max"] < earlier["repeat"]["max"]
            yield _range_change(section_id, f"{zh}最多填写的个数有变", f"how many of {en} there may be changes", fewer)
    for section_id, section in before.items():
        if section_id not in after:
            yield _change(
                ChangeKind.REMOVED,
                section_id,
                f"删去分表“{section['title']['zh']}”",
                f"removed section “{section['title']['en']}”",
                breaking="repeat" in section,
            )


def _profile_changes(old: Document, new: Document) -> Iterator[Change]:
    before = {key["id"]: key for key in old.get("profile", [])}
    after = {key["id"]: key for key in new.get("profile", [])}
    for key_id, key in after.items():
        zh, en = f"单位情况“{key['label']['zh']}”", f"fact “{key['label']['en']}”"
        earlier = before.get(key_id)
        if earlier is None:
            yield _change(ChangeKind.ADDED, key_id, f"新增{zh}", f"added {en}")
        elif earlier["type"] != key["type"]:
            yield _change(ChangeKind.RETYPED, key_id, f"{zh}的类型有变", f"{en} changes its type", breaking=True)
        else:
            yield from _option_changes(earlier.get("options", []), key.get("options", []), key_id, zh, en)
    for key_id, key in before.items():
        if key_id not in after:
            yield _change(
                ChangeKind.REMOVED,
                key_id,
                f"删去单位情况“{key['label']['zh']}”",
                f"removed fact “{key['label']['en']}”",
                breaking=True,
            )


def _determination_changes(old: Document, new: Document) -> Iterator[Change]:
    before = {entry["id"]: entry for entry in old.get("determinations", [])}
    after = {entry["id"]: entry for entry in new.get("determinations", [])}
    for entry_id, entry in after.items():
        zh, en = f"判定“{entry['title']['zh']}”", f"determination “{entry['title']['en']}”"
        if entry_id not in before:
            yield _change(ChangeKind.ADDED, entry_id, f"新增{zh}", f"added {en}")
        elif before[entry_id] != entry:
            yield _change(ChangeKind.GROUNDS, entry_id, f"{zh}有变", f"{en} changes")
    for entry_id, entry in before.items():
        if entry_id not in after:
            zh, en = f"判定“{entry['title']['zh']}”", f"determination “{entry['title']['en']}”"
            yield _change(ChangeKind.REMOVED, entry_id, f"删去{zh}", f"removed {en}")


def _scoring_changes(old: Document, new: Document) -> Iterator[Change]:
    names = {
        "rounding": ("取位", "rounding"),
        "bands": ("等级线", "grade bands"),
        "not_applicable_limit_percent": ("不适用占比上限", "limit of what may be not applicable"),
    }
    for key, (zh, en) in names.items():
        if old["scoring"][key] != new["scoring"][key]:
            yield _change(ChangeKind.RESCORED, "scoring", f"{zh}有变", f"the {en} changes")


def _shown(value: Any) -> str:
    return "–" if value is None else str(value)


def _change(kind: ChangeKind, subject: str, zh: str, en: str, *, breaking: bool = False) -> Change:
    return Change(kind, subject, breaking, {"zh": zh, "en": en})
