"""Reading a rescue file: a ZIP with a manifest, record envelopes, photo bytes and drafts, from a phone nobody can vouch for.

Written by client/src/field/local/rescue.ts. Nothing is unpacked to a path: members are read by the names of the manifest.
"""

from __future__ import annotations

import uuid
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

from forms.strict_json import JsonRefused, read_json
from server.problems import Refusal
from sync.records import is_sha256
from vocabulary import ProblemCode

FORMAT = "zero-accident-rescue/1"
MEMBERS_AT_MOST = 20_000
BYTES_AT_MOST = 4 * 1024**3
JSON_BYTES_AT_MOST = 16 * 1024**2
# No larger record comes in by the ordinary way either (MAX_REQUEST_BYTES).
RECORD_BYTES_AT_MOST = 8 * 1024**2


class ArchiveInvalid(Refusal):
    """The file, or a part of it, is no part of a rescue file."""


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
            raise ArchiveInvalid(ProblemCode.NOT_A_RESCUE_FILE) from error
        members = self._zip.infolist()
        if len(members) > MEMBERS_AT_MOST or sum(member.file_size for member in members) > BYTES_AT_MOST:
            raise ArchiveInvalid(ProblemCode.RESCUE_FILE_TOO_LARGE)
        manifest, _ = self._json("manifest.json", JSON_BYTES_AT_MOST)
        if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
            raise ArchiveInvalid(ProblemCode.RESCUE_FILE_WITHOUT_MANIFEST)
        self._manifest = manifest
        self._named: set[str] = set()
        try:
            self.user_id = uuid.UUID(manifest["user"]["id"])
            self.device_id = (_text(manifest["device_id"]) or "")[:64]
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ArchiveInvalid(ProblemCode.RESCUE_FILE_WITHOUT_AUTHOR) from error

    def envelopes(self) -> Iterator[tuple[Any, int]]:
        """Record envelopes in the order in which the phone made them, with their size; one that cannot be read is None.

        Those that the manifest does not name, or names in a way that cannot be read, come last.
        """
        listed = [entry.get("file") if isinstance(entry, dict) else None for entry in self._entries("records")]
        unlisted = [name for name in self._zip.namelist() if name.startswith("records/") and name.endswith(".json")]
        known = {member for member in listed if isinstance(member, str)}
        for member in (*listed, *dict.fromkeys(name for name in unlisted if name not in known)):
            try:
                yield self._json(self._once(member), RECORD_BYTES_AT_MOST)
            except ArchiveInvalid:
                yield None, 0

    def photos(self) -> Iterator[RescuedPhoto | None]:
        """Photos of the manifest; None for an entry that is not readable."""
        for entry in self._entries("photos"):
            try:
                yield RescuedPhoto(
                    id=uuid.UUID(entry["id"]),
                    sha256=_hash(entry["sha256"]),
                    size_bytes=_size(entry["size_bytes"]),
                    media_type=_text(entry.get("media_type")),
                    visit_id=_id(entry.get("visit_id")),
                    subject_id=_id(entry.get("subject_id")),
                    member=self._once(entry["file"]),
                )
            except (KeyError, TypeError, ValueError, AttributeError, ArchiveInvalid):
                yield None

    def open_photo(self, photo: RescuedPhoto) -> IO[bytes]:
        """Raises: ArchiveInvalid when its bytes are not in the file."""
        try:
            return self._zip.open(photo.member)
        except (KeyError, zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
            raise ArchiveInvalid(ProblemCode.RESCUED_PHOTO_MISSING, photo=str(photo.id)) from error

    def drafts(self) -> dict[str, list[Any]]:
        """What was still being filled in: the lists of drafts.json by name; a part that is none is left out.

        Raises: ArchiveInvalid when the file has drafts that cannot be read.
        """
        if "drafts.json" not in self._zip.namelist():
            return {}
        found, _ = self._json("drafts.json", JSON_BYTES_AT_MOST)
        if not isinstance(found, dict):
            raise ArchiveInvalid(ProblemCode.RESCUED_MEMBER_UNREADABLE, member="drafts.json")
        return {name: rows for name, rows in found.items() if isinstance(rows, list)}

    def _once(self, member: object) -> str:
        """A name of the manifest: each member counts once, so that a small file cannot ask for much work."""
        if not isinstance(member, str) or member in self._named:
            raise ArchiveInvalid(ProblemCode.RESCUED_MEMBER_MISNAMED, member=str(member)[:80])
        self._named.add(member)
        return member

    def _entries(self, key: str) -> list[Any]:
        """The manifest's list; one that is no list counts as one entry that cannot be read."""
        entries = self._manifest.get(key, [])
        return entries if isinstance(entries, list) else [entries]

    def _json(self, member: str, bytes_at_most: int) -> tuple[Any, int]:
        """A member as a document, and its size."""
        try:
            # zipfile hands out no more bytes than it declares here.
            if self._zip.getinfo(member).file_size > bytes_at_most:
                raise ArchiveInvalid(ProblemCode.RESCUED_MEMBER_TOO_LARGE, member=member[:80])
            text = self._zip.read(member)
            return read_json(text).document, len(text)
        except (KeyError, JsonRefused, EOFError, zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError) as error:
            raise ArchiveInvalid(ProblemCode.RESCUED_MEMBER_UNREADABLE, member=member[:80]) from error


def _id(text: Any) -> uuid.UUID | None:
    return uuid.UUID(text) if isinstance(text, str) else None


def _text(value: Any) -> str | None:
    return value.replace("\0", "")[:80] if isinstance(value, str) else None


def _hash(value: Any) -> str:
    if not is_sha256(value):
        raise ValueError("not a SHA-256")
    return str(value)


def _size(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError("not a size")
    return value
