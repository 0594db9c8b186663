"""The vocabulary: every code has words in both languages, and what is generated from it is current."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import vocabulary
from vocabulary.__main__ import generated, identifier
from vocabulary.words import class_name, load_sets

SETS = load_sets()
MEMBERS = [(name, code, member) for name, document in SETS.items() for code, member in document["members"].items()]
CHINESE = re.compile(r"[\u4e00-\u9fff]")
# Names that are the same in every language.
UNTRANSLATED = {"Excel", "CSV", "JSON", "GeoJSON", "WGS-84"}


@pytest.mark.parametrize("path", list(generated()), ids=lambda path: path.name)
def test_generated_file_is_current(path: Path) -> None:
    assert path.read_text("utf-8") == generated()[path], "the vocabulary has changed: run `python -m vocabulary`"


@pytest.mark.parametrize(("name", "code", "member"), MEMBERS, ids=lambda part: part if isinstance(part, str) else "")
def test_member_has_words_in_both_languages(name: str, code: str, member: dict[str, Any]) -> None:
    texts = [member, *([member["short"]] if "short" in member else [])]

    for text in texts:
        assert CHINESE.search(text["zh"]) or text["zh"] in UNTRANSLATED, text
        assert text["en"].strip(), text
        assert not CHINESE.search(text["en"]), text


# Problems and faults are sentences, which may say the same of two cases.
@pytest.mark.parametrize("name", [name for name in SETS if name not in {"problem_code", "fault_code"}])
def test_words_of_a_set_tell_its_members_apart(name: str) -> None:
    for language in ("zh", "en"):
        words = [member[language] for member in SETS[name]["members"].values()]

        assert len(words) == len(set(words)), words


@pytest.mark.parametrize("name", list(SETS))
def test_enum_is_the_set_in_its_order(name: str) -> None:
    enum = getattr(vocabulary, class_name(name))

    assert [member.value for member in enum] == list(SETS[name]["members"])
    assert [member.name for member in enum] == [identifier(*item) for item in SETS[name]["members"].items()]


@pytest.mark.parametrize("name", list(SETS))
def test_set_says_what_it_is_and_who_shows_it(name: str) -> None:
    assert SETS[name]["what"].strip()
    assert set(SETS[name]["shown"]) <= {"entry", "phone", "screens", "desk"}
    assert set(SETS[name]) == {"what", "shown", "members"}


def test_words_of_a_member_are_at_hand_in_python() -> None:
    major = vocabulary.HazardGrade.MAJOR

    assert (major.zh, major.en) == ("重大事故隐患", "Major hazard")
    assert major.words.short == {"zh": "重大", "en": "Major"}
    assert vocabulary.HazardState.DRAFT.words.short == {"zh": "待核实", "en": "To be confirmed"}


def test_sentence_takes_its_parameters_and_the_words_of_codes() -> None:
    text: vocabulary.Text = {"zh": "最多 {maximum} 个，应为{wanted}{missing}", "en": "at most {maximum}, {wanted}{missing}"}

    filled = vocabulary.filled(text, {"maximum": 3, "wanted": "array"}, {"maximum": "number", "wanted": "value_type"})

    assert filled == {"zh": "最多 3 个，应为列表", "en": "at most 3, a list"}


@pytest.mark.parametrize(("name", "code", "member"), MEMBERS, ids=lambda part: part if isinstance(part, str) else "")
def test_places_in_the_words_are_declared(name: str, code: str, member: dict[str, Any]) -> None:
    texts = [member, *([member["detail"]] if "detail" in member else [])]
    declared = member.get("params", {})

    for text in texts:
        zh, en = (set(re.findall(r"\{(\w+)\}", text[language])) for language in ("zh", "en"))
        assert zh <= set(declared), text
        assert en <= set(declared), text
    assert set(declared.values()) <= {"text", "number", *SETS}


def test_every_problem_is_a_kind_or_a_case_of_one() -> None:
    problems = SETS["problem_code"]["members"]

    for code, member in problems.items():
        assert ("status" in member) != ("of" in member), code
        assert "of" not in member or "status" in problems[member["of"]], code


@pytest.mark.parametrize("name", ["problem_code", "fault_code"])
def test_codes_of_what_went_wrong_are_spelt_one_way(name: str) -> None:
    assert [code for code in SETS[name]["members"] if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", code)] == []
