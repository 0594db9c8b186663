"""Conditions as a person writes them in a cell: ``AND(RESULT(exit, fail); NOT(PROFILE(method, open_pit)))``.

Function calls as in a spreadsheet, one name per kind of condition, so that text and condition turn into each other without
loss. docs/xlsform.md lists the names.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

Document = Mapping[str, Any]

BOUNDS = {"at_least": ">=", "above": ">", "at_most": "<=", "below": "<", "equals": "="}
_BOUND_NAMES = {sign: name for name, sign in BOUNDS.items()}
DEPTH_AT_MOST = 40


# A cell of Excel holds three times as much; no condition that a person wrote comes near.
LENGTH_AT_MOST = 10_000


class ExpressionError(ValueError):
    """What is wrong with an expression, in both languages, and where (counted in characters from 1)."""

    def __init__(self, zh: str, en: str, position: int) -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en
        self.position = position


def write_condition(condition: Document) -> str:
    """The expression of a condition; ``read_condition`` gives the same condition back."""
    match condition:
        case {"all": children}:
            return _call("AND", map(write_condition, children))
        case {"any": children}:
            return _call("OR", map(write_condition, children))
        case {"of": children, "at_least": wanted}:
            return _call("ATLEAST", [str(wanted), *map(write_condition, children)])
        case {"not": child}:
            return _call("NOT", [write_condition(child)])
        case {"item": item, "result": result}:
            return _call("RESULT", [item, result])
        case {"item": item, "value": value}:
            return _call("CHOICE", [item, value])
        case {"item": item, "has": value}:
            return _call("HAS", [item, value])
        case {"item": item, "number": bounds}:
            return _call("NUMBER", [item, *write_bounds(bounds)])
        case {"profile": key, "is": bool(value)}:
            return _call("PROFILE", [key, "TRUE" if value else "FALSE"])
        case {"profile": key, "is": value}:
            return _call("PROFILE", [key, value])
        case {"profile": key, "in": values}:
            return _call("PROFILEIN", [key, *values])
        case {"profile": key, "number": bounds}:
            return _call("PROFILENUMBER", [key, *write_bounds(bounds)])
    raise ValueError(f"not a condition: {condition}")


def write_bounds(bounds: Document) -> list[str]:
    """``[">=18", "<24"]`` for the bounds of a condition or a limit."""
    return [f"{sign}{json.dumps(bounds[name])}" for name, sign in BOUNDS.items() if name in bounds]


def read_condition(expression: str) -> dict[str, Any]:
    """The condition of an expression; JSON is read too.

    Raises: ExpressionError at the first thing that cannot be read.
    """
    check_length(expression)
    if expression.lstrip().startswith("{"):
        return _read_json(expression)
    reader = _Reader(expression)
    condition = reader.condition(0)
    reader.expect_end()
    return condition


def read_bounds(expression: str) -> dict[str, Any]:
    """The bounds of ``>=18, <24``. Raises: ExpressionError."""
    reader = _Reader(expression)
    bounds = reader.bounds()
    reader.expect_end()
    return bounds


def read_limit(line: str) -> dict[str, Any]:
    """One limit of a number: ``<1.0``, or ``<1.5 WHEN PROFILE(gas_grade, high)``. Raises: ExpressionError."""
    check_length(line)
    before, when, after = _split_when(line)
    limit = read_bounds(before)
    if not when:
        return limit
    try:
        return limit | {"when": read_condition(after)}
    except ExpressionError as error:
        raise ExpressionError(error.zh, error.en, error.position + len(line) - len(after)) from None


def write_limit(limit: Document) -> str:
    """The line that ``read_limit`` reads back."""
    line = ", ".join(write_bounds(limit))
    return f"{line} WHEN {write_condition(limit['when'])}" if "when" in limit else line


def check_length(expression: str) -> None:
    """Raises: ExpressionError for what would take long to read."""
    if len(expression) > LENGTH_AT_MOST:
        raise ExpressionError(
            f"太长，最多 {LENGTH_AT_MOST} 个字符", f"too long: at most {LENGTH_AT_MOST} characters", LENGTH_AT_MOST
        )


class _Token(NamedTuple):
    kind: str
    text: str
    position: int


_TOKEN = re.compile(r"\s*(?:(?P<sign>>=|<=|≥|≤|[<>=＞＜＝])|(?P<word>[A-Za-z0-9_.+-]+)|(?P<mark>[(),;（），；]))")
_PLAIN = str.maketrans("（），；＞＜＝", "(),;><=")
_SIGNS = {"≥": ">=", "≤": "<="}


class _Reader:
    """A recursive-descent reader of one expression."""

    def __init__(self, expression: str) -> None:
        self.end = len(expression) + 1
        self.tokens: list[_Token] = []
        self.next = 0
        position = 0
        while expression[position:].strip():
            found = _TOKEN.match(expression, position)
            if found is None:
                start = position + len(expression[position:]) - len(expression[position:].lstrip())
                raise ExpressionError(
                    f"第 {start + 1} 个字符“{expression[start]}”读不懂", f"character {start + 1} is not understood", start + 1
                )
            kind = str(found.lastgroup)
            text = found[kind].translate(_PLAIN)
            self.tokens.append(_Token(kind, _SIGNS.get(text, text), found.start(kind) + 1))
            position = found.end()

    def condition(self, depth: int) -> dict[str, Any]:
        name = self.word(
            "函数名（AND、OR、NOT、ATLEAST、RESULT、NUMBER、CHOICE、HAS、PROFILE…）", "a function such as AND, RESULT or PROFILE"
        )
        if depth > DEPTH_AT_MOST:
            raise ExpressionError("条件套得太深", "the condition is nested too deeply", name.position)
        self.mark("(")
        condition = self._arguments(name, depth)
        self.mark(")")
        return condition

    def _arguments(self, name: _Token, depth: int) -> dict[str, Any]:
        match name.text.upper():
            case "AND":
                return {"all": self._conditions(depth)}
            case "OR":
                return {"any": self._conditions(depth)}
            case "ATLEAST":
                wanted = self.word("个数", "a count")
                if not wanted.text.isdecimal():
                    raise ExpressionError(f"{wanted.text} 不是个数", f"{wanted.text} is not a count", wanted.position)
                self.separator()
                return {"at_least": int(wanted.text), "of": self._conditions(depth)}
            case "NOT":
                return {"not": self.condition(depth + 1)}
            case "RESULT":
                return {"item": self._id(), "result": self._value()}
            case "CHOICE":
                return {"item": self._id(), "value": self._value()}
            case "HAS":
                return {"item": self._id(), "has": self._value()}
            case "NUMBER":
                item = self._id()
                self.separator()
                return {"item": item, "number": self.bounds()}
            case "PROFILE":
                key, value = self._id(), self._value()
                return {"profile": key, "is": {"TRUE": True, "FALSE": False}.get(value, value)}
            case "PROFILEIN":
                key, values = self._id(), [self._value()]
                while self.peek() in (",", ";"):
                    values.append(self._value())
                return {"profile": key, "in": values}
            case "PROFILENUMBER":
                key = self._id()
                self.separator()
                return {"profile": key, "number": self.bounds()}
        raise ExpressionError(
            f"没有函数 {name.text}；可用 AND、OR、NOT、ATLEAST、RESULT、NUMBER、CHOICE、HAS、PROFILE、PROFILEIN、PROFILENUMBER",
            f"there is no function {name.text}; there are AND, OR, NOT, ATLEAST, RESULT, NUMBER, CHOICE, HAS, "
            "PROFILE, PROFILEIN, PROFILENUMBER",
            name.position,
        )

    def bounds(self) -> dict[str, Any]:
        bounds: dict[str, Any] = {}
        while True:
            token = self.take()
            if token is None or token.kind != "sign":
                raise ExpressionError(
                    "应写 >=、>、<=、< 或 = 加一个数", "expected >=, >, <=, < or = and a number", self.at(token)
                )
            number = self.word("一个数", "a number")
            bounds[_BOUND_NAMES[token.text]] = self._number(number)
            if self.peek() not in (",", ";"):
                return bounds
            self.separator()

    def _conditions(self, depth: int) -> list[dict[str, Any]]:
        found = [self.condition(depth + 1)]
        while self.peek() in (",", ";"):
            self.separator()
            found.append(self.condition(depth + 1))
        return found

    def _id(self) -> str:
        return self.word("检查项或主体情况的编号", "the name of an item or of a profile key").text

    def _value(self) -> str:
        self.separator()
        return self.word("一个值", "a value").text

    def _number(self, token: _Token) -> int | float:
        if not re.fullmatch(r"-?\d{1,10}(\.\d{1,6})?", token.text):
            raise ExpressionError(f"{token.text} 不是数", f"{token.text} is not a number", token.position)
        return float(token.text) if "." in token.text else int(token.text)

    def word(self, zh: str, en: str) -> _Token:
        token = self.take()
        if token is None or token.kind != "word":
            raise ExpressionError(
                f"第 {self.at(token)} 个字符处应是{zh}", f"expected {en} at character {self.at(token)}", self.at(token)
            )
        return token

    def mark(self, wanted: str) -> None:
        token = self.take()
        if token is None or token.text != wanted:
            raise ExpressionError(
                f"第 {self.at(token)} 个字符处少了“{wanted}”", f"expected {wanted} at character {self.at(token)}", self.at(token)
            )

    def separator(self) -> None:
        token = self.take()
        if token is None or token.text not in (",", ";"):
            raise ExpressionError(
                f"第 {self.at(token)} 个字符处少了逗号", f"expected a comma at character {self.at(token)}", self.at(token)
            )

    def expect_end(self) -> None:
        token = self.take()
        if token is not None:
            raise ExpressionError(f"从“{token.text}”起多余", f"nothing may follow, but there is {token.text}", token.position)

    def peek(self) -> str:
        return self.tokens[self.next].text if self.next < len(self.tokens) else ""

    def take(self) -> _Token | None:
        token = self.tokens[self.next] if self.next < len(self.tokens) else None
        self.next += 1
        return token

    def at(self, token: _Token | None) -> int:
        return token.position if token else self.end


def _call(name: str, arguments: Any) -> str:
    return f"{name}({', '.join(arguments)})"


def _split_when(line: str) -> tuple[str, str, str]:
    found = re.search(r"\bwhen\b", line, re.IGNORECASE)
    return (line[: found.start()], "when", line[found.end() :]) if found else (line, "", "")


def _read_json(expression: str) -> dict[str, Any]:
    try:
        found = json.loads(expression)
    except (ValueError, RecursionError) as error:
        raise ExpressionError(f"不是可读的 JSON：{error}", f"not readable as JSON: {error}", 1) from None
    if not isinstance(found, dict):
        raise ExpressionError("JSON 条件须是对象 {…}", "a JSON condition must be an object", 1)
    return found
