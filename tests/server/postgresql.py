"""A private PostgreSQL cluster for tests: made in a temporary folder, reached by a Unix socket only, gone afterwards.

Without the server's programs the tests that need it are skipped with the command that installs them; REQUIRE_POSTGRES=1
turns that skip into a failure.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest

INSTALL = "install PostgreSQL's server: sudo apt-get install postgresql  (macOS: brew install postgresql@17)"
# The data is thrown away, so nothing has to survive a power cut.
OPTIONS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "listen_addresses=", "max_connections=60")


def find_programs() -> Path | None:
    """The folder with initdb and postgres of the newest version on this machine."""
    folders = [*Path("/usr/lib/postgresql").glob("*/bin"), *Path("/opt/homebrew/opt").glob("postgresql@*/bin")]
    found = [folder for folder in folders if (folder / "initdb").exists() and (folder / "postgres").exists()]
    if found:
        return max(found, key=lambda folder: int("".join(filter(str.isdigit, folder.parent.name)) or 0))
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path and shutil.which("postgres") else None


def require_programs() -> Path:
    """The programs; skips the test, or fails it where REQUIRE_POSTGRES=1, when there are none."""
    programs = find_programs()
    if programs is None:
        if os.environ.get("REQUIRE_POSTGRES") == "1":
            pytest.fail(f"no PostgreSQL on this machine; {INSTALL}")
        pytest.skip(f"no PostgreSQL on this machine; {INSTALL}")
    return programs


@dataclass
class Cluster:
    """A running server. Every test has a database of its own, copied from a prepared one."""

    programs: Path
    folder: Path
    options: Sequence[str] = OPTIONS
    process: subprocess.Popen[bytes] | None = None
    _made: int = field(default=0)

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://service@/{database}?host={self.folder}"

    def start(self) -> None:
        command = [str(self.programs / "postgres"), "-D", str(self.folder / "data"), "-k", str(self.folder)]
        for option in self.options:
            command += ["-c", option]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, **_other_user())
        for _ in range(200):
            with contextlib.suppress(psycopg.OperationalError):
                self.run("SELECT 1")
                return
            time.sleep(0.05)
        raise AssertionError(f"PostgreSQL did not start:\n{(self.folder / 'log').read_text()}")

    def stop(self) -> None:
        if self.process is not None:
            # SIGINT is PostgreSQL's fast shutdown: open connections are ended.
            self.process.send_signal(2)
            self.process.wait(20)

    def run(self, statement: str) -> None:
        """Runs one statement of the administrator."""
        with psycopg.connect(host=str(self.folder), user="service", dbname="postgres", autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[arg-type]

    def create_database(self, template: str = "template1") -> str:
        """A new database and its name."""
        self._made += 1
        name = f"test_{self._made}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def drop_database(self, name: str) -> None:
        self.run(f"DROP DATABASE {name} WITH (FORCE)")


@contextlib.contextmanager
def running_cluster(options: Sequence[str] = OPTIONS) -> Iterator[Cluster]:
    programs = require_programs()
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    try:
        owner = _other_user()
        if owner:
            shutil.chown(folder, owner["user"], owner["group"])
        subprocess.run(
            [
                programs / "initdb",
                "-D",
                folder / "data",
                "-U",
                "service",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--locale",
                "C",
                "--lc-ctype",
                _ctype(),
                "-N",
            ],
            check=True,
            stdout=subprocess.DEVNULL,
            **owner,
        )
        cluster = Cluster(programs, folder, options)
        cluster.start()
        try:
            yield cluster
        finally:
            cluster.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _other_user() -> dict:
    """PostgreSQL refuses to run as root: whom it runs as instead."""
    if os.geteuid() != 0:
        return {}
    names = {entry.pw_name for entry in pwd.getpwall()}
    user = "postgres" if "postgres" in names else "nobody"
    return {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": [], "cwd": "/"}


def _ctype() -> str:
    """A locale that knows Chinese characters for letters, as searching by parts of words needs."""
    known = subprocess.run(["locale", "-a"], capture_output=True, text=True, check=True).stdout.split()
    wanted = ("C.UTF-8", "C.utf8", "en_US.UTF-8", "en_US.utf8", "zh_CN.UTF-8")
    return next((name for name in wanted if name in known), "C")
