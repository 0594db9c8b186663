"""The arithmetic of tus 1.0.0: what a header may say and what is refused."""

from __future__ import annotations

import base64
import uuid
from datetime import UTC, datetime

import pytest

from media.tus import (
    Checksum,
    PhotoMetadata,
    TusHeaderError,
    TusVersionError,
    check_version,
    expires_header,
    parse_checksum,
    parse_length,
    parse_metadata,
    parse_offset,
    photo_metadata,
)

PHOTO_ID = "0b8e8f8e-2f0b-4c59-9a53-8b7d1d2f3a4c"
SHA256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize("version", [None, "", "0.2.2", "1.0", "2.0.0"])
def test_other_versions_are_refused(version: str | None) -> None:
    with pytest.raises(TusVersionError):
        check_version(version)


@pytest.mark.parametrize("text", [None, "", "-1", "1.5", "1e3", "0x10", " 1", "9" * 19, "１"])
def test_offset_must_be_a_plain_number(text: str | None) -> None:
    with pytest.raises(TusHeaderError):
        parse_offset(text)


def test_offset_may_be_zero_and_length_may_not() -> None:
    assert parse_offset("0") == 0
    assert parse_length("1") == 1
    with pytest.raises(TusHeaderError):
        parse_length("0")


def test_metadata_of_the_specification_is_read() -> None:
    header = "filename d29ybGRfZG9taW5hdGlvbl9wbGFuLnBkZg==,is_confidential"

    assert parse_metadata(header) == {"filename": "world_domination_plan.pdf", "is_confidential": ""}


@pytest.mark.parametrize(
    "header", ["a b!d", "a YQ==,a YQ==", " ,", "ключ YQ==", "a gICA", "a " + "A" * 5000], ids=lambda text: text[:12]
)
def test_broken_metadata_is_refused(header: str) -> None:
    with pytest.raises(TusHeaderError):
        parse_metadata(header)


def test_photo_metadata_is_read_and_the_rest_ignored() -> None:
    values = parse_metadata(
        f"photo_id {b64(PHOTO_ID)},sha256 {b64(SHA256.upper())},filename {b64('C:/照片/../配电箱.jpg')},other YQ=="
    )

    assert photo_metadata(values) == PhotoMetadata(uuid.UUID(PHOTO_ID), SHA256, "配电箱.jpg")


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"photo_id": PHOTO_ID},
        {"photo_id": "1", "sha256": SHA256},
        {"photo_id": PHOTO_ID, "sha256": SHA256[:-1]},
        {"photo_id": PHOTO_ID, "sha256": SHA256, "visit_id": "../../etc"},
    ],
)
def test_photo_without_identity_or_hash_is_refused(values: dict[str, str]) -> None:
    with pytest.raises(TusHeaderError):
        photo_metadata(values)


def test_checksum_of_the_specification_is_read() -> None:
    checksum = parse_checksum("sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=")

    assert checksum == Checksum("sha1", bytes.fromhex("2aae6c35c94fcfb415dbe95f408b9ce91ee846ed"))
    digest = checksum.new_digest()
    digest.update(b"hello world")
    assert digest.digest() == checksum.value


@pytest.mark.parametrize("header", ["md5 Kq5s", "sha1", "sha1 ===", "sha1 käse"])
def test_unknown_or_broken_checksum_is_refused(header: str) -> None:
    if header == "sha1":
        assert parse_checksum(header) == Checksum("sha1", b"")
        return
    with pytest.raises(TusHeaderError):
        parse_checksum(header)


def test_no_checksum_is_none() -> None:
    assert parse_checksum(None) is None


def test_expiry_is_a_date_of_http() -> None:
    assert expires_header(datetime(2026, 11, 23, 1, 2, 3, tzinfo=UTC)) == "Mon, 23 Nov 2026 01:02:03 GMT"
