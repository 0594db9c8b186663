"""A short run of bench/durability: a few visits, and every kind of fault at least once. The long run is in docs/durability.md."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.durability.plans import KINDS
from bench.durability.run import Options, run
from tests.forms.node import find_node

SEED = 3
VISITS = 14


def test_nothing_is_lost_doubled_or_altered_whatever_fails(
    chromium_path: str, real_photos: Path | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    node = find_node()
    assert node is not None, "needs the Node that the client is built with: make build"
    options = Options(
        tmp_path / "run", chromium_path, node[0], VISITS, SEED, visits_per_phone=VISITS // 2, faults_per_visit=0,
        each_kind_at_least=1, pictures=real_photos, new_queue_at_end=True,
    )  # fmt: skip

    outcome = run(options, say=lambda text: None)

    if outcome.disk_substitute:
        with capsys.disabled():
            print(f"\nno small disk ({outcome.disk_substitute}): the server's files had a limit instead of a full disk")
    found = outcome.findings
    assert (found.lost, found.duplicated, found.altered) == ([], [], [])
    assert (outcome.unsettled, outcome.stuck) == ([], [])
    assert [kind for kind in KINDS if outcome.faults[kind] < 1] == []
    assert (found.counts["visits"], found.counts["background work left"]) == (VISITS, 0)
    assert found.counts["photos"] >= 2 * VISITS
    assert outcome.visits_by_hand >= 1
