"""The file store: durable before it says so, safe to kill, one copy per content, no path leads out of it."""

from __future__ import annotations

import errno
import hashlib
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from media import store as store_module
from media.errors import (
    HashMismatch,
    ObjectMissing,
    OffsetMismatch,
    StoreFull,
    TooManyBytes,
    UploadLocked,
    UploadMissing,
)
from media.store import PhotoStore

PHOTO = bytes(range(256)) * 40
SHA256 = hashlib.sha256(PHOTO).hexdigest()


@pytest.fixture
def store(tmp_path: Path) -> PhotoStore:
    return PhotoStore(tmp_path / "photos")


def send(store: PhotoStore, upload_id: str, data: bytes, offset: int = 0, limit: int = 1 << 20) -> None:
    with store.append(upload_id, offset, limit) as part:
        part.write(data)


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_photo_sent_in_pieces_is_stored_under_its_hash(store: PhotoStore, tmp_path: Path) -> None:
    store.create_upload("u1")
    send(store, "u1", PHOTO[:3000])
    send(store, "u1", PHOTO[3000:], offset=3000)

    size = store.finish_upload("u1", SHA256)

    assert size == 10240
    with store.open(SHA256) as stream:
        assert stream.read() == PHOTO
    assert files(tmp_path / "photos") == [f"objects/{SHA256[:2]}/{SHA256}"]


def test_wrong_hash_is_refused_and_the_bytes_are_gone(store: PhotoStore, tmp_path: Path) -> None:
    store.create_upload("u1")
    send(store, "u1", PHOTO[:-1] + b"?")

    with pytest.raises(HashMismatch):
        store.finish_upload("u1", SHA256)

    assert files(tmp_path / "photos") == []


def test_same_content_twice_is_one_copy(store: PhotoStore, tmp_path: Path) -> None:
    for upload_id in ("u1", "u2"):
        store.create_upload(upload_id)
        send(store, upload_id, PHOTO)
        store.finish_upload(upload_id, SHA256)

    assert len(files(tmp_path / "photos")) == 1


def test_append_at_another_offset_says_where_to_go_on(store: PhotoStore) -> None:
    store.create_upload("u1")
    send(store, "u1", PHOTO[:100])

    with pytest.raises(OffsetMismatch) as refused, store.append("u1", 50, 1000):
        pass

    assert refused.value.params["offset"] == 100


def test_two_writers_on_one_upload_exclude_each_other(store: PhotoStore) -> None:
    store.create_upload("u1")

    with store.append("u1", 0, 1000) as first:
        first.write(b"first")
        with pytest.raises(UploadLocked), store.append("u1", 5, 1000):
            pass
        with pytest.raises(UploadLocked):
            store.drop_upload("u1")

    assert store.durable_size("u1") == 5


def test_more_bytes_than_announced_are_not_written(store: PhotoStore) -> None:
    store.create_upload("u1")

    with pytest.raises(TooManyBytes):
        send(store, "u1", b"x" * 11, limit=10)

    assert store.durable_size("u1") == 0


def test_cut_connection_keeps_what_arrived(store: PhotoStore) -> None:
    store.create_upload("u1")

    def receive() -> None:
        with store.append("u1", 0, 1000) as part:
            part.write(b"arrived")
            raise ConnectionError

    with pytest.raises(ConnectionError):
        receive()

    assert store.durable_size("u1") == 7


def test_piece_with_wrong_checksum_is_taken_back(store: PhotoStore) -> None:
    store.create_upload("u1")
    send(store, "u1", b"good")

    with store.append("u1", 4, 1000) as part:
        part.write(b"bad")
        part.forget()

    assert store.durable_size("u1") == 4


def test_unknown_upload_is_missing(store: PhotoStore) -> None:
    with pytest.raises(UploadMissing):
        store.durable_size("u1")
    store.drop_upload("u1")


@pytest.mark.parametrize("name", ["../escape", "a/b", "", "a" * 65, "a\0b", "..", "é"])
def test_no_name_leads_out_of_the_store(name: str, store: PhotoStore) -> None:
    with pytest.raises(ValueError):
        store.create_upload(name)
    with pytest.raises(ValueError):
        store.has(name)
    with pytest.raises(ValueError):
        store.put_copy(SHA256, name.ljust(21, "a") if len(name) > 20 else name, b"")


def test_missing_object_is_said(store: PhotoStore) -> None:
    with pytest.raises(ObjectMissing):
        store.open(SHA256)
    assert not store.has(SHA256)


def test_copy_replaces_the_former(store: PhotoStore) -> None:
    store.put_copy(SHA256, "display", b"first")
    store.put_copy(SHA256, "display", b"second")

    with store.open_copy(SHA256, "display") as stream:
        assert stream.read() == b"second"


def test_damage_on_the_disk_is_found(store: PhotoStore, tmp_path: Path) -> None:
    sha256 = store.put(PHOTO)
    assert store.matches(sha256)

    (tmp_path / "photos" / files(tmp_path / "photos")[0]).write_bytes(b"rot")

    assert not store.matches(sha256)


class FullDisk:
    """A file on a disk that takes only so many bytes."""

    def __init__(self, file: Any, room: int) -> None:
        self._file, self._room = file, room

    def write(self, view: memoryview) -> int:
        if self._room == 0:
            raise OSError(errno.ENOSPC, "no space left")
        written = self._file.write(view[: self._room])
        self._room -= written
        return int(written)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


def test_full_disk_is_a_typed_error_and_keeps_what_was_durable(store: PhotoStore) -> None:
    store.create_upload("u1")
    send(store, "u1", b"before")

    with store.append("u1", 6, 1000) as part:
        part._part = FullDisk(part._part, 3)  # type: ignore[assignment]
        with pytest.raises(StoreFull):
            part.write(b"does not fit")

    assert store.durable_size("u1") == 6


def test_full_disk_leaves_no_half_object(store: PhotoStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "no space left")

    monkeypatch.setattr(store_module.os, "fsync", full)

    with pytest.raises(StoreFull):
        store.put(PHOTO)

    assert files(tmp_path / "photos") == []


def test_file_and_folder_are_synced_before_the_upload_counts(store: PhotoStore, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    fsync, replace = os.fsync, os.replace

    def noted_fsync(handle: int) -> None:
        done.append("folder" if os.path.isdir(f"/proc/self/fd/{handle}") else "file")
        fsync(handle)

    def noted_replace(source: Any, target: Any) -> None:
        done.append("rename")
        replace(source, target)

    store.create_upload("u1")
    send(store, "u1", PHOTO)
    monkeypatch.setattr(store_module.os, "fsync", noted_fsync)
    monkeypatch.setattr(store_module.os, "replace", noted_replace)

    store.finish_upload("u1", SHA256)

    assert done.index("file") < done.index("rename")
    assert done[done.index("rename") + 1] == "folder"


WRITER = """
import sys
from pathlib import Path
from media.store import PhotoStore
store = PhotoStore(Path(sys.argv[1]))
with store.append("u1", 0, 1 << 30) as part:
    while True:
        part.write(b"0123456789abcdef" * 64)
        print(part.offset, flush=True)
"""


@pytest.mark.parametrize("after_writes", [1, 7, 60])
def test_killed_writer_loses_its_lock_and_nothing_that_it_wrote(after_writes: int, store: PhotoStore, tmp_path: Path) -> None:
    store.create_upload("u1")
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(tmp_path / "photos")], stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]
    )
    assert writer.stdout is not None
    reported = 0
    for _ in range(after_writes):
        reported = int(writer.stdout.readline())
    writer.send_signal(signal.SIGKILL)
    writer.wait()
    writer.stdout.close()

    size = store.durable_size("u1")

    assert size >= reported
    with store.append("u1", size, 1 << 30) as part:
        part.write(b"!")
    with store.read_part("u1") as stream:
        data = stream.read()
    assert data == (b"0123456789abcdef" * (size // 16 + 1))[:size] + b"!"


def test_many_threads_storing_one_photo_leave_one_copy(store: PhotoStore, tmp_path: Path) -> None:
    failures: list[BaseException] = []

    def upload(number: int) -> None:
        try:
            store.create_upload(f"u{number}")
            send(store, f"u{number}", PHOTO)
            store.finish_upload(f"u{number}", SHA256)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=upload, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    assert failures == []
    assert len(files(tmp_path / "photos")) == 1
