"""WebKit: Debian's WebKitWebDriver with its MiniBrowser on a screen of its own, told what to do over the W3C WebDriver protocol.

The few commands that the stories need, with the standard library; a client library would be larger than they are.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from tests.e2e.service import wait_for

INSTALL = "apt-get install webkit2gtk-driver xvfb fonts-noto-cjk"
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
# An upper bound for a machine that others use as well; what is there sooner is not waited for.
PATIENCE_S = 120


class WebDriverError(Exception):
    """The driver's answer to a command that it could not carry out."""


def find_webkit() -> tuple[str, str] | None:
    """WebKitWebDriver and Xvfb."""
    driver, screen = shutil.which("WebKitWebDriver"), shutil.which("Xvfb")
    return None if driver is None or screen is None else (driver, screen)


class WebKit:
    """One window. Elements are named by CSS selectors; every tap and look waits until there is such an element."""

    def __init__(self, driver: str, screen: str) -> None:
        self._screen = subprocess.Popen(
            [screen, "-displayfd", "1", "-screen", "0", "1000x1000x24", "-nolisten", "tcp"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        assert self._screen.stdout is not None
        with self._screen.stdout as said:
            display = f":{said.readline().decode().strip()}"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        # WebKit's own sandbox needs user namespaces, which containers often lack; the pages are ours.
        environment = os.environ | {"DISPLAY": display, "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1", "LANG": "C.UTF-8"}
        self._driver = subprocess.Popen([driver, f"--port={port}"], env=environment, start_new_session=True)
        self._base = f"http://127.0.0.1:{port}"
        wait_for(self._is_up, 30, what="WebKitWebDriver answers")
        session = self._command("POST", "/session", {"capabilities": {"alwaysMatch": {"browserName": "MiniBrowser"}}})
        self.version: str = session["capabilities"]["browserVersion"]
        self._base += f"/session/{session['sessionId']}"
        # GTK does not make the window as narrow as a phone; the app shows the same screens at this width.
        self._command("POST", "/window/rect", {"x": 0, "y": 0, "width": 447, "height": 900})

    def close(self) -> None:
        with contextlib.suppress(WebDriverError, OSError):
            self._command("DELETE", "")
        for process in (self._driver, self._screen):
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()

    def open(self, address: str) -> None:
        self._command("POST", "/url", {"url": address})

    def reload(self) -> None:
        self._command("POST", "/refresh", {})

    def wait_for(self, css: str, text: str = "", patience_s: float = PATIENCE_S) -> str:
        """The first element that there is, and that contains the text."""

        def look() -> str | None:
            for element in self._elements(css):
                if not text or text in self._command("GET", f"/element/{element}/text"):
                    return element
            return None

        return str(wait_for(self._patiently(look), patience_s, what=f"{css} {text}"))

    def has(self, css: str) -> bool:
        return bool(self._elements(css))

    def count(self, css: str) -> int:
        return len(self._elements(css))

    def tap(self, css: str, text: str = "") -> None:
        def tap() -> bool:
            self._command("POST", f"/element/{self.wait_for(css, text)}/click", {})
            return True

        wait_for(self._patiently(tap), PATIENCE_S, what=f"{css} {text} can be tapped")

    def type(self, css: str, text: str) -> None:
        self._command("POST", f"/element/{self.wait_for(css)}/value", {"text": text})

    def choose_file(self, css: str, file: Path) -> None:
        self.type(css, str(file.resolve()))

    def text(self, css: str) -> str:
        return str(self._command("GET", f"/element/{self.wait_for(css)}/text"))

    def run(self, script: str, *arguments: object) -> Any:
        """The value of a JavaScript expression; a promise is waited for."""
        body = f"const done = [...arguments].at(-1); Promise.resolve({script}).then(done, error => done(String(error)));"
        return self._command("POST", "/execute/async", {"script": body, "args": list(arguments)})

    def screenshot(self, path: Path) -> None:
        path.write_bytes(base64.b64decode(self._command("GET", "/screenshot")))

    def _elements(self, css: str) -> list[str]:
        found = self._command("POST", "/elements", {"using": "css selector", "value": css})
        return [element[ELEMENT] for element in found]

    def _patiently(self, look: Any) -> Any:
        """An element that is exchanged or covered at this moment is looked for again."""

        def again() -> Any:
            try:
                return look()
            except WebDriverError:
                return None

        return again

    def _is_up(self) -> bool:
        try:
            return bool(self._command("GET", "/status")["ready"])
        except OSError:
            return False

    def _command(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self._base + path, data, {"Content-Type": "application/json"}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            value = json.load(error)["value"]
            raise WebDriverError(f"{value['error']}: {value['message']}") from None
        finally:
            time.sleep(0.02)
