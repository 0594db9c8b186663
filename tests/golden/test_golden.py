"""The golden county gives the expected numbers, and a county with another fact or another expectation does not."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.golden.__main__ import check
from tests.golden.county import id_of, name_of, read_table
from tests.server.postgresql import Cluster

COUNTY = Path(__file__).parent


@pytest.fixture
def url(request: pytest.FixtureRequest, database: str) -> Iterator[str]:
    """An empty database; SQLite lies in the data folder."""
    if database == "sqlite":
        yield ""
        return
    cluster: Cluster = request.getfixturevalue("cluster")
    name = cluster.create_database()
    yield cluster.url(name)
    cluster.drop_database(name)


@pytest.mark.both_databases
def test_county_gives_the_expected_numbers_both_ways(tmp_path: Path, url: str) -> None:
    assert list(check(COUNTY, tmp_path, url)) == []


@contextmanager
def edited(path: Path) -> Iterator[list[dict[str, str]]]:
    rows = read_table(path)
    yield rows
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for part in ("facts", "expected"):
        shutil.copytree(COUNTY / part, tmp_path / "county" / part)
    return tmp_path / "county"


def test_a_fact_that_came_later_is_seen_only_from_then_on(copy: Path, tmp_path: Path) -> None:
    """A closing received after the first instant must change the second one's figures and nothing of the first."""
    with edited(copy / "facts" / "hazard_events.csv") as rows:
        closing = next(row for row in rows if row["kind"] == "closed" and row["received_at"] < "2026-09")
        for row in rows:
            if row["hazard"] == closing["hazard"] and row["at"] == closing["at"]:
                row["received_at"] = "2026-11-20T00:00:00Z"

    found = list(check(copy, tmp_path / "data", ""))

    assert {difference[:2] for difference in found} == {"A1", "A2"}
    assert any(f"hazard {closing['hazard']}: closed_day" in difference for difference in found)
    assert any("county 2026: rectification_rate" in difference for difference in found)


def test_another_expectation_is_a_difference_in_both_ways(copy: Path, tmp_path: Path) -> None:
    with edited(copy / "expected" / "A2" / "town.csv") as rows:
        rows[0]["rectification_rate"] = "1/15 6.7 #1"
    with edited(copy / "expected" / "A1" / "rows.csv") as rows:
        rows[0]["numerator_rows"] += " H99"

    found = list(check(copy, tmp_path / "data", ""))

    assert [difference.split(":")[0] for difference in found] == ["A1 received", "A2 received", "A1 as of", "A2 as of"]
    assert all(("numerator_rows" in difference) is difference.startswith("A1") for difference in found)


def test_ids_keep_the_order_of_the_names() -> None:
    names = ["H01", "H02", "H10", "Q001", "QC02", "R001"]

    assert [name_of(id_) for id_ in sorted(map(id_of, reversed(names)))] == names
