"""Words of codes: what a person reads where a program reads the code."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal, TypedDict

FOLDER = Path(__file__).resolve().parent
_PLACE = re.compile(r"\{(\w+)\}")


class Text(TypedDict):
    """One text in the two languages of the product."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Words:
    """A member's words; ``short`` is for narrow places and equals the full words where a set needs none.

    ``params`` are the places in them: name → what fills it (text, number, or the name of a set whose words do).
    """

    zh: str
    en: str
    short: Text
    params: Mapping[str, str]

    def text(self) -> Text:
        return {"zh": self.zh, "en": self.en}


class Code(StrEnum):
    """A member of a closed set: its value is the code that is stored and sent."""

    @property
    def words(self) -> Words:
        return words_of(type(self).__name__)[self.value]

    @property
    def zh(self) -> str:
        return self.words.zh

    @property
    def en(self) -> str:
        return self.words.en


def load_sets() -> dict[str, dict[str, Any]]:
    """All sets by name, in the order of the files; members in the order of their file."""
    sets: dict[str, dict[str, Any]] = {}
    for path in sorted(FOLDER.glob("*.json")):
        for name, document in json.loads(path.read_text("utf-8")).items():
            if name in sets:
                raise ValueError(f"the set {name} is there twice")
            sets[name] = document
    return sets


@functools.cache
def words_of(enum_name: str) -> dict[str, Words]:
    """Words by code of a set, by the name of its enum."""
    return _words()[enum_name]


def class_name(set_name: str) -> str:
    """``hazard_state`` → ``HazardState``."""
    return "".join(part.capitalize() for part in set_name.split("_"))


def set_name(enum: type[Code]) -> str:
    """``HazardState`` → ``hazard_state``."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", enum.__name__).lower()


def filled(text: Text, given: Mapping[str, Any], params: Mapping[str, str]) -> Text:
    """A sentence with its places filled; what is not given shows as nothing, a code of a set in that set's words."""
    return {"zh": _fill(text["zh"], "zh", given, params), "en": _fill(text["en"], "en", given, params)}


def _fill(template: str, language: Literal["zh", "en"], given: Mapping[str, Any], params: Mapping[str, str]) -> str:
    def word(place: re.Match[str]) -> str:
        value = given.get(place[1])
        known = _words().get(class_name(params.get(place[1], "")), {}).get(str(value))
        return known.text()[language] if known else "" if value is None else str(value)

    return _PLACE.sub(word, template)


@functools.cache
def _words() -> dict[str, dict[str, Words]]:
    return {
        class_name(name): {code: _read(member) for code, member in document["members"].items()}
        for name, document in load_sets().items()
    }


def _read(member: Mapping[str, Any]) -> Words:
    text = Text(zh=member["zh"], en=member["en"])
    return Words(**text, short=member.get("short", text), params=member.get("params", {}))
