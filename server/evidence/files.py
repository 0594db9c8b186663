"""The application's photo store."""

from __future__ import annotations

from flask import current_app

from media.store import PhotoStore


def photo_store() -> PhotoStore:
    """Made on first use: creating an application creates no file."""
    if "photo_store" not in current_app.extensions:
        current_app.extensions["photo_store"] = PhotoStore(current_app.config["SETTINGS"].photo_dir)
    store: PhotoStore = current_app.extensions["photo_store"]
    return store
