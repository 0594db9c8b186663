"""The audit: what phones promised and hold, against the server's database and the photo files hashed anew from disk.

Independent of the product: plain SQL, hashlib and an RFC 8785 library of its own; nothing here imports server, sync or media.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import rfc8785

from bench.durability.journal import read_journal


@dataclass
class Findings:
    """Sentences by what is wrong; all empty is what must be."""

    lost: list[str] = field(default_factory=list)
    duplicated: list[str] = field(default_factory=list)
    altered: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    @property
    def clean(self) -> bool:
        return not (self.lost or self.duplicated or self.altered)


@dataclass
class _Promised:
    """What the journal says was saved on phones; of two words about the same thing the later holds."""

    visits: dict[str, dict[str, Any]] = field(default_factory=dict)
    plans: dict[tuple[str, int], set[str]] = field(default_factory=lambda: defaultdict(set))
    submissions: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    answers: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    repeats: set[tuple[str, str, str]] = field(default_factory=set)
    hazards: dict[str, str] = field(default_factory=dict)
    photos: dict[str, str | None] = field(default_factory=dict)
    photo_visits: dict[str, str] = field(default_factory=dict)
    summaries: dict[str, str] = field(default_factory=dict)


def audit(journal: Path, dumps: list[Path], data_dir: Path) -> Findings:
    promised = _read_promises(journal)
    found = Findings()
    database = sqlite3.connect(f"file:{data_dir / 'service.sqlite'}?mode=ro", uri=True)
    database.row_factory = sqlite3.Row
    try:
        server = _Server(database, data_dir / "photos" / "objects")
        _compare_visits(promised, server, found)
        _compare_answers(promised, server, found)
        _compare_photos(promised, server, found)
        _compare_dumps(dumps, server, found)
        _look_for_strangers(promised, server, found)
        server.check_itself(found)
    finally:
        database.close()
    return found


class _Server:
    def __init__(self, database: sqlite3.Connection, objects: Path) -> None:
        self.database, self._objects = database, objects
        self.records = {_id(row["id"]): row for row in database.execute("SELECT * FROM record")}
        self.bodies = {id_: json.loads(row["body"]) for id_, row in self.records.items()}
        self.visits = {_id(row["id"]): row for row in database.execute("SELECT * FROM visit")}
        self.photos = {_id(row["id"]): row for row in database.execute("SELECT * FROM photo")}
        self.submissions = {_id(row["id"]): row for row in database.execute("SELECT * FROM submission")}
        self.receipts = {_id(id_): code for id_, code in database.execute("SELECT photo_id, code FROM receipt")}
        self._hashes: dict[str, str | None] = {}

    def file_hash(self, sha256: str) -> str | None:
        """The hash of what lies on disk under this name; None when there is no such file."""
        if sha256 not in self._hashes:
            path = self._objects / sha256[:2] / sha256
            self._hashes[sha256] = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else None
        return self._hashes[sha256]

    def check_itself(self, found: Findings) -> None:
        """Work that the faults interrupted has been done: every visit complete, every photo inspected, no note left."""
        for id_, row in self.visits.items():
            if row["complete_at"] is None:
                found.lost.append(f"visit {id_} is not complete on the server")
        for id_, row in self.photos.items():
            if row["sha256"] is not None and row["inspected_at"] is None:
                found.lost.append(f"photo {id_} was never inspected")
        for (count,) in self.database.execute("SELECT count(*) FROM outbox_note"):
            found.counts["background work left"] = count
        for id_, row in self.records.items():
            if row["state"] != "accepted":
                found.altered.append(f"record {id_} is {row['state']}: {row['faults']}")
        receipts = Counter(_id(row[0]) for row in self.database.execute("SELECT photo_id FROM receipt"))
        found.duplicated += [f"photo {id_} has {count} receipts" for id_, count in receipts.items() if count > 1]
        found.lost += [f"photo {id_} has bytes and no receipt" for id_ in self.photos if not receipts[id_]]
        for (name,) in self.database.execute("PRAGMA integrity_check"):
            if name != "ok":
                found.altered.append(f"database: {name}")


def _read_promises(journal: Path) -> _Promised:
    promised = _Promised()
    for line in read_journal(journal):
        match line["what"]:
            case "visit":
                promised.visits.setdefault(line["visit_id"], {"records": [], "photos": [], "finished": False})
                promised.plans[line["phone"], line["plan"]].add(line["visit_id"])
                promised.submissions[line["visit_id"]].add(line["submission_id"])
            case "answer":
                promised.answers[line["submission_id"], line["path"]] = line["answer"]
            case "repeat":
                promised.repeats.add((line["submission_id"], line["section"], line["key"]))
            case "hazard":
                promised.hazards[line["hazard_id"]] = line["text"]
            case "photo":
                promised.photos[line["photo_id"]] = line.get("sha256") or promised.photos.get(line["photo_id"])
                promised.photo_visits[line["photo_id"]] = line["visit_id"]
            case "details":
                promised.summaries[line["visit_id"]] = line["summary"]
            case "finished":
                visit = promised.visits.setdefault(line["visit_id"], {})
                visit |= {"records": line["records"], "photos": line["photos"], "finished": True}
    return promised


def _compare_visits(promised: _Promised, server: _Server, found: Findings) -> None:
    found.counts["visits"] = len(promised.visits)
    for visit_id, visit in promised.visits.items():
        if visit_id not in server.visits:
            found.lost.append(f"visit {visit_id} ({'finished' if visit['finished'] else 'open'} on the phone)")
        elif promised.summaries.get(visit_id) not in {None, server.bodies[visit_id].get("summary")}:
            found.altered.append(f"summary of visit {visit_id}")
        for record in visit["records"]:
            found.counts["records"] += 1
            row = server.records.get(record["id"])
            if row is None:
                found.lost.append(f"record {record['id']} ({record['kind']}) of visit {visit_id}")
            elif row["content_hash"] != record["content_hash"]:
                found.altered.append(f"record {record['id']}: another hash than the phone's")
        for photo in visit["photos"]:
            promised.photos[photo["id"]] = photo["sha256"]
            promised.photo_visits[photo["id"]] = visit_id
    for (phone, plan), ids in promised.plans.items():
        if len(ids) > 1:
            found.duplicated.append(f"plan {plan} of {phone} became {len(ids)} visits")


def _compare_answers(promised: _Promised, server: _Server, found: Findings) -> None:
    for (submission_id, path), answer in promised.answers.items():
        found.counts["answers"] += 1
        body = server.bodies.get(submission_id)
        stored = None if body is None else _answer_at(body, path)
        if stored is None:
            found.lost.append(f"answer {path} of submission {submission_id}")
        elif any(stored.get(key) != value for key, value in answer.items()):
            found.altered.append(f"answer {path} of submission {submission_id}: {answer} became {stored}")
    for submission_id, section, key in promised.repeats:
        keys = [instance["key"] for instance in server.bodies.get(submission_id, {}).get("repeats", {}).get(section, [])]
        if keys.count(key) != 1:
            (found.duplicated if key in keys else found.lost).append(f"instance {key} of submission {submission_id}")
    found_events: dict[str, list[str]] = defaultdict(list)
    for id_, body in server.bodies.items():
        if server.records[id_]["kind"] == "hazard_event" and body["kind"] == "found":
            found_events[body["hazard_id"]].append(body["description"])
    for hazard_id, text in promised.hazards.items():
        found.counts["hazards"] += 1
        texts = found_events.get(hazard_id, [])
        if not texts:
            found.lost.append(f"hazard {hazard_id}")
        elif len(texts) > 1:
            found.duplicated.append(f"hazard {hazard_id} was found {len(texts)} times")
        elif texts[0] != text:
            found.altered.append(f"hazard {hazard_id}: {text} became {texts[0]}")
    projected = {_id(row[0]): row[1] for row in server.database.execute("SELECT id, description FROM hazard")}
    found.lost += [f"hazard {id_} is not in the ledger" for id_ in promised.hazards if id_ not in projected]


def _compare_photos(promised: _Promised, server: _Server, found: Findings) -> None:
    by_hash: dict[str, list[str]] = defaultdict(list)
    for photo_id, sha256 in promised.photos.items():
        found.counts["photos"] += 1
        row = server.photos.get(photo_id)
        if row is None or row["sha256"] is None:
            found.lost.append(f"photo {photo_id} of visit {promised.photo_visits[photo_id]}")
            continue
        by_hash[row["sha256"]].append(photo_id)
        on_disk = server.file_hash(row["sha256"])
        if on_disk is None:
            found.lost.append(f"photo {photo_id}: no file")
        elif on_disk != row["sha256"] or (sha256 is not None and on_disk != sha256):
            found.altered.append(f"photo {photo_id}: {sha256} became {on_disk}")
        if row["declared_sha256"] != row["sha256"]:
            found.altered.append(f"photo {photo_id}: its record says {row['declared_sha256']}")
    found.duplicated += [f"photos {ids} are one picture" for ids in by_hash.values() if len(ids) > 1]


def _compare_dumps(dumps: list[Path], server: _Server, found: Findings) -> None:
    """What the phones still hold: everything with a receipt is on the server, everything without is a promise broken."""
    for path in dumps:
        held = json.loads(path.read_text("utf-8"))
        for visit in held["visits"]:
            if visit["receipt"] is None:
                found.lost.append(f"visit {visit['id']} has no receipt on its phone ({visit['state']})")
            elif visit["id"] not in server.visits or visit["receipt"] != server.visits[visit["id"]]["receipt_code"]:
                found.altered.append(f"visit {visit['id']}: its phone has another receipt")
        received = {visit["id"] for visit in held["visits"] if visit["receipt"] is not None}
        for record in held["records"]:
            envelope = dict(record["envelope"])
            claimed = envelope.pop("content_hash")
            if hashlib.sha256(rfc8785.dumps(envelope)).hexdigest() != claimed:
                found.altered.append(f"record {record['id']} on its phone does not have its hash")
            row = server.records.get(record["id"])
            if row is None:
                found.lost.append(f"record {record['id']} ({record['kind']}) is only on its phone")
            elif row["content_hash"] != claimed or server.bodies[record["id"]] != envelope["body"]:
                found.altered.append(f"record {record['id']}: the server's body is another")
            elif record["receipt"] != row["receipt_code"]:
                found.altered.append(f"record {record['id']}: its phone has another receipt")
        for photo in held["photos"]:
            if not photo["bytes_kept"] and photo["visit_id"] not in received:
                found.lost.append(f"photo {photo['id']} was deleted before its visit had a receipt")
            if photo["held_sha256"] not in {None, photo["sha256"]}:
                found.altered.append(f"photo {photo['id']} on its phone does not have its hash")
            row = server.photos.get(photo["id"])
            if row is None or row["sha256"] != photo["sha256"]:
                found.lost.append(f"photo {photo['id']} is only on its phone")
            elif photo["receipt"] != server.receipts.get(photo["id"]):
                found.altered.append(f"photo {photo['id']}: its phone has another receipt")


def _look_for_strangers(promised: _Promised, server: _Server, found: Findings) -> None:
    """Nothing on the server that no phone finished: a record, visit or photo more is a duplicate of something."""
    expected = {record["id"] for visit in promised.visits.values() for record in visit["records"]}
    found.duplicated += [
        f"record {id_} ({row['kind']}) that no phone made" for id_, row in server.records.items() if id_ not in expected
    ]
    found.duplicated += [f"visit {id_} that no phone made" for id_ in server.visits if id_ not in promised.visits]
    found.duplicated += [f"photo {id_} that no phone took" for id_ in server.photos if id_ not in promised.photos]
    per_visit = Counter(_id(row["visit_id"]) for row in server.submissions.values())
    for visit_id, count in per_visit.items():
        if count != len(promised.submissions[visit_id]) or count > 1:
            found.duplicated.append(f"visit {visit_id} has {count} submissions")


def _answer_at(body: dict[str, Any], path: str) -> dict[str, Any] | None:
    if "[" not in path:
        return body["answers"].get(path)
    section, _, rest = path.partition("[")
    instance_id, _, item = rest.partition("].")
    instances = [each for each in body["repeats"].get(section, []) if each["id"] == instance_id]
    return instances[0]["answers"].get(item) if instances else None


def _id(value: str) -> str:
    """SQLite keeps UUIDs as 32 hexadecimal digits."""
    text = value.replace("-", "")
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
