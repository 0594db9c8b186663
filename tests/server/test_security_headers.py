"""What every answer carries, what the session cookie is like, and what production refuses to start with."""

from __future__ import annotations

import pytest
from flask import Flask

from server.settings import Settings, SettingsError, load_settings
from tests.conftest import PASSWORD, County, Person


def test_session_cookie_is_out_of_reach_of_scripts_and_other_sites(app: Flask, county: County) -> None:
    answer = app.test_client().post("/api/accounts/session", json={"username": "anna", "password": PASSWORD})

    _, *attributes = answer.headers["Set-Cookie"].split("; ")
    assert {"HttpOnly", "SameSite=Strict", "Path=/api/", "Max-Age=2592000"} <= set(attributes)


def test_session_that_somebody_else_chose_does_not_become_a_signed_in_one(app: Flask, county: County) -> None:
    client = app.test_client()
    client.set_cookie("session", "chosen-by-an-attacker", path="/api/")

    answer = client.post("/api/accounts/session", json={"username": "anna", "password": PASSWORD})
    with_chosen = app.test_client().get("/api/accounts/session", headers={"Authorization": "Bearer chosen-by-an-attacker"})

    assert answer.json["token"] != "chosen-by-an-attacker"
    assert with_chosen.status_code == 401


def test_two_sign_ins_are_two_sessions(app: Flask, county: County) -> None:
    phone, desk = Person(app, "anna"), Person(app, "anna")

    phone.delete("/api/accounts/session")

    assert phone.token != desk.token
    assert desk.get("/api/accounts/session").status_code == 200


@pytest.mark.parametrize("path", ["/api/accounts/session", "/healthz", "/api/openapi.json"])
def test_answers_allow_no_foreign_script_and_no_guessed_type(app: Flask, path: str) -> None:
    headers = app.test_client().get(path).headers

    policy = headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "style-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"


def test_production_refuses_to_start_without_its_secrets_and_names_them_all() -> None:
    with pytest.raises(SettingsError) as refused:
        load_settings({"ENVIRONMENT": "production", "PORT": "http"})

    for name in ("COOKIE_SECURE", "REDIS_URL", "DATABASE_URL", "PORT"):
        assert name in str(refused.value)


def test_production_starts_with_them() -> None:
    given = {"ENVIRONMENT": "production", "COOKIE_SECURE": "true", "REDIS_URL": "redis://q", "DATABASE_URL": "postgresql://d/s"}

    assert load_settings(given).is_production
    assert not Settings().is_production
