"""The files of a golden county (README.md): its facts as rows of text, and the ids of rows as ids of the product."""

from __future__ import annotations

import csv
import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path

Row = dict[str, str]
# Rows without a receipt have always been known.
ALWAYS = datetime(2000, 1, 1, tzinfo=UTC)


def read_table(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def id_of(name: str) -> uuid.UUID:
    """The id of a row: its letters, so that ids have the order of the names and can be read back."""
    encoded = name.encode("ascii")
    if len(encoded) > 16:
        raise ValueError(f"the id {name} is longer than an id of the product")
    return uuid.UUID(bytes=encoded.ljust(16, b"\0"))


def name_of(id_: uuid.UUID | str) -> str:
    bytes_ = (uuid.UUID(id_) if isinstance(id_, str) else id_).bytes
    return bytes_.rstrip(b"\0").decode("ascii")


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def day(text: str) -> date:
    return date.fromisoformat(text)


def day_or_open(text: str) -> date | None:
    return day(text) if text else None


@dataclass(frozen=True)
class County:
    folder: Path

    def facts(self, name: str) -> list[Row]:
        return read_table(self.folder / "facts" / f"{name}.csv")

    def expected(self, as_of: str, name: str) -> list[Row]:
        return read_table(self.folder / "expected" / as_of / f"{name}.csv")

    @cached_property
    def instants(self) -> dict[str, datetime]:
        return {row["row"]: instant(row["instant"]) for row in self.facts("as_of")}

    @cached_property
    def code(self) -> str:
        return next(row["code"] for row in self.facts("areas") if row["kind"] == "county")

    @cached_property
    def area_codes(self) -> dict[str, str]:
        """Codes by name; a village has none of its own and gets one below its town's."""
        rows = self.facts("areas")
        codes = {row["id"]: row["code"] for row in rows if row["code"]}
        for number, row in enumerate((row for row in rows if not row["code"]), 1):
            codes[row["id"]] = f"{codes[row['parent']]}{number:03}"
        return codes

    @cached_property
    def area_names(self) -> dict[str, str]:
        return {code: name for name, code in self.area_codes.items()}

    @cached_property
    def period_keys(self) -> dict[str, str]:
        """Keys of the product by the names of periods."""
        return {
            row["id"]: f"{row['first']}..{row['last']}" if row["kind"] == "custom" else row["id"] for row in self.facts("periods")
        }
