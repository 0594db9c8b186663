"""Where the real photos are, for all tests of this folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.media.pictures import SHARED_PHOTOS


@pytest.fixture
def real_photo() -> Callable[[str], Path]:
    """Path of a real photo beside the repository; the test is skipped where the folder is not there."""

    def path(name: str) -> Path:
        if not SHARED_PHOTOS.is_dir():
            pytest.skip(f"real photos are not beside the repository ({SHARED_PHOTOS.name}/)")
        return SHARED_PHOTOS / name

    return path
