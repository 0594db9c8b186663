"""Two perceptual hashes: equal to the ImageHash library's, steady under copying, apart for different pictures."""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from pathlib import Path

import imagehash
import pytest
from PIL import Image, ImageEnhance

from media.duplicates import (
    GUARANTEED_BITS,
    NEAR_PHASH_BITS,
    HashDistance,
    PictureHashes,
    band_probes,
    bands,
    dhash,
    distance,
    phash,
    picture_hashes,
    to_signed,
    to_unsigned,
)
from tests.media.pictures import jpeg, scene


@pytest.mark.parametrize("seed", range(12))
def test_hashes_are_those_of_the_imagehash_library(seed: int) -> None:
    image = scene(seed, (640, 480))

    # The library's own transform rounds differently in the last place, which can turn one bit at the median.
    assert (phash(image) ^ int(str(imagehash.phash(image)), 16)).bit_count() <= 1
    assert dhash(image) == int(str(imagehash.dhash(image)), 16)


def test_hashes_of_a_known_picture_never_change() -> None:
    """Stored hashes are compared with new ones, so another algorithm needs another column."""
    gradient = Image.linear_gradient("L").resize((100, 80))

    assert dhash(gradient.rotate(90, expand=True)) == 0xFFFFFFFFFFFFFFFF
    assert dhash(gradient) == 0


def hashes_of(image: Image.Image) -> PictureHashes:
    hashes = picture_hashes(image)
    assert hashes is not None
    return hashes


@pytest.mark.parametrize(
    "copied",
    [
        pytest.param(lambda image: Image.open(io.BytesIO(jpeg(image, quality=35))), id="recompressed"),
        pytest.param(lambda image: image.resize((213, 160)), id="shrunk"),
        pytest.param(lambda image: ImageEnhance.Brightness(image).enhance(1.2), id="brightened"),
        pytest.param(lambda image: image.convert("L"), id="grey"),
    ],
)
@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_copies_are_near(copied: Callable[[Image.Image], Image.Image], seed: int) -> None:
    image = scene(seed)

    assert distance(hashes_of(image), hashes_of(copied(image))).is_near


def test_different_pictures_are_not_near() -> None:
    all_hashes = [hashes_of(scene(seed)) for seed in range(40)]

    near = [(a, b) for a in range(40) for b in range(a + 1, 40) if distance(all_hashes[a], all_hashes[b]).is_near]

    assert near == []


def test_both_hashes_must_agree() -> None:
    assert HashDistance(6, 6).is_near
    assert not HashDistance(7, 0).is_near
    assert not HashDistance(0, 7).is_near


@pytest.mark.parametrize("colour", ["black", "white", (120, 121, 119)])
def test_flat_picture_has_no_hash(colour: str) -> None:
    assert picture_hashes(Image.new("RGB", (640, 480), colour)) is None


def test_bands_find_every_hash_within_the_guarantee() -> None:
    assert GUARANTEED_BITS >= NEAR_PHASH_BITS
    rng = random.Random(3)
    for _ in range(500):
        value = rng.getrandbits(64)
        other = value
        for bit in rng.sample(range(64), GUARANTEED_BITS):
            other ^= 1 << bit

        assert set(band_probes(value)) & set(bands(other))


def test_bands_are_numbered_and_small() -> None:
    assert bands(0xFFFF_0001_8000_1234) == [0x01234, 0x18000, 0x20001, 0x3FFFF]
    assert len(set(band_probes(0x1234))) == 68


@pytest.mark.parametrize("value", [0, 1, (1 << 63) - 1, 1 << 63, (1 << 64) - 1])
def test_hash_survives_a_signed_column(value: int) -> None:
    assert -(1 << 63) <= to_signed(value) < 1 << 63
    assert to_unsigned(to_signed(value)) == value


def test_real_photos_of_a_series_are_told_apart(real_photo: Callable[[str], Path]) -> None:
    hashes = []
    for name in ("DSCN0010.jpg", "DSCN0012.jpg", "DSCN0021.jpg", "portrait_3.jpg", "landscape_6.jpg"):
        with Image.open(real_photo(name)) as image:
            hashes.append(hashes_of(image))

    assert not any(distance(a, b).is_near for i, a in enumerate(hashes) for b in hashes[i + 1 :])
