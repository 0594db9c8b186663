"""The whole chain: what a visit, its photos, a list, the feed and the figures cost from the socket to the last job's end.

    python -m bench.chain                          everything, writes results/chain.md (about 25 minutes on two idle cores)
    python -m bench.chain --minutes 11             the same, smaller, without a million rows; says what it had no time for
    python -m bench.chain --setup run-sqlite --part visits --part photos --quick

Method: each set-up is started as users start it (`python -m server run`, or the services of compose.yaml as processes of this
machine, PostgreSQL with fsync) and measured from outside. Cost is user and system time of all processes of the set-up, web,
workers, relay, queue and database, from the kernel's counters (10 ms steps), from the first byte sent until the outbox is
empty, less what the same processes use in the same time when nothing happens. It is given as a multiple of the **bare view**:
a Flask view under gunicorn that parses the same body and commits one row to SQLite with fsync, measured in blocks that
alternate with ours; figures are medians over blocks. Clients run on the same two cores and are not counted. Ours and the bare
view answer one keep-alive connection unless said otherwise.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import math
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import orjson
from PIL import Image

from bench import clients
from bench.clients import JSON, Connection, at_once, bearer, burst, health_watched, median, percentile, slow_uploads
from bench.filling import Filler
from bench.installation import SETUPS, Installation, open_setup
from bench.lists import LISTS
from bench.rebuild import bare_aggregation_cost_s, rebuild_cost_s
from bench.records import County, Phone, Photo, prepare_county, upload_headers
from bench.report import Table, write_report
from bench.web import Web, serve
from media.derivatives import DISPLAY_EDGE_PX, DISPLAY_QUALITY, THUMBNAIL_EDGE_PX, THUMBNAIL_QUALITY
from server import clock
from server.demo.pictures import draw_hazard

BARE_REQUESTS = 300
PHOTO_SIZE = (1280, 960)
PAGE_1000 = 20_000


@dataclass(frozen=True)
class Size:
    """How much of everything; ``--quick`` takes less and says less."""

    blocks: int = 4
    visits: int = 200
    photo_visits: int = 15
    latency_pushes: int = 800
    burst_pushes: int = 500
    slow_uploads: int = 2000
    slow_s: int = 20
    few: int = 10_000
    many: int = 100_000
    most: int = 1_000_000
    list_requests: int = 20
    feed_s: float = 20.0
    # Computing all figures anew takes as long as there are subjects.
    rebuild_among_few: bool = False


SHORT = Size(blocks=3, visits=100, photo_visits=8, latency_pushes=400, slow_s=15, many=100_000, most=0, list_requests=8,
             feed_s=8.0, rebuild_among_few=True)  # fmt: skip
QUICK = Size(blocks=2, visits=60, photo_visits=5, latency_pushes=160, burst_pushes=100, slow_uploads=200, slow_s=10,
             few=2_000, many=20_000, most=50_000, list_requests=5, feed_s=5.0)  # fmt: skip


@dataclass
class Results:
    """Cells by what was measured and set-up; rows keep the order in which they were first measured."""

    rows: dict[str, tuple[str, dict[str, str]]] = field(default_factory=dict)

    def add(self, what: str, target: str, setup: str, cell: str) -> None:
        self.rows.setdefault(what, (target, {}))[1][setup] = cell
        print(f"  {setup:24} {what}: {cell}   (target {target or '–'})", flush=True)

    def table(self, setups: Sequence[str]) -> Table:
        table = Table("What", "target", *setups)
        for what, (target, cells) in self.rows.items():
            table.add(what, target, *(cells.get(setup, "") for setup in setups))
        return table


@dataclass
class Bench:
    """One set-up under measurement, with the bare view beside it."""

    installation: Installation
    county: County
    web: Web
    size: Size
    results: Results
    phone: Phone
    bare_ms: list[float] = field(default_factory=list)
    # time.monotonic() after which no part begins.
    until: float = math.inf

    @property
    def port(self) -> int:
        return self.installation.port

    def cost_ms(self, work: Callable[[], object], count: int, *, to_the_end: bool = True) -> float:
        """CPU milliseconds of the whole set-up per piece, idle cost subtracted."""
        before, started = self.installation.usage(), time.monotonic()
        work()
        if to_the_end:
            self.installation.wait_until_done()
        used, seconds = self.installation.usage() - before, time.monotonic() - started
        return (used.cpu_s - self.installation.idle_cpu_per_s * seconds) * 1000 / count

    def measure_bare(self) -> float:
        """CPU milliseconds of one bare view, now; its body is that of a pushed visit."""
        bodies = [self.phone.body(self.phone.visit()) for _ in range(20)]
        connection = Connection(self.web.port)
        before = self.web.cpu_s()
        for number in range(BARE_REQUESTS):
            connection.send("POST", "/rows", {"Content-Type": JSON}, bodies[number % 20])
        ms = (self.web.cpu_s() - before) * 1000 / BARE_REQUESTS
        connection.close()
        self.bare_ms.append(ms)
        return ms

    def add(self, what: str, target: str, cell: str) -> None:
        self.results.add(what, target, self.installation.name, cell)

    def ratio(self, what: str, target: str, blocks: Sequence[tuple[float, float]]) -> None:
        """``blocks`` are (ours, bare) in milliseconds."""
        multiple = median([ours / bare for ours, bare in blocks])
        self.add(what, target, f"{multiple:.2f} ({median([ours for ours, _ in blocks]):.2f} ms)")


def visits(bench: Bench) -> None:
    """One visit of 40 answers a request, then ten; without and with a hazard."""
    count = bench.size.visits
    for hazard in (False, True):
        single, batched = [], []
        for _ in range(bench.size.blocks):
            bodies = [bench.phone.body(bench.phone.visit(hazard=hazard)) for _ in range(count)]
            tens = [
                bench.phone.body([record for _ in range(10) for record in bench.phone.visit(hazard=hazard)])
                for _ in range(count // 10)
            ]
            bare = bench.measure_bare()
            single.append((bench.cost_ms(lambda bodies=bodies: _push_all(bench, bodies), count), bare))  # type: ignore[misc]
            batched.append((bench.cost_ms(lambda bodies=tens: _push_all(bench, bodies), count), bare))  # type: ignore[misc]
        with_it = " with a hazard" if hazard else ""
        sqlite = "SQLite" in bench.installation.name
        bench.ratio(f"a visit{with_it}", ("3" if sqlite else "4.5") if hazard else ("2.5" if sqlite else "3.5"), single)
        bench.ratio(f"a visit{with_it}, in batches of ten", "1" if sqlite else "1.5", batched)


def photos(bench: Bench) -> None:
    """A visit with three photos: what comes in with the workers halted, then what the workers do with it."""
    count = bench.size.photo_visits
    intake, inspection, plain = [], [], []
    disk: list[float] = []
    for _ in range(bench.size.blocks):
        made = [[bench.phone.photo(_picture()) for _ in range(3)] for _ in range(count)]
        bodies = [bench.phone.body(bench.phone.visit(photos=three)) for three in made]
        bare = bench.measure_bare()
        with bench.installation.workers_halted():
            cost = bench.cost_ms(lambda m=made, b=bodies: _send_visits(bench, m, b), count, to_the_end=False)  # type: ignore[misc]
            intake.append((cost, bare))
            alone = [bench.phone.photo(_picture()) for _ in range(3 * count)]
            written = bench.installation.usage().written_bytes
            _upload_all(bench, alone)
            written = bench.installation.usage().written_bytes - written
            disk.append(written / sum(len(photo.data) for photo in alone))
        # Of these photos half wait for a record that never comes; they are inspected all the same.
        cost = bench.cost_ms(lambda: None, 6 * count)
        plain.append(_plain_inspection_ms([photo.data for photo in alone]))
        inspection.append((cost, plain[-1]))
    sqlite = "SQLite" in bench.installation.name
    bench.ratio("intake of a visit with three photos", "6" if sqlite else "9", intake)
    bench.add("bytes written per byte of a photo", "1.1", f"{median(disk):.2f}")
    multiple = median([ours / bare for ours, bare in inspection])
    bench.add(
        "inspection of a photo ÷ one decode and its encodes", "1.5",
        f"{multiple:.2f} ({median([ours for ours, _ in inspection]):.1f} ÷ {median(plain):.1f} ms)",
    )  # fmt: skip


def latency(bench: Bench) -> None:
    """Sixteen clients, each pushing one visit after the other."""
    bodies = [bench.phone.body(bench.phone.visit(hazard=number % 4 == 0)) for number in range(bench.size.latency_pushes)]
    started = time.perf_counter()
    taken = at_once(bench.port, bench.county.inspector_token, bodies, 16)
    rate = len(bodies) / (time.perf_counter() - started)
    bench.installation.wait_until_done()
    p50, p99 = percentile(taken, 0.5), percentile(taken, 0.99)
    bench.add("16 clients: p99 ÷ p50", "5", f"{p99 / p50:.1f} ({p99:.0f} ÷ {p50:.0f} ms, {rate:.0f} visits/s)")
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_DIR")) as folder:
        fsync = _plain_fsync_ms(Path(folder), bodies[:100])
    one = at_once(bench.port, bench.county.inspector_token, [bench.phone.body(bench.phone.visit()) for _ in range(60)], 1)
    bench.installation.wait_until_done()
    p50 = percentile(one, 0.5)
    bench.add("one client: wall ÷ plain write with fsync", "", f"{p50 / fsync:.1f} ({p50:.1f} ÷ {fsync:.1f} ms)")


def crowd(bench: Bench) -> None:
    """All phones at the same moment, and very many slow ones, with /healthz watched."""
    bodies = [bench.phone.body(bench.phone.visit()) for _ in range(bench.size.burst_pushes)]
    with health_watched(bench.port) as health:
        seen = burst(bench.port, bench.county.inspector_token, bodies)
    bench.installation.wait_until_done()
    bench.add(
        f"{len(bodies)} pushes at once: /healthz p99", "50 ms",
        f"{health.p(0.99):.0f} ms, {health.failures} failed; {_answers(seen)} in {seen.seconds:.1f} s",
    )  # fmt: skip
    count, seconds = bench.size.slow_uploads, bench.size.slow_s
    photos = [bench.phone.photo(b"\xff\xd8\xff\xe0" + random.randbytes(1000 * seconds - 4)) for _ in range(count)]
    uploads = [(upload_headers(bench.county.inspector_token, photo), photo.data) for photo in photos]
    with health_watched(bench.port) as health:
        before, started = bench.installation.usage(), time.monotonic()
        seen = slow_uploads(bench.port, uploads, bytes_per_s=1000, timeout_s=seconds + 60)
        used, took = bench.installation.usage() - before, time.monotonic() - started
    piece = (used.cpu_s - bench.installation.idle_cpu_per_s * took) * 1000 / (count * seconds)
    bench.add(
        f"{count} uploads at 1 kB/s: /healthz p99", "50 ms",
        f"{health.p(0.99):.0f} ms, {health.failures} failed; {_answers(seen)}; {piece:.2f} ms CPU per kB piece; "
        f"{bench.installation.memory_mb():.0f} MB",
    )  # fmt: skip
    bench.installation.wait_until_done(600)


def lists(bench: Bench, rows: int, target: str) -> None:
    """The first page of each list, and of the large ones page 1000, reached by its cursor."""
    bare = median([bench.measure_bare() for _ in range(2)])
    ratios = {name: _get_cost_ms(bench, path) / bare for name, path in LISTS.items()}
    worst = max(ratios, key=lambda name: ratios[name])
    shown = "; ".join(f"{name} {ratio:.1f}" for name, ratio in sorted(ratios.items(), key=lambda entry: -entry[1])[:8])
    bench.add(f"dearest list page beside {rows:,} rows", target, f"{ratios[worst]:.1f} ({shown})")
    for name in ("visits", "hazards by deadline"):
        far = _get_cost_ms(bench, _far_page(bench, LISTS[name], min(PAGE_1000, rows // 2)))
        first = _get_cost_ms(bench, f"{LISTS[name]}{_joint(LISTS[name])}page_size=20")
        bench.add(f"{name} beside {rows:,} rows: page 1000 ÷ page 1", "1", f"{far / first:.2f} ({far:.2f} ÷ {first:.2f} ms)")


def _far_page(bench: Bench, path: str, rows: int) -> str:
    """The address of a page of 20 after so many rows."""
    connection, cursor = Connection(bench.port), ""
    for _ in range(rows // 200):
        page = f"{path}{_joint(path)}page_size=200&cursor={cursor}"
        cursor = json.loads(connection.send("GET", page, bearer(bench.county.office_token)))["next"]
    connection.close()
    return f"{path}{_joint(path)}page_size=20&cursor={cursor}"


def _joint(path: str) -> str:
    return "&" if "?" in path else "?"


def feed(bench: Bench) -> None:
    """A new phone pulls everything that is the inspector's."""
    bare = median([bench.measure_bare() for _ in range(2)])
    connection, cursor, changes = Connection(bench.port), "", 0
    until = time.monotonic() + bench.size.feed_s

    def pull() -> None:
        nonlocal cursor, changes
        more = True
        while more and time.monotonic() < until:
            answer = json.loads(
                connection.send("GET", f"/api/sync/changes?limit=500&cursor={cursor}", bearer(bench.county.inspector_token))
            )
            cursor, more = answer["cursor"], answer["more"]
            changes += len(answer["changes"])

    cost = bench.cost_ms(pull, 1)
    connection.close()
    bench.add("feed, per change", "0.1", f"{cost / changes / bare:.3f} ({cost / changes:.3f} ms, {changes:,} changes)")


def rebuild(bench: Bench) -> None:
    """All figures anew, beside one aggregation in SQL of the same facts."""
    ours, subjects = rebuild_cost_s(bench.installation)
    bare = bare_aggregation_cost_s(bench.installation)
    bench.add("full rebuild ÷ one bare aggregation", "3", f"{ours / bare:.1f} ({ours:.1f} ÷ {bare:.2f} s, {subjects:,} subjects)")


def growth(bench: Bench) -> tuple[float, float]:
    """(ours, bare) of a pushed visit, to be compared between small and large tables."""
    blocks = []
    for _ in range(bench.size.blocks):
        bodies = [bench.phone.body(bench.phone.visit(hazard=True)) for _ in range(bench.size.visits)]
        bare = bench.measure_bare()
        blocks.append((bench.cost_ms(lambda b=bodies: _push_all(bench, b), len(bodies)), bare))  # type: ignore[misc]
    return median([ours for ours, _ in blocks]), median([bare for _, bare in blocks])


PARTS = ("visits", "photos", "latency", "crowd", "lists", "feed", "rebuild", "growth")
# How it was started makes no difference to a query; the database does.
ONLY_ONCE_PER_DATABASE = {"lists", "feed", "rebuild", "growth"}
# Of the time that there is.
SHARES = {"run-sqlite": 5, "run-postgresql": 5, "compose": 2}


def run_setup(name: str, parts: set[str], size: Size, results: Results, until: float) -> str:
    """Measures one set-up; returns its title."""
    if name == "compose":
        parts = parts - ONLY_ONCE_PER_DATABASE
    with _bench(name, size, results) as bench, contextlib.ExitStack() as stack:
        bench.until = until
        say(f"{bench.installation.name}: {parts_text(parts)}")
        _warm_up(bench)
        filler = Filler(bench.installation.settings, bench.county.model)
        stack.callback(filler.close)
        if parts & {"visits", "photos", "latency", "crowd", "growth"} or size.rebuild_among_few:
            _fill(bench, filler, size.few)
        bench.installation.measure_idle()
        bench.add("idle, ms of CPU a second", "", f"{bench.installation.idle_cpu_per_s * 1000:.1f}")
        for part in (visits, photos, latency, crowd):
            if part.__name__ in parts:
                _tried(bench, part.__name__, lambda part=part: part(bench))  # type: ignore[misc]
        if "rebuild" in parts and size.rebuild_among_few:
            _tried(bench, "rebuild", lambda: rebuild(bench))
        small = growth(bench) if "growth" in parts and size.most else None
        if parts & {"lists", "feed", "rebuild"}:
            if time.monotonic() < bench.until:
                _fill(bench, filler, size.many)
                bench.installation.measure_idle()
            if "lists" in parts:
                _tried(bench, "lists", lambda: lists(bench, size.many, "10"))
            if "feed" in parts:
                _tried(bench, "feed", lambda: feed(bench))
            if "rebuild" in parts and not size.rebuild_among_few:
                _tried(bench, "rebuild", lambda: rebuild(bench))
        if parts & {"lists", "growth"} and size.most:
            _fill(bench, filler, size.most)
            bench.installation.measure_idle()
            if "lists" in parts:
                _tried(bench, "lists", lambda: lists(bench, size.most, "12"))
            if small is not None:
                large = growth(bench)
                change = (large[0] / large[1]) / (small[0] / small[1])
                bench.add(
                    f"a visit beside {size.most:,} rows ÷ beside {size.few:,}", "1.1",
                    f"{change:.2f} ({large[0]:.2f} ÷ {small[0]:.2f} ms)",
                )  # fmt: skip
        bench.add("the bare view, ms of CPU", "1 ×", f"{median(bench.bare_ms):.2f}" if bench.bare_ms else "")
        return bench.installation.name


def _fill(bench: Bench, filler: Filler, rows: int) -> None:
    started = time.monotonic()
    filler.fill_to(rows)
    bench.installation.wait_until_done(900)
    say(f"filled to {rows:,} rows in {time.monotonic() - started:.0f} s")


def _warm_up(bench: Bench) -> None:
    """Everything once: processes have their caches, and the rows that are multiplied later exist. None of it is measured."""
    pictures = [bench.phone.photo(_picture())]
    _upload_all(bench, pictures)
    _push_all(bench, [bench.phone.body(bench.phone.visit(hazard=True, photos=pictures, place=0))])
    connection = Connection(bench.port)
    answer = connection.send(
        "POST", "/api/sync/records", bearer(bench.county.inspector_token), bench.phone.body([bench.phone.unfitting()])
    )
    if b'"quarantined"' not in answer:
        raise RuntimeError(repr(answer[:500]))
    order = {"kind": "town_comparison", "format": "json", "period": "2026"}
    connection.send("POST", "/api/downloads", bearer(bench.county.office_token), orjson.dumps(order), expected=202)
    connection.close()
    _push_all(bench, [bench.phone.body(bench.phone.visit(hazard=number % 2 == 0)) for number in range(100)])
    bench.installation.wait_until_done()


def _tried(bench: Bench, part: str, run: Callable[[], None]) -> None:
    """One part that cannot be measured does not cost the others."""
    started = time.monotonic()
    if started > bench.until:
        bench.add(f"{part}", "", "no time was left for it")
        return
    try:
        run()
    except (RuntimeError, OSError) as error:
        bench.add(f"{part} could not be measured", "", str(error)[:200])
    say(f"{part}: {time.monotonic() - started:.0f} s")


@contextlib.contextmanager
def _bench(name: str, size: Size, results: Results) -> Iterator[Bench]:
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_DIR"), prefix="bare-") as folder, open_setup(name) as installation:
        county = prepare_county(installation.settings)
        with serve("bench.bare:app", {"BARE_DATABASE": f"{folder}/bare.sqlite"}) as web:
            yield Bench(installation, county, web, size, results, Phone(county, seed=random.randrange(1, 1000)))


def _push_all(bench: Bench, bodies: Sequence[bytes]) -> None:
    connection = Connection(bench.port)
    for body in bodies:
        connection.push(body, bench.county.inspector_token)
    connection.close()


def _send_visits(bench: Bench, made: Sequence[Sequence[Photo]], bodies: Sequence[bytes]) -> None:
    """As a phone does: photos go up while the form is filled in, then the records."""
    for three, body in zip(made, bodies, strict=True):
        _upload_all(bench, three)
        _push_all(bench, [body])


def _upload_all(bench: Bench, photos: Sequence[Photo]) -> None:
    connection = Connection(bench.port)
    for photo in photos:
        connection.send("POST", clients.UPLOADS, upload_headers(bench.county.inspector_token, photo), photo.data, expected=201)
    connection.close()


def _get_cost_ms(bench: Bench, path: str) -> float:
    connection, token, path = Connection(bench.port), bench.county.office_token, quote(path, safe="/?&=,")
    for _ in range(2):
        connection.send("GET", path, bearer(token))

    def work() -> None:
        for _ in range(bench.size.list_requests):
            connection.send("GET", path, bearer(token))

    cost = bench.cost_ms(work, bench.size.list_requests, to_the_end=False)
    connection.close()
    return cost


_chance = random.Random(7)
_scenes: list[Image.Image] = []
_exif: list[bytes] = []


def _picture() -> bytes:
    """A 1.2-megapixel JPEG with a phone's EXIF, different each time."""
    if not _scenes:
        for _ in range(4):
            drawn = draw_hazard(_chance, "量测", taken_at=clock.now(), position=(112.9, 35.6), after=False)
            image = Image.open(io.BytesIO(drawn.data))
            _exif.append(image.getexif().tobytes())
            _scenes.append(image.resize(PHOTO_SIZE))
    image = _scenes[_chance.randrange(4)].copy()
    patch = Image.effect_noise((320, 240), 90).convert("RGB").resize((640, 480))
    image.paste(patch, (_chance.randrange(600), _chance.randrange(440)))
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=85, exif=_exif[0])
    return buffer.getvalue()


def _plain_inspection_ms(data: Sequence[bytes]) -> float:
    """One decode and the encodes of the copies that are kept, with nothing around them."""
    started = time.process_time()
    for photo in data:
        image = Image.open(io.BytesIO(photo))
        image.load()
        for edge, quality in ((DISPLAY_EDGE_PX, DISPLAY_QUALITY), (THUMBNAIL_EDGE_PX, THUMBNAIL_QUALITY)):
            copy = image
            if max(image.size) > edge:
                copy = image.resize((edge, round(edge * image.height / image.width)), Image.Resampling.LANCZOS)
            copy.save(io.BytesIO(), "JPEG", quality=quality, progressive=True, optimize=True)
    return (time.process_time() - started) * 1000 / len(data)


def _plain_fsync_ms(folder: Path, bodies: Sequence[bytes]) -> float:
    """Median wall milliseconds of writing a visit's bytes to the end of a file with fsync."""
    taken = []
    handle = os.open(folder / "plain", os.O_CREAT | os.O_WRONLY | os.O_APPEND)
    for body in bodies:
        started = time.perf_counter()
        os.write(handle, body)
        os.fsync(handle)
        taken.append((time.perf_counter() - started) * 1000)
    os.close(handle)
    return median(taken)


def _answers(seen: clients.Crowd) -> str:
    return ", ".join(f"{count} × {status}" for status, count in sorted(seen.answers.items()))


def parts_text(parts: set[str]) -> str:
    return ", ".join(part for part in PARTS if part in parts)


def say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", flush=True)


def main(arguments: Sequence[str] = ()) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.chain", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--setup", action="append", choices=list(SETUPS), help="measure only this set-up (may be repeated)")
    parser.add_argument("--part", action="append", choices=PARTS, help="measure only this part (may be repeated)")
    parser.add_argument("--quick", action="store_true", help="less of everything, for a look while working")
    parser.add_argument("--minutes", type=float, help="about how long it may take; less than a million rows, and kept as well")
    chosen = parser.parse_args(arguments)
    whole = not (chosen.setup or chosen.part or chosen.quick)
    size = QUICK if chosen.quick else SHORT if chosen.minutes else Size()
    results, titles, started = Results(), [], time.monotonic()
    setups = list(chosen.setup or SETUPS)
    shares = [SHARES[name] for name in setups]
    for number, name in enumerate(setups, 1):
        until = started + chosen.minutes * 60 * sum(shares[:number]) / sum(shares) if chosen.minutes else math.inf
        titles.append(run_setup(name, set(chosen.part or PARTS), size, results, until))
    table = results.table(titles)
    say(f"took {(time.monotonic() - started) / 60:.1f} minutes")
    if whole:
        write_report("chain", (__doc__ or "").partition("Method: ")[2], table)
    else:
        print(table.markdown())


if __name__ == "__main__":
    main(sys.argv[1:])
