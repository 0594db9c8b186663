"""Rows that benchmarks and tests of lists multiply inside a database."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select, text

from bench.rows import Sql, multiply, numbered_id
from server.db import db
from server.register.models import Area, Subject
from tests.conftest import County


@pytest.mark.both_databases
def test_an_id_made_in_the_database_is_the_one_made_here(app: Flask) -> None:
    expression = Sql(db.engine.dialect.name).uuid_text(20, "3000000")

    made = db.session.scalar(text(f"SELECT {expression}"))

    assert made == str(numbered_id(20, 3000000))


@pytest.mark.both_databases
def test_copies_differ_in_what_was_asked_for_and_in_nothing_else(app: Flask, county: County) -> None:
    sql = Sql(db.engine.dialect.name)
    original = db.session.get_one(Subject, county.mine)

    multiply(
        db.session.connection(), "subject", "original.id = :id", 5, 7,
        {"id": sql.uuid(1), "name": sql.numbered("矿", digits=3), "town_code": sql.one_of(["140525107", "140525108"])},
        id=county.mine,
    )  # fmt: skip

    copies = db.session.scalars(select(Subject).where(Subject.name.like("矿%")).order_by(Subject.name)).all()
    assert [copy.id for copy in copies] == [numbered_id(1, number) for number in (5, 6, 7)]
    assert [copy.name for copy in copies] == ["矿005", "矿006", "矿007"]
    assert [copy.town_code for copy in copies] == ["140525108", "140525107", "140525108"]
    assert {copy.industry_department_id for copy in copies} == {original.industry_department_id}
    assert {copy.valid_from for copy in copies} == {original.valid_from}


def test_a_column_that_is_not_there_is_named(app: Flask, county: County) -> None:
    with pytest.raises(KeyError, match="area has no sort_of"):
        multiply(db.session.connection(), Area.__tablename__, "original.code = '140525'", 1, 2, {"sort_of": "1"})
