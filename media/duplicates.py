"""Whether two photos are the same: the same bytes by SHA-256, the same picture by two perceptual hashes that agree.

The hashes need no numpy, which the service has no other use for; tests compare them with the ImageHash library.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from PIL import Image, ImageStat

HASH_BITS = 64

# Bits of 64 that may differ for "near the same", in both hashes at once. bench/results/duplicates.md holds the
# study: copies (recompressed, shrunk, brightened, slightly cropped) against different photos.
NEAR_PHASH_BITS = 6
NEAR_DHASH_BITS = 6

# Grey levels (standard deviation, of 255) below which a picture is a wall, a lens cap or a dark shaft: its hash is
# noise, and every lens cap would be the same photo.
FLAT_STDDEV = 6.0

# Picture hashes of a copy of this edge differ from those of the whole in two bits at the most.
ENOUGH_PX = 400

BAND_BITS = 16
BANDS = HASH_BITS // BAND_BITS
# With four bands and one wrong bit looked up per band, every hash within 7 bits is found: 7 errors in 4 bands leave
# one band with at most one. This bound must not be below NEAR_PHASH_BITS.
GUARANTEED_BITS = 2 * BANDS - 1


@dataclass(frozen=True, slots=True)
class PictureHashes:
    """Two unsigned 64-bit integers."""

    phash: int
    dhash: int


@dataclass(frozen=True, slots=True, order=True)
class HashDistance:
    """Differing bits out of 64."""

    phash_bits: int
    dhash_bits: int

    @property
    def is_near(self) -> bool:
        return self.phash_bits <= NEAR_PHASH_BITS and self.dhash_bits <= NEAR_DHASH_BITS


def picture_hashes(image: Image.Image) -> PictureHashes | None:
    """Both hashes of an upright picture, or None for one too flat to be told from another."""
    grey = image.convert("L")
    # Both look at a few dozen pixels in the end.
    grey = grey.reduce(max(1, max(grey.size) // ENOUGH_PX))
    if ImageStat.Stat(grey.resize((32, 32), Image.Resampling.BOX)).stddev[0] < FLAT_STDDEV:
        return None
    return PictureHashes(phash(grey), dhash(grey))


def phash(image: Image.Image) -> int:
    """The 8×8 lowest frequencies of a 32×32 cosine transform, each bit: above their median."""
    size, kept = 32, 8
    pixels = _grey_pixels(image, size, size)
    rows = [[sum(map(_product, pixels[y], _COSINES[u])) for u in range(kept)] for y in range(size)]
    low = [sum(_COSINES[v][y] * rows[y][u] for y in range(size)) for v in range(kept) for u in range(kept)]
    ordered = sorted(low)
    median = (ordered[31] + ordered[32]) / 2
    return _packed(value > median for value in low)


def dhash(image: Image.Image) -> int:
    """Each bit of an 8×8 grid: brighter than its left neighbour."""
    pixels = _grey_pixels(image, 9, 8)
    return _packed(row[x + 1] > row[x] for row in pixels for x in range(8))


def distance(first: PictureHashes, second: PictureHashes) -> HashDistance:
    return HashDistance((first.phash ^ second.phash).bit_count(), (first.dhash ^ second.dhash).bit_count())


def bands(value: int) -> list[int]:
    """The four keys under which a 64-bit hash is filed: band number and 16 bits, as one integer below 2**18."""
    return [(band << BAND_BITS) | (value >> (band * BAND_BITS)) & 0xFFFF for band in range(BANDS)]


def band_probes(value: int) -> list[int]:
    """The keys under which every hash within GUARANTEED_BITS of ``value`` is filed at least once (68 of them)."""
    return [key ^ flip for key in bands(value) for flip in (0, *(1 << bit for bit in range(BAND_BITS)))]


def to_signed(value: int) -> int:
    """For a database whose widest integer is signed 64 bit."""
    return value - (1 << 64) if value >= 1 << 63 else value


def to_unsigned(value: int) -> int:
    return value & ((1 << 64) - 1)


def _grey_pixels(image: Image.Image, width: int, height: int) -> list[list[int]]:
    small = image.convert("L").resize((width, height), Image.Resampling.LANCZOS)
    flat = small.tobytes()
    return [list(flat[y * width : (y + 1) * width]) for y in range(height)]


def _product(first: float, second: float) -> float:
    return first * second


def _packed(bits: Iterable[bool]) -> int:
    value = 0
    for bit in bits:
        value = value << 1 | bit
    return value


_COSINES = [[math.cos(math.pi * u * (2 * x + 1) / 64) for x in range(32)] for u in range(8)]
