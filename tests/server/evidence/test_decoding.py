"""The child process that decodes: a picture that takes too much ends it and nothing else; the next one finds a new child."""

from __future__ import annotations

import os
import signal
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from media.inspection import Inspection
from server.evidence import decoding
from server.evidence.decoding import inspect_in_child
from tests.media.pictures import encoded, jpeg, scene
from tests.server.evidence.test_hostile_pictures import chunk


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "picture"
    path.write_bytes(jpeg(scene(1)))
    return path


@pytest.fixture(autouse=True, scope="module")
def last_child() -> Iterator[None]:
    yield
    decoding._pool().stop()
    decoding._pool().join()
    decoding._pool.cache_clear()


def write(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def megapixels_of_noise(edge: int) -> bytes:
    """A PNG that packs into nothing and takes a long while to unpack."""
    packer = zlib.compressobj(1)
    rows = b"".join(packer.compress(b"\0" + bytes(edge * 8)) for _ in range(edge)) + packer.flush()
    head = struct.pack(">LLBBBBB", edge, edge, 16, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def child_pid() -> int:
    pid: int = decoding._pool().schedule(os.getpid).result()
    return pid


def test_whole_picture_is_inspected_in_another_process(picture: Path) -> None:
    inspection = inspect_in_child(picture, with_hashes=True)

    assert (inspection.width, inspection.height, inspection.broken) == (640, 480, None)
    assert inspection.display
    assert inspection.hashes is not None
    assert child_pid() != os.getpid()


def test_picture_that_takes_too_long_is_broken_and_the_next_one_is_not(tmp_path: Path, picture: Path) -> None:
    before = child_pid()

    bomb = inspect_in_child(write(tmp_path / "bomb", megapixels_of_noise(9_900)), with_hashes=True, cpu_s=0)
    after = inspect_in_child(picture, with_hashes=True)

    assert bomb.broken == "decoding takes too much"
    assert after.broken is None
    assert child_pid() != before


def test_picture_that_takes_too_much_memory_is_broken_and_the_next_one_is_not(
    tmp_path: Path, picture: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decoding, "_inspect", _eat_memory)

    bomb = inspect_in_child(picture, with_hashes=True)
    monkeypatch.undo()
    after = inspect_in_child(picture, with_hashes=True)

    assert bomb.broken == "decoding takes too much memory"
    assert after.broken is None


def test_child_that_was_killed_once_is_no_fault_of_the_picture(picture: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine may be short of memory for a moment, or the service about to stop."""
    monkeypatch.setattr(decoding, "_inspect", _die_once)

    inspection = inspect_in_child(picture, with_hashes=True)

    assert inspection.broken is None


def test_child_can_write_no_file(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="too large"):
        decoding._pool().schedule(_write, args=(str(tmp_path / "written"),)).result()


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_only_the_first_frame_of_an_animation_is_drawn(kind: str, tmp_path: Path) -> None:
    frames = [scene(seed, (320, 240)) for seed in range(3)]
    data = encoded(frames[0], kind, save_all=True, append_images=frames[1:] * 100, duration=20)

    inspection = inspect_in_child(write(tmp_path / "animation", data), with_hashes=False, cpu_s=2)

    assert (inspection.broken, inspection.width) == (None, 320)


def _eat_memory(path: str, with_hashes: bool, cpu_s: int) -> Any:
    try:
        return bytearray(decoding.MEMORY_BYTES)
    except MemoryError:
        os._exit(decoding.OUT_OF_MEMORY)


def _die_once(path: str, with_hashes: bool, cpu_s: int) -> Inspection:
    if os.path.exists(path + ".died"):
        return Inspection(exif=None)  # type: ignore[arg-type]
    os.symlink("/", path + ".died")
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("unreachable")


def _write(path: str) -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    with open(path, "wb") as file:
        file.write(b"x")
