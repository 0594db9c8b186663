"""Copies for screens: upright, of the right size, progressive, without metadata."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from media.derivatives import display_jpeg, prepare, thumbnail_jpeg
from tests.media.pictures import encoded, jpeg, scene


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def corners(size: tuple[int, int]) -> Image.Image:
    """Red top left, green top right, blue bottom left, white bottom right."""
    image = Image.new("RGB", size, "white")
    half = (size[0] // 2, size[1] // 2)
    image.paste((255, 0, 0), (0, 0, *half))
    image.paste((0, 255, 0), (half[0], 0, size[0], half[1]))
    image.paste((0, 0, 255), (0, half[1], half[0], size[1]))
    return image


# How the upright picture must be stored for each tag to bring it back (EXIF 2.32, 4.6.4: where the 0th row and
# column are).
STORED = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_comes_out_upright(orientation: int) -> None:
    upright = corners((120, 80))
    turn = STORED[orientation]
    stored = upright if turn is None else upright.transpose(turn)
    exif = Image.Exif()
    exif[0x0112] = orientation

    prepared = prepare(io.BytesIO(jpeg(stored, exif=exif, quality=95, subsampling=0)))

    assert (prepared.width, prepared.height) == (120, 80)
    seen = [prepared.image.getpixel(at) for at in ((10, 10), (110, 10), (10, 70), (110, 70))]
    for got, wanted in zip(seen, ((255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)), strict=True):
        assert all(abs(a - b) < 12 for a, b in zip(got, wanted, strict=True))


@pytest.mark.parametrize(
    ("name", "size", "thumbnail"),
    [
        ("HMD_Nokia_8.3_5G.jpg", (4608, 1976), (320, 137)),
        ("portrait_8.jpg", (450, 600), (240, 320)),
        ("portrait_3.jpg", (450, 600), (240, 320)),
        ("landscape_6.jpg", (600, 450), (320, 240)),
        ("IMG_5195.HEIC", (2566, 3313), (248, 320)),
        ("corrupted.jpg", (3648, 2736), (320, 240)),
        ("image00971.jpg", (636, 227), (320, 114)),
        ("Canon_40D_photoshop_import.jpg", (100, 77), (100, 77)),
    ],
)
def test_real_photo_gets_an_upright_thumbnail(
    name: str, size: tuple[int, int], thumbnail: tuple[int, int], real_photo: Callable[[str], Path]
) -> None:
    with real_photo(name).open("rb") as stream:
        prepared = prepare(stream)

    assert (prepared.width, prepared.height) == size
    assert opened(thumbnail_jpeg(prepared.image)).size == thumbnail


def test_copies_are_progressive_jpeg_without_metadata() -> None:
    exif = Image.Exif()
    exif[0x0110] = "secret phone"
    exif.get_ifd(0x8825).update({1: "N", 2: (35.0, 37.0, 2.0), 3: "E", 4: (112.0, 53.0, 57.0)})
    original = jpeg(scene(2, (2400, 1800)), exif=exif, comment=b"a comment")

    display = display_jpeg(prepare(io.BytesIO(original)).image)

    copy = opened(display)
    assert copy.size == (1600, 1200)
    assert copy.info["progressive"] == 1
    assert dict(copy.getexif()) == {}
    assert set(copy.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "dpi", "progressive", "progression"}
    assert b"secret phone" not in display
    assert b"a comment" not in display


def test_small_pictures_are_not_enlarged() -> None:
    assert opened(display_jpeg(prepare(io.BytesIO(jpeg(scene(size=(200, 100))))).image)).size == (200, 100)


@pytest.mark.parametrize(
    ("image", "kind"),
    [
        pytest.param(scene(size=(64, 48)).convert("CMYK"), "JPEG", id="cmyk"),
        pytest.param(scene(size=(64, 48)).convert("L"), "JPEG", id="grey"),
        pytest.param(scene(size=(64, 48)).convert("P"), "PNG", id="palette"),
        pytest.param(scene(size=(64, 48)).convert("1"), "PNG", id="black and white"),
        pytest.param(scene(size=(64, 48)).convert("LA"), "PNG", id="grey with alpha"),
        pytest.param(Image.new("I;16", (64, 48), 40_000), "PNG", id="16 bit"),
    ],
)
def test_every_mode_becomes_rgb(image: Image.Image, kind: str) -> None:
    prepared = prepare(io.BytesIO(encoded(image, kind)))

    assert (prepared.image.mode, prepared.image.size) == ("RGB", (64, 48))


def test_sixteen_bit_grey_is_scaled_and_not_clipped() -> None:
    image = prepare(io.BytesIO(encoded(Image.new("I;16", (8, 8), 32_768), "PNG"))).image

    assert image.getpixel((4, 4)) == (128, 128, 128)


def test_transparency_lies_on_white() -> None:
    image = prepare(io.BytesIO(encoded(Image.new("RGBA", (8, 8), (0, 0, 0, 0)), "PNG"))).image

    assert image.getpixel((4, 4)) == (255, 255, 255)


def test_cut_photo_still_has_copies() -> None:
    data = jpeg(scene(4, (1000, 800)))

    prepared = prepare(io.BytesIO(data[: len(data) // 2]))

    assert not prepared.whole
    assert opened(thumbnail_jpeg(prepared.image)).size == (320, 256)


def test_broken_colour_profile_is_ignored() -> None:
    prepared = prepare(io.BytesIO(encoded(scene(size=(64, 48)), "JPEG", icc_profile=b"no profile at all" * 10)))

    assert prepared.image.size == (64, 48)
