"""The download folder: the one place that names its files. A file appears under its name only when it is whole."""

from __future__ import annotations

import contextlib
import hashlib
import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from vocabulary import DownloadFormat


@dataclass(frozen=True)
class StoredFile:
    size_bytes: int
    sha256: str


class DownloadFolder:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, download_id: uuid.UUID, format_: str) -> Path:
        if format_ not in tuple(DownloadFormat):
            raise ValueError(format_)
        return self._folder / f"{download_id}.{format_}"

    @contextlib.contextmanager
    def writing(self, download_id: uuid.UUID, format_: str) -> Iterator[Path]:
        """A path to write to; it takes the file's name at the end, or is removed when the writing failed.

        The process id keeps two jobs of one download apart; the last to finish wins with equal content.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        target = self.path(download_id, format_)
        part = target.with_suffix(f".{os.getpid()}.part")
        try:
            yield part
            with part.open("rb") as written:
                os.fsync(written.fileno())
            part.replace(target)
            _sync_folder(self._folder)
        finally:
            part.unlink(missing_ok=True)

    def measure(self, download_id: uuid.UUID, format_: str) -> StoredFile:
        path = self.path(download_id, format_)
        with path.open("rb") as stored:
            digest = hashlib.file_digest(stored, "sha256").hexdigest()
        return StoredFile(path.stat().st_size, digest)

    def remove(self, download_id: uuid.UUID, format_: str) -> None:
        self.path(download_id, format_).unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
