"""The OpenAPI document, explored with each role's session: no server error, and no answer that the document does not tell of.

Bounded by examples, and the same ones each time; SCHEMATHESIS_EXAMPLES asks for more of them per operation and role.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from server.accounts.service import create_user
from server.db import db, transaction
from tests.conftest import COUNTY, START, County, Person
from tests.server.test_every_get import known  # noqa: F401 — a county in which something has happened
from vocabulary import Role, ScopeKind

EXAMPLES = int(os.environ.get("SCHEMATHESIS_EXAMPLES", "6"))
CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance,
    response_schema_conformance,
]  # fmt: skip
SESSION = "/api/accounts/session"
PEOPLE = {Role.INSPECTOR: "anna", Role.SUPERVISOR: "ben", Role.COUNTY_OFFICE: "chen", Role.ADMINISTRATOR: "emil", None: None}


@pytest.fixture
def emil(app: Flask, county: County, password_hash: str) -> None:
    with transaction():
        create_user(
            county_code=COUNTY, username="emil", name="埃米尔", password="", password_hash=password_hash,
            grants=[(Role.ADMINISTRATOR, ScopeKind.COUNTY, COUNTY, "")], valid_from=START,
        )  # fmt: skip


def test_every_role_is_explored() -> None:
    assert set(PEOPLE) - {None} == set(Role)


# An answer with a file is read no further than its check needs.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("role", list(PEOPLE), ids=lambda role: role or "nobody")
def test_no_role_finds_a_server_error_or_an_undocumented_answer(
    app: Flask,
    emil: None,
    known: dict[str, str],  # noqa: F811
    role: Role | None,
    subtests: pytest.Subtests,
) -> None:
    for operation in operations(app):
        with subtests.test(operation.label):
            explore(operation, app, PEOPLE[role], known)


def operations(app: Flask) -> Iterator[Any]:
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", app)
    for found in schema.get_all_operations():
        yield found.ok()


def explore(operation: Any, app: Flask, username: str | None, known: dict[str, str]) -> None:  # noqa: F811
    session = {} if username is None else Person(app, username).headers

    @settings(max_examples=EXAMPLES, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(case=as_documented(operation) | otherwise(operation), is_known=st.booleans())
    def one(case: Any, is_known: bool) -> None:
        if is_known:
            # An id that somebody made up leads nowhere.
            names = known | {"upload": known["upload_id"]}
            case.path_parameters = {name: names.get(name, value) for name, value in (case.path_parameters or {}).items()}
        signed_out = operation.method.upper() == "DELETE" and operation.path == SESSION
        headers = Person(app, username).headers if signed_out and username is not None else session
        response = case.call(headers=headers)
        db.session.rollback()
        case.validate_response(response, checks=CHECKS)

    one()


def as_documented(operation: Any) -> Any:
    return operation.as_strategy(generation_mode=schemathesis.GenerationMode.POSITIVE)


def otherwise(operation: Any) -> Any:
    """Requests that the document does not allow; of an operation that takes anything there are none."""
    try:
        return operation.as_strategy(generation_mode=schemathesis.GenerationMode.NEGATIVE)
    except Unsatisfiable:
        return st.nothing()
