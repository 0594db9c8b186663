"""A figure opens to exactly the rows in it: every figure, grouping, part and reader, over the golden county."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from server.app import create_app
from server.db import db
from server.paging import Asked
from server.permissions import Actor, Grant
from server.prepare import prepare_data
from server.scores.figures import DEFINITIONS
from server.scores.models import LIVE
from server.scores.periods import find_period
from server.scores.questions import Question
from server.scores.rollups import Group, groups, total
from server.scores.rows import Place, figure_rows
from server.settings import Settings
from tests.golden.checking import bring_up_to_date
from tests.golden.county import County, id_of
from tests.golden.loading import Loader
from tests.server.postgresql import Cluster
from vocabulary import Figure, FigurePart, Grouping, Role, ScopeKind

FOLDER = Path(__file__).resolve().parents[2] / "golden"
COUNTY = County(FOLDER)
AS_OF = COUNTY.instants["A2"]
CUSTOM = "2026-06-15..2026-09-30"
READERS = {
    "county": (ScopeKind.COUNTY, COUNTY.code),
    "town": (ScopeKind.TOWN, COUNTY.area_codes["T4"]),
    "department": (ScopeKind.DEPARTMENT, str(id_of("D1"))),
    "sector": (ScopeKind.SECTOR, "fire_safety"),
    "pairings": (ScopeKind.SELF, str(id_of("p04"))),
}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"], ids=str)
def told(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The golden county as of its second instant."""
    url = ""
    if request.param == "postgresql":
        cluster: Cluster = request.getfixturevalue("cluster")
        url = cluster.url(cluster.create_database())
    settings = Settings(data_dir=tmp_path_factory.mktemp("told"), database_url=url, county_code=COUNTY.code)
    prepare_data(settings)
    app = create_app(settings)
    with app.app_context():
        loader = Loader(COUNTY)
        loader.prepare()
        loader.load(None, AS_OF)
        bring_up_to_date(AS_OF)
        yield app
        db.session.remove()
        db.engine.dispose()


def ask(reader: str, period: str, **filters: Any) -> Question:
    found = find_period(period)
    assert found is not None
    grant = Grant(Role.SUPERVISOR, *READERS[reader])
    actor = Actor(id_of("p04"), reader, COUNTY.code, (grant,))
    return replace(Question(COUNTY.code, found, AS_OF, actor, edition_id=LIVE), filters=filters)


@dataclass(frozen=True)
class Rows:
    counted: list[Any]
    others: list[Any]
    value: dict[str, Any]


def walk(question: Question, figure: Figure, place: Place, part: FigurePart = FigurePart.DENOMINATOR, size: int = 200) -> Rows:
    """All rows of a part, page by page; none may come twice."""
    items, cursor = [], ""
    while True:
        page = figure_rows(question, figure, place, part, Asked(cursor=cursor, page_size=size))
        assert page["unreadable"] == []
        items += page["items"]
        if page["next"] is None:
            break
        cursor = page["next"]
    names = [(item["id"], item["obligation"] and item["obligation"]["number"]) for item in items]
    assert len(set(names)) == len(names)
    return Rows(
        [name for name, item in zip(names, items, strict=True) if item["counted"]],
        [name for name, item in zip(names, items, strict=True) if not item["counted"]],
        page["value"],
    )


def expected(figure: Figure, group: Group) -> tuple[int, int]:
    """How many rows are in the numerator and how many beside it, by the sums that screens show."""
    definition = DEFINITIONS[figure]
    counted = group.count(definition.numerator)
    return counted, (group.count(definition.denominator) - counted if definition.denominator else 0)


# Kept periods, and one that is counted when it is asked for. Conditions are the same statements on both databases.
WALKS = [
    ("sqlite", "county", "2026"), ("sqlite", "county", CUSTOM), ("postgresql", "county", "2026"),
    *(("sqlite", reader, "2026-Q2") for reader in READERS),
]  # fmt: skip


@pytest.mark.parametrize(("told", "reader", "period"), WALKS, indirect=["told"])
def test_rows_are_as_many_as_the_figure_says(told: Flask, reader: str, period: str) -> None:
    question = ask(reader, period)
    wholes: dict[Grouping | None, list[tuple[Place, Group]]] = {None: [(Place(), total(question))]}
    # A range is counted anew for every question: by town is enough.
    for grouping in [Grouping.TOWN] if period == CUSTOM else Grouping:
        wholes[grouping] = [
            (Place(grouping, "none" if group.code is None else code_of(grouping, group.code)), group)
            for group in groups(question, grouping)
        ]
    wrong = []
    for grouping, found in wholes.items():
        for place, group in found:
            for figure in DEFINITIONS:
                rows = walk(question, figure, place)
                if (len(rows.counted), len(rows.others)) != expected(figure, group):
                    wrong.append((figure, grouping, place.code, expected(figure, group), len(rows.counted), len(rows.others)))

    assert wrong == []
    assert len(wholes[Grouping.TOWN]) == {"county": 5, "town": 1}.get(reader, len(wholes[Grouping.TOWN]))


def code_of(grouping: Grouping, code: str) -> Any:
    return uuid.UUID(code) if grouping is Grouping.DEPARTMENT else code


@pytest.mark.parametrize("told", ["sqlite"], indirect=True)
@pytest.mark.parametrize("figure", DEFINITIONS)
def test_parts_of_a_figure_are_its_rows_each_once(told: Flask, figure: Figure) -> None:
    question = ask("town", "2026")
    whole = walk(question, figure, Place())
    numerator = walk(question, figure, Place(), FigurePart.NUMERATOR, size=5)
    rest = walk(question, figure, Place(), FigurePart.REST, size=5)

    assert (numerator.counted, numerator.others) == (whole.counted, [])
    assert (rest.counted, rest.others) == ([], whole.others)
    assert numerator.value == rest.value == whole.value


@pytest.mark.parametrize("figure", [Figure.RECTIFICATION_RATE, Figure.VISITS, Figure.COVERAGE_RATE, Figure.VISITS_OVERDUE])
def test_groups_share_the_rows_of_the_whole_among_them(told: Flask, figure: Figure) -> None:
    """“None” included, each fact once."""
    question = ask("county", "2026")
    whole = walk(question, figure, Place())
    for grouping in (Grouping.TOWN, Grouping.DEPARTMENT, Grouping.SECTOR):
        parts = [
            walk(question, figure, Place(grouping, "none" if group.code is None else code_of(grouping, group.code)))
            for group in groups(question, grouping)
        ]
        assert sorted(name for part in parts for name in part.counted) == sorted(whole.counted)
        assert sorted(name for part in parts for name in part.others) == sorted(whole.others)


@pytest.mark.parametrize("told", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("filters", "grouping"), [({"town": "T4"}, Grouping.TOWN), ({"sector": "coal_mine"}, Grouping.SECTOR)]
)  # fmt: skip
def test_a_filter_asks_for_the_rows_of_the_group_of_that_name(told: Flask, filters: dict[str, str], grouping: Grouping) -> None:
    [(name, code)] = filters.items()
    code = COUNTY.area_codes.get(code, code)
    for figure in DEFINITIONS:
        filtered = walk(ask("county", "2026", **{name: code}), figure, Place())
        grouped = walk(ask("county", "2026"), figure, Place(grouping, code))
        assert filtered == grouped
