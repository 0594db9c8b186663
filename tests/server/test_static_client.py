"""The built client as browsers get it."""

from __future__ import annotations

import dataclasses
import gzip
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

SCRIPT = b"console.log(1)" * 100


@pytest.fixture
def browser(app: Flask, tmp_path: Path) -> FlaskClient:
    folder = tmp_path / "client"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<title>phone</title>")
    (folder / "assets" / "app-1.js").write_bytes(SCRIPT)
    (folder / "assets" / "app-1.js.gz").write_bytes(gzip.compress(SCRIPT))
    app.config["SETTINGS"] = dataclasses.replace(app.config["SETTINGS"], client_dir=folder)
    return app.test_client()


def test_browser_that_takes_gzip_gets_the_compressed_file_as_the_same_type(browser: FlaskClient) -> None:
    answer = browser.get("/assets/app-1.js", headers={"Accept-Encoding": "gzip, deflate, br"}, buffered=True)

    assert (answer.headers["Content-Encoding"], answer.headers["Vary"]) == ("gzip", "Accept-Encoding")
    assert answer.mimetype == "text/javascript"
    assert gzip.decompress(answer.data) == SCRIPT
    assert "immutable" in answer.headers["Cache-Control"]


def test_browser_that_does_not_gets_the_plain_file(browser: FlaskClient) -> None:
    answer = browser.get("/assets/app-1.js", headers={"Accept-Encoding": "identity"}, buffered=True)

    assert "Content-Encoding" not in answer.headers
    assert answer.data == SCRIPT


def test_screen_of_the_app_gets_the_page_uncached_and_a_missing_file_is_missing(browser: FlaskClient) -> None:
    assert browser.get("/visits/1", buffered=True).headers["Cache-Control"] == "no-cache"
    assert browser.get("/assets/gone-1.js", buffered=True).status_code == 404


def test_only_the_preview_may_stand_in_a_frame_and_only_in_one_of_ours(browser: FlaskClient) -> None:
    preview = browser.get("/office/preview.html", buffered=True).headers["Content-Security-Policy"]
    phone = browser.get("/", buffered=True).headers["Content-Security-Policy"]

    assert "frame-ancestors 'self'" in preview
    assert "frame-ancestors 'none'" in phone
