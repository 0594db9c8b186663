"""A visit under the law of another day, what a replacement would touch, and what is to be looked up."""

from __future__ import annotations

import copy
from datetime import date
from typing import Any

from forms import load_checklist
from forms.check import CHECKLISTS_FOLDER, read_json
from forms.law_change import due_for_check, law_change, uses_of, with_replacement
from forms.standards import load_standards

STANDARDS = load_standards()
CHEMICALS = read_json(CHECKLISTS_FOLDER / "hazardous_chemicals.json")
# Two kinds that must not lie together did: clause (20) of No. 121, whose chemical part AQ 3067-2026 replaced on 2026-09-30.
MIXED: dict[str, Any] = {
    "profile": {"has_warehouse": True},
    "repeats": {"warehouse": [{"id": "w1", "key": "1 号库", "answers": {"no_incompatible": {"result": "fail"}}}]},
}
BEFORE, AFTER = date(2026, 9, 29), date(2026, 9, 30)


def test_a_visit_is_determined_under_the_law_of_two_days_side_by_side() -> None:
    checklist = load_checklist(CHEMICALS)
    answers = copy.deepcopy(MIXED)

    change = law_change((checklist, STANDARDS, BEFORE), (checklist, STANDARDS, AFTER), answers)

    assert (change.gained, change.lost) == ((), ("m121_20",))
    assert [each.suggested_only for side in change[:2] for each in side.determinations if each.id == "m121_20"] == [False, True]
    assert change.before.score == change.after.score
    assert answers == MIXED


def test_a_version_with_other_points_scores_the_same_visit_otherwise() -> None:
    document = copy.deepcopy(CHEMICALS) | {"version": "2026.9"}
    items = next(section for section in document["sections"] if section["id"] == "warehouse")["items"]
    items[:] = [item for item in items if item["id"] != "no_incompatible"]
    for entry in document["determinations"]:
        entry["when"] = {"item": "zoned", "result": "fail"} if "no_incompatible" in str(entry["when"]) else entry["when"]

    change = law_change(
        (load_checklist(CHEMICALS), STANDARDS, BEFORE), (load_checklist(document), STANDARDS, BEFORE), copy.deepcopy(MIXED)
    )

    assert (change.before.version, change.after.version) == (CHEMICALS["version"], "2026.9")
    assert change.lost == ("m121_20",)
    assert change.after.score.total == change.before.score.total - 1
    assert [lost.path for lost in change.left_out] == ["warehouse[w1].no_incompatible"]


def test_a_replacement_names_every_item_that_cites_the_edition_and_can_be_tried() -> None:
    uses = uses_of("mem-21-2026", [read_json(path) for path in sorted(CHECKLISTS_FOLDER.glob("*.json"))])

    assert {use.checklist for use in uses} == {"coal_mine"}
    assert {use.kind for use in uses} == {"item", "determination"}
    assert ("item", "cf_exits", "第20条（十七）") in {(use.kind, use.id, use.clause) for use in uses}

    tried = with_replacement(STANDARDS, "mem-21-2026", "mem-21-2026-next", date(2027, 1, 1))
    mine = load_checklist(read_json(CHECKLISTS_FOLDER / "coal_mine.json"))
    one_exit = {"repeats": {"coal_face": [{"key": "1301", "answers": {"cf_exits": {"value": "1"}}}]}}
    change = law_change((mine, STANDARDS, date(2027, 1, 1)), (mine, tried, date(2027, 1, 1)), one_exit)

    assert "m21_20_17" in change.lost or not STANDARDS.decides_on(date(2027, 1, 1))("mem-21-2026")
    assert STANDARDS.find("mem-21-2026").replaced_by is None  # type: ignore[union-attr]


def test_what_nobody_looked_up_for_a_quarter_is_due_and_what_moves_comes_first() -> None:
    assert due_for_check(STANDARDS, date(2026, 11, 30)) == [
        each for each in due_for_check(STANDARDS, date(2026, 11, 30)) if not each.is_checked(date(2026, 11, 30))
    ]
    later = due_for_check(STANDARDS, date(2027, 6, 1))

    assert later
    assert [each.moving for each in later] == sorted((each.moving for each in later), reverse=True)
    assert all(each.is_in_force(date(2027, 6, 1)) for each in later)
