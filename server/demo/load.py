"""Loads the demo data into an empty database, with progress."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from server import clock
from server.accounts.models import User
from server.checklists.models import ChecklistVersion
from server.checklists.service import current_versions
from server.db import db, transaction
from server.demo.county import add_county
from server.demo.history import add_history
from server.demo.photos import review_some, store_photos

SEED = 140525


class DemoRefused(Exception):
    """Demo data is not loaded here; the message says why."""


def has_demo(app: Flask) -> bool:
    with app.app_context():
        return bool(db.session.scalar(select(func.count()).select_from(User).where(User.is_demo)))


def load_demo(app: Flask, *, say: Callable[[str], None]) -> None:
    """Raises: DemoRefused in production and when the database has users."""
    with app.app_context():
        if app.config["SETTINGS"].is_production:
            raise DemoRefused("demo data is never loaded in production")
        if db.session.scalar(select(func.count()).select_from(User)):
            raise DemoRefused("the database already has users; demo data goes only into an empty one")
        started = time.monotonic()
        say("载入演示数据… (demo data: 16 towns, subjects, a quarter of visits, photos)")
        chance = random.Random(SEED)
        now = clock.now()
        versions: dict[str, ChecklistVersion] = {version.sector: version for version in current_versions() if version.sector}
        profiles: dict[str, list[dict[str, Any]]] = {
            sector: version.document.get("profile", []) for sector, version in versions.items()
        }
        with transaction():
            county = add_county(chance, clock.county_date(now), profiles)
        photos = add_history(chance, county, versions, now)
        store_photos(photos)
        review_some(chance, county, photos)
        say(f"演示数据已载入：{len(county.subjects)} 家主体，{len(photos)} 张照片，用时 {time.monotonic() - started:.0f} 秒")
