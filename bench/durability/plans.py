"""What is going to happen, drawn from the seed: the visits of each phone and the faults that strike them."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

from bench.durability.checklist import DOCUMENT

# Kind → how often it is drawn beside the others.
KINDS: dict[str, int] = {
    "tab_killed": 6,
    "browser_killed": 4,
    "request_cut": 8,
    "answer_cut": 4,
    "answer_lost": 8,
    "network_dark": 4,
    "network_slow": 2,
    "server_killed": 4,
    "worker_killed": 3,
    "queue_killed": 3,
    "disk_full": 3,
    "clock_jump": 4,
    "second_tab": 5,
}
MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
# A phone whose battery was out, a wrong time zone, a minute that the network corrected.
JUMPS_MS = (-20 * 365 * DAY, -60 * DAY, -8 * HOUR, -15 * MINUTE, -2_000, 2_000, 15 * MINUTE, 8 * HOUR, 60 * DAY, 2 * 365 * DAY)


@dataclass(frozen=True)
class Fault:
    """One fault: when the visit has come to ``at_step``, and ``delay_s`` later."""

    kind: str
    at_step: int
    delay_s: float
    fraction: float
    lasting_s: float
    jump_ms: int = 0
    path_part: str = "/api/"


@dataclass(frozen=True)
class Plan:
    """One visit. ``by_hand`` ones are tapped on the real screens, the others go through the app's core in the page."""

    number: int
    subject_nth: int
    steps: tuple[dict[str, Any], ...]
    faults: tuple[Fault, ...] = field(default=())
    by_hand: bool = False

    @property
    def in_two_tabs(self) -> bool:
        return any(fault.kind == "second_tab" for fault in self.faults)

    def body(self) -> dict[str, Any]:
        return {"number": self.number, "subject_nth": self.subject_nth, "checklist_id": DOCUMENT["id"], "steps": list(self.steps)}

    def shares(self) -> list[dict[str, Any]]:
        """The same visit told to two tabs: each answers its own section, both finish."""
        whole = self.body()
        vehicles = [step for step in self.steps if step["kind"] == "repeat" or step.get("path", "").startswith("vehicles")]
        site = [step for step in self.steps if step not in vehicles]
        return [whole | {"steps": site}, whole | {"steps": vehicles}]


def draw_plan(number: int, chance: random.Random, kinds: dict[str, int], faults_per_visit: float, by_hand: bool) -> Plan:
    steps = _steps(number, chance)
    count = int(faults_per_visit) + (chance.random() < faults_per_visit % 1)
    drawn = chance.choices(list(kinds), list(kinds.values()), k=count) if kinds else []
    faults = tuple(draw_fault(kind, len(steps), chance) for kind in drawn)
    return Plan(number, chance.randrange(1000), tuple(steps), faults, by_hand)


def draw_fault(kind: str, steps: int, chance: random.Random) -> Fault:
    return Fault(
        kind,
        at_step=chance.randrange(steps + 1),
        delay_s=chance.choice((0, chance.uniform(0, 0.05), chance.uniform(0, 0.5))),
        fraction=chance.random(),
        lasting_s=chance.uniform(0.3, 4),
        jump_ms=chance.choice(JUMPS_MS),
        path_part=chance.choice(("/api/", "/api/evidence/uploads", "/api/sync/records")),
    )


def _steps(number: int, chance: random.Random) -> list[dict[str, Any]]:
    def answer(path: str, **values: Any) -> dict[str, Any]:
        return {"kind": "answer", "path": path, "answer": values}

    def photos(path: str, count: int, of_hazard: bool) -> list[dict[str, Any]]:
        return [
            {
                "kind": "photo", "path": path, "of_hazard": of_hazard, "nth": nth, "seed": chance.getrandbits(32),
                "late_position": chance.random() < 0.3,
            }
            for nth in range(count)
        ]  # fmt: skip

    steps: list[dict[str, Any]] = []
    for path in ("exit", "alarm"):
        failed = chance.random() < 0.6
        steps.append(answer(path, result="fail" if failed else "pass"))
        if failed:
            steps.append({"kind": "hazard", "path": path, "text": f"计划 {number} {path} 损坏"})
            steps += photos(path, chance.choice((1, 2)), of_hazard=True)
    steps += [
        answer("gas", value=f"{chance.randrange(150) / 100:.2f}"),
        answer("door", value=chance.choice(("open", "shut"))),
        answer("signs", value=chance.choice(([], ["missing"], ["missing", "faded"]))),
        answer("remark", value=f"记录 {number}：“引号”\\反斜杠 é 🔥"),
        *photos("view", chance.choice((1, 2)), of_hazard=False),
    ]
    for nth in range(chance.choice((0, 1, 2))):
        steps += [
            {"kind": "repeat", "section": "vehicles", "key": f"晋E{number:05}-{nth}"},
            answer(f"vehicles[{nth}].brake", result=chance.choice(("pass", "fail"))),
            answer(f"vehicles[{nth}].lamp", result="not_applicable", reason="没有"),
        ]
    steps.append({"kind": "details", "summary": f"第 {number} 次走访"})
    if chance.random() < 0.6:
        steps.append({"kind": "signature", "seed": chance.getrandbits(32)})
    return steps
