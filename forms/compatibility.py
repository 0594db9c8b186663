"""What changes between two versions of a checklist, in plain words, and which changes would drop answers of drafts.

Answers are moved by ``forms/carry_over.py``; this module tells the office beforehand.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

from vocabulary import ItemKind, RevisionKind, Sector, SubjectKind, Text

Document = Mapping[str, Any]


# What only reads or stands otherwise: every answer keeps its meaning, its result and its points.
WORDING_AND_ORDER = frozenset({RevisionKind.REWORDED, RevisionKind.REORDERED})


@dataclass(frozen=True, slots=True)
class Change:
    """One change. ``breaking``: an answer that fits the old version may not fit the new one."""

    kind: RevisionKind
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

    def of(self, kind: RevisionKind) -> tuple[Change, ...]:
        """The changes of one kind."""
        return tuple(change for change in self.changes if change.kind is kind)

    def lines(self, language: str) -> list[str]:
        """The report as lines to print; breaking changes and those of wording and order are marked."""
        return [mark_of(change.kind, change.breaking, language) + _in(change.text, language) for change in self.changes]


def mark_of(kind: RevisionKind | str, breaking: bool, language: str) -> str:
    """What stands before a printed change: that it drops answers, or that it has no effect on them."""
    if breaking:
        return "【会丢失答案】" if language == "zh" else "[drops answers] "
    if kind in WORDING_AND_ORDER:
        return "【措辞和顺序】" if language == "zh" else "[wording and order] "
    return ""


def compare(old: Document, new: Document) -> Report:
    """What changes from ``old`` to ``new``, two valid documents of the same checklist.

    Shape:  items are matched by id, wherever they stand.
    """
    before, after = _places(old), _places(new)
    changes: list[Change] = [
        *_head_changes(old, new),
        *_scoring_changes(old, new),
        *_profile_changes(old, new),
        *_section_changes(old, new),
    ]
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


def _head_changes(old: Document, new: Document) -> Iterator[Change]:
    yield from _reworded(old, new, "title", "checklist", "检查表名称", "the title of the checklist")
    yield from _reworded(old, new, "description", "checklist", "检查表说明", "the description of the checklist")
    if old["sector"] != new["sector"]:
        yield _scope_change("所属行业", "the sector", _sector_name(old["sector"]), _sector_name(new["sector"]))
    kinds = [set(document["applies_to"]["subject_kinds"]) for document in (old, new)]
    if kinds[0] != kinds[1]:
        yield _scope_change("适用的主体类别", "what it applies to", *map(_kind_names, kinds))
    if old["valid_from"] != new["valid_from"]:
        days: list[Text] = [{"zh": document["valid_from"], "en": document["valid_from"]} for document in (old, new)]
        yield _scope_change("起用日", "the first day", *days)


def _scope_change(zh: str, en: str, before: Text, after: Text) -> Change:
    return _change(
        RevisionKind.SCOPE,
        "checklist",
        f"{zh}由“{before['zh']}”改为“{after['zh']}”",
        f"{en} changes from “{before['en']}” to “{after['en']}”",
    )


def _sector_name(code: str | None) -> Text:
    return Sector(code).words.text() if code is not None else {"zh": "无", "en": "none"}


def _kind_names(kinds: set[str]) -> Text:
    named = [kind.words for kind in SubjectKind if kind in kinds]
    return {"zh": "、".join(name.zh for name in named), "en": ", ".join(name.en for name in named)}


def _reworded(old: Document, new: Document, key: str, subject: str, zh: str, en: str) -> Iterator[Change]:
    """A text that reads otherwise, is new or is gone."""
    before, after = old.get(key), new.get(key)
    if before == after:
        return
    if before is None:
        assert after is not None
        yield _change(RevisionKind.REWORDED, subject, f"新增{zh}：“{after['zh']}”", f"{en} is new: “{after['en']}”")
    elif after is None:
        yield _change(RevisionKind.REWORDED, subject, f"删去{zh}：“{before['zh']}”", f"{en} is removed: “{before['en']}”")
    else:
        yield _change(
            RevisionKind.REWORDED,
            subject,
            f"{zh}{_from_to(before, after, 'zh', '由“{}”改为“{}”')}",
            f"{en} {_from_to(before, after, 'en', 'changes from “{}” to “{}”')}",
        )


def _from_to(before: Text, after: Text, language: Literal["zh", "en"], sentence: str) -> str:
    """The sentence with both texts; where only the other language was changed, that."""
    if before[language] != after[language]:
        return sentence.format(before[language], after[language])
    return f"“{after['zh']}”只改了英文" if language == "zh" else f"“{after['en']}” changes in Chinese only"


def _moved(old: Sequence[str], new: Sequence[str]) -> list[tuple[str, str | None]]:
    """Which of the ids that stand in both lists have changed places, each with the id it stands behind now."""
    before, after = [id_ for id_ in old if id_ in set(new)], [id_ for id_ in new if id_ in set(old)]
    blocks = SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks()
    stayed = {id_ for block in blocks for id_ in before[block.a : block.a + block.size]}
    return [(id_, after[index - 1] if index else None) for index, id_ in enumerate(after) if id_ not in stayed]


def _order_changes(old: Sequence[Document], new: Sequence[Document], text: str, zh: str = "", en: str = "") -> Iterator[Change]:
    """Entries of a list that changed places; ``text`` is the key of what an entry is called."""
    entries = {entry["id"]: entry[text] for entry in new}
    for id_, behind in _moved([entry["id"] for entry in old], [entry["id"] for entry in new]):
        yield _change(
            RevisionKind.REORDERED,
            id_,
            f"{zh}“{entries[id_]['zh']}”" + (f"排到“{entries[behind]['zh']}”之后" if behind else "排到最前"),
            f"{en}“{entries[id_]['en']}” now " + (f"follows “{entries[behind]['en']}”" if behind else "comes first"),
        )


def _added(item_id: str, item: Document, section: Document) -> Change:
    return _change(
        RevisionKind.ADDED,
        item_id,
        f"新增“{item['statement']['zh']}”（{section['title']['zh']}，{item['points']} 分）",
        f"added “{item['statement']['en']}” ({section['title']['en']}, {item['points']} points)",
    )


def _removed(item_id: str, item: Document) -> Change:
    return _change(
        RevisionKind.REMOVED,
        item_id,
        f"删去“{item['statement']['zh']}”",
        f"removed “{item['statement']['en']}”",
        breaking=True,
    )


def _item_changes(old_section: Document, old: Document, section: Document, new: Document) -> Iterator[Change]:
    item_id, zh, en = new["id"], f"“{new['statement']['zh']}”", f"“{new['statement']['en']}”"
    if old["type"] != new["type"]:
        yield _change(
            RevisionKind.RETYPED,
            item_id,
            f"{zh}的类型由“{ItemKind(old['type']).zh}”改为“{ItemKind(new['type']).zh}”",
            f"{en} changes its type from “{ItemKind(old['type']).en}” to “{ItemKind(new['type']).en}”",
            breaking=True,
        )
    yield from _item_wording_changes(old, new, zh, en)
    if old_section["id"] != section["id"]:
        breaks = ("repeat" in old_section) or ("repeat" in section)
        yield _change(
            RevisionKind.MOVED,
            item_id,
            f"{zh}由“{old_section['title']['zh']}”移到“{section['title']['zh']}”",
            f"{en} moves from “{old_section['title']['en']}” to “{section['title']['en']}”",
            breaking=breaks,
        )
    yield from _score_changes(old, new, zh, en)
    if old.get("core", False) != new.get("core", False):
        core = new.get("core", False)
        yield _change(
            RevisionKind.SCOPE,
            item_id,
            f"{zh}{'列为必查' if core else '不再是必查'}",
            f"{en} {'becomes' if core else 'is no longer'} a core item",
        )
    yield from _condition_changes(old.get("relevant"), new.get("relevant"), item_id, zh, en)
    yield from _not_applicable_changes(old, new, zh, en)
    if old["type"] == new["type"]:
        yield from _answer_changes(old, new, zh, en)
    if old.get("basis") != new.get("basis") or old.get("unverified") != new.get("unverified"):
        yield _change(RevisionKind.GROUNDS, item_id, f"{zh}的依据有变", f"the grounds of {en} change")
    if old.get("hazard") != new.get("hazard"):
        yield _change(RevisionKind.HAZARD, item_id, f"{zh}的隐患用语或期限有变", f"hazard wording or time limit of {en} changes")


def _item_wording_changes(old: Document, new: Document, zh: str, en: str) -> Iterator[Change]:
    if old["statement"]["zh"] != new["statement"]["zh"] and old["statement"]["en"] != new["statement"]["en"]:
        yield _change(
            RevisionKind.REWORDED,
            new["id"],
            f"“{old['statement']['zh']}”改写为{zh}",
            f"“{old['statement']['en']}” is reworded to {en}",
        )
    else:
        yield from _reworded(old, new, "statement", new["id"], "检查内容", "the statement")
    yield from _reworded(old, new, "how", new["id"], f"{zh}的检查方法", f"how to check {en}")
    yield from _reworded(old, new, "photo_hint", new["id"], f"{zh}的拍照提示", f"the photo hint of {en}")


def _score_changes(old: Document, new: Document, zh: str, en: str) -> Iterator[Change]:
    if old["points"] != new["points"]:
        yield _change(
            RevisionKind.RESCORED,
            new["id"],
            f"{zh}的分值由 {old['points']} 改为 {new['points']}",
            f"{en} changes from {old['points']} to {new['points']} points",
        )
    for key, name_zh, name_en in (("gate", "门槛项", "a gate item"), ("veto", "一票否决", "a veto")):
        if old.get(key, False) != new.get(key, False):
            yield _change(
                RevisionKind.RESCORED,
                new["id"],
                f"{zh}{'改为' if new.get(key) else '不再是'}{name_zh}",
                f"{en} {'becomes' if new.get(key) else 'is no longer'} {name_en}",
            )
    if old.get("partial") != new.get("partial"):
        yield _change(
            RevisionKind.RESCORED,
            new["id"],
            f"{zh}的部分扣分有变",
            f"the partial deduction of {en} changes",
            breaking="partial" in old and "partial" not in new,
        )


def _condition_changes(old: Any, new: Any, subject: str, zh: str, en: str) -> Iterator[Change]:
    if old != new:
        yield _change(
            RevisionKind.CONDITION,
            subject,
            f"{zh}的显示条件有变" if new else f"{zh}不再有显示条件",
            f"the condition of {en} changes" if new else f"{en} no longer has a condition",
            # Only taking a condition away shows the item wherever it was shown before.
            breaking=new is not None,
        )


def _not_applicable_changes(old: Document, new: Document, zh: str, en: str) -> Iterator[Change]:
    item_id = new["id"]
    if (old.get("not_applicable") is None) != (new.get("not_applicable") is None):
        allowed = new.get("not_applicable") is not None
        yield _change(
            RevisionKind.WIDENED if allowed else RevisionKind.NARROWED,
            item_id,
            f"{zh}{'可以' if allowed else '不再可以'}选不适用",
            f"{en} {'may now' if allowed else 'may no longer'} be not applicable",
            breaking=not allowed,
        )
    elif old.get("not_applicable") != new.get("not_applicable"):
        yield _change(
            RevisionKind.REWORDED,
            item_id,
            f"{zh}可选的不适用原因有变",
            f"the reasons for not applicable offered with {en} change",
        )


def _answer_changes(old: Document, new: Document, zh: str, en: str) -> Iterator[Change]:
    item_id = new["id"]
    match new["type"]:
        case ItemKind.NUMBER:
            yield from _number_changes(old["number"], new["number"], item_id, zh, en)
        case ItemKind.CHOICE | ItemKind.FACTS:
            kind = new["type"]
            yield from _option_changes(old[kind]["options"], new[kind]["options"], item_id, zh, en)
        case ItemKind.PHOTO if old["photo"] != new["photo"]:
            narrower = new["photo"]["minimum"] > old["photo"]["minimum"] or (new["photo"]["maximum"] < old["photo"]["maximum"])
            yield _range_change(item_id, f"{zh}的照片张数有变", f"the number of photos of {en} changes", narrower)
        case ItemKind.TEXT if old["text"] != new["text"]:
            narrower = new["text"]["max_length"] < old["text"]["max_length"]
            yield _range_change(item_id, f"{zh}的文字要求有变", f"what the text of {en} must be changes", narrower)


def _number_changes(old: Document, new: Document, item_id: str, zh: str, en: str) -> Iterator[Change]:
    if old["limits"] != new["limits"]:
        yield _change(RevisionKind.RELIMITED, item_id, f"{zh}的限值有变", f"the limits of {en} change")
    if old["unit"] != new["unit"]:
        yield _unit_change(old["unit"], new["unit"], item_id, zh, en)
    yield from _design_changes(old, new, item_id, zh, en)
    if any(old[key] != new[key] for key in ("minimum", "maximum", "decimals")):
        narrower = new["minimum"] > old["minimum"] or new["maximum"] < old["maximum"] or new["decimals"] < old["decimals"]
        yield _range_change(item_id, f"{zh}可填的范围有变", f"the possible figures of {en} change", narrower)


def _design_changes(old: Document, new: Document, item_id: str, zh: str, en: str) -> Iterator[Change]:
    before, after = old.get("design"), new.get("design")
    if before is None or after is None:
        if before is not after:
            yield _change(
                RevisionKind.RETYPED,
                item_id,
                f"{zh}{'改为填实测值和设计值' if after else '不再填设计值'}，旧数值须重新填写",
                f"{en} {'now asks for the measured and the design value' if after else 'no longer asks for a design value'}: "
                "old figures must be entered again",
                breaking=True,
            )
        return
    units = before.get("unit", old["unit"]), after.get("unit", new["unit"])
    if units[0] != units[1]:
        yield _unit_change(*units, item_id, f"{zh}的设计值", f"the design value of {en}")
    if before["comparison"] != after["comparison"]:
        yield _change(RevisionKind.RELIMITED, item_id, f"{zh}与设计值的比法有变", f"how {en} is compared with its design changes")
    if before.get("result_unit") != after.get("result_unit"):
        yield _change(RevisionKind.REWORDED, item_id, f"{zh}比出来的数的单位有变", f"the unit of what {en} comes to changes")
    yield from _reworded(before, after, "label", item_id, f"{zh}的设计值名称", f"the name of the design value of {en}")
    places = before.get("decimals", old["decimals"]), after.get("decimals", new["decimals"])
    if places[0] != places[1] or any(before[key] != after[key] for key in ("minimum", "maximum")):
        narrower = after["minimum"] > before["minimum"] or after["maximum"] < before["maximum"] or places[1] < places[0]
        yield _range_change(item_id, f"{zh}可填的设计值有变", f"the possible design values of {en} change", narrower)


def _unit_change(old: str | None, new: str | None, subject: str, zh: str, en: str) -> Change:
    return _change(
        RevisionKind.RETYPED,
        subject,
        f"{zh}的单位由 {_shown(old)} 改为 {_shown(new)}，旧数值须重新填写",
        f"{en} changes its unit from {_shown(old)} to {_shown(new)}: old figures must be entered again",
        breaking=True,
    )


def _range_change(item_id: str, zh: str, en: str, narrower: bool) -> Change:
    return _change(RevisionKind.NARROWED if narrower else RevisionKind.WIDENED, item_id, zh, en, breaking=narrower)


def _option_changes(old: list[Any], new: list[Any], item_id: str, zh: str, en: str) -> Iterator[Change]:
    before, after = ({option["value"]: option for option in options} for options in (old, new))
    for value, option in before.items():
        if value not in after:
            yield _change(
                RevisionKind.NARROWED,
                item_id,
                f"{zh}删去选项“{option['label']['zh']}”",
                f"{en} loses the option “{option['label']['en']}”",
                breaking=True,
            )
        elif any(option.get(key) != after[value].get(key) for key in ("result", "deduction")):
            yield _change(
                RevisionKind.RESCORED,
                item_id,
                f"{zh}的选项“{option['label']['zh']}”改了结论或扣分",
                f"the option “{option['label']['en']}” of {en} changes its result or deduction",
            )
        if value in after:
            yield from _reworded(option, after[value], "label", item_id, f"{zh}的选项", f"an option of {en}")
    if _moved(list(before), list(after)):
        yield _change(RevisionKind.REORDERED, item_id, f"{zh}的选项换了顺序", f"the options of {en} change their order")
    for value, option in after.items():
        if value not in before:
            yield _change(
                RevisionKind.WIDENED,
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
            yield _change(RevisionKind.ADDED, section_id, f"新增{zh}", f"added {en}")
            continue
        yield from _reworded(earlier, section, "title", section_id, "分表名称", "the title of a section")
        for key, name_zh, name_en in (("weight", "权重", "weight"), ("gate_minimum_percent", "门槛小计", "minimum")):
            if earlier.get(key) != section.get(key):
                yield _change(
                    RevisionKind.RESCORED,
                    section_id,
                    f"{zh}的{name_zh}由 {_shown(earlier.get(key))} 改为 {_shown(section.get(key))}",
                    f"the {name_en} of {en} changes from {_shown(earlier.get(key))} to {_shown(section.get(key))}",
                )
        yield from _condition_changes(earlier.get("relevant"), section.get("relevant"), section_id, zh, en)
        if ("repeat" in earlier) != ("repeat" in section):
            repeats = "repeat" in section
            yield _change(
                RevisionKind.RETYPED,
                section_id,
                f"{zh}{'改为' if repeats else '不再'}分次填写",
                f"{en} {'is now' if repeats else 'is no longer'} filled in several times",
                breaking=True,
            )
        elif "repeat" in section and earlier["repeat"]["max"] != section["repeat"]["max"]:
            fewer = section["repeat"]["max"] < earlier["repeat"]["max"]
            yield _range_change(section_id, f"{zh}最多填写的个数有变", f"how many of {en} there may be changes", fewer)
        if "repeat" in earlier and "repeat" in section:
            name_zh, name_en = f"{zh}每次填写的名称", f"what each filling of {en} is called"
            yield from _reworded(earlier["repeat"], section["repeat"], "label", section_id, name_zh, name_en)
        yield from _order_changes(earlier["items"], section["items"], "statement")
    yield from _order_changes(old["sections"], new["sections"], "title", "分表", "section ")
    for section_id, section in before.items():
        if section_id not in after:
            yield _change(
                RevisionKind.REMOVED,
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
            yield _change(RevisionKind.ADDED, key_id, f"新增{zh}", f"added {en}")
        elif earlier["type"] != key["type"]:
            yield _change(RevisionKind.RETYPED, key_id, f"{zh}的类型有变", f"{en} changes its type", breaking=True)
        else:
            yield from _option_changes(earlier.get("options", []), key.get("options", []), key_id, zh, en)
        if earlier is not None:
            yield from _reworded(earlier, key, "label", key_id, "单位情况的名称", "the name of a fact")
            if earlier.get("unit") != key.get("unit"):
                yield _unit_change(earlier.get("unit"), key.get("unit"), key_id, zh, en)
    yield from _order_changes(old.get("profile", []), new.get("profile", []), "label", "单位情况", "fact ")
    for key_id, key in before.items():
        if key_id not in after:
            yield _change(
                RevisionKind.REMOVED,
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
            yield _change(RevisionKind.ADDED, entry_id, f"新增{zh}", f"added {en}")
        elif before[entry_id] != entry:
            yield _change(RevisionKind.GROUNDS, entry_id, f"{zh}有变", f"{en} changes")
    yield from _order_changes(old.get("determinations", []), new.get("determinations", []), "title", "判定", "determination ")
    for entry_id, entry in before.items():
        if entry_id not in after:
            zh, en = f"判定“{entry['title']['zh']}”", f"determination “{entry['title']['en']}”"
            yield _change(RevisionKind.REMOVED, entry_id, f"删去{zh}", f"removed {en}")


def _scoring_changes(old: Document, new: Document) -> Iterator[Change]:
    names = {
        "rounding": ("取位", "rounding"),
        "bands": ("等级线", "grade bands"),
        "not_applicable_limit_percent": ("不适用占比上限", "limit of what may be not applicable"),
    }
    for key, (zh, en) in names.items():
        if old["scoring"][key] != new["scoring"][key]:
            yield _change(RevisionKind.RESCORED, "scoring", f"{zh}有变", f"the {en} changes")
    if old["scoring"]["confirmed_by_office"] != new["scoring"]["confirmed_by_office"]:
        confirmed = new["scoring"]["confirmed_by_office"]
        yield _change(
            RevisionKind.GROUNDS,
            "scoring",
            f"权重{'标为县安委办已确认' if confirmed else '改为县安委办未确认'}",
            f"the weights are marked as {'confirmed' if confirmed else 'not confirmed'} by the county office",
        )


def _in(text: Text, language: str) -> str:
    return text["zh"] if language == "zh" else text["en"]


def _shown(value: Any) -> str:
    return "–" if value is None else str(value)


def _change(kind: RevisionKind, subject: str, zh: str, en: str, *, breaking: bool = False) -> Change:
    return Change(kind, subject, breaking, {"zh": zh, "en": en})
