"""Thresholds of the near-same flag: how many copies are found, and how many different pictures are taken for copies.

Method: pictures are tiles of the real photos beside the repository (where they are) and drawn scenes. Copies of each are made
the ways copies come about: recompressed, sent through a chat, brightened, cropped, written on. A pair counts as near when both
hashes differ by at most so many bits. False flags are counted over all pairs of different pictures; neighbouring tiles do not
overlap. The last column is what the pairs allow to say at 95 % (rule of three where none was near).
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator

from PIL import Image, ImageDraw, ImageEnhance

from bench.report import Table, write_report
from media.duplicates import NEAR_DHASH_BITS, NEAR_PHASH_BITS, PictureHashes, distance, picture_hashes
from media.formats import decode
from tests.media.pictures import SHARED_PHOTOS, scene

DRAWN = 1200
TILE_PX = (480, 360)
LIMITS = (2, 4, 6, 7, 8, 10, 12)


def main() -> None:
    sources = list(_pictures())
    hashed = [(image, hashes) for image in sources if (hashes := picture_hashes(image)) is not None]
    print(f"{len(sources)} pictures, {len(sources) - len(hashed)} too flat to be compared", flush=True)
    sample = [pair for number, pair in enumerate(hashed) if number % max(1, len(hashed) // 250) == 0]
    write_report("duplicates", __doc__ or "", _found_table(sample), _false_table([hashes for _, hashes in hashed]))


def _pictures() -> Iterator[Image.Image]:
    for seed in range(DRAWN):
        yield scene(seed, TILE_PX)
    if not SHARED_PHOTOS.is_dir():
        return
    for path in sorted(SHARED_PHOTOS.iterdir()):
        if path.suffix.lower() not in {".jpg", ".heic"}:
            continue
        with path.open("rb") as stream:
            image = decode(stream)[0].convert("RGB")
        width, height = TILE_PX
        for x in range(0, image.width - width + 1, width):
            for y in range(0, image.height - height + 1, height):
                yield image.crop((x, y, x + width, y + height))


def _recompressed(image: Image.Image, quality: int) -> Image.Image:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality)
    return Image.open(out)


def _cropped(image: Image.Image, share: float) -> Image.Image:
    dx, dy = round(image.width * share), round(image.height * share)
    return image.crop((dx, dy, image.width - dx, image.height - dy))


def _written_on(image: Image.Image) -> Image.Image:
    copy = image.copy()
    ImageDraw.Draw(copy).rectangle((8, image.height * 3 // 4, image.width // 3, image.height - 8), fill=(40, 40, 40))
    return copy


COPIES: dict[str, Callable[[Image.Image], Image.Image]] = {
    "recompressed, quality 60": lambda image: _recompressed(image, 60),
    "recompressed, quality 25": lambda image: _recompressed(image, 25),
    "half size, quality 50 (chat)": lambda image: _recompressed(image.resize((image.width // 2, image.height // 2)), 50),
    "brighter by 25 %": lambda image: ImageEnhance.Brightness(image).enhance(1.25),
    "less contrast": lambda image: ImageEnhance.Contrast(image).enhance(0.7),
    "cropped by 1 % each side": lambda image: _cropped(image, 0.01),
    "cropped by 4 % each side": lambda image: _cropped(image, 0.04),
    "panel written on a corner": _written_on,
    "turned by 1 degree": lambda image: image.rotate(1, Image.Resampling.BICUBIC),
    "mirrored (not meant to be found)": lambda image: image.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
}


def _found_table(sample: list[tuple[Image.Image, PictureHashes]]) -> Table:
    table = Table("Copy", *(f"≤ {limit} bits" for limit in LIMITS))
    for name, make in COPIES.items():
        worst = [_worst(hashes, picture_hashes(make(image))) for image, hashes in sample]
        table.add(name, *(f"{100 * sum(bits <= limit for bits in worst) / len(worst):.1f} %" for limit in LIMITS))
    return table


def _worst(first: PictureHashes, second: PictureHashes | None) -> int:
    """The larger of the two distances, since both must be within the limit."""
    if second is None:
        return 64
    apart = distance(first, second)
    return max(apart.phash_bits, apart.dhash_bits)


def _false_table(hashes: list[PictureHashes]) -> Table:
    counts = dict.fromkeys(LIMITS, 0)
    one_hash = dict.fromkeys(LIMITS, 0)
    pairs = 0
    for number, first in enumerate(hashes):
        for second in hashes[:number]:
            pairs += 1
            bits = (first.phash ^ second.phash).bit_count()
            if bits > LIMITS[-1]:
                continue
            worst = max(bits, (first.dhash ^ second.dhash).bit_count())
            for limit in LIMITS:
                one_hash[limit] += bits <= limit
                counts[limit] += worst <= limit
    table = Table("Limit", f"near among {pairs:,} pairs, first hash alone", "near, both hashes", "share of pairs, at most")
    for limit in LIMITS:
        chosen = " (chosen)" if limit == NEAR_PHASH_BITS == NEAR_DHASH_BITS else ""
        bound = (3.0 if counts[limit] == 0 else counts[limit] + 2 * counts[limit] ** 0.5) / pairs
        table.add(f"≤ {limit} bits{chosen}", str(one_hash[limit]), str(counts[limit]), f"{bound:.1e}")
    return table


if __name__ == "__main__":
    main()
