"""Finds codes of the vocabulary that Python code writes as text instead of naming the member.

Many codes are also ordinary words and keys of documents (``photo``, ``deadline``), so not every equal text is a code. One is
where a code would stand: compared, matched, in a list of a set's members, or given to a field that holds a code. A code that
no word of English has by accident (it has an underscore) counts wherever it is not a key.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from vocabulary.words import load_sets

SETS_OF: dict[str, set[str]] = {}
for _name, _document in load_sets().items():
    for _code in _document["members"]:
        SETS_OF.setdefault(_code, set()).add(_name)

# Names of arguments, keys and variables that hold a code wherever they stand.
FIELDS = {
    "datum", "day_kind", "decision", "grade", "grade_suggested", "halt", "kind", "kind_of_hazard", "layer", "outcome", "provider",
    "review_state", "role", "scope_kind", "sector", "severity", "shape", "source", "state", "status", "target_group", "topic",
    "unit", "village_kind",
}  # fmt: skip


def codes_in(path: Path) -> Iterator[tuple[int, str]]:
    """Line and code of each place in a module."""
    tree = ast.parse(path.read_text("utf-8"))
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    for node in ast.walk(tree):
        code = node.value if isinstance(node, ast.Constant) else None
        if isinstance(code, str) and code in SETS_OF and _is_code(node, code, parents):
            yield node.lineno, code


def _is_code(node: ast.AST, code: str, parents: dict[ast.AST, ast.AST]) -> bool:
    parent = parents[node]
    match parent:
        case ast.JoinedStr() | ast.FormattedValue() | ast.Subscript():
            return False
        case ast.Compare():
            # `"number" in item` asks for a key.
            return not any(isinstance(op, ast.In | ast.NotIn) for op in parent.ops)
        case ast.MatchValue():
            return True
        case ast.Call(func=ast.Attribute(attr="get" | "pop" | "setdefault")) if parent.args and parent.args[0] is node:
            return False
        case ast.Tuple() | ast.List() | ast.Set():
            return "_" in code or isinstance(parents[parent], ast.Compare) or _lists_a_set(parent.elts)
        case ast.Dict() if node in parent.keys:
            return _lists_a_set(parent.keys)
        case ast.Dict():
            return "_" in code or _text(parent.keys[parent.values.index(node)]) in FIELDS
        case ast.keyword():
            return "_" in code or parent.arg in FIELDS
        case ast.Assign():
            return _name(parent.targets[0]) in FIELDS or ("_" in code and _name(parent.targets[0]) != "__tablename__")
        case ast.AnnAssign():
            return "_" in code or _name(parent.target) in FIELDS
    return "_" in code and not isinstance(parent, ast.Expr)


def _lists_a_set(nodes: list[ast.expr] | list[ast.expr | None]) -> bool:
    texts = [_text(node) for node in nodes]
    return len(texts) > 1 and bool(set.intersection(*(SETS_OF.get(text or "", set()) for text in texts)))


def _text(node: ast.expr | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _name(node: ast.expr) -> str | None:
    if isinstance(node, ast.Subscript):
        return _text(node.slice)
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else None
