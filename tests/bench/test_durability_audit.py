"""The audit of bench/durability must see what is wrong: a sound run has no findings, each kind of damage has its own."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from bench.durability.audit import Findings, audit
from server.settings import Settings
from tests.conftest import County, Person
from tests.records import batch, new_id, store_small_checklist, submission, visit
from tests.server.evidence.photos import inspected, photo_bytes, photo_record, send, sha256


@dataclass
class Run:
    """What a run leaves behind: journal, dump of the phone, data of the server."""

    folder: Path
    data_dir: Path
    dump: dict[str, Any]
    photo_sha256: str

    def sql(self, statement: str) -> None:
        database = sqlite3.connect(self.data_dir / "service.sqlite")
        with database:
            database.execute(statement)
        database.close()

    @property
    def photo_file(self) -> Path:
        return self.data_dir / "photos" / "objects" / self.photo_sha256[:2] / self.photo_sha256

    def audit(self) -> Findings:
        (self.folder / "dump-1.json").write_text(json.dumps(self.dump), "utf-8")
        return audit(self.folder / "journal.jsonl", [self.folder / "dump-1.json"], self.data_dir)


@pytest.fixture
def finished_run(app: Flask, anna: Person, county: County, settings: Settings, tmp_path: Path) -> Run:
    """One visit with a submission and a photo, all arrived."""
    store_small_checklist()
    data, photo_id, visit_id = photo_bytes(), new_id(), new_id()
    answers = submission(county.mine, visit_id)
    photo = photo_record(county.mine, photo_id, data, visit_id=visit_id)
    expected = [{"id": photo_id, "sha256": sha256(data), "size_bytes": len(data)}]
    closing = visit(county.mine, visit_id, [answers, photo], expected)
    results = anna.post("/api/sync/records", json=batch(answers, photo, closing)).json["results"]
    send(anna, data, photo_id, visit_id=visit_id)
    inspected(photo_id)
    receipt = anna.get(f"/api/visits/{visit_id}").json["receipt"]["code"]
    records = [answers, photo, closing]
    lines = [
        {"what": "visit", "phone": "1", "plan": 1, "visit_id": visit_id, "submission_id": answers["id"]},
        {"what": "answer", "submission_id": answers["id"], "path": "exit", "answer": {"result": "pass"}},
        {"what": "photo", "visit_id": visit_id, "photo_id": photo_id, "sha256": sha256(data)},
        {
            "what": "finished", "visit_id": visit_id, "photos": [{"id": photo_id, "sha256": sha256(data)}],
            "records": [{key: record[key] for key in ("id", "kind", "content_hash")} for record in records],
        },
    ]  # fmt: skip
    (tmp_path / "journal.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    dump = {
        "visits": [{"id": visit_id, "state": "finished", "receipt": receipt}],
        "records": [
            {"id": record["id"], "kind": record["kind"], "receipt": result["receipt"]["code"], "envelope": record}
            for record, result in zip(records, results, strict=True)
        ],
        "photos": [
            {
                "id": photo_id, "visit_id": visit_id, "sha256": sha256(data), "bytes_kept": True, "held_sha256": sha256(data),
                "receipt": anna.get(f"/api/evidence/photos/{photo_id}").json["receipt"]["code"],
            }
        ],
    }  # fmt: skip
    return Run(tmp_path, settings.data_dir, dump, sha256(data))


def test_sound_run_has_no_findings(finished_run: Run) -> None:
    found = finished_run.audit()

    assert (found.lost, found.duplicated, found.altered) == ([], [], [])
    assert (found.counts["visits"], found.counts["records"], found.counts["photos"], found.counts["answers"]) == (1, 3, 1, 1)


REST = """kind, visit_id, subject_id, author_id, device_id, made_at, received_at, content_hash, receipt_code, body, state, faults,
    county_code"""
COPY_OF_A_RECORD = f"""INSERT INTO record (id, {REST})
    SELECT replace(id, substr(id, 1, 8), '00000000'), {REST} FROM record WHERE kind = 'photo'"""


@pytest.mark.parametrize(
    ("damage", "kind", "words"),
    [
        (lambda run: run.sql("DELETE FROM record WHERE kind = 'submission'"), "lost", "record"),
        (lambda run: run.sql("UPDATE record SET body = replace(body, '\"pass\"', '\"fail\"')"), "altered", "answer exit"),
        (lambda run: run.sql("UPDATE record SET state = 'quarantined' WHERE kind = 'submission'"), "altered", "is quarantined"),
        (lambda run: run.sql("UPDATE visit SET complete_at = NULL"), "lost", "is not complete"),
        (lambda run: run.sql("UPDATE photo SET inspected_at = NULL"), "lost", "never inspected"),
        (lambda run: run.sql("DELETE FROM receipt"), "lost", "no receipt"),
        (lambda run: run.sql("UPDATE receipt SET code = '0000-0000-0000'"), "altered", "another receipt"),
        (lambda run: run.sql(COPY_OF_A_RECORD), "duplicated", "that no phone made"),
        (lambda run: run.photo_file.unlink(), "lost", "no file"),
        (lambda run: run.photo_file.write_bytes(b"other"), "altered", "became"),
        (lambda run: run.dump["visits"][0].update(receipt=None), "lost", "has no receipt on its phone"),
        (lambda run: run.dump["photos"][0].update(held_sha256="0" * 64), "altered", "does not have its hash"),
        (lambda run: run.dump["records"][0]["envelope"]["body"].update(answers={}), "altered", "does not have its hash"),
    ],
)  # fmt: skip
def test_damage_is_found(damage: Callable[[Run], object], kind: str, words: str, finished_run: Run) -> None:
    damage(finished_run)

    assert [sentence for sentence in getattr(finished_run.audit(), kind) if words in sentence] != []
