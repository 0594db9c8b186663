"""XLSForms of other makers: what can be a checklist becomes one, the rest is refused row by row.

The forms are small equivalents of pyxform's public example forms (group, loop, specify_other, widgets, cascades, …).
"""

from __future__ import annotations

from typing import Any

import pytest

from forms.standards import load_standards
from forms.unfinished import find_unfinished
from forms.xlsform import Defaults, Imported, read_workbook
from tests.forms.xlsform.books import FILLED, book, errors, notes

STANDARDS = load_standards()
YES_NO = """
    list_name | name | label
    yn        | yes  | Yes
    yn        | no   | No
"""
BOTH = """
    list name | name | label::English | label::中文
    ok        | ok   | OK             | 符合
    ok        | nok  | Not OK         | 不符合
    ok        | na   | N/A            | 不适用
    colours   | red  | Red            | 红
    colours   | Dark-Blue | Blue      | 蓝
    faults    | rust | Rust           | 锈蚀
    faults    | leak | Leak           | 泄漏
"""


def read(survey: str, choices: str = YES_NO, **sheets: str) -> Imported:
    return read_workbook(book(survey=survey, choices=choices, **sheets), STANDARDS, FILLED)


def items(imported: Imported) -> dict[str, Any]:
    assert imported.document is not None, errors(imported)
    return {item["id"]: item for section in imported.document["sections"] for item in section["items"]}


def test_judgements_numbers_choices_facts_texts_and_photos_become_items() -> None:
    imported = read(
        """
        type                   | name  | label::English   | label::中文 | hint::English | hint::中文 | constraint | required | relevant
        begin group            | hall  | Hall             | 大厅
        select_one ok          | exit  | The exit is free | 出口畅通    | Walk through  | 走一遍
        integer                | lamps | Lamps that work  | 完好的灯    | Count         | 数         | . >= 0 and . <= 40 | | ${exit} = 'nok'
        decimal                | gas   | Methane          | 甲烷        | Measure       | 测         | .>0 and .<5
        select one from colours| door  | Colour           | 颜色        | Look          | 看         | | | selected(${exit}, 'ok') or ${lamps} > 3
        select_multiple faults | state | What is wrong    | 哪里坏了    | Look          | 看         | | | not(${door} = 'Dark-Blue')
        text                   | words | Remarks          | 备注        |               |            | string-length(.) <= 80 | no
        photo                  | shot  | A picture        | 照片        |               |            | | yes
        end group
        """,
        BOTH,
    )

    found = items(imported)

    assert {key: item["type"] for key, item in found.items()} == {
        "exit": "judgement", "lamps": "number", "gas": "number", "door": "choice", "state": "facts", "words": "text", "shot": "photo",
    }  # fmt: skip
    assert found["exit"]["not_applicable"] is not None
    assert found["lamps"]["relevant"] == {"item": "exit", "result": "fail"}
    assert (found["lamps"]["number"]["minimum"], found["lamps"]["number"]["maximum"]) == (0, 40)
    assert (found["gas"]["number"]["minimum"], found["gas"]["number"]["maximum"]) == (0.01, 4.99)
    assert found["door"]["relevant"] == {"any": [{"item": "exit", "result": "pass"}, {"item": "lamps", "number": {"above": 3}}]}
    assert [option["value"] for option in found["door"]["choice"]["options"]] == ["red", "dark_blue"]
    assert found["state"]["relevant"] == {"not": {"item": "door", "value": "dark_blue"}}
    assert found["words"]["text"] == {"max_length": 80, "required": False}
    assert found["shot"]["photo"] == {"minimum": 1, "maximum": 1}
    assert list(find_unfinished(imported.document)) == ["/title/en"]


def test_a_ground_given_for_all_is_marked_as_not_checked() -> None:
    item = items(read("type | name | label\nselect_one yn | a | Is it right?"))["a"]

    assert item["basis"] == [{"standard": "work-safety-law-2021", "clause": "第41条"}]
    assert item["unverified"]["reason"]["en"].startswith("The ground was given for the whole form")


def test_without_a_ground_every_row_is_refused_by_name() -> None:
    data = book(survey="type | name | label\nselect_one yn | a | A\ninteger | b | B\ntext | c | C", choices=YES_NO)

    imported = read_workbook(data, STANDARDS, Defaults(checklist_id="x", version="2026.1", valid_from="2026-12-01"))

    assert errors(imported) == [
        ("survey!2", "basis-missing"), ("survey!2", "hazard-missing"), ("survey!3", "basis-missing"), ("survey!3", "hazard-missing"),
    ]  # fmt: skip


def test_what_the_form_says_nowhere_is_asked_for_together_with_all_other_faults() -> None:
    data = book(survey="type | name | label\nselect_one yn | a | A\ndate | b | B", choices=YES_NO, settings="version\n2026.1")

    found = read_workbook(data, STANDARDS)

    assert errors(found) == [
        ("survey!", "valid-from-missing"), ("survey!2", "basis-missing"), ("survey!2", "hazard-missing"), ("survey!A3", "type-refused"),
        ("settings!", "id-missing"), ("settings!", "title-missing"),
    ]  # fmt: skip
    assert "form_id" in found.errors[-2].mend["zh"]


def test_one_language_is_marked_to_be_translated() -> None:
    imported = read("type | name | label\nselect_one yn | a | Is the exit free?\nselect_one yn | b | 出口畅通")

    found = items(imported)
    assert found["a"]["statement"] == {"zh": "（待译）Is the exit free?", "en": "Is the exit free?"}
    assert found["b"]["statement"] == {"zh": "出口畅通", "en": "[to be translated] 出口畅通"}
    assert ("survey!", "untranslated") in notes(imported)
    assert "/sections/0/items/0/statement/zh" in list(find_unfinished(imported.document))


def test_yes_as_pass_is_pointed_out() -> None:
    assert ("survey!A2", "yes-means-pass") in notes(read("type | name | label\nselect_one yn | a | Is it right?"))


def test_groups_become_sections_and_their_conditions_hold_together() -> None:
    imported = read(
        """
        type          | name  | label | relevant
        select_one yn | first | First
        begin_group   | outer | Outer | ${first} = 'yes'
        select_one yn | second | Second
        begin_group   | inner | Inner | ${second} = 'no'
        select_one yn | third | Third
        end_group
        end_group
        """
    )

    assert imported.document is not None
    sections = {section["id"]: section for section in imported.document["sections"]}
    assert list(sections) == ["general", "outer", "inner"]
    assert sections["inner"]["relevant"] == {"all": [{"item": "first", "result": "pass"}, {"item": "second", "result": "fail"}]}


def test_a_repeat_becomes_a_repeated_section_and_groups_in_it_conditions_of_items() -> None:
    imported = read(
        """
        type          | name  | label | relevant | repeat_count
        begin_repeat  | cars  | Cars  |          | 12
        select_one yn | belt  | Belt
        begin_group   | more  | More  | ${belt} = 'no'
        integer       | age   | Age   | ${belt} = 'no'
        end_group
        end_repeat
        """
    )

    assert imported.document is not None
    section = imported.document["sections"][0]
    assert section["repeat"]["max"] == 12
    assert section["items"][1]["relevant"] == {"all": [{"item": "belt", "result": "fail"}, {"item": "belt", "result": "fail"}]}


def test_two_bounds_on_one_side_both_hold() -> None:
    found = items(read("type | name | label | constraint\ninteger | a | A | . > 7 and . >= 5 and . < 20 and . <= 30"))

    assert (found["a"]["number"]["minimum"], found["a"]["number"]["maximum"]) == (8, 19)


def test_a_range_keeps_the_decimals_of_its_steps() -> None:
    number = items(read("type | name | label | parameters\nrange | a | A | start=0 end=10 step=0.25"))["a"]["number"]

    assert (number["decimals"], number["minimum"], number["maximum"]) == (2, 0, 10)


def test_a_count_of_repeats_that_is_too_large_is_refused_at_its_cell() -> None:
    imported = read("type | name | label | repeat_count\nbegin_repeat | r | R | 999\nselect_one yn | a | A\nend_repeat")

    assert errors(imported) == [("survey!D2", "schema-maximum")]


def test_a_count_of_repeats_that_depends_on_an_answer_is_pointed_out() -> None:
    imported = read(
        "type | name | label | repeat_count\ninteger | n | N\nbegin_repeat | r | R | ${n}\nselect_one yn | a | A\nend_repeat"
    )

    assert ("survey!D3", "repeat-count") in notes(imported)


def test_what_the_visit_records_by_itself_is_left_out_with_a_note() -> None:
    imported = read("type | name | label\nstart | s |\nend | e |\ndeviceid | d |\nnote | n | Welcome\nselect_one yn | a | A")

    assert list(items(imported)) == ["a"]
    assert [place for place, code in notes(imported) if code == "row-left-out"] == [
        "survey!A2",
        "survey!A3",
        "survey!A4",
        "survey!A5",
    ]


def test_columns_that_are_not_used_are_named() -> None:
    imported = read("type | name | label | appearance | pionts\nselect_one yn | a | A | minimal | 3")

    assert [place for place, code in notes(imported) if code == "column-left-out"] == ["survey!D1", "survey!E1"]


def test_our_columns_may_be_added_to_a_foreign_form_one_by_one() -> None:
    item = items(
        read("type | name | label | points | basis | gate | unit | limits | minimum | maximum\ninteger | t | T | 4 | gb-6067-5 2.1 | yes | °C | <=60 | 0 | 100"
             .replace("gb-6067-5 2.1", "work-safety-law-2021 第36条"))
    )["t"]  # fmt: skip

    assert (item["points"], item["gate"], item["number"]["unit"], item["number"]["limits"]) == (4, True, "°C", [{"at_most": 60}])
    assert item["basis"] == [{"standard": "work-safety-law-2021", "clause": "第36条"}]
    assert "unverified" not in item


REFUSED = [
    ("geopoint | a | Where", "survey!A2", "type-refused"),
    ("date | a | When", "survey!A2", "type-refused"),
    ("time | a | When", "survey!A2", "type-refused"),
    ("dateTime | a | When", "survey!A2", "type-refused"),
    ("barcode | a | Code", "survey!A2", "type-refused"),
    ("audio | a | Sound", "survey!A2", "type-refused"),
    ("file | a | File", "survey!A2", "type-refused"),
    ("calculate | a | x", "survey!A2", "type-refused"),
    ("acknowledge | a | x", "survey!A2", "type-refused"),
    ("hidden | a | x", "survey!A2", "type-refused"),
    ("rank yn | a | x", "survey!A2", "type-refused"),
    ("select_one yn or_other | a | x", "survey!A2", "type-refused"),
    ("select_one_from_file towns.csv | a | x", "survey!A2", "type-refused"),
    ("select_one_external yn | a | x", "survey!A2", "type-refused"),
    ("select_one ${b} | a | x", "survey!A2", "type-refused"),
    ("select_one | a | x", "survey!A2", "type-refused"),
    ("begin loop over yn | a | x", "survey!A2", "type-refused"),
    ("cascading_select x | a | x", "survey!A2", "type-refused"),
    ("include | a | x", "survey!A2", "type-refused"),
    ("selekt_one yn | a | x", "survey!A2", "type-refused"),
    ("select_one nowhere | a | x", "survey!A2", "unknown-list"),
    ("select_one yn | | x", "survey!B2", "name"),
    ("select_one yn | 出口 | x", "survey!B2", "name"),
    ("| a | x", "survey!A2", "type-missing"),
    ("select_one yn | a |", "survey!C2", "schema-required"),
    ("select_one yn | a | Hello ${b}", "survey!C2", "not-supported"),
    ("select_one yn | a | x | ${b} = 'yes'", "survey!D2", "expression"),
    ("select_one yn | a | x | ${a} = 'yes'", "survey!D2", "later-item"),
    ("select_one yn | a | x | today() > 3", "survey!D2", "expression"),
    ("select_one yn | a | x | ${a} + 1", "survey!D2", "expression"),
    ("select_one yn | a | x | ((((", "survey!D2", "expression"),
    ("select_one yn | a | x | position(..) = 1", "survey!D2", "expression"),
    ("integer | a | x | | . > ${b}", "survey!E2", "expression"),
    ("integer | a | x | | regex(., '[0-9]')", "survey!E2", "expression"),
    ("text | a | x | | regex(., '[0-9]')", "survey!E2", "expression"),
    ("select_one yn | a | x | | selected(., 'yes')", "survey!E2", "not-supported"),
    ("image | a | x | | . != ''", "survey!E2", "not-supported"),
    ("integer | a | x | | . >= 9 and . <= 3", "survey!E2", "range-reversed"),
    ("select_one yn | a | x | | | cf = ${a}", "survey!F2", "not-supported"),
    ("select_one yn | a | x | | | | if(1, 2, 3)", "survey!G2", "not-supported"),
    ("select_one yn | a | x | | | | | ${b} = 1", "survey!H2", "not-supported"),
    ("select_one yn | my name | x", "survey!B2", "name"),
    ("select_one yn | meta | x", "survey!B2", "name"),
    ("begin_group | | G\nselect_one yn | a | A\nend_group", "survey!B2", "name"),
    ("begin_group | a | G\nselect_one yn | b | B\nend_group\nselect_one yn | a | A", "survey!B5", "duplicate-id"),
    ("begin_group | g | G\nselect_one yn | b | B\nend_repeat", "survey!A4", "wrong-end"),
    ("begin_repeat | g | G\nselect_one yn | b | B\nend_group", "survey!A4", "wrong-end"),
    ("end_group | |", "survey!A2", "end-without-begin"),
    ("begin_group | g | G", "survey!A2", "group-not-closed"),
    ("begin_repeat | r | R\nbegin_repeat | q | Q\nend_repeat\nend_repeat", "survey!A3", "repeat-in-repeat"),
    ("select multiple yn | a | A", "survey!A2", "type-refused"),
]  # fmt: skip
COLUMNS = "type | name | label | relevant | constraint | choice_filter | calculation | required"


@pytest.mark.parametrize(
    ("row", "at", "code"), REFUSED, ids=[f"{row.split('|')[0].strip() or row}-{code}" for row, _, code in REFUSED]
)
def test_what_no_checklist_can_say_is_refused_at_its_cell(row: str, at: str, code: str) -> None:
    imported = read(f"{COLUMNS}\n{row}")

    assert imported.document is None
    assert (at, code) in errors(imported)


def test_every_refusal_is_reported_at_once_in_both_languages() -> None:
    imported = read("type | name | label\ngeopoint | a | A\nselect_one yn | b | B\ndate | c | C\nselect_one x | b | D")

    assert [place for place, _ in errors(imported)] == ["survey!A2", "survey!A4", "survey!B5"]
    for problem in imported.errors:
        assert problem.what["zh"] != problem.what["en"]
        assert problem.mend["zh"] != problem.mend["en"]


@pytest.mark.parametrize(
    ("choices", "at"),
    [
        ("list_name | name | label\nyn | yes | Yes\nyn | Yes | Yes again\nyn | no | No", "choices!B3"),
        ("list_name | name | label\nyn | yes | Yes\nyn | | No name\nyn | no | No", "choices!B3"),
        ("list_name | name | label\nyn | yes | Yes\n | no | No", "choices!A3"),
        ("list_name | name | label\nyn | yes | Yes\nyn | ！ | No", "choices!B3"),
    ],
)
def test_a_choice_that_cannot_be_used_is_refused_at_its_cell(choices: str, at: str) -> None:
    workbook = book(survey="type | name | label\nselect_one yn | a | A", choices=choices)

    assert at in [place for place, _ in errors(read_workbook(workbook, STANDARDS, FILLED))]


def test_names_that_are_no_ids_are_changed_with_a_note() -> None:
    imported = read("type | name | label | relevant\nselect_one yn | Q-1 | A\nselect_one yn | Q2 | B | ${Q-1} = 'no'")

    assert items(imported)["q2"]["relevant"] == {"item": "q_1", "result": "fail"}
    assert [place for place, code in notes(imported) if code == "renamed"] == ["survey!B2", "survey!B3"]


def test_rows_that_xlsform_passes_over_are_left_out_with_a_note() -> None:
    imported = read(
        """
        type          | name | label  | disabled | remarks
        select_one yn | a    | A      |          |
                      |      |        |          | ask the mine first
        select_one yn | b    | B      | yes      |
        select_one yn | c    | C      | no       |
        """
    )

    assert list(items(imported)) == ["a", "c"]
    assert [place for place, code in notes(imported) if code == "row-left-out"] == ["survey!A3", "survey!D4"]


def test_a_condition_on_a_row_that_is_refused_says_which_row_to_mend() -> None:
    imported = read("type | name | label | relevant\ndate | when | When\nselect_one yn | a | A | ${when} != ''")

    [_, problem] = imported.errors
    assert (problem.cell, problem.what["zh"]) == ("D3", "第 2 行的 when 没有成为检查项，不能作条件")
    assert problem.mend["en"].startswith("mend row 2 first")


def test_a_path_is_answered_with_the_way_to_write_it() -> None:
    imported = read("type | name | label | relevant\nselect_one yn | a | A\nselect_one yn | b | B | ../a = 'yes'")

    assert [problem.what["en"] for problem in imported.errors] == ["the path ../a cannot be used: write ${a}"]


def test_a_list_with_one_choice_is_refused_where_it_is_used() -> None:
    imported = read("type | name | label\nselect_one few | a | A", "list_name | name | label\nfew | x | X")

    assert errors(imported) == [("survey!A2", "too-few-choices")]


def test_a_choice_without_a_label_is_refused_at_its_cell() -> None:
    choices = "list_name | name | label::English\nk | x\nk | y | Y\nf | _none | None\nf | rust"

    imported = read("type | name | label\nselect_one k | a | A\nselect_multiple f | b | B", choices)

    assert errors(imported) == [("choices!C2", "schema-required"), ("choices!C5", "schema-required")]


def test_spaces_in_the_choices_of_a_multiple_choice_are_refused_at_their_cells() -> None:
    imported = read("type | name | label\nselect_multiple f | b | B", "list_name | name | label\nf | a b | A\nf | c d | C")

    assert errors(imported) == [("choices!B2", "choice-name"), ("choices!B3", "choice-name")]


def test_a_constraint_that_cannot_be_read_is_one_problem() -> None:
    imported = read("type | name | label | constraint\ninteger | a | A | . <= ../total")

    assert [place for place, _ in [*errors(imported), *notes(imported)]].count("survey!D2") == 1


def test_a_second_row_of_settings_is_not_passed_over_in_silence() -> None:
    imported = read("type | name | label\nselect_one yn | a | A", settings="form_title | form_id\nOne | one\nTwo | two")

    assert ("settings!3", "row-left-out") in notes(imported)


def test_no_points_are_complained_of_only_when_every_row_was_read() -> None:
    lists = "list_name | name | label\nk | x | X\nk | y | Y"

    whole = read("type | name | label\nselect_one k | a | A", lists)
    part = read("type | name | label\nselect_one k | a | A\ndate | b | B", lists)

    assert errors(whole) == [("survey!", "no-points")]
    assert "points" in whole.errors[0].mend["zh"]
    assert errors(part) == [("survey!A3", "type-refused")]


def test_choices_may_have_chinese_names() -> None:
    lists = "list_name | name | label\nr | 符合 | 符合\nr | 不符合 | 不符合\nk | 松 | 松木\nk | 柏 | 柏木"

    found = items(read("type | name | label | relevant\nselect_one r | a | 甲\nselect_one k | b | 乙 | ${a} = '不符合'", lists))

    assert (found["a"]["type"], found["b"]["relevant"]) == ("judgement", {"item": "a", "result": "fail"})
    assert [option["value"] for option in found["b"]["choice"]["options"]] == ["option_1", "option_2"]


def test_a_list_with_faults_of_its_own_is_not_called_missing() -> None:
    lists = "list_name | name | label\nk | ！ | A\nk | ？ | B"

    assert errors(read("type | name | label\nselect_one k | a | A", lists)) == [
        ("choices!B2", "choice-name"),
        ("choices!B3", "choice-name"),
    ]


def test_choices_without_their_columns_are_one_problem() -> None:
    lists = "list | name | label\nyn | yes | Yes\nyn | no | No"

    assert errors(read("type | name | label\nselect_one yn | a | A", lists)) == [("choices!", "column-missing")]


def test_a_form_without_choices_is_told_to_add_the_sheet() -> None:
    imported = read_workbook(book(survey="type | name | label\nselect_one yn | a | A"), STANDARDS, FILLED)

    assert [problem.what["zh"] for problem in imported.errors] == ["没有 choices 工作表"]


def test_another_language_is_translated_into_both_or_left_out_with_a_note() -> None:
    alone = read("type | name | label::Français (fr)\nselect_one yn | a | Sortie")
    beside = read("type | name | label::Français (fr) | label::English (en)\nselect_one yn | a | Sortie | Exit")

    assert items(alone)["a"]["statement"] == {"zh": "（待译）Sortie", "en": "[to be translated] Sortie"}
    assert items(beside)["a"]["statement"] == {"zh": "（待译）Exit", "en": "Exit"}
    assert ("survey!C1", "column-left-out") in notes(beside)


def test_a_text_that_is_too_long_is_said_once() -> None:
    assert errors(read("type | name | label\nselect_one yn | a | " + "长" * 32_000)) == [("survey!C2", "schema-maxlength")]


def test_rare_characters_are_chinese() -> None:
    assert items(read("type | name | label\nselect_one yn | a | 𠮷𠀀"))["a"]["statement"]["zh"] == "𠮷𠀀"


def test_commands_may_be_written_in_any_case() -> None:
    found = items(read("Type | Name | Label\nBegin Group | g | G\nSELECT_ONE yn | a | A\nIMAGE | p | P\nEnd Group"))

    assert [found["a"]["type"], found["p"]["type"]] == ["judgement", "photo"]


def test_signs_of_a_chinese_keyboard_are_read() -> None:
    imported = read(
        "ｔｙｐｅ | name | label：：中文（zh） | label：English | relevant\n"
        "select_one　yn | a | 甲 | A\nselect_one yn | b | 乙 | B | （＄｛a｝＝‘no’） or not（selected（${a}， 'yes'））"
    )

    found = items(imported)
    assert found["a"]["statement"] == {"zh": "甲", "en": "A"}
    assert found["b"]["relevant"] == {"any": [{"item": "a", "result": "fail"}, {"not": {"item": "a", "result": "pass"}}]}


def test_pyxform_has_the_last_word_on_what_is_an_xlsform() -> None:
    imported = read("type | name | label | parameters\ntext | t | T\ntext | a | A | rows=many\nselect_one yn | b | B")

    assert errors(imported) == [("survey!3", "xlsform")]


def test_the_comma_separated_form_names_lines_and_columns_of_the_file() -> None:
    data = "survey,,,\n,type,name,label\n,select_one yn,a,Is it right?\n,geopoint,b,Where\nchoices,,,\n,list_name,name,label\n,yn,yes,Yes\n,yn,no,No\n"

    assert errors(read_workbook(data.encode("utf-8-sig"), STANDARDS, FILLED)) == [("survey!B4", "type-refused")]
    assert read_workbook(data.replace(",geopoint,b,Where\n", "").encode(), STANDARDS, FILLED).document is not None
