"""A font that really has Chinese characters, for text drawn on copies of photos. Looks only; downloads nothing.

Order: a path given by the operator, the folders that fontconfig uses, the font that is installed with the libraries.
"""

from __future__ import annotations

import functools
import importlib.util
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from PIL import ImageFont, features

# File names of open fonts with all characters of GB 2312, best first.
FONT_FILES = (
    "NotoSansCJK-Regular.ttc", "NotoSansCJKsc-Regular.otf", "NotoSansSC-Regular.otf", "NotoSansSC-Regular.ttf",
    "NotoSansSC[wght].ttf", "NotoSansSC-VF.ttf", "NotoSansCJK-VF.otf.ttc", "SourceHanSansSC-Regular.otf",
    "SourceHanSansCN-Regular.otf", "SourceHanSans.ttc", "wqy-microhei.ttc", "wqy-zenhei.ttc",
    "DroidSansFallbackFull.ttf", "DroidSansFallback.ttf", "PingFang.ttc", "STHeiti Medium.ttc",
    "NotoSansCJKjp-Regular.otf",
)  # fmt: skip

# Installed with the other libraries, so that the font is there on a bare machine, too. Found without being imported.
FONT_PACKAGES = ("noto_cjk_sans_otc",)

# Characters that a font must have; the last is one of this county's (箕 of 大箕镇).
PROOF_CHARACTERS = "零事故主体未定位镇村箕"


@dataclass(frozen=True, slots=True)
class CjkFont:
    path: Path
    # Collections hold one face per region; the simplified Chinese one has to be picked, or 骨 and 直 look Japanese.
    index: int

    def at(self, size_px: int) -> ImageFont.FreeTypeFont:
        return ImageFont.truetype(str(self.path), size_px, index=self.index)


def find_cjk_font(preferred: Path | None = None) -> CjkFont | None:
    """The first font that proves to have the characters, or None. Remembered per process."""
    return _find(preferred, os.environ.get("XDG_DATA_HOME", ""), os.environ.get("HOME", ""))


def draws_language() -> bool:
    """Whether Pillow can ask a font for its simplified Chinese shapes (needs Raqm)."""
    return bool(features.check("raqm"))


@functools.lru_cache(maxsize=8)
def _find(preferred: Path | None, data_home: str, home: str) -> CjkFont | None:
    for path in _candidates(preferred, data_home, home):
        font = _proven(path)
        if font is not None:
            return font
    return None


def _candidates(preferred: Path | None, data_home: str, home: str) -> Iterator[Path]:
    if preferred is not None:
        yield preferred
    folders = _system_folders(data_home, home)
    rank = {name: place for place, name in enumerate(FONT_FILES)}
    found = [path for folder in folders for path in _files_below(folder) if path.name in rank]
    yield from sorted(found, key=lambda path: (rank[path.name], str(path)))
    for package in FONT_PACKAGES:
        spec = importlib.util.find_spec(package)
        for folder in (spec.submodule_search_locations or []) if spec else []:
            yield from sorted(path for path in _files_below(Path(folder)) if path.name in rank)


def _system_folders(data_home: str, home: str) -> list[Path]:
    folders = [Path("/usr/share/fonts"), Path("/usr/local/share/fonts")]
    folders += [Path("/System/Library/Fonts"), Path("/Library/Fonts")]
    folders += [Path(data_home, "fonts")] if data_home else []
    folders += [Path(home, ".local/share/fonts"), Path(home, ".fonts"), Path(home, "Library/Fonts")] if home else []
    return folders


def _files_below(folder: Path) -> Iterator[Path]:
    for where, _, names in os.walk(folder):
        yield from (Path(where, name) for name in names)


def _proven(path: Path) -> CjkFont | None:
    if not path.is_file():
        return None
    faces = range(10) if path.suffix == ".ttc" else range(1)
    fallback = None
    for index in faces:
        try:
            font = ImageFont.truetype(str(path), 16, index=index)
        except OSError:
            break
        if not _has_all(font):
            continue
        family = (font.getname()[0] or "").strip()
        if path.suffix != ".ttc" or family.endswith(("SC", "CN")):
            return CjkFont(path, index)
        fallback = fallback or CjkFont(path, index)
    return fallback


def _has_all(font: ImageFont.FreeTypeFont) -> bool:
    """A missing character is drawn as the font's "no such character" box, so it looks like a character nobody has."""
    missing = bytes(font.getmask("\U0010fffe"))
    return all(bytes(font.getmask(char)) not in (missing, b"") for char in PROOF_CHARACTERS)
