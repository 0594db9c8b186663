"""What is accepted as a picture: by content, never by name; hostile headers are refused before anything is decoded."""

from __future__ import annotations

import io
import json
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pillow_heif
import pytest

from media.errors import NotAPhoto, TooManyPixels, Undecodable
from media.formats import MediaType, Picture, decode, identify, media_type_of
from tests.media.pictures import encoded, jpeg, jpeg_of_size, png_header, scene

VECTORS = Path(__file__).parent.parent / "vectors" / "media"


def heic(size: tuple[int, int] = (64, 48)) -> bytes:
    out = io.BytesIO()
    pillow_heif.from_pillow(scene(size=size)).save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(jpeg(scene(size=(64, 48))), Picture(MediaType.JPEG, 64, 48), id="jpeg"),
        pytest.param(encoded(scene(size=(64, 48)), "PNG"), Picture(MediaType.PNG, 64, 48), id="png"),
        pytest.param(encoded(scene(size=(64, 48)), "WEBP"), Picture(MediaType.WEBP, 64, 48), id="webp, lossy"),
        pytest.param(encoded(scene(size=(64, 48)), "WEBP", lossless=True), Picture(MediaType.WEBP, 64, 48), id="webp lossless"),
        pytest.param(heic(), Picture(MediaType.HEIC, 64, 48), id="heic"),
    ],
)
def test_accepted_formats_are_known_by_their_content(data: bytes, expected: Picture) -> None:
    assert identify(io.BytesIO(data)) == expected


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_animation_is_accepted_and_said(kind: str) -> None:
    frames = [scene(seed, (64, 48)) for seed in (1, 2, 3)]
    data = encoded(frames[0], kind, save_all=True, append_images=frames[1:])

    picture = identify(io.BytesIO(data))

    assert picture.animated
    assert (picture.width, picture.height) == (64, 48)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param("这是一份文本，名字叫 photo.jpg".encode(), id="text named .jpg"),
        pytest.param(b"", id="nothing"),
        pytest.param(b"\xff\xd8", id="two bytes"),
        pytest.param(b"GIF89a" + b"\0" * 60, id="gif"),
        pytest.param(b"%PDF-1.7\n", id="pdf"),
        pytest.param(b"<svg xmlns='http://www.w3.org/2000/svg'/>", id="svg"),
        pytest.param(b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom", id="video"),
        pytest.param(b"\0\0\0\x18ftypavif\0\0\0\0avifmif1", id="avif"),
        pytest.param(b"II*\0\x08\0\0\0", id="tiff"),
        pytest.param(b"RIFF\x10\0\0\0WAVEfmt ", id="sound"),
    ],
)
def test_anything_else_is_not_a_photo(data: bytes) -> None:
    assert media_type_of(data) is None
    with pytest.raises(NotAPhoto):
        identify(io.BytesIO(data))


def webp_bomb() -> bytes:
    head = b"WEBPVP8X" + struct.pack("<L", 10) + b"\0\0\0\0" + (16382).to_bytes(3, "little") * 2
    return b"RIFF" + struct.pack("<L", len(head)) + head + b"\0" * 40


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(png_header(30_000, 30_000), id="png 30,000 × 30,000"),
        pytest.param(jpeg_of_size(30_000, 30_000), id="jpeg 30,000 × 30,000"),
        pytest.param(webp_bomb(), id="webp 16,383 × 16,383"),
        pytest.param(png_header(20_001, 10), id="one side too long"),
    ],
)
def test_pixel_bomb_is_refused_by_its_header(data: bytes) -> None:
    with pytest.raises(TooManyPixels):
        identify(io.BytesIO(data))
    with pytest.raises(TooManyPixels):
        decode(io.BytesIO(data))


def test_hundred_megapixels_are_not_yet_too_many() -> None:
    assert identify(io.BytesIO(jpeg_of_size(10_000, 10_000))) == Picture(MediaType.JPEG, 10_000, 10_000)


def test_jpeg_that_was_cut_off_is_drawn_as_far_as_it_goes() -> None:
    data = jpeg(scene(3))

    image, whole = decode(io.BytesIO(data[: len(data) * 2 // 3]))

    assert not whole
    assert image.size == (640, 480)
    assert image.getpixel((5, 5)) == decode(io.BytesIO(data))[0].getpixel((5, 5))


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"\xff\xd8\xff\xe0" + b"\0" * 100, id="jpeg of zeros"),
        pytest.param(encoded(scene(), "PNG")[:300], id="png cut off"),
        pytest.param(encoded(scene(), "WEBP")[:300], id="webp cut off"),
        pytest.param(heic()[:200], id="heic cut off"),
        pytest.param(jpeg()[:300], id="jpeg cut in its tables"),
    ],
)
def test_picture_without_usable_pixels_is_identified_but_not_decoded(data: bytes) -> None:
    assert identify(io.BytesIO(data)).media_type is media_type_of(data)
    with pytest.raises(Undecodable):
        decode(io.BytesIO(data))


def test_picture_with_something_behind_its_end_is_whole() -> None:
    image, whole = decode(io.BytesIO(jpeg() + b"<script>alert(1)</script>" * 100))

    assert whole
    assert image.size == (640, 480)


@pytest.mark.parametrize(
    "name",
    [
        "35-empty.jpg", "67-0_length_string.jpg", "Canon_40D_photoshop_import.jpg", "DSCN0010.jpg", "DSCN0012.jpg",
        "DSCN0021.jpg", "HMD_Nokia_8.3_5G.jpg", "IMG_5195.HEIC", "corrupted.jpg", "image00971.jpg", "iphone_hdr_NO.jpg",
        "landscape_6.jpg", "portrait_3.jpg", "portrait_8.jpg",
    ],
)  # fmt: skip
def test_every_real_photo_is_decoded(name: str, real_photo: Callable[[str], Path]) -> None:
    with real_photo(name).open("rb") as stream:
        image, whole = decode(stream, near_px=320)

    assert whole
    assert image.mode == "RGB"


def many_scans(count: int, size: tuple[int, int] = (640, 480)) -> bytes:
    """A progressive JPEG with empty scans of the last coefficient: each says "end of all blocks" in a few bytes."""
    data = encoded(scene(size=size), "JPEG", progressive=True, quality=50)
    last = data.rindex(b"\xff\xda")
    scan = data[last:-2]
    return data[:last] + scan * count + data[-2:]


def test_picture_of_too_many_scans_is_not_decoded() -> None:
    with pytest.raises(Undecodable, match="undecodable") as refused:
        decode(io.BytesIO(many_scans(65)))

    assert refused.value.params["reason"] == "too many scans (74)"
    assert decode(io.BytesIO(many_scans(40)))[1]


def test_scans_of_a_large_picture_are_fewer() -> None:
    data = jpeg_of_size(10_000, 10_000)
    at = data.rindex(b"\xff\xda")

    with pytest.raises(Undecodable, match="undecodable"):
        decode(io.BytesIO(data[:at] + data[at:-2] * 20 + data[-2:]))


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"\xff\xd8" + b"\xff\xe1\x00\x02" * 100_000, id="100,000 segments before the size"),
        pytest.param(b"\xff\xd8" + b"\xff" * 400_000, id="fill bytes for ever"),
        pytest.param(b"\xff\xd8\xff\xe0\xff\xff" + b"\0" * 100, id="a segment beyond the end"),
        pytest.param(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + (b"ispe" + bytes(12)) * 4_000, id="4,000 empty sizes"),
    ],
)
def test_header_that_would_take_long_has_no_size(data: bytes) -> None:
    assert (identify(io.BytesIO(data)).width, identify(io.BytesIO(data)).height) == (0, 0)


PHOTO_FORMATS = json.loads((VECTORS / "photo_formats.json").read_text(encoding="utf-8"))["cases"]


@pytest.mark.parametrize("case", PHOTO_FORMATS, ids=lambda case: case["name"])
def test_phone_and_server_take_the_same_files_for_photos(case: dict[str, Any]) -> None:
    head = io.BytesIO(bytes.fromhex(case["head"]))

    if case["media_type"] is None:
        with pytest.raises(NotAPhoto):
            identify(head)
    elif case.get("accepted") is False:
        with pytest.raises(TooManyPixels):
            identify(head)
    else:
        picture = identify(head)
        assert picture.media_type == case["media_type"]
        assert [picture.width, picture.height] == case.get("size", [picture.width, picture.height])
