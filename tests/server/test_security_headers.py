"""What every answer carries, what the session cookie is like, and what production refuses to start with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from server.app import create_app
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


@pytest.fixture
def over_tls(settings: Settings, app: Flask, county: County) -> Iterator[Flask]:
    with_tls = create_app(replace(settings, cookie_secure=True))
    with with_tls.app_context():
        yield with_tls


def test_over_tls_the_cookies_are_of_this_host_alone(over_tls: Flask) -> None:
    client = over_tls.test_client()
    answer = client.post("/api/accounts/session", json={"username": "anna", "password": PASSWORD}, base_url="https://localhost")

    cookies = dict(cookie.split("=", 1) for cookie in answer.headers.getlist("Set-Cookie"))
    assert set(cookies) == {"__Host-session", "__Host-known-device"}
    for value in cookies.values():
        assert {"Secure", "HttpOnly", "SameSite=Strict", "Path=/"} <= set(value.split("; "))
        assert "Domain" not in value
    assert client.get("/api/accounts/session", base_url="https://localhost").status_code == 200
    ended = client.delete("/api/accounts/session", base_url="https://localhost", headers={"Sec-Fetch-Site": "same-origin"})
    assert ended.status_code == 204
    assert client.get("/api/accounts/session", base_url="https://localhost").status_code == 401


def test_over_tls_browsers_are_told_to_stay_there(over_tls: Flask, app: Flask) -> None:
    assert over_tls.test_client().get("/healthz").headers["Strict-Transport-Security"] == "max-age=31536000"
    assert "Strict-Transport-Security" not in app.test_client().get("/healthz").headers


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


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "0"), ("PORT", "65536"), ("WEB_THREADS", "0"), ("WEB_WORKERS", "-1"), ("ENVIRONMENT", "test"),
        ("COOKIE_SECURE", "maybe"), ("COUNTY_CODE", "12345"), ("PUBLIC_ORIGIN", "county.example"), ("SESSION_DAYS", "1.5"),
        ("PUBLIC_ORIGIN", "https://county.example/path"), ("TRUSTED_PROXIES", "x"), ("MAX_PHOTO_BYTES", "1e6"),
    ],
)  # fmt: skip
def test_a_setting_of_another_shape_is_named_with_its_value(name: str, value: str) -> None:
    with pytest.raises(SettingsError) as refused:
        load_settings({name: value})

    assert str(refused.value).startswith(f"{name}='{value}': ")


def test_settings_are_read_by_their_type_and_a_blank_one_is_none() -> None:
    settings = load_settings(
        {"PORT": " 9000 ", "COOKIE_SECURE": "yes", "DATA_DIR": "/srv/data", "TRUSTED_PROXIES": "2", "HOST": ""}
    )

    assert (settings.port, settings.cookie_secure, settings.proxies_in_front) == (9000, True, 2)
    assert (settings.data_dir, settings.host) == (Path("/srv/data"), "127.0.0.1")


def test_production_starts_with_them() -> None:
    given = {"ENVIRONMENT": "production", "COOKIE_SECURE": "true", "REDIS_URL": "redis://q", "DATABASE_URL": "postgresql://d/s"}

    assert load_settings(given).is_production
    assert not Settings().is_production
