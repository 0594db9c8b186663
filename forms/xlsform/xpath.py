"""Conditions as XLSForm says them (XPath over ``${name}``), both ways, as far as XPath over a form can say the same.

What it cannot say (a number's "not applicable", two bounds on any one of several vehicles) is left out of ``relevant``; the
``condition`` column is what counts.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from forms.xlsform.expressions import BOUNDS, DEPTH_AT_MOST, ExpressionError, check_length

Document = Mapping[str, Any]

NOT_APPLICABLE = "_not_applicable"
NOTHING_FOUND = "_none"
PROFILE = "profile."
ITEM = "item."
# XLSForm keeps these for itself, or they are our group of profile keys.
_TAKEN = {"meta", "data", "profile"}


def form_name(item_id: str) -> str:
    """The name that an item has in the form."""
    return ITEM + item_id if item_id in _TAKEN else item_id


@dataclass(frozen=True, slots=True)
class Question:
    """What XPath needs to know of an item or profile key. ``options``: choice name in the form → option value or result."""

    kind: str
    options: Mapping[str, str] = field(default_factory=dict)
    results: Mapping[str, str] = field(default_factory=dict)
    limits: tuple[Document, ...] = ()
    may_be_not_applicable: bool = False
    repeated: str | None = None
    target: str = ""
    # A number that is judged beside its design value.
    compared: bool = False


class UnknownQuestion(ExpressionError):
    """A condition asks of a name that is no item."""

    def __init__(self, name: str, position: int) -> None:
        super().__init__(f"没有可以引用的题目 {name}", f"there is no question {name} that a condition may test", position)
        self.name = name


class _Unsayable(Exception):
    pass


def write_xpath(condition: Document, questions: Mapping[str, Question], home: str | None) -> str:
    """The XPath of a condition as seen from the repeated section ``home`` (None: from none); empty if it cannot be said."""
    try:
        return _Writer(questions, home).write(condition)
    except _Unsayable:
        return ""


@dataclass(frozen=True, slots=True)
class _Writer:
    questions: Mapping[str, Question]
    home: str | None

    def write(self, condition: Document) -> str:
        match condition:
            case {"all": children}:
                return " and ".join(self._operand(child) for child in children)
            case {"any": children} if (item := _answered(children)) is not None:
                return self._is_answered(item)
            case {"any": children}:
                return " or ".join(self._operand(child) for child in children)
            case {"of": children, "at_least": wanted}:
                return "(" + " + ".join(f"if({self.write(child)}, 1, 0)" for child in children) + f") >= {wanted}"
            case {"not": child}:
                return f"not({self.write(child)})"
            case {"profile": key}:
                return self._profile(key, condition)
            case {"item": item}:
                return self._item(item, condition)
        raise _Unsayable

    def _is_answered(self, item: str) -> str:
        question = self.questions.get(item)
        if question is None or (question.repeated is not None and question.repeated != self.home):
            raise _Unsayable
        return f"${{{form_name(item)}}} != ''"

    def _operand(self, condition: Document) -> str:
        written = self.write(condition)
        if _answered(condition.get("any", [])) is not None:
            return written
        return f"({written})" if condition.keys() & {"all", "any", "of"} and " " in written else written

    def _profile(self, key: str, condition: Document) -> str:
        reference = f"${{{PROFILE}{key}}}"
        if "number" in condition:
            return _compare(reference, condition["number"])
        values = condition["in"] if "in" in condition else [condition["is"]]
        tests = [f"{reference} = '{_word(value)}'" for value in values]
        return tests[0] if len(tests) == 1 else "(" + " or ".join(tests) + ")"

    def _item(self, item: str, condition: Document) -> str:
        question = self.questions.get(item)
        if question is None:
            raise _Unsayable
        reference = f"${{{form_name(item)}}}"
        from_outside = question.repeated is not None and question.repeated != self.home
        # Forms of another make hold the reading alone, not what it comes to beside its design value.
        if question.compared:
            raise _Unsayable
        if "has" in condition:
            # selected() over many instances looks at the first only.
            return _unless(from_outside, f"selected({reference}, '{condition['has']}')")
        if "value" in condition:
            return f"{reference} = '{condition['value']}'"
        if "number" in condition:
            return _unless(from_outside and len(condition["number"]) > 1, _compare(reference, condition["number"]))
        return self._result(reference, condition["result"], question, from_outside)

    def _result(self, reference: str, result: str, question: Question, from_outside: bool) -> str:
        if question.kind == "judgement":
            return f"{reference} = '{result}'"
        if question.kind == "choice":
            names = [name for name, found in question.results.items() if found == result]
            if not names:
                raise _Unsayable
            tests = [f"{reference} = '{name}'" for name in names]
            return tests[0] if len(tests) == 1 else "(" + " or ".join(tests) + ")"
        if from_outside:
            raise _Unsayable
        if question.kind == "facts":
            fixed = {"pass": [NOTHING_FOUND], "not_applicable": [NOT_APPLICABLE], "fail": list(question.options)}
            names = fixed.get(result, [])
            if not names:
                raise _Unsayable
            tests = [f"selected({reference}, '{name}')" for name in names]
            return tests[0] if len(tests) == 1 else "(" + " or ".join(tests) + ")"
        if question.kind == "number" and len(question.limits) == 1 and "when" not in question.limits[0]:
            keeps = _compare(reference, question.limits[0])
            if result == "pass":
                return keeps
            if result == "fail":
                return f"({reference} != '' and not({keeps}))"
        if question.kind in ("text", "photo") and result == "pass":
            return f"{reference} != ''"
        raise _Unsayable


def _compare(reference: str, bounds: Document) -> str:
    tests = [f"{reference} {sign} {json.dumps(bounds[name])}" for name, sign in BOUNDS.items() if name in bounds]
    return tests[0] if len(tests) == 1 else "(" + " and ".join(tests) + ")"


def _word(value: Any) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def _unless(unsayable: bool, written: str) -> str:
    if unsayable:
        raise _Unsayable
    return written


def read_xpath(expression: str, questions: Mapping[str, Question]) -> dict[str, Any]:
    """The condition of an XLSForm expression.

    Raises: ExpressionError at the first part that a condition cannot say.
    """
    check_length(expression)
    reader = _Reader(expression, questions)
    condition = reader.any(0)
    reader.expect_end()
    return condition


def _answered(children: list[Document]) -> str | None:
    """The item of which the tests together say that it has any result; that is how ``!= ''`` is read."""
    items = {child.get("item") for child in children if child.keys() == {"item", "result"}}
    results = sorted(child.get("result", "") for child in children)
    return items.pop() if len(items) == 1 and results == sorted(_RESULTS) else None


def read_range(expression: str) -> tuple[dict[str, Any], int | None]:
    """The bounds on ``.`` and the longest text of a constraint. Raises: ExpressionError when it says anything else."""
    check_length(expression)
    bounds: dict[str, Any] = {}
    length: int | None = None
    for part in _conjuncts(expression.translate(_PLAIN), 0):
        if found := re.fullmatch(r"string-length\(\s*\.?\s*\)\s*(<=?|≤)\s*(\d{1,6})", part):
            longest = int(found[2]) - (found[1] == "<")
            length = longest if length is None else min(length, longest)
            continue
        if found := re.fullmatch(rf"\.\s*({_ORDER})\s*({_FIGURE})", part):
            sign, number = _SIGNS.get(found[1], found[1]), found[2]
        elif found := re.fullmatch(rf"({_FIGURE})\s*({_ORDER})\s*\.", part):
            sign, number = _FLIPPED[_SIGNS.get(found[2], found[2])], found[1]
        elif part:
            raise ExpressionError(f"读不懂“{part}”", f"cannot use “{part}”", 1)
        else:
            raise ExpressionError("条件没有写完", "the expression ends too early", 1)
        name = next(name for name, known in BOUNDS.items() if known == sign)
        narrower = max if sign.startswith(">") else min
        bounds[name] = narrower(_number(number), bounds.get(name, _number(number)))
    return bounds, length


_ORDER, _FIGURE = ">=|<=|>|<|≥|≤", r"-?\d{1,12}(?:\.\d+)?"
_SIGNS = {"≥": ">=", "≤": "<=", "<>": "!=", "==": "="}


def _conjuncts(expression: str, depth: int) -> list[str]:
    """The parts of ``a and (b and c)``. Raises: ExpressionError when brackets do not match."""
    level, start, parts = 0, 0, []
    for found in re.finditer(r"[()]|\band\b", expression, re.IGNORECASE):
        level += {"(": 1, ")": -1}.get(found[0], 0)
        if level < 0:
            break
        if level == 0 and found[0] not in "()":
            parts.append(expression[start : found.start()])
            start = found.end()
    if level != 0 or depth > DEPTH_AT_MOST:
        raise ExpressionError("括号不成对", "the brackets do not match", 1)
    last = expression[start:].strip()
    if parts:
        return [each for part in [*parts, last] for each in _conjuncts(part, depth + 1)]
    if last.startswith("(") and last.endswith(")") and _is_one_bracket(last):
        return _conjuncts(last[1:-1], depth + 1)
    return [last]


def _is_one_bracket(expression: str) -> bool:
    """Whether the first bracket closes at the very end."""
    level = 0
    for index, character in enumerate(expression):
        level += {"(": 1, ")": -1}.get(character, 0)
        if level == 0:
            return index == len(expression) - 1
    return False


class _Token(NamedTuple):
    kind: str
    text: str
    position: int


_TOKEN = re.compile(
    r"\s*(?:(?P<name>[$＄￥][{｛]\s*[^}｝]*[}｝])|(?P<string>'[^']*'|\"[^\"]*\"|‘[^’]*’|“[^”]*”)|(?P<sign>[>＞][=＝]|[<＜][=＝]|[!！][=＝]|[=＝]{2}|[<＜][>＞]|[<>=＜＞＝≥≤])"
    r"|(?P<number>-?\d+(?:\.\d+)?)|(?P<word>[A-Za-z_][A-Za-z0-9_:.-]*)|(?P<mark>[(),+（），＋]))"
)
# What Chinese keyboards write for the signs of an expression.
_PLAIN = str.maketrans("（），＋＞＜＝！＄￥｛｝", "(),+><=!$${}")
_FLIPPED = {">=": "<=", "<=": ">=", ">": "<", "<": ">", "=": "=", "!=": "!="}
_RESULTS = ("pass", "fail", "partial", "not_applicable")
_FLOW = set(_RESULTS)


class _Reader:
    """A recursive-descent reader of the part of XPath that conditions can say."""

    def __init__(self, expression: str, questions: Mapping[str, Question]) -> None:
        self.expression = expression
        self.questions = questions
        self.tokens: list[_Token] = []
        self.next = 0
        position = 0
        while expression[position:].strip():
            found = _TOKEN.match(expression, position)
            if found is None:
                raise _not_understood(expression[position:].strip(), position + 1)
            kind = str(found.lastgroup)
            text = found[kind] if kind == "string" else found[kind].translate(_PLAIN)
            self.tokens.append(_Token(kind, text, found.start(kind) + 1))
            position = found.end()

    def any(self, depth: int) -> dict[str, Any]:
        children = [self._all(depth)]
        while self._is("word", "or"):
            self.next += 1
            children.append(self._all(depth))
        return children[0] if len(children) == 1 else {"any": children}

    def _all(self, depth: int) -> dict[str, Any]:
        children = [self._one(depth)]
        while self._is("word", "and"):
            self.next += 1
            children.append(self._one(depth))
        return children[0] if len(children) == 1 else {"all": children}

    def _one(self, depth: int) -> dict[str, Any]:
        if depth > DEPTH_AT_MOST:
            raise self._cannot("条件套得太深", "nested too deeply")
        token = self._peek()
        if token is None:
            raise self._cannot("条件没有写完", "the expression ends too early")
        if self._is("word", "not"):
            return {"not": self._in_brackets(depth)}
        if self._is("word", "selected"):
            return self._selected()
        if token.kind == "mark" and token.text == "(":
            return self._count(depth) if self._is_count() else self._in_brackets(depth, skip=0)
        return self._comparison()

    def _in_brackets(self, depth: int, skip: int = 1) -> dict[str, Any]:
        self.next += skip
        self._mark("(")
        condition = self.any(depth + 1)
        self._mark(")")
        return condition

    def _is_count(self) -> bool:
        after = self.tokens[self.next + 1 : self.next + 2]
        return bool(after) and after[0].kind == "word" and after[0].text == "if"

    def _count(self, depth: int) -> dict[str, Any]:
        """``(if(a, 1, 0) + if(b, 1, 0)) >= 2``: at least two of them."""
        self._mark("(")
        children = []
        while True:
            if not self._is("word", "if"):
                raise self._cannot("这里只认 if(条件, 1, 0) 相加", "only sums of if(condition, 1, 0) are understood here")
            self.next += 1
            self._mark("(")
            children.append(self.any(depth + 1))
            for wanted in (",", "1", ",", "0", ")"):
                self._mark(wanted)
            if not self._is("mark", "+"):
                break
            self.next += 1
        self._mark(")")
        self._mark(">=")
        token = self._take()
        if token is None or not token.text.isdecimal():
            raise self._cannot("这里应是个数", "expected a count")
        return {"at_least": int(token.text), "of": children}

    def _selected(self) -> dict[str, Any]:
        self.next += 1
        self._mark("(")
        name, question = self._question(self._take())
        self._mark(",")
        value = self._literal(self._take())
        self._mark(")")
        return self._equals(name, question, value)

    def _comparison(self) -> dict[str, Any]:
        left, sign, right = self._take(), self._take(), self._take()
        if left is None or sign is None or right is None or sign.kind != "sign":
            where = left.text if left else ""
            raise ExpressionError(
                f"读不懂“{where}”起的部分；能用 ${{题目}} = '选项'、>、<、selected()、and、or、not()",
                f"cannot use “{where}”; ${{name}} = 'option', >, <, selected(), and, or, not() are understood",
                left.position if left else 1,
            )
        operator = _SIGNS.get(sign.text, sign.text)
        if left.kind != "name":
            left, right, operator = right, left, _FLIPPED[operator]
        name, question = self._question(left)
        if right.kind == "name":
            raise ExpressionError("不能拿两题互相比较", "two questions cannot be compared with each other", right.position)
        value = self._literal(right)
        if question.kind == "facts" and value != "":
            raise ExpressionError(
                f"多选题 {name} 请用 selected(${{{name}}}, '{value}')",
                f"for the multiple choice {name} write selected(${{{name}}}, '{value}')",
                sign.position,
            )
        if operator == "=":
            return self._equals(name, question, value)
        if operator == "!=":
            return self._answered(name, question) if value == "" else {"not": self._equals(name, question, value)}
        if question.kind != "number" or not re.fullmatch(r"-?\d+(\.\d+)?", value):
            raise ExpressionError(f"{operator} 只能用于数值题", f"{operator} works on numbers only", sign.position)
        bound = next(bound for bound, known in BOUNDS.items() if known == operator)
        return _about(name, {"number": {bound: _number(value)}})

    def _question(self, token: _Token | None) -> tuple[str, Question]:
        if token is None or token.kind != "name":
            raise ExpressionError("这里应是 ${题目}", "expected ${name}", token.position if token else 1)
        name = token.text[2:-1]
        if name != name.strip():
            name = name.strip()
            raise ExpressionError(
                f"{token.text} 里不能有空格，写 ${{{name}}}", f"no spaces in {token.text}: write ${{{name}}}", token.position
            )
        question = self.questions.get(name)
        if question is None:
            raise UnknownQuestion(name, token.position)
        return question.target or name, question

    def _literal(self, token: _Token | None) -> str:
        if token is None or token.kind not in ("string", "number", "word"):
            raise self._cannot("这里应是一个值", "expected a value")
        return token.text[1:-1] if token.kind == "string" else token.text

    def _equals(self, name: str, question: Question, value: str) -> dict[str, Any]:
        if value == "":
            return {"not": self._answered(name, question)}
        if question.kind == "number":
            if not re.fullmatch(r"-?\d+(\.\d+)?", value):
                raise self._cannot(f"“{value}”不是数", f"“{value}” is not a number")
            return _about(name, {"number": {"equals": _number(value)}})
        if question.kind in ("text", "photo"):
            raise self._cannot("条件不能比较文字", "a condition cannot compare texts")
        found = question.options.get(value)
        if value in (NOT_APPLICABLE, NOTHING_FOUND) and found is None:
            return {"item": name, "result": "not_applicable" if value == NOT_APPLICABLE else "pass"}
        if found is None:
            raise self._cannot(f"没有选项“{value}”", f"there is no option “{value}”")
        if question.kind == "judgement":
            if found not in _FLOW:
                raise self._cannot("条件不能看“未检查”", "a condition cannot test “unchecked”")
            return {"item": name, "result": found}
        if question.kind == "boolean":
            return {"profile": name.removeprefix(PROFILE), "is": found == "true"}
        if name.startswith(PROFILE):
            return {"profile": name.removeprefix(PROFILE), "is": found}
        return {"item": name, "has" if question.kind == "facts" else "value": found}

    def _answered(self, name: str, question: Question) -> dict[str, Any]:
        if name.startswith(PROFILE):
            if question.kind == "choice":
                return {"profile": name.removeprefix(PROFILE), "in": list(question.options.values())}
            raise self._cannot("主体情况不能问“填了没有”", "whether a profile key is known cannot be tested")
        if question.kind in ("text", "photo"):
            return {"item": name, "result": "pass"}
        return {"any": [{"item": name, "result": result} for result in _RESULTS]}

    def expect_end(self) -> None:
        token = self._take()
        if token is not None:
            raise ExpressionError(f"读不懂“{token.text}”起的部分", f"cannot use what begins with “{token.text}”", token.position)

    def _mark(self, wanted: str) -> None:
        token = self._take()
        if token is None or token.text != wanted:
            raise self._cannot(f"这里应是“{wanted}”", f"expected {wanted}")

    def _is(self, kind: str, text: str) -> bool:
        token = self._peek()
        return token is not None and token.kind == kind and token.text.lower() == text

    def _peek(self) -> _Token | None:
        return self.tokens[self.next] if self.next < len(self.tokens) else None

    def _take(self) -> _Token | None:
        token = self._peek()
        self.next += 1
        return token

    def _cannot(self, zh: str, en: str) -> ExpressionError:
        index = min(self.next, len(self.tokens)) - 1
        return ExpressionError(zh, en, self.tokens[index].position if self.tokens and index >= 0 else 1)


def _not_understood(rest: str, position: int) -> ExpressionError:
    if path := re.match(r"(?:\.\./|/)[\w./-]*", rest):
        name = path[0].rpartition("/")[2] or "name"
        return ExpressionError(
            f"读不懂路径 {path[0]}，请写 ${{{name}}}", f"the path {path[0]} cannot be used: write ${{{name}}}", position
        )
    return ExpressionError(f"读不懂“{rest[:20]}”", f"cannot use “{rest[:20]}”", position)


def _about(name: str, test: dict[str, Any]) -> dict[str, Any]:
    return {"profile": name.removeprefix(PROFILE)} | test if name.startswith(PROFILE) else {"item": name} | test


def _number(text: str) -> int | float:
    return float(text) if "." in text else int(text)
