"""A small checklist as the office writes it, and the ways in which it sends one."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any

from tests.conftest import Person
from tests.forms.sketches import completed, text


def ladders(version: str = "2026.1", *, points: int = 6, **values: Any) -> dict[str, Any]:
    """Three items about ladders; keyword arguments replace parts of the document."""
    sketch = {
        "sections": [
            {
                "id": "yard",
                "weight": 1,
                "items": [
                    {"id": "feet", "type": "judgement", "points": points, "statement": text("梯脚防滑", "The feet do not slip")},
                    {"id": "rungs", "type": "judgement", "points": 4, "statement": text("踏棍完好", "The rungs are sound")},
                    {
                        "id": "angle",
                        "type": "number",
                        "points": 2,
                        "statement": text("梯角不超过 75°", "The angle is at most 75°"),
                        "number": {"unit": "°", "decimals": 0, "minimum": 0, "maximum": 90, "limits": [{"at_most": 75}]},
                    },
                ],
            }
        ],
    }
    titled = {"id": "ladders", "version": version, "title": text("梯子检查表", "Ladders"), "valid_from": "2024-01-01"}
    return completed(sketch) | titled | values


def without(document: dict[str, Any], item_id: str) -> dict[str, Any]:
    sections = [
        section | {"items": [item for item in section["items"] if item["id"] != item_id]} for section in document["sections"]
    ]
    return document | {"sections": sections}


def send(person: Person, document: Any) -> Any:
    return person.post("/api/forms/drafts", json=document)


def send_file(person: Person, data: bytes, name: str, **fields: str) -> Any:
    return person.post("/api/forms/drafts", data={"file": (BytesIO(data), name), **fields})


def drafted(person: Person, document: Any) -> dict[str, Any]:
    answer = send(person, document)
    assert answer.status_code == 201, answer.text
    return answer.json


def publish(person: Person, draft: dict[str, Any], **values: Any) -> Any:
    base = draft["base"]["hash"] if draft["base"] else None
    body = {"hash": draft["hash"], "base": base, "approved_by": "王主任"} | values
    return person.post(f"/api/forms/drafts/{draft['draft_id']}/publish", json=body)


def discard(person: Person, draft: dict[str, Any], **headers: str) -> Any:
    return person.delete(f"/api/forms/drafts/{draft['draft_id']}", headers={"If-Match": draft["hash"]} | headers)


def published(person: Person, document: Any, **values: Any) -> dict[str, Any]:
    answer = publish(person, drafted(person, document), **values)
    assert answer.status_code == 201, answer.text
    return answer.json


def retire(person: Person, digest: str, **values: Any) -> Any:
    return person.post(f"/api/forms/versions/{digest}/retire", json={"approved_by": "王主任", "reason": "不再使用"} | values)


def reinstate(person: Person, digest: str, **values: Any) -> Any:
    return person.post(f"/api/forms/versions/{digest}/reinstate", json={"approved_by": "王主任", "reason": "恢复"} | values)


def offered(person: Person) -> dict[str, tuple[str, str]]:
    """Version and status by id, as phones are told now."""
    found = person.get("/api/forms/checklists").json["checklists"]
    return {each["id"]: (each["version"], each["status"]) for each in found}


def json_bytes(document: Any) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode()
