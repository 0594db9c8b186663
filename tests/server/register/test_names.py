"""What a Chinese name is found by on a keyboard."""

from __future__ import annotations

import pytest

from server.register.names import initials, pinyin


@pytest.mark.parametrize(
    ("name", "letters", "syllables"),
    [("巴公煤矿", "bgmk", "bagongmeikuang"), ("巴公3号井", "bg3hj", "bagong3haojing"), ("绿洲（示例）", "lzsl", "lvzhoushili")],
)
def test_a_name_is_found_by_initials_and_by_pinyin(name: str, letters: str, syllables: str) -> None:
    assert (initials(name), pinyin(name)) == (letters, syllables)
