"""One answer to one item: whether it fits the item, and what it says. The whole document is in ``forms/reading.py``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from forms.checklist import Answer, Item
from forms.conditions import State
from forms.quantities import compared, decimal_places, decimal_text, find_thousandths
from vocabulary import AnswerResult, FaultCode, ItemKind

RESULTS = frozenset(
    {AnswerResult.PASS, AnswerResult.FAIL, AnswerResult.PARTIAL, AnswerResult.NOT_APPLICABLE, AnswerResult.UNCHECKED}
)
WITHOUT_VALUE = (AnswerResult.NOT_APPLICABLE, AnswerResult.UNCHECKED)

REMARK_MAXIMUM = 1000
REASON_MAXIMUM = 500
OCCURRENCES_MAXIMUM = 999
# Evidence photos on an item that does not ask for photos; a photo item says its own number.
PHOTOS_MAXIMUM = 30
HAZARDS_MAXIMUM = 20

# Not str.strip(): Python and JavaScript disagree on what white space is.
BLANKS = " \t\r\n\u00a0\u3000"

_UUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\Z")
_LONG_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]{0,8})\.[0-9]{4,}\Z", re.ASCII)


class Fault(NamedTuple):
    """One thing wrong with an answers document.

    Shape:  ``pointer`` is a JSON pointer into the answers document; ``code`` is stable; ``params`` fill its message.
    """

    pointer: str
    code: str
    params: Mapping[str, Any]


UNCHECKED = Answer(AnswerResult.UNCHECKED, None, 0)


def find_answer_faults(item: Item, answer: Any, pointer: str) -> list[Fault]:
    """Everything that keeps an answer from fitting its item.

    Source: docs/checklist-format.md, "Answers"; tests/vectors/forms/faults.json; also client/src/forms/answers.ts.
    """
    if not isinstance(answer, dict):
        return [_wrong_type(pointer, "object")]
    faults: list[Fault] = []
    for key, value in answer.items():
        if key in ("photos", "hazards"):
            faults += _id_list_faults(value, f"{pointer}/{key}", PHOTOS_MAXIMUM if key == "photos" else HAZARDS_MAXIMUM)
        elif key in ("reason", "remark"):
            faults += text_faults(value, f"{pointer}/{key}", REASON_MAXIMUM if key == "reason" else REMARK_MAXIMUM)
        elif key == "result":
            faults += _result_faults(item, answer, f"{pointer}/result")
        elif key == "occurrences":
            faults += _occurrences_faults(item, answer, f"{pointer}/occurrences")
        elif key == "value":
            faults += _value_faults(item, answer, f"{pointer}/value")
        elif key == "design":
            faults += _design_faults(item, answer, f"{pointer}/design")
        else:
            faults.append(Fault(f"{pointer}/{escaped(key)}", FaultCode.UNKNOWN_KEY, {}))
    result = answer.get("result")
    if result == AnswerResult.PARTIAL and item.deduction is not None and "occurrences" not in answer:
        faults.append(Fault(f"{pointer}/occurrences", FaultCode.OCCURRENCES_MISSING, {}))
    if result == AnswerResult.NOT_APPLICABLE and item.may_be_not_applicable and "reason" not in answer:
        faults.append(Fault(f"{pointer}/reason", FaultCode.REASON_MISSING, {}))
    if item.kind == ItemKind.PHOTO and result not in WITHOUT_VALUE:
        faults += _photo_count_faults(item, answer.get("photos"), f"{pointer}/photos")
    return faults


def read_answer(item: Item, answer: Mapping[str, Any], state: State) -> Answer:
    """What an answer without faults says; limits of numbers are judged against the answers read so far."""
    result = answer.get("result")
    if result in WITHOUT_VALUE:
        return UNCHECKED if result == AnswerResult.UNCHECKED else Answer(AnswerResult.NOT_APPLICABLE, None, 0)
    if item.kind == ItemKind.JUDGEMENT:
        return _read_judgement(item, result, answer)
    if item.kind == ItemKind.PHOTO:
        return Answer(AnswerResult.PASS, None, item.points) if answer.get("photos") else UNCHECKED
    value = answer.get("value")
    if value is None:
        return UNCHECKED
    if item.kind == ItemKind.NUMBER:
        return _read_number(item, find_thousandths(value) or 0, answer.get("design"), state)
    if item.kind == ItemKind.CHOICE:
        chosen, earned = item.options[value]
        return Answer(chosen, value, earned)
    if item.kind == ItemKind.FACTS:
        return Answer(AnswerResult.FAIL, tuple(value), 0) if value else item.passed
    return Answer(AnswerResult.PASS, None, item.points) if value.strip(BLANKS) else UNCHECKED


def judge_number(item: Item, value: int | float, state: State) -> Answer:
    """A value in thousandths judged by the first limit that applies; without one it passes."""
    for limit in item.limits:
        if limit.when is None or limit.when.test(state):
            if limit.keeps(value):
                break
            return Answer(AnswerResult.FAIL, value, 0)
    return Answer(AnswerResult.PASS, value, item.points)


def text_faults(value: Any, pointer: str, maximum: int) -> list[Fault]:
    """Faults of a free text."""
    if not isinstance(value, str):
        return [_wrong_type(pointer, "string")]
    if len(value) > maximum:
        return [Fault(pointer, FaultCode.TOO_LONG, {"maximum": maximum})]
    return []


def escaped(key: str) -> str:
    """A key as a step of a JSON pointer."""
    return key.replace("~", "~0").replace("/", "~1")


def _read_number(item: Item, measured: int, design: Any, state: State) -> Answer:
    if item.design is None:
        return judge_number(item, measured, state)
    # A reading whose design value nobody knows yet can be typed; it says nothing until then.
    planned = find_thousandths(design)
    return UNCHECKED if planned is None else judge_number(item, compared(item.design.comparison, measured, planned), state)


def _read_judgement(item: Item, result: str | None, answer: Mapping[str, Any]) -> Answer:
    if result is None:
        return UNCHECKED
    if result == AnswerResult.PARTIAL:
        deducted = int(answer["occurrences"]) * (item.deduction or 0)
        return Answer(AnswerResult.PARTIAL, None, max(0, item.points - deducted))
    return Answer(result, None, item.points if result == AnswerResult.PASS else 0)


def _result_faults(item: Item, answer: Mapping[str, Any], pointer: str) -> list[Fault]:
    result = answer["result"]
    if not isinstance(result, str):
        return [_wrong_type(pointer, "string")]
    if result not in RESULTS:
        return [Fault(pointer, FaultCode.NOT_AN_OPTION, {})]
    allowed = (
        result == AnswerResult.UNCHECKED
        or (result == AnswerResult.NOT_APPLICABLE and item.may_be_not_applicable)
        or (
            item.kind == ItemKind.JUDGEMENT
            and (
                result in (AnswerResult.PASS, AnswerResult.FAIL)
                or (result == AnswerResult.PARTIAL and item.deduction is not None)
            )
        )
    )
    if not allowed:
        return [Fault(pointer, FaultCode.RESULT_NOT_ALLOWED, {"result": result})]
    if result == AnswerResult.NOT_APPLICABLE:
        reason = answer.get("reason")
        if isinstance(reason, str) and not reason.strip(BLANKS):
            return [Fault(pointer.removesuffix("result") + "reason", FaultCode.REASON_MISSING, {})]
    return []


def _occurrences_faults(item: Item, answer: Mapping[str, Any], pointer: str) -> list[Fault]:
    if item.kind != ItemKind.JUDGEMENT or answer.get("result") != AnswerResult.PARTIAL:
        return [Fault(pointer, FaultCode.OCCURRENCES_NOT_ALLOWED, {})]
    count = answer["occurrences"]
    whole = (isinstance(count, int) and not isinstance(count, bool)) or (isinstance(count, float) and count.is_integer())
    if not whole:
        return [_wrong_type(pointer, "integer")]
    if count < 1:
        return [Fault(pointer, FaultCode.BELOW_MINIMUM, {"minimum": "1"})]
    if count > OCCURRENCES_MAXIMUM:
        return [Fault(pointer, FaultCode.ABOVE_MAXIMUM, {"maximum": str(OCCURRENCES_MAXIMUM)})]
    return []


def _value_faults(item: Item, answer: Mapping[str, Any], pointer: str) -> list[Fault]:
    value = answer["value"]
    if item.kind in (ItemKind.JUDGEMENT, ItemKind.PHOTO) or answer.get("result") in WITHOUT_VALUE:
        return [Fault(pointer, FaultCode.VALUE_NOT_ALLOWED, {})]
    if item.kind == ItemKind.NUMBER:
        return number_faults(value, pointer, item.decimals, item.minimum, item.maximum)
    if item.kind == ItemKind.CHOICE:
        return option_faults(value, item.options, pointer)
    if item.kind == ItemKind.TEXT:
        return text_faults(value, pointer, item.text_maximum)
    if not isinstance(value, list):
        return [_wrong_type(pointer, "array")]
    if len(value) > len(item.facts):
        return [Fault(pointer, FaultCode.TOO_MANY_VALUES, {"maximum": len(item.facts)})]
    faults: list[Fault] = []
    for index, fact in enumerate(value):
        faults += option_faults(fact, item.facts, f"{pointer}/{index}")
        if isinstance(fact, str) and fact in value[:index]:
            faults.append(Fault(f"{pointer}/{index}", FaultCode.DUPLICATE_VALUE, {}))
    return faults


def _design_faults(item: Item, answer: Mapping[str, Any], pointer: str) -> list[Fault]:
    design = item.design
    if design is None or answer.get("result") in WITHOUT_VALUE:
        return [Fault(pointer, FaultCode.DESIGN_NOT_ALLOWED, {})]
    return number_faults(answer["design"], pointer, design.decimals, design.minimum, design.maximum)


def number_faults(value: Any, pointer: str, decimals: int, minimum: int | None, maximum: int | None) -> list[Fault]:
    """Faults of a decimal string; the range is in thousandths."""
    number = find_thousandths(value)
    if number is None:
        if isinstance(value, str) and _LONG_DECIMAL.match(value):
            return [Fault(pointer, FaultCode.TOO_MANY_DECIMALS, {"maximum": decimals})]
        return [_wrong_type(pointer, "decimal")]
    if decimal_places(value) > decimals:
        return [Fault(pointer, FaultCode.TOO_MANY_DECIMALS, {"maximum": decimals})]
    if minimum is not None and number < minimum:
        return [Fault(pointer, FaultCode.BELOW_MINIMUM, {"minimum": decimal_text(minimum)})]
    if maximum is not None and number > maximum:
        return [Fault(pointer, FaultCode.ABOVE_MAXIMUM, {"maximum": decimal_text(maximum)})]
    return []


def option_faults(value: Any, options: Any, pointer: str) -> list[Fault]:
    """Faults of a value that must be one of the options."""
    if not isinstance(value, str):
        return [_wrong_type(pointer, "string")]
    return [] if value in options else [Fault(pointer, FaultCode.NOT_AN_OPTION, {})]


def _photo_count_faults(item: Item, photos: Any, pointer: str) -> list[Fault]:
    if not isinstance(photos, list):
        return []
    if len(photos) < item.photos_minimum:
        return [Fault(pointer, FaultCode.TOO_FEW_PHOTOS, {"minimum": item.photos_minimum})]
    if len(photos) > item.photos_maximum:
        return [Fault(pointer, FaultCode.TOO_MANY_PHOTOS, {"maximum": item.photos_maximum})]
    return []


def _id_list_faults(value: Any, pointer: str, maximum: int) -> list[Fault]:
    if not isinstance(value, list):
        return [_wrong_type(pointer, "array")]
    if len(value) > maximum:
        return [Fault(pointer, FaultCode.TOO_MANY_VALUES, {"maximum": maximum})]
    faults: list[Fault] = []
    for index, entry in enumerate(value):
        if not isinstance(entry, str) or not _UUID.match(entry):
            faults.append(Fault(f"{pointer}/{index}", FaultCode.NOT_A_UUID, {}))
        elif entry in value[:index]:
            faults.append(Fault(f"{pointer}/{index}", FaultCode.DUPLICATE_VALUE, {}))
    return faults


def _wrong_type(pointer: str, wanted: str) -> Fault:
    return Fault(pointer, FaultCode.WRONG_TYPE, {"wanted": wanted})
