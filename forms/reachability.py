"""Whether an item can ever be shown and a determination ever be met: a search for answers that make it so.

The search goes backwards from the condition to answers, one wanted test at a time, and undoes choices that clash.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from forms.quantities import compared, decimal_places, decimal_text, thousandths
from vocabulary import AnswerResult, DesignComparison, ItemKind, ProfileKind

Document = Mapping[str, Any]
# What is wanted: a condition, and whether it shall hold.
Goal = tuple[Document, bool]

# A condition that needs more steps than this is beyond what an author can understand either.
STEPS_MAXIMUM = 50_000
# All searches of one document together: somebody waits for the answer. The largest checklist needs some 2,200.
STEPS_MAXIMUM_OF_DOCUMENT = 1_000_000

_KEYS = {"at_least", "above", "at_most", "below", "equals"}


class SearchTooLong(Exception):
    """The search gave up; nothing is known about the condition."""


def unreachable_items(document: Document) -> Iterator[tuple[int, int, str]]:
    """Section index, item index and id of each item that can never be shown."""
    search = AnswerSearch(document)
    for section_index, section in enumerate(document["sections"]):
        for item_index, item in enumerate(section["items"]):
            if "relevant" not in item and "relevant" not in section:
                continue
            try:
                if search.find_answers_showing(item["id"]) is None:
                    yield section_index, item_index, item["id"]
            except SearchTooLong:
                continue


def unreachable_determinations(document: Document) -> Iterator[tuple[int, str]]:
    """Index and id of each determination that can never be met."""
    search = AnswerSearch(document)
    for index, determination in enumerate(document.get("determinations", [])):
        try:
            if search.find_answers_meeting(determination) is None:
                yield index, determination["id"]
        except SearchTooLong:
            continue


class AnswerSearch:
    """Looks for answers to one checklist document, depth first. In choices None means: left unanswered."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.items: dict[str, Document] = {}
        self.section_of: dict[str, Document] = {}
        self.profile_keys = {key["id"]: key for key in document.get("profile", [])}
        self.steps = 0
        self.steps_of_document = 0
        for section in document["sections"]:
            for item in section["items"]:
                self.items[item["id"]] = item
                self.section_of[item["id"]] = section
        self.marks = _marks(document)

    def find_answers_showing(self, item_id: str) -> dict[str, Any] | None:
        """An answers document in which the item is shown, or None if there is none.

        Raises: SearchTooLong.
        """
        return self._find(self._goals_to_show(item_id), {self.section_of[item_id]["id"]})

    def find_answers_meeting(self, determination: Document) -> dict[str, Any] | None:
        """An answers document in which the determination is met, or None if there is none.

        Raises: SearchTooLong.
        """
        goals: list[Goal] = [(determination["when"], True)]
        if "unless" in determination:
            goals.append((determination["unless"], False))
        return self._find(goals, set())

    def _find(self, goals: list[Goal], sections: set[str]) -> dict[str, Any] | None:
        self.steps = 0
        try:
            for answers, profile in self._solve(goals, {}, {}):
                return self._answers_document(answers, profile, sections)
        except RecursionError as error:
            # As many tests in a row as no author writes.
            raise SearchTooLong from error
        return None

    def _goals_to_show(self, item_id: str) -> list[Goal]:
        """The conditions that must hold for an item to be shown."""
        holders = (self.section_of[item_id], self.items[item_id])
        return [(holder["relevant"], True) for holder in holders if "relevant" in holder]

    def _solve(
        self, goals: list[Goal], answers: dict[str, Any], profile: dict[str, Any]
    ) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
        self.steps += 1
        self.steps_of_document += 1
        if self.steps > STEPS_MAXIMUM or self.steps_of_document > STEPS_MAXIMUM_OF_DOCUMENT:
            raise SearchTooLong
        if not goals:
            yield answers, profile
            return
        (condition, wanted), rest = goals[0], goals[1:]
        if "item" in condition:
            for choice, more in self._item_choices(condition, wanted, answers):
                yield from self._solve([*more, *rest], {**answers, condition["item"]: choice}, profile)
        elif "profile" in condition:
            for choice in self._profile_choices(condition, wanted, profile):
                yield from self._solve(rest, answers, {**profile, condition["profile"]: choice})
        else:
            for more in _branches(condition, wanted):
                yield from self._solve([*more, *rest], answers, profile)

    def _item_choices(self, test: Document, wanted: bool, answers: Mapping[str, Any]) -> Iterator[tuple[Any, list[Goal]]]:
        """Answers that make the test come out as wanted, each with the goals that it brings with it."""
        item = self.items[test["item"]]
        known = item["id"] in answers
        shown = self._goals_to_show(item["id"])
        candidates = [answers[item["id"]]] if known else [None, *self._candidates(item)]
        for answer in candidates:
            if answer is None:
                if not wanted:
                    yield None, []
                continue
            for result, value, goals in _readings(item, answer):
                if _agrees(test, result, value) == wanted:
                    yield answer, goals if known else [*shown, *goals]

    def _candidates(self, item: Document) -> list[dict[str, Any]]:
        kind = item["type"]
        found: list[dict[str, Any]] = []
        if kind == ItemKind.JUDGEMENT:
            found = [{"result": AnswerResult.PASS}, {"result": AnswerResult.FAIL}]
            if "partial" in item:
                found.append({"result": AnswerResult.PARTIAL, "occurrences": 1})
        elif kind == ItemKind.NUMBER:
            found = [reading for mark in self.marks[item["id"]] for reading in _readings_for(item["number"], mark)]
        elif kind == ItemKind.CHOICE:
            found = [{"value": option["value"]} for option in item["choice"]["options"]]
        elif kind == ItemKind.FACTS:
            values = [option["value"] for option in item["facts"]["options"]]
            found = [{"value": chosen} for chosen in _subsets(values)]
        elif kind == ItemKind.TEXT:
            found = [{"value": "x"}]
        else:
            ids = [f"00000000-0000-4000-8000-{number:012d}" for number in range(max(1, item["photo"]["minimum"]))]
            found = [{"photos": ids}]
        if item.get("not_applicable"):
            found.append({"result": AnswerResult.NOT_APPLICABLE, "reason": item["not_applicable"]["reasons"][0]["zh"]})
        return found

    def _profile_choices(self, test: Document, wanted: bool, profile: Mapping[str, Any]) -> Iterator[Any]:
        key = self.profile_keys[test["profile"]]
        if test["profile"] in profile:
            candidates = [profile[test["profile"]]]
        elif key["type"] == ProfileKind.BOOLEAN:
            candidates = [None, True, False]
        elif key["type"] == ItemKind.CHOICE:
            candidates = [None, *(option["value"] for option in key["options"])]
        else:
            candidates = [None, *self.marks[key["id"]]]
        for value in candidates:
            if _profile_agrees(test, value) == wanted:
                yield value

    def _answers_document(self, answers: Mapping[str, Any], profile: Mapping[str, Any], sections: set[str]) -> dict[str, Any]:
        plain: dict[str, Any] = {}
        repeats: dict[str, Any] = {}
        for section in self.document["sections"]:
            given = {i["id"]: answers[i["id"]] for i in section["items"] if answers.get(i["id"]) is not None}
            if "repeat" not in section:
                plain |= given
            elif given or section["id"] in sections:
                repeats[section["id"]] = [{"key": "1", "answers": given}]
        return {"profile": {k: v for k, v in profile.items() if v is not None}, "answers": plain, "repeats": repeats}


def _subsets(values: list[str]) -> Iterator[list[str]]:
    """All subsets of a short list; of a long one those with none, all, one, and all but one."""
    counts = range(len(values) + 1) if len(values) <= 6 else (0, 1, len(values) - 1, len(values))
    for count in counts:
        for chosen in _choices(len(values), count):
            yield [values[index] for index in chosen]


def _branches(condition: Document, wanted: bool) -> Iterator[list[Goal]]:
    """The ways to make a compound condition come out as wanted, each as a list of goals."""
    if "not" in condition:
        yield [(condition["not"], not wanted)]
        return
    children = condition.get("all") or condition.get("any") or condition["of"]
    needed = len(children) if "all" in condition else 1 if "any" in condition else condition["at_least"]
    # "At least n hold" fails exactly when at least (all − n + 1) do not hold.
    needed = needed if wanted else len(children) - needed + 1
    for chosen in _choices(len(children), needed):
        yield [(children[index], wanted) for index in chosen]


def _choices(size: int, count: int, start: int = 0) -> Iterator[list[int]]:
    if count == 0:
        yield []
        return
    for index in range(start, size - count + 1):
        for rest in _choices(size, count - 1, index + 1):
            yield [index, *rest]


def _readings(item: Document, answer: Mapping[str, Any]) -> Iterator[tuple[str, Any, list[Goal]]]:
    """What an answer can come to: result, value, and for a number the limits that must (not) apply for that."""
    if answer.get("result") == AnswerResult.NOT_APPLICABLE:
        yield AnswerResult.NOT_APPLICABLE, None, []
    elif item["type"] == ItemKind.NUMBER:
        value = _figure(item["number"], answer)
        before: list[Goal] = []
        for limit in item["number"]["limits"]:
            keeps = _keeps({key: bound for key, bound in limit.items() if key != "when"}, value)
            if "when" not in limit:
                yield AnswerResult.PASS if keeps else AnswerResult.FAIL, value, before
                return
            yield AnswerResult.PASS if keeps else AnswerResult.FAIL, value, [*before, (limit["when"], True)]
            before = [*before, (limit["when"], False)]
        yield "pass", value, before
    elif item["type"] == ItemKind.CHOICE:
        chosen = next(option for option in item["choice"]["options"] if option["value"] == answer["value"])
        yield chosen["result"], answer["value"], []
    elif item["type"] == ItemKind.FACTS:
        yield AnswerResult.FAIL if answer["value"] else AnswerResult.PASS, answer["value"], []
    else:
        yield answer.get("result", "pass"), None, []


def _figure(number: Document, answer: Mapping[str, Any]) -> float:
    """What a reading comes to: itself, or itself beside its design value."""
    value = thousandths_of(answer["value"])
    if "design" not in number:
        return value
    return compared(number["design"]["comparison"], value, thousandths_of(answer["design"]))


def _readings_for(number: Document, mark: str) -> Iterator[dict[str, str]]:
    """A reading that comes to a figure."""
    if "design" not in number:
        yield {"value": mark}
        return
    design, figure = number["design"], thousandths_of(mark)
    low, high = thousandths(design["minimum"]), thousandths(design["maximum"])
    for planned in sorted({low, high, *(10**power for power in range(3, 9)), 50_000, 200_000}):
        value, rest = {
            DesignComparison.DIFFERENCE: (planned + figure, 0),
            DesignComparison.PERCENT: divmod(figure * planned, 100_000),
            DesignComparison.QUOTIENT: divmod(figure * planned, 1000),
        }[design["comparison"]]
        fits = low <= planned <= high and thousandths(number["minimum"]) <= value <= thousandths(number["maximum"])
        written = decimal_text(value)
        if fits and not rest and decimal_places(written) <= number["decimals"]:
            yield {"value": written, "design": decimal_text(planned)}
            return


def _agrees(test: Document, result: str, value: Any) -> bool:
    if "result" in test:
        return bool(result == test["result"])
    if value is None:
        return False
    if "number" in test:
        return _keeps(test["number"], value)
    return bool(value == test["value"]) if "value" in test else test["has"] in value


def _profile_agrees(test: Document, value: Any) -> bool:
    if value is None:
        return False
    if "number" in test:
        return _keeps(test["number"], thousandths_of(value))
    return value in test["in"] if "in" in test else bool(value == test["is"])


def _keeps(bounds: Mapping[str, Any], value: float) -> bool:
    checks = {
        "at_least": lambda edge: value >= edge,
        "above": lambda edge: value > edge,
        "at_most": lambda edge: value <= edge,
        "below": lambda edge: value < edge,
        "equals": lambda edge: value == edge,
    }
    return all(checks[key](thousandths(edge)) for key, edge in bounds.items())


def thousandths_of(text: str) -> int:
    """Thousandths of a decimal string that is known to be one."""
    return thousandths(float(text)) if "." in text else int(text) * 1000


def _marks(document: Document) -> dict[str, list[str]]:
    """For each number (item or profile key) decimal strings at, just below and just above every figure tested."""
    edges: dict[str, set[int]] = {}
    _collect_edges(document, edges)
    found: dict[str, list[str]] = {}
    for section in document["sections"]:
        for item in section["items"]:
            if item["type"] != ItemKind.NUMBER:
                continue
            number = item["number"]
            own = edges.setdefault(item["id"], set())
            for limit in number["limits"]:
                own |= {thousandths(limit[key]) for key in _KEYS & limit.keys()}
            step = 10 ** (3 - number["decimals"])
            if "design" in number:
                found[item["id"]] = _near(own, 1000, -(10**9), 10**9)
                continue
            low, high = thousandths(number["minimum"]), thousandths(number["maximum"])
            found[item["id"]] = _near(own | {low, high}, step, low, high)
    for key in document.get("profile", []):
        if key["type"] == ItemKind.NUMBER:
            found[key["id"]] = _near(edges.get(key["id"], set()) | {0}, 1000, -(10**12), 10**12)
    return found


def _near(edges: set[int], step: int, low: int, high: int) -> list[str]:
    values = {edge // step * step + offset for edge in edges for offset in (-step, 0, step)}
    return [decimal_text(value) for value in sorted(values) if low <= value <= high]


def _collect_edges(value: Any, edges: dict[str, set[int]]) -> None:
    if isinstance(value, list):
        for child in value:
            _collect_edges(child, edges)
    elif isinstance(value, dict):
        name = value.get("item", value.get("profile"))
        if isinstance(name, str) and isinstance(value.get("number"), dict):
            edges.setdefault(name, set()).update(thousandths(edge) for edge in value["number"].values())
        for child in value.values():
            _collect_edges(child, edges)
