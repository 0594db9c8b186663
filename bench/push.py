"""Sync pushes: CPU and throughput of POST /api/sync/records with a 40-item submission, beside a bare Flask view.

Method: one gunicorn worker (gthread) for each, same SQLite pragmas, same body size, one keep-alive connection. Blocks of
requests alternate between the two servers; the figures are medians over blocks, the ratio is taken block by block.
CPU is user + system time of the server's processes from the kernel. A push of one submission is one request; the second
figure pushes twenty per request, as a phone that was offline does.
"""

from __future__ import annotations

import http.client
import json
import random
import statistics
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import forms
from bench.report import Table, write_report
from bench.web import Web, serve
from server.app import create_app
from server.checklists.service import current_versions
from server.db import transaction
from server.demo.county import add_county
from server.demo.filling import fill
from server.demo.history import _envelope, _uuid
from server.prepare import prepare_data
from server.settings import Settings

BLOCKS = 7
REQUESTS = 150
BATCH = 20


@dataclass(frozen=True)
class Block:
    wall_ms: float
    cpu_ms: float


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder) / "data")
        token, make = _prepare(settings)
        environment = {
            "DATA_DIR": str(settings.data_dir),
            "BARE_DATABASE": f"{folder}/bare.sqlite",
            "REDIS_URL": "redis://127.0.0.1:1",
        }
        with serve("server.wsgi:app", environment) as ours, serve("bench.bare:app", environment) as bare:
            headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
            single: list[Block] = []
            batched: list[Block] = []
            yard: list[Block] = []
            _run(ours, "/api/sync/records", [make(1) for _ in range(20)], headers)
            _run(bare, "/rows", [make(1) for _ in range(20)], headers)
            for _ in range(BLOCKS):
                single.append(_run(ours, "/api/sync/records", [make(1) for _ in range(REQUESTS)], headers))
                yard.append(_run(bare, "/rows", [make(1) for _ in range(REQUESTS)], headers))
                batched.append(_run(ours, "/api/sync/records", [make(BATCH) for _ in range(10)], headers))
    _report(single, batched, yard)


def _prepare(settings: Settings) -> tuple[str, Any]:
    prepare_data(settings)
    app = create_app(settings)
    chance = random.Random(1)
    with app.app_context():
        from server import clock
        from server.accounts.service import sign_in
        from server.demo.accounts import DEMO_PASSWORD, INSPECTOR

        now = clock.now()
        versions = {version.sector: version for version in current_versions() if version.sector}
        with transaction():
            county = add_county(chance, clock.county_date(now), {k: v.document["profile"] for k, v in versions.items()})
        signed = sign_in(INSPECTOR, DEMO_PASSWORD, "", 1, now)
        subject = next(s for s in county.subjects if county.officers[s.id] == signed.user.id and "fire_safety" in s.sectors)
        version = versions["fire_safety"]
        checklist = forms.load_checklist(version.document, version.hash)
        answers = fill(checklist, subject.profile, chance, fail_rate=0.03)
        answered = len(answers["answers"])
        db_subject = subject

    def make(count: int) -> bytes:
        records = []
        for _ in range(count):
            body = {
                "checklist": {"id": version.checklist_id, "version": version.version, "hash": version.hash},
                **answers,
                "revises": None,
                "finished_at": now.isoformat(timespec="milliseconds"),
            }
            records.append(_envelope("submission", _uuid(chance), db_subject, now, body, identifier=_uuid(chance)))
        return json.dumps(
            {"device_id": "bench", "device_time": now.isoformat(timespec="milliseconds"), "records": records}
        ).encode()

    print(f"submission of {answered} answered items, {len(make(1))} bytes")
    return signed.token, make


def _run(web: Web, path: str, bodies: list[bytes], headers: dict[str, str]) -> Block:
    connection = http.client.HTTPConnection("127.0.0.1", web.port, timeout=60)
    cpu, wall = web.cpu_s(), time.perf_counter()
    for body in bodies:
        connection.request("POST", path, body, headers)
        response = connection.getresponse()
        answer = response.read()
        if response.status != 200 or b'"refused"' in answer or b'"quarantined"' in answer:
            raise RuntimeError(f"{response.status} {answer[:500]!r}")
    block = Block((time.perf_counter() - wall) * 1000 / len(bodies), (web.cpu_s() - cpu) * 1000 / len(bodies))
    connection.close()
    return block


def _report(single: list[Block], batched: list[Block], yard: list[Block]) -> None:
    def median(values: list[float]) -> float:
        return statistics.median(values)

    table = Table("What", "CPU ms", "wall ms", "per second", "CPU ÷ bare view")
    base = median([block.cpu_ms for block in yard])
    table.add("bare Flask view, one row", f"{base:.2f}", f"{median([b.wall_ms for b in yard]):.2f}",
              f"{1000 / median([b.wall_ms for b in yard]):.0f}", "1")  # fmt: skip
    ratio = median([ours.cpu_ms / bare.cpu_ms for ours, bare in zip(single, yard, strict=True)])
    table.add("push of one submission", f"{median([b.cpu_ms for b in single]):.2f}", f"{median([b.wall_ms for b in single]):.2f}",
              f"{1000 / median([b.wall_ms for b in single]):.0f}", f"{ratio:.2f}")  # fmt: skip
    ratio = median([ours.cpu_ms / BATCH / bare.cpu_ms for ours, bare in zip(batched, yard, strict=True)])
    cpu = median([b.cpu_ms for b in batched]) / BATCH
    wall = median([b.wall_ms for b in batched]) / BATCH
    table.add(f"each of {BATCH} in one push", f"{cpu:.2f}", f"{wall:.2f}", f"{1000 / wall:.0f}", f"{ratio:.2f}")
    write_report("push", __doc__ or "", table)


if __name__ == "__main__":
    main()
