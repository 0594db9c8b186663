"""No other site makes a browser use our cookie, and no proxy in between makes ours look like one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from server.app import create_app
from server.settings import Settings
from tests.conftest import PASSWORD, County

SESSION = "/api/accounts/session"


def sign_out(app: Flask, headers: dict[str, str], base_url: str = "http://localhost") -> int:
    """The status of a writing request with chen's cookie."""
    client = app.test_client()
    client.post(SESSION, json={"username": "chen", "password": PASSWORD}, base_url=base_url)
    return client.delete(SESSION, headers=headers, base_url=base_url).status_code


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 204),
        ({"Sec-Fetch-Site": "none"}, 204),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "https://county.example"}, 204),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost", "X-Requested-With": "x"}, 403),
        ({"Origin": "http://localhost"}, 204),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"X-Requested-With": "XMLHttpRequest"}, 204),
        ({}, 403),
        ({"Origin": "https://evil.example", "Authorization": "Basic eDp5"}, 403),
        ({"Authorization": "Basic eDp5"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Authorization": "Negotiate x"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Authorization": ""}, 403),
    ],
    ids=str,
)
def test_a_cookie_is_used_by_our_own_pages_alone(app: Flask, county: County, headers: dict[str, str], status: int) -> None:
    assert sign_out(app, headers) == status


@pytest.fixture
def behind_proxy(settings: Settings, app: Flask, county: County) -> Flask:
    return create_app(replace(settings, public_origin="https://county.example"))


def test_behind_a_proxy_that_hides_the_host_the_configured_origin_counts(behind_proxy: Flask) -> None:
    """An old browser, without Sec-Fetch-Site; nginx's own Host is that of its upstream."""
    with behind_proxy.app_context():
        assert sign_out(behind_proxy, {"Origin": "https://county.example"}, "http://127.0.0.1:8080") == 204
        assert sign_out(behind_proxy, {"Origin": "http://127.0.0.1:8080"}, "http://127.0.0.1:8080") == 403


def test_a_mismatch_is_named_in_the_log_and_in_readyz(app: Flask, county: County, caplog: pytest.LogCaptureFixture) -> None:
    before = app.test_client().get("/readyz").json["warnings"]

    assert sign_out(app, {"Origin": "https://county.example"}) == 403

    assert before == []
    assert app.test_client().get("/readyz").json["warnings"] == [
        {"code": "origin-mismatch", "origin": "https://county.example", "expected": "localhost"}
    ]
    told: Any = next(record for record in caplog.records if "another origin" in record.message)
    assert (told.origin, told.expected) == ("https://county.example", "localhost")


def test_strangers_name_nothing_in_readyz(app: Flask, county: County) -> None:
    client = app.test_client()
    client.set_cookie("session", "made-up", path="/api/")

    assert client.delete(SESSION, headers={"Origin": "https://evil.example"}).status_code == 401

    assert client.get("/readyz").json["warnings"] == []
