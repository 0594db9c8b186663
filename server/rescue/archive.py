"""Reading a rescue file: a ZIP with a manifest, record envelopes, photo bytes and drafts, from a phone nobody can vouch for.

Written by client/src/field/local/rescue.ts. Nothing is unpacked to a path: members are read by the names of the manifest.
"""

from __future__ import annotations

import json
import uuid
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import IO, Any

FORMAT = "zero-accident-rescue/1"
MEMBERS_AT_MOST = 20_000
BYTES_AT_MOST = 4 * 1024**3
JSON_BYTES_AT_MOST = 16 * 1024**2


class ArchiveInvalid(ValueError):
    """The file is not a rescue file; the message says what is wrong, in Chinese, for the person who chose it."""


@dataclass(frozen=True)
class RescuedPhoto:
    id: uuid.UUID
    sha256: str
    size_bytes: int
    media_type: str | None
    visit_id: uuid.UUID | None
    subject_id: uuid.UUID | None
    member: str


class RescueArchive:
    """An opened rescue file. Raises: ArchiveInvalid."""

    def __init__(self, file: IO[bytes]) -> None:
        try:
            self._zip = zipfile.ZipFile(file)
        except zipfile.BadZipFile as error:
            raise ArchiveInvalid("这不是救援文件（不是 ZIP，或已损坏）。") from error
        members = self._zip.infolist()
        if len(members) > MEMBERS_AT_MOST or sum(member.file_size for member in members) > BYTES_AT_MOST:
            raise ArchiveInvalid("救援文件解开后过大。")
        manifest = self._json("manifest.json")
        if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
            raise ArchiveInvalid("文件里没有可识别的清单 manifest.json。")
        self._manifest = manifest
        try:
            self.user_id = uuid.UUID(manifest["user"]["id"])
            self.device_id = str(manifest["device_id"])[:64]
        except (KeyError, TypeError, ValueError) as error:
            raise ArchiveInvalid("清单里没有手机使用人。") from error

    def envelopes(self) -> Iterator[Any]:
        """Record envelopes in the order in which the phone made them; one that cannot be read is None."""
        for entry in self._entries("records"):
            try:
                yield self._json(str(entry.get("file")))
            except ArchiveInvalid:
                yield None

    def photos(self) -> Iterator[RescuedPhoto | None]:
        """Photos of the manifest; None for an entry that is not readable."""
        for entry in self._entries("photos"):
            try:
                yield RescuedPhoto(
                    id=uuid.UUID(entry["id"]),
                    sha256=str(entry["sha256"]),
                    size_bytes=int(entry["size_bytes"]),
                    media_type=entry.get("media_type"),
                    visit_id=_id(entry.get("visit_id")),
                    subject_id=_id(entry.get("subject_id")),
                    member=str(entry["file"]),
                )
            except (KeyError, TypeError, ValueError):
                yield None

    def open_photo(self, photo: RescuedPhoto) -> IO[bytes]:
        """Raises: ArchiveInvalid when its bytes are not in the file."""
        try:
            return self._zip.open(photo.member)
        except (KeyError, zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
            raise ArchiveInvalid(f"照片 {photo.id} 不在文件里。") from error

    def drafts(self) -> Mapping[str, Any]:
        """What was still being filled in, by table; empty when the file has none."""
        try:
            found = self._json("drafts.json")
        except ArchiveInvalid:
            return {}
        return found if isinstance(found, dict) else {}

    def _entries(self, key: str) -> list[dict[str, Any]]:
        entries = self._manifest.get(key)
        return [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []

    def _json(self, member: str) -> Any:
        try:
            if self._zip.getinfo(member).file_size > JSON_BYTES_AT_MOST:
                raise ArchiveInvalid(f"{member} 过大。")
            return json.loads(self._zip.read(member))
        except (KeyError, ValueError, zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError) as error:
            if isinstance(error, ArchiveInvalid):
                raise
            raise ArchiveInvalid(f"读不出 {member}。") from error


def _id(text: Any) -> uuid.UUID | None:
    return uuid.UUID(text) if isinstance(text, str) else None
