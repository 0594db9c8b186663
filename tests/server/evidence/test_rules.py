"""How large a piece of an upload may grow, and which review is in force."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from server.evidence.rules import Pace, review_in_force


@pytest.mark.parametrize(
    ("received", "seconds", "size"),
    [
        pytest.param(8192, 1.6, 8192, id="2G, 5 kB/s"),
        pytest.param(8192, 0.2, 10240, id="40 kB/s"),
        pytest.param(100_000, 0.1, 250_000, id="1 MB/s"),
        pytest.param(8192, 0.0001, 1_048_576, id="the server's own network"),
        pytest.param(8192, 0.0, 1_048_576, id="faster than the clock"),
    ],
)
def test_piece_is_a_quarter_of_a_second(received: int, seconds: float, size: int) -> None:
    pace = Pace()
    assert pace.size == 8192

    pace.note(received, seconds)

    assert pace.size == size


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
