"""Settings: one frozen object, read from the environment once at start. docs/settings.md lists every field."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


class SettingsError(Exception):
    """Environment values that cannot be used; the message lists all of them, one per line."""


@dataclass(frozen=True)
class Settings:
    """What an operator may choose. Sizes in bytes, durations in the unit their name carries."""

    environment: str = "development"
    data_dir: Path = field(default_factory=lambda: Path("data"))
    database_url: str = ""
    redis_url: str = ""
    host: str = "127.0.0.1"
    port: int = 8080
    web_workers: int = 2
    web_threads: int = 16
    job_workers: int = 1
    county_code: str = "140525"
    session_days: int = 30
    cookie_secure: bool = False
    max_request_bytes: int = 8 * 1024 * 1024
    max_photo_bytes: int = 50 * 1024 * 1024
    upload_expiry_hours: int = 24 * 14
    far_from_subject_m: int = 300
    tile_server_url: str = ""
    client_dir: Path = field(default_factory=lambda: Path(__file__).resolve().parent.parent / "client" / "dist")

    @property
    def is_production(self) -> bool:
        return self.environment == "production"

    @property
    def resolved_database_url(self) -> str:
        """The database address; without one, a SQLite file in the data folder."""
        return self.database_url or f"sqlite:///{self.data_dir.resolve() / 'service.sqlite'}"

    @property
    def photo_dir(self) -> Path:
        return self.data_dir / "photos"

    @property
    def download_dir(self) -> Path:
        return self.data_dir / "downloads"


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Settings from environment variables named like the fields in capitals.

    Raises: SettingsError naming every variable that is wrong, and in production every one that is missing.
    """
    source = os.environ if environ is None else environ
    problems: list[str] = []
    values: dict[str, object] = {}
    for name, spec in Settings.__dataclass_fields__.items():
        raw = source.get(name.upper())
        if raw is None or raw == "":
            continue
        try:
            values[name] = _convert(str(spec.type), raw)
        except ValueError as error:
            problems.append(f"{name.upper()}={raw!r}: {error}")
    settings = Settings(**values)  # type: ignore[arg-type]
    problems.extend(_contradictions(settings))
    if problems:
        raise SettingsError("\n".join(problems))
    return settings


def _convert(type_name: str, raw: str) -> object:
    if type_name == "int":
        return int(raw)
    if type_name == "bool":
        if raw.lower() not in {"0", "1", "true", "false", "yes", "no"}:
            raise ValueError("expected true or false")
        return raw.lower() in {"1", "true", "yes"}
    if type_name == "Path":
        return Path(raw)
    return raw


def _contradictions(settings: Settings) -> list[str]:
    problems = []
    if settings.environment not in {"development", "production"}:
        problems.append(f"ENVIRONMENT={settings.environment!r}: expected development or production")
    if not 0 < settings.port < 65536:
        problems.append(f"PORT={settings.port}: expected 1 to 65535")
    if settings.is_production and not settings.cookie_secure:
        problems.append("COOKIE_SECURE: must be true in production (the service is served over TLS)")
    if settings.is_production and not settings.redis_url:
        problems.append("REDIS_URL: must be given in production")
    if settings.is_production and not settings.database_url:
        problems.append("DATABASE_URL: must be given in production")
    return problems
