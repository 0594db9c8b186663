"""What a checklist carries without having seen its source, and what must not be decided on that alone."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

Document = Mapping[str, Any]

_OPEN = re.compile("未核|待核|待录入|未录入")


def is_open(citation: Document) -> bool:
    """Whether a citation says of itself that its clause is not known yet: 条号未核, 待核, 待录入."""
    return bool(_OPEN.search(citation["clause"]))


def unverified_items(document: Document) -> set[str]:
    """The ids of the items that are marked unverified."""
    return {item["id"] for section in document["sections"] for item in section["items"] if "unverified" in item}


def can_rest_on(condition: Document, items: Collection[str]) -> bool:
    """Whether tests of these items alone could make the condition true.

    Shape:  the subject's profile and a ``not`` are taken as true: they are no evidence of a hazard.
    """
    if "item" in condition:
        return condition["item"] in items
    if "all" in condition:
        return all(can_rest_on(child, items) for child in condition["all"])
    if "any" in condition:
        return any(can_rest_on(child, items) for child in condition["any"])
    if "of" in condition:
        return sum(can_rest_on(child, items) for child in condition["of"]) >= condition["at_least"]
    return True
