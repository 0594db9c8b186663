"""The configurations of docs/proxy: both programs take them, and through them people sign in, write and upload.

Where a program is not installed its tests are skipped; REQUIRE_PROXIES=1 turns that into a failure.
"""

from __future__ import annotations

import http.client
import json
import os
import shutil
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from server.audit import AuditEntry
from server.db import db
from server.settings import Settings
from tests.conftest import PASSWORD, County
from tests.records import new_id
from tests.server.evidence.live import ROOT, LiveFront, free_port
from tests.server.evidence.photos import CHUNK, metadata, photo_bytes

SESSION = "/api/accounts/session"
NAME = "zero.example.gov.cn"


def program(name: str) -> str:
    """Path of a program; skips the test, or fails it where REQUIRE_PROXIES=1, when there is none."""
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")
    if found is None:
        if os.environ.get("REQUIRE_PROXIES") == "1":
            pytest.fail(f"{name} is not installed")
        pytest.skip(f"{name} is not installed: sudo apt-get install {name}")
    return found


@pytest.fixture
def service(settings: Settings, county: County, monkeypatch: pytest.MonkeyPatch) -> Iterator[LiveFront]:
    for name, value in (("COOKIE_SECURE", "true"), ("TRUSTED_PROXIES", "1")):
        monkeypatch.setenv(name, value)
    live = LiveFront(settings.data_dir)
    live.start()
    yield live
    live.kill()


def nginx_configuration(folder: Path, service_port: int, port: int) -> Path:
    """The documented server within the rest of a configuration, with a certificate made here."""
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
         f"/CN={NAME}", "-keyout", str(folder / "key"), "-out", str(folder / "crt")],
        check=True, capture_output=True,
    )  # fmt: skip
    documented = (ROOT / "docs/proxy/nginx.conf").read_text("utf-8")
    for there, here in (
        ("listen 80;", f"listen 127.0.0.1:{free_port()};"),
        ("listen 443 ssl http2;", f"listen 127.0.0.1:{port} ssl http2;"),
        (f"/etc/ssl/{NAME}.crt", str(folder / "crt")),
        (f"/etc/ssl/{NAME}.key", str(folder / "key")),
        ("127.0.0.1:8080", f"127.0.0.1:{service_port}"),
    ):
        assert there in documented
        documented = documented.replace(there, here)
    paths = "".join(f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    whole = f"daemon off; pid {folder}/pid; error_log stderr; events {{}} http {{ access_log off; {paths} {documented} }}"
    (folder / "nginx.conf").write_text(whole, "utf-8")
    return folder / "nginx.conf"


def caddy_configuration(folder: Path, service_port: int, port: int) -> Path:
    documented = (ROOT / "docs/proxy/Caddyfile").read_text("utf-8")
    assert f"\n{NAME} {{\n" in documented
    # Its own certificate, for want of a name that the outside knows.
    local = documented.replace(f"\n{NAME} {{\n", f"\nhttps://127.0.0.1:{port} {{\n\ttls internal\n")
    local = local.replace("127.0.0.1:8080", f"127.0.0.1:{service_port}")
    options = "{\n\tadmin off\n\tskip_install_trust\n\tauto_https disable_redirects\n}\n"
    (folder / "Caddyfile").write_text(options + local, "utf-8")
    return folder / "Caddyfile"


@pytest.fixture
def proxied(tmp_path: Path, service: LiveFront) -> Iterator[Callable[[str], Through]]:
    started: list[subprocess.Popen[bytes]] = []

    def start(name: str) -> Through:
        port = free_port()
        if name == "nginx":
            command = [program("nginx"), "-c", str(nginx_configuration(tmp_path, service.port, port)), "-e", "stderr"]
        else:
            configuration = str(caddy_configuration(tmp_path, service.port, port))
            command = [program("caddy"), "run", "--adapter", "caddyfile", "--config", configuration]
        home = {**os.environ, "HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
        started.append(subprocess.Popen(command, env=home, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
        through = Through(port)
        through.wait()
        return through

    yield start
    for process in started:
        process.terminate()
        process.wait(20)


class Through:
    """A client of the proxy that believes its certificate."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.origin = f"https://127.0.0.1:{port}"
        self._tls = ssl.create_default_context()
        self._tls.check_hostname = False
        self._tls.verify_mode = ssl.CERT_NONE

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, http.client.HTTPMessage]:
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=30, context=self._tls)
        try:
            connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
            answer = connection.getresponse()
            answer.read()
            return answer.status, answer.headers
        finally:
            connection.close()

    def wait(self) -> None:
        deadline = time.monotonic() + 60
        while True:
            try:
                if self.ask("GET", "/healthz")[0] == 200:
                    return
            except OSError:
                assert time.monotonic() < deadline, "the proxy did not answer"
            time.sleep(0.1)


@pytest.mark.parametrize("name", ["nginx", "caddy"])
def test_the_documented_configuration_is_taken(tmp_path: Path, name: str) -> None:
    if name == "nginx":
        command = [program("nginx"), "-t", "-c", str(nginx_configuration(tmp_path, 8080, free_port())), "-e", "stderr"]
    else:
        configuration = str(caddy_configuration(tmp_path, 8080, free_port()))
        command = [program("caddy"), "validate", "--adapter", "caddyfile", "--config", configuration]
    home = {**os.environ, "HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}

    checked = subprocess.run(command, env=home, capture_output=True, text=True)

    assert checked.returncode == 0, checked.stderr


@pytest.mark.parametrize("name", ["nginx", "caddy"])
def test_people_sign_in_write_and_upload_through_the_documented_proxy(
    proxied: Callable[[str], Through], county: County, name: str
) -> None:
    through = proxied(name)

    def sign_in(password: str, **headers: str) -> tuple[int, http.client.HTTPMessage]:
        body: Any = json.dumps({"username": "anna", "password": password}).encode()
        return through.ask("POST", SESSION, body, Content_Type="application/json", **headers)

    wrong, _ = sign_in("x", X_Forwarded_For="6.6.6.6")
    status, headers = sign_in(PASSWORD)
    cookies = "; ".join(cookie.split(";")[0] for cookie in headers.get_all("Set-Cookie", []))
    data = photo_bytes()
    tus = CHUNK | {"Upload-Length": str(len(data)), "Upload-Metadata": metadata(new_id(), data), "Cookie": cookies}
    # A browser of before Sec-Fetch-Site: what counts is that the proxy hands on the host.
    uploaded, upload = through.ask("POST", "/api/evidence/uploads", data, Origin=through.origin, **tus)
    foreign, _ = through.ask("DELETE", SESSION, Cookie=cookies, Origin="https://evil.example")
    ended, _ = through.ask("DELETE", SESSION, Cookie=cookies, Origin=through.origin)

    assert (wrong, status) == (401, 200)
    assert "__Host-session=" in cookies
    assert headers["Strict-Transport-Security"] == "max-age=31536000"
    assert (uploaded, upload["Upload-Offset"]) == (201, str(len(data)))
    assert (foreign, ended) == (403, 204)
    db.session.rollback()
    [refused] = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "session:refused"))
    assert refused.detail == {"address": "127.0.0.1"}, "the address that the proxy saw, not one that a client made up"
