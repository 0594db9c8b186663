"""How large a piece of an upload may grow, and which review is in force."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from server.evidence.rules import Pace, review_in_force


@pytest.mark.parametrize(
    ("pieces", "sizes"),
    [
        pytest.param([1.6, 1.6], [8192, 8192], id="2G, 5 kB/s"),
        pytest.param([0.2, 0.25], [10240, 10240], id="40 kB/s"),
        pytest.param([0.0] * 8, [16384, 32768, 65536, 131072, 262144, 524288, 1048576, 1048576], id="a fast line"),
        pytest.param([0.0001, 0.0001, 3.2], [16384, 32768, 8192], id="a burst, then slow again"),
    ],
)
def test_piece_is_a_quarter_of_a_second_and_at_most_doubles(pieces: list[float], sizes: list[int]) -> None:
    pace, seen = Pace(), []
    assert pace.size == 8192

    for seconds in pieces:
        pace.note(pace.size, seconds)
        seen.append(pace.size)

    assert seen == sizes


@dataclass
class Act:
    id: int
    decision: str
    withdraws_id: int | None = None


@pytest.mark.parametrize(
    ("acts", "in_force"),
    [
        pytest.param([], None, id="none yet"),
        pytest.param([Act(1, "approved")], 1, id="one"),
        pytest.param([Act(1, "approved"), Act(2, "returned")], 2, id="the last counts"),
        pytest.param([Act(1, "approved"), Act(2, "withdrawn", 1)], None, id="taken back"),
        pytest.param([Act(1, "approved"), Act(2, "returned"), Act(3, "withdrawn", 2)], 1, id="back to the one before"),
        pytest.param([Act(1, "returned"), Act(2, "withdrawn", 1), Act(3, "approved")], 3, id="decided anew"),
    ],
)
def test_review_in_force(acts: list[Act], in_force: int | None) -> None:
    found = review_in_force(acts)

    assert (found.id if found else None) == in_force
