"""The file store: the one class that owns every path of photos. Content-addressed, durable before it says so.

Layout below the root: ``uploads/<id>.part`` (being received), ``objects/ab/<sha256>`` (originals, never
changed), ``derived/ab/<sha256>.<name>.jpg`` (copies that can be made again). Parts and objects share one file
system, so that a finished upload becomes an object by one rename. A twin for S3 needs only the public methods:
parts stay on local disk there too.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from media.errors import (
    HashMismatch,
    ObjectMissing,
    OffsetMismatch,
    StoreFull,
    TooManyBytes,
    UploadLocked,
    UploadMissing,
)

_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_UPLOAD_ID = re.compile(r"[0-9A-Za-z_-]{1,64}", re.ASCII)
_COPY_NAME = re.compile(r"[a-z]{1,20}", re.ASCII)
_CHUNK_BYTES = 1 << 20
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class PhotoStore:
    """Files below one root folder. Every method may be called from any process or thread at the same time."""

    def __init__(self, root: Path) -> None:
        self._root = root
        (root / "uploads").mkdir(parents=True, exist_ok=True)
        for folder in (root / "objects", root / "derived"):
            _make_shelves(folder)

    # --- receiving ---

    def create_upload(self, upload_id: str) -> None:
        """An empty part. Creating one that is there changes nothing."""
        with _full_as_typed():
            self._part(upload_id).touch()

    def durable_size(self, upload_id: str) -> int:
        """How many bytes of the part survive a power cut: they are made durable first, whoever wrote them.

        Raises: UploadMissing.
        """
        with self._open_part(upload_id) as part, _full_as_typed():
            os.fsync(part.fileno())
            return os.fstat(part.fileno()).st_size

    @contextlib.contextmanager
    def append(self, upload_id: str, offset: int, limit: int) -> Iterator[PartWriter]:
        """As :meth:`open_part`, closed at the end of the block."""
        writer = self.open_part(upload_id, offset, limit)
        try:
            yield writer
        finally:
            writer.close()

    def open_part(self, upload_id: str, offset: int, limit: int, *, new: bool = False) -> PartWriter:
        """Writes after ``offset``, up to ``limit`` bytes in all. A killed process loses its lock with its file handle.

        Whoever asks for it closes it: then the bytes written are durable, unless the writer was told to forget them.
        ``new`` makes the part, which must not be there.
        Raises: UploadMissing, UploadLocked (another connection writes), OffsetMismatch (the part has another size), StoreFull.
        """
        if new:
            with _full_as_typed():
                self._part(upload_id).touch(exist_ok=False)
        part = self._open_part(upload_id)
        try:
            _lock(part, upload_id)
            size = os.fstat(part.fileno()).st_size
            if size != offset:
                raise OffsetMismatch(offset=size, given=offset)
            part.seek(offset)
        except BaseException:
            part.close()
            raise
        return PartWriter(part, self._part(upload_id), offset, limit)

    def finish_upload(self, upload_id: str, sha256: str) -> int:
        """Makes a part that nobody writes to an object, as :meth:`make_object` does, and returns its size.

        Raises: UploadMissing, UploadLocked, HashMismatch (the part is deleted then).
        """
        with self._open_part(upload_id) as part:
            _lock(part, upload_id)
            size = os.fstat(part.fileno()).st_size
            self.make_object(PartWriter(part, self._part(upload_id), size, size), sha256)
            return size

    def make_object(self, part: PartWriter, sha256: str) -> None:
        """Makes a part the object of that hash and closes it. File and folder are synced on return.

        Where the object is there already the part takes its place: one copy, whoever came first.
        Raises: HashMismatch (the part is deleted then), StoreFull.
        """
        actual = part.sha256()
        if actual != sha256:
            part.drop()
            raise HashMismatch(expected=sha256, actual=actual)
        with _full_as_typed():
            os.fsync(part.fileno())
            target = self._object(sha256)
            _make_folders(target.parent)
            os.replace(part.path, target)
            # The folder it left need not be synced: at worst the old name is back after a power cut, and is swept.
            _sync_folder(target.parent)
        part.let_go()

    def read_part(self, upload_id: str) -> BinaryIO:
        """The bytes so far, for looking at the header. Raises: UploadMissing."""
        return self._open_part(upload_id, "rb")

    def drop_upload(self, upload_id: str) -> None:
        """Forgets a part; one that is gone changes nothing. Raises: UploadLocked while another connection writes."""
        try:
            with self._open_part(upload_id) as part:
                _lock(part, upload_id)
                self._part(upload_id).unlink(missing_ok=True)
        except UploadMissing:
            return

    def upload_ids(self) -> list[str]:
        """Ids of all parts, for the sweep."""
        return sorted(path.stem for path in (self._root / "uploads").glob("*.part"))

    def part_changed_at(self, upload_id: str) -> datetime:
        """When a part was last written to. Raises: UploadMissing."""
        with self._open_part(upload_id, "rb") as part:
            return datetime.fromtimestamp(os.fstat(part.fileno()).st_mtime, UTC)

    # --- originals ---

    def put(self, data: bytes) -> str:
        """Stores whole bytes and returns their SHA-256; for what does not come by upload."""
        sha256 = hashlib.sha256(data).hexdigest()
        if not self.has(sha256):
            self._write_beside(self._object(sha256), data)
        return sha256

    def has(self, sha256: str) -> bool:
        return self._object(sha256).is_file()

    def size(self, sha256: str) -> int:
        """Raises: ObjectMissing."""
        try:
            return self._object(sha256).stat().st_size
        except FileNotFoundError:
            raise ObjectMissing(sha256=sha256) from None

    def open(self, sha256: str) -> BinaryIO:
        """The original, for reading. Raises: ObjectMissing."""
        return _open_object(self._object(sha256), sha256)

    def path(self, sha256: str) -> Path:
        """Of the original, for a process that may read it. Raises: ObjectMissing."""
        if not self.has(sha256):
            raise ObjectMissing(sha256=sha256)
        return self._object(sha256)

    def matches(self, sha256: str) -> bool:
        """Whether the stored bytes still have their hash (for audits of the disk). Raises: ObjectMissing."""
        with self.open(sha256) as stream:
            return _sha256(stream) == sha256

    # --- copies that can be made again ---

    def put_copy(self, sha256: str, name: str, data: bytes) -> None:
        """Stores a copy of an original under a name ("display", "thumbnail"); a second one replaces the first."""
        self._write_beside(self._copy(sha256, name), data)

    def open_copy(self, sha256: str, name: str) -> BinaryIO:
        """Raises: ObjectMissing."""
        return _open_object(self._copy(sha256, name), sha256)

    def has_copy(self, sha256: str, name: str) -> bool:
        return self._copy(sha256, name).is_file()

    # --- paths ---

    def _part(self, upload_id: str) -> Path:
        return self._root / "uploads" / f"{_checked(_UPLOAD_ID, upload_id)}.part"

    def _object(self, sha256: str) -> Path:
        name = _checked(_SHA256, sha256)
        return self._root / "objects" / name[:2] / name

    def _copy(self, sha256: str, name: str) -> Path:
        digest = _checked(_SHA256, sha256)
        return self._root / "derived" / digest[:2] / f"{digest}.{_checked(_COPY_NAME, name)}.jpg"

    def _open_part(self, upload_id: str, mode: str = "r+b") -> BinaryIO:
        try:
            return open(self._part(upload_id), mode, buffering=0)  # type: ignore[return-value]
        except FileNotFoundError:
            raise UploadMissing(upload_id=upload_id) from None

    def _write_beside(self, target: Path, data: bytes) -> None:
        """A temporary file beside the target, synced, then renamed: readers see the old bytes or the new."""
        with _full_as_typed():
            _make_folders(target.parent)
            handle, name = tempfile.mkstemp(dir=target.parent, prefix=".new-")
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(data)
                    file.flush()
                    os.fsync(file.fileno())
                os.replace(name, target)
            except BaseException:
                Path(name).unlink(missing_ok=True)
                raise
            _sync_folder(target.parent)


class PartWriter:
    """Appends to a locked part; for one thread at a time."""

    def __init__(self, part: BinaryIO, path: Path, offset: int, limit: int) -> None:
        self.path = path
        self.offset = offset
        self._part = part
        self._start = offset
        self._limit = limit
        # What is hashed on its way need not be read again.
        self._digest = hashlib.sha256() if offset == 0 else None

    def fileno(self) -> int:
        return self._part.fileno()

    def write(self, piece: bytes) -> None:
        """Raises: TooManyBytes (nothing of the piece is written), StoreFull (the piece is taken back)."""
        if self.offset + len(piece) > self._limit:
            raise TooManyBytes(limit=self._limit, offset=self.offset)
        try:
            with _full_as_typed():
                _write_all(self._part, piece)
        except StoreFull:
            self._part.truncate(self.offset)
            self._part.seek(self.offset)
            raise
        self.offset += len(piece)
        if self._digest is not None:
            self._digest.update(piece)

    def sha256(self) -> str:
        """Of the whole part."""
        return _sha256(self._part) if self._digest is None else self._digest.hexdigest()

    def open(self) -> BinaryIO:
        """The bytes so far, for looking at the header."""
        return self.path.open("rb")

    def forget(self) -> None:
        """Takes back everything written by this writer: the bytes had a wrong checksum."""
        self._part.truncate(self._start)
        self._part.seek(self._start)
        self.offset = self._start
        self._digest = hashlib.sha256() if self._start == 0 else None

    def drop(self) -> None:
        """Deletes the part and lets it go."""
        self.path.unlink(missing_ok=True)
        self.let_go()

    def let_go(self) -> None:
        """Closes the part as it is; for one that has become an object, or is not wanted."""
        self._part.close()

    def close(self) -> None:
        """Makes what was written durable and lets the part go."""
        if self._part.closed:
            return
        try:
            with _full_as_typed():
                os.fsync(self._part.fileno())
                if self._start == 0:
                    # The part's name must last as long as its bytes.
                    _sync_folder(self.path.parent)
        finally:
            self.let_go()


def _write_all(file: BinaryIO, piece: bytes) -> None:
    view = memoryview(piece)
    while view:
        view = view[file.write(view) :]


def _lock(part: BinaryIO, upload_id: str) -> None:
    try:
        fcntl.flock(part.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in {errno.EAGAIN, errno.EACCES}:
            raise UploadLocked(upload_id=upload_id) from None
        raise


def _sha256(stream: BinaryIO) -> str:
    stream.seek(0)
    digest = hashlib.sha256()
    while chunk := stream.read(_CHUNK_BYTES):
        digest.update(chunk)
    return digest.hexdigest()


def _open_object(path: Path, sha256: str) -> BinaryIO:
    try:
        return path.open("rb")
    except FileNotFoundError:
        raise ObjectMissing(sha256=sha256) from None


def _checked(pattern: re.Pattern[str], name: str) -> str:
    """The whole defence against paths that lead elsewhere: a name is of its alphabet, or there is no path."""
    if not pattern.fullmatch(name):
        raise ValueError(f"not a name of the store: {name[:80]!r}")
    return name


def _make_shelves(folder: Path) -> None:
    """The 256 folders by the first byte of a hash, durable before the first object lies in one."""
    if (folder / "ff").is_dir():
        return
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(256):
        (folder / f"{number:02x}").mkdir(exist_ok=True)
    _sync_folder(folder)
    _sync_folder(folder.parent)


def _make_folders(folder: Path) -> None:
    """Like mkdir -p, but each new folder is durable in its parent."""
    if folder.is_dir():
        return
    _make_folders(folder.parent)
    folder.mkdir(exist_ok=True)
    _sync_folder(folder.parent)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextlib.contextmanager
def _full_as_typed() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise StoreFull(errno=error.errno) from error
        raise
