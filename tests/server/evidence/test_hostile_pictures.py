"""Odd, broken and hostile pictures through uploads and inspection: kept byte for byte, flagged where broken, never a crash."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable

import pytest
from PIL import Image

from tests.conftest import County, Person
from tests.media.pictures import SHARED_PHOTOS, encoded, jpeg, png_header, scene, tiff
from tests.server.evidence.photos import begin, image, inspected, new_id, patch, send

SMALL = (320, 240)


def cmyk() -> bytes:
    return encoded(scene(1, SMALL).convert("CMYK"), "JPEG")


def sixteen_bit_grey() -> bytes:
    picture = Image.new("I;16", SMALL, 40_000)
    return encoded(picture, "PNG")


def sixteen_bit_colour() -> bytes:
    rows = b"".join(b"\0" + struct.pack(">HHH", 60_000, 30_000, 0) * SMALL[0] for _ in range(SMALL[1]))
    return png(struct.pack(">LLBBBBB", *SMALL, 16, 2, 0, 0, 0), rows)


def palette_with_holes() -> bytes:
    return encoded(scene(2, SMALL).convert("P"), "PNG", transparency=0)


def animated(kind: str) -> bytes:
    frames = [scene(seed, SMALL) for seed in (3, 4, 5)]
    return encoded(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)


def picture_and_archive() -> bytes:
    """A JPEG to picture viewers, a ZIP to archivers, with a web page inside."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("index.html", "<script>alert(1)</script>")
    return jpeg(scene(6, SMALL)) + out.getvalue()


def script_in_comment() -> bytes:
    return jpeg(scene(7, SMALL), comment=b"<html><script>alert(1)</script></html>")


def exif_in_a_circle() -> bytes:
    """The directory names itself as its EXIF and GPS directory, and as the next one."""
    here = struct.pack("<L", 8)
    entries = b"".join(struct.pack("<HHL", tag, 4, 1) + here for tag in (0x8769, 0x8825, 0xA005))
    return jpeg(scene(8, SMALL), exif=b"Exif\0\0II*\0\x08\0\0\0" + struct.pack("<H", 3) + entries + here)


def exif_of_four_gigabytes() -> bytes:
    """A text that says to be four gigabytes long."""
    block = tiff((0x010F, 2, 6, b"Phone\0"))
    return jpeg(
        scene(9, SMALL), exif=block.replace(struct.pack("<HHL", 0x010F, 2, 6), struct.pack("<HHL", 0x010F, 2, 0xFFFFFFF0))
    )


def exif_of_zeros() -> bytes:
    return jpeg(scene(10, SMALL), exif=tiff((0x0112, 3, 1, b"\xff\xff"), gps=((2, 5, 3, bytes(24)), (4, 5, 3, bytes(24)))))


def empty_scans() -> bytes:
    """100 megapixels in 1 MB, drawn over 14,000 times by scans that say nothing."""
    data = encoded(Image.new("L", (10_000, 10_000)), "JPEG", progressive=True)
    last = data.rindex(b"\xff\xda")
    return data[:last] + data[last : last + 12] * 14_000 + data[last:]


def exif_of_another_age(taken_at: str, offset: str) -> bytes:
    exif = Image.Exif()
    exif.get_ifd(0x8769).update({0x9003: taken_at, 0x9011: offset})
    return jpeg(scene(16, SMALL), exif=exif)


def text_bomb() -> bytes:
    """A PNG with 60 MB of packed text beside its pixels."""
    body = b"Comment\0\0" + zlib.compress(bytes(60_000_000), 9)
    whole = encoded(scene(11, SMALL), "PNG")
    at = whole.index(b"IDAT") - 4
    return whole[:at] + chunk(b"zTXt", body) + whole[at:]


def profile_of_noise() -> bytes:
    return jpeg(scene(12, SMALL), icc_profile=bytes(range(256)) * 400)


def thin() -> bytes:
    return encoded(Image.new("RGB", (20_000, 1), "red"), "PNG")


def one_pixel() -> bytes:
    return encoded(Image.new("L", (1, 1), 7), "PNG")


def heic_of_noise() -> bytes:
    return b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(range(256)) * 40


def png(header: bytes, rows: bytes) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">L", len(body)) + name + body + struct.pack(">L", zlib.crc32(name + body))


WHOLE: list[tuple[Callable[[], bytes], tuple[int, int]]] = [
    (cmyk, (320, 240)),
    (sixteen_bit_grey, (320, 240)),
    (sixteen_bit_colour, (320, 240)),
    (palette_with_holes, (320, 240)),
    (lambda: animated("PNG"), (320, 240)),
    (lambda: animated("WEBP"), (320, 240)),
    (lambda: jpeg(scene(13, SMALL), progressive=True), (320, 240)),
    (picture_and_archive, (320, 240)),
    (script_in_comment, (320, 240)),
    (exif_in_a_circle, (320, 240)),
    (exif_of_four_gigabytes, (320, 240)),
    (exif_of_zeros, (320, 240)),
    (profile_of_noise, (320, 240)),
    (lambda: exif_of_another_age("0001:01:01 00:00:00", "+14:00"), (320, 240)),
    (lambda: exif_of_another_age("9999:12:31 23:59:59", "-14:00"), (320, 240)),
    (thin, (20_000, 1)),
    (one_pixel, (1, 1)),
]
WHOLE_IDS = [
    "CMYK", "16-bit grey", "16-bit colour", "palette", "animated PNG", "animated WebP", "progressive", "archive behind it",
    "script in a comment", "EXIF in a circle", "EXIF of 4 GB", "EXIF of zeros", "noise as a profile", "EXIF of year 1",
    "EXIF of year 9999", "thin", "one pixel",
]  # fmt: skip
BROKEN: list[Callable[[], bytes]] = [
    empty_scans,
    heic_of_noise,
    text_bomb,
    lambda: encoded(scene(14, SMALL), "PNG")[:1200],
    lambda: encoded(scene(15, SMALL), "WEBP")[:1500],
    lambda: b"\xff\xd8\xff" + bytes(100),
    lambda: b"\x89PNG\r\n\x1a\n",
    lambda: b"RIFF\xff\xff\xff\xffWEBPVP8 " + bytes(60),
    lambda: png(struct.pack(">LLBBBBB", 0, 0, 8, 2, 0, 0, 0), b""),
]
BROKEN_IDS = [
    "14,000 empty scans", "HEIC of noise", "60 MB of text", "cut PNG",
    "cut WebP", "JPEG of nothing", "PNG signature", "WebP of zeros", "no pixels",
]  # fmt: skip


@pytest.mark.parametrize(("make", "size"), WHOLE, ids=WHOLE_IDS)
def test_odd_picture_is_kept_and_shown(make: Callable[[], bytes], size: tuple[int, int], anna: Person, county: County) -> None:
    data = make()

    photo_id = send(anna, data)
    photo = inspected(photo_id)

    assert (photo.broken, photo.width, photo.height) == (None, *size)
    original = image(anna, photo_id, "original")
    assert original.data == data
    assert original.headers["X-Content-Type-Options"] == "nosniff"
    assert original.headers["Content-Type"] in {"image/jpeg", "image/png", "image/webp"}
    for kind in ("thumbnail", "display", "marked"):
        with Image.open(io.BytesIO(image(anna, photo_id, kind).data)) as copy:
            assert (copy.format, copy.mode, getattr(copy, "n_frames", 1)) == ("JPEG", "RGB", 1)
            assert b"<script>" not in image(anna, photo_id, kind).data


@pytest.mark.parametrize("make", BROKEN, ids=BROKEN_IDS)
def test_broken_picture_is_kept_and_flagged(make: Callable[[], bytes], anna: Person, county: County) -> None:
    data = make()

    photo_id = send(anna, data)
    photo = inspected(photo_id)

    assert photo.broken
    assert image(anna, photo_id, "original").data == data
    assert image(anna, photo_id, "thumbnail").status_code == 404
    body = anna.get(f"/api/evidence/photos/{photo_id}").json
    assert [flag["code"] for flag in body["flags"] if flag["code"] == "broken_picture"] == ["broken_picture"]


@pytest.mark.parametrize("share", [0.3, 0.95, 0.9999])
def test_cut_heic_is_kept_flagged_and_drawn_as_far_as_it_goes(share: float, anna: Person, county: County) -> None:
    if not SHARED_PHOTOS.is_dir():
        pytest.skip("real photos are not beside the repository")
    data = (SHARED_PHOTOS / "IMG_5195.HEIC").read_bytes()
    data = data[: int(len(data) * share)]

    photo_id = send(anna, data)

    assert inspected(photo_id).broken == "truncated"
    assert image(anna, photo_id, "original").data == data
    assert image(anna, photo_id, "thumbnail").status_code == 200


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>" + bytes(64), id="SVG"),
        pytest.param(b"GIF89a" + bytes(100), id="GIF"),
        pytest.param(b"%PDF-1.7\n" + bytes(100), id="PDF"),
        pytest.param(b"II*\0\x08\0\0\0" + bytes(100), id="TIFF"),
        pytest.param(b"PK\x03\x04" + bytes(100), id="ZIP"),
        pytest.param(b"\0\0\0\x1cftypavif\0\0\0\0avifmif1" + bytes(100), id="AVIF"),
        pytest.param(png_header(20_001, 1), id="too long a side"),
    ],
)
def test_what_is_no_accepted_picture_is_refused(data: bytes, anna: Person, county: County) -> None:
    photo_id = new_id()
    location = begin(anna, photo_id, data).headers["Location"]

    answer = patch(anna, location, 0, data)

    assert (answer.status_code, answer.json["type"]) == (422, "/problems/not-a-photo")
    assert anna.get(f"/api/evidence/photos/{photo_id}").status_code == 404


def test_empty_file_is_refused_before_it_begins(anna: Person, county: County) -> None:
    assert begin(anna, new_id(), b"").status_code == 400
