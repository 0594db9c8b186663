"""Settings: one frozen object, read from the environment once at start. docs/settings.md lists every field."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, get_type_hints
from urllib.parse import urlsplit

import marshmallow
from marshmallow import ValidationError, validate


class SettingsError(Exception):
    """Environment values that cannot be used; the message lists all of them, one per line."""


def _setting(default: Any, *checks: Callable[[Any], Any]) -> Any:
    """A field of Settings with what its value must be beside its type."""
    return field(default=default, metadata={"validate": list(checks)})


def _at_least(minimum: int) -> validate.Range:
    return validate.Range(min=minimum)


def _origin(value: str) -> None:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.path or parts.query:
        raise ValidationError("expected an origin like https://host or https://host:port")


@dataclass(frozen=True)
class Settings:
    """What an operator may choose. Sizes in bytes, durations in the unit their name carries."""

    environment: str = _setting("development", validate.OneOf(["development", "production"]))
    data_dir: Path = Path("data")
    database_url: str = ""
    redis_url: str = ""
    host: str = "127.0.0.1"
    port: int = _setting(8080, validate.Range(1, 65535))
    public_origin: str = _setting("", _origin)
    trusted_proxies: int | None = _setting(None, validate.Range(0, 8))
    web_workers: int = _setting(2, _at_least(1))
    web_threads: int = _setting(16, _at_least(1))
    job_workers: int = _setting(1, _at_least(0))
    password_hashes_at_once: int = _setting(2, _at_least(1))
    county_code: str = _setting("140525", validate.Regexp(r"[0-9]{6}\Z"))
    session_days: int = _setting(30, _at_least(1))
    cookie_secure: bool = False
    max_request_bytes: int = _setting(8 * 1024 * 1024, _at_least(1024))
    max_photo_bytes: int = _setting(50 * 1024 * 1024, _at_least(1024))
    upload_expiry_hours: int = _setting(24 * 14, _at_least(1))
    far_from_subject_m: int = _setting(300, _at_least(0))
    tile_server_url: str = ""
    town_station_name: str = "镇应急管理站"
    client_dir: Path = Path(__file__).resolve().parent.parent / "client" / "dist"

    @property
    def is_production(self) -> bool:
        return self.environment == "production"

    @property
    def proxies_in_front(self) -> int:
        """How many proxies before our own front are taken at their word for a client's address; production is served over TLS,
        which one of them ends."""
        if self.trusted_proxies is not None:
            return self.trusted_proxies
        return 1 if self.is_production else 0

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
    """Settings from environment variables named like the fields in capitals; a blank one counts as not given.

    Raises: SettingsError naming every variable that is wrong, and in production every one that is missing.
    """
    source = os.environ if environ is None else environ
    given = {each.name: raw for each in fields(Settings) if (raw := source.get(each.name.upper(), "").strip())}
    problems: list[str] = []
    try:
        values: Any = _schema().load(given)
    except ValidationError as error:
        values = error.valid_data
        problems = [f"{name.upper()}={given[name]!r}: {'; '.join(why)}" for name, why in error.normalized_messages().items()]
    settings = Settings(**values)
    problems.extend(_missing_in_production(settings))
    if problems:
        raise SettingsError("\n".join(problems))
    return settings


class _PathField(marshmallow.fields.Field[Path]):
    def _deserialize(self, value: str, attr: str | None, data: Any, **_: Any) -> Path:
        return Path(value)


def _schema() -> marshmallow.Schema:
    """marshmallow converts and checks, and reports everything that is wrong at once."""
    kinds: dict[Any, Any] = {**marshmallow.Schema.TYPE_MAPPING, Path: _PathField, int | None: marshmallow.fields.Integer}
    types = get_type_hints(Settings)
    return marshmallow.Schema.from_dict({each.name: kinds[types[each.name]](**each.metadata) for each in fields(Settings)})()


def _missing_in_production(settings: Settings) -> list[str]:
    problems = []
    if settings.is_production and not settings.cookie_secure:
        problems.append("COOKIE_SECURE: must be true in production (the service is served over TLS)")
    if settings.is_production and not settings.redis_url:
        problems.append("REDIS_URL: must be given in production")
    if settings.is_production and not settings.database_url:
        problems.append("DATABASE_URL: must be given in production")
    return problems
