"""One run from the first sign-in to the audit: phones side by side, a machine under them, faults from the plans.

Everything that a report needs lies in the run's folder, so that a run which was broken off can be judged as well.
"""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
import subprocess
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from bench.durability.audit import Findings, audit
from bench.durability.journal import Journal, read_journal
from bench.durability.machine import Machine
from bench.durability.phone import Phone, PhoneStuck
from bench.durability.plans import KINDS, Fault, Plan, draw_fault, draw_plan
from bench.durability.proxy import FaultyProxy
from server.demo.accounts import INSPECTOR
from tests.e2e.service import ROOT, wait_for

ACCOUNTS = [INSPECTOR, *(f"{INSPECTOR}{number:02}" for number in range(1, 12))]
CLIENT = ROOT / "client"
# What GPRS gives on a good day.
SLOW_BYTES_PER_S = 5_000


@dataclass(frozen=True)
class Options:
    """``folder`` is used up: profiles, data and the journal lie there afterwards."""

    folder: Path
    chromium: str
    node: str
    visits: int
    seed: int = 1
    phones_at_once: int = 2
    visits_per_phone: int = 40
    faults_per_visit: float = 1.3
    by_hand_share: float = 0.06
    # Every kind this often at least, whatever the dice say.
    each_kind_at_least: int = 0
    # Work that a fault interrupted is due again after its time limit, with a new queue at once.
    new_queue_at_end: bool = False
    minutes: float = 24 * 60
    disk_bytes: int = 3_000_000_000
    pictures: Path | None = None
    client_dir: Path = CLIENT / "dist"


@dataclass
class Outcome:
    """``unsettled``: phones that could not deliver everything. ``stuck``: visits that could not be brought to their end."""

    findings: Findings
    options: dict[str, Any] = field(default_factory=dict)
    faults: Counter[str] = field(default_factory=Counter)
    seconds: float = 0
    phones: int = 0
    visits_by_hand: int = 0
    unsettled: list[dict[str, Any]] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)
    disk_substitute: str = ""
    seen: Counter[str] = field(default_factory=Counter)

    @property
    def good(self) -> bool:
        return self.findings.clean and not self.unsettled and not self.stuck


def run(options: Options, say: Callable[[str], None] = print) -> Outcome:
    options.folder.mkdir(parents=True)
    journal = Journal(options.folder / "journal.jsonl")
    # Others may build the client anew while this runs; phones must not see the app change under them.
    client_dir = options.folder / "client"
    shutil.copytree(options.client_dir, client_dir)
    page_files = options.folder / "page"
    build_page(options.node, page_files)
    machine = Machine(options.folder, client_dir, journal, options.disk_bytes)
    journal.note("begun", options=asdict(options), disk_substitute=machine.disk.substitute_because)
    try:
        machine.start()
        proxy = FaultyProxy(machine.service.port, page_files, journal.fault)
        try:
            _Town(options, machine, proxy, journal, say).work()
            wait_for(machine.is_whole, 60, what="all parts of the service run again")
            if options.new_queue_at_end:
                machine.renew_queue()
            _wait_for_background_work(machine)
        finally:
            proxy.close()
            machine.stop()
            journal.close()
        return outcome_of(options.folder)
    finally:
        machine.release()


def outcome_of(folder: Path) -> Outcome:
    """The audit of what lies in the folder, also of a run that was broken off or is still going on."""
    outcome = Outcome(audit(folder / "journal.jsonl", sorted(folder.glob("dump-*.json")), folder / "data"))
    for line in read_journal(folder / "journal.jsonl"):
        outcome.seconds = line.pop("at_s")
        match line.pop("what"):
            case "begun":
                outcome.options, outcome.disk_substitute = line["options"], line["disk_substitute"]
            case "fault":
                outcome.faults[line["kind"]] += 1
            case "phone":
                outcome.phones += 1
            case "by_hand":
                outcome.visits_by_hand += 1
            case "unsettled":
                outcome.unsettled.append(line)
            case "stuck":
                outcome.stuck.append(line["error"])
            case other:
                outcome.seen[other] += 1
    return outcome


def build_page(node: str, target: Path) -> None:
    """The bench's module, built from the client's sources by the client's own build tool."""
    command = [
        node, str(CLIENT / "node_modules/vite/bin/vite.js"), "build", "--config", "bench/durability/page/vite.config.mjs",
        "--outDir", str(target),
    ]  # fmt: skip
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr + done.stdout)


class _Town:
    """Deals visits out to phones, each on a thread of its own, and lets the faults of their plans happen."""

    def __init__(
        self, options: Options, machine: Machine, proxy: FaultyProxy, journal: Journal, say: Callable[[str], None]
    ) -> None:
        self._options, self._machine, self._proxy, self._journal, self._say = options, machine, proxy, journal, say
        self._done = 0
        self._lock = threading.Lock()
        self._ends_at = time.monotonic() + options.minutes * 60
        self._phones = -(-options.visits // options.visits_per_phone)
        share, more = divmod(options.visits, self._phones)
        self._waiting = [(number, share + (number < more)) for number in range(self._phones)]

    def work(self) -> None:
        threads = [threading.Thread(target=self._work_on_phones) for _ in range(self._options.phones_at_once)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _work_on_phones(self) -> None:
        while True:
            with self._lock:
                if not self._waiting or time.monotonic() > self._ends_at:
                    return
                number, visits = self._waiting.pop(0)
            try:
                self._use_phone(number, visits)
            except Exception:
                # The harness failed, not the product; other phones go on, and the audit sees what this one still holds.
                self._journal.note("stuck", phone=f"phone-{number:03}", error=traceback.format_exc()[-2000:])

    def _use_phone(self, number: int, visits: int) -> None:
        options = self._options
        chance = random.Random(f"{options.seed}/{number}")
        pictures = sorted((options.pictures or Path("none")).glob("[HDi]*.jpg"))
        with sync_playwright() as playwright:
            phone = Phone(
                f"phone-{number:03}", ACCOUNTS[number % len(ACCOUNTS)], options.folder, f"http://127.0.0.1:{self._proxy.port}",
                options.chromium, playwright, self._journal, self._strike, chance, pictures,
            )  # fmt: skip
            self._journal.note("phone", phone=phone.name)
            try:
                phone.sign_in()
                for nth in range(visits):
                    if time.monotonic() > self._ends_at:
                        break
                    self._make_visit(phone, self._plan(number, nth, chance))
                self._finish(phone)
            finally:
                phone.close()

    def _plan(self, number: int, nth: int, chance: random.Random) -> Plan:
        options = self._options
        by_hand = chance.random() < options.by_hand_share or (options.by_hand_share > 0 and nth == 2)
        plan = draw_plan(number * 1000 + nth, chance, KINDS, options.faults_per_visit, by_hand)
        # The kinds that must happen are dealt out over the first visits of all phones.
        owed = [kind for _ in range(options.each_kind_at_least) for kind in KINDS]
        place = nth * self._phones + number
        more = tuple(draw_fault(kind, len(plan.steps), chance) for kind in owed[place : place + 1])
        return replace(plan, faults=plan.faults + more)

    def _make_visit(self, phone: Phone, plan: Plan) -> None:
        try:
            phone.visit(plan)
        except PhoneStuck as stuck:
            self._journal.note("stuck", phone=phone.name, plan=plan.number, error=str(stuck)[:2000])
        if plan.by_hand:
            self._journal.note("by_hand", phone=phone.name, plan=plan.number)
        with self._lock:
            self._done += 1
            if self._done % 10 == 0:
                faults = sum(self._journal.faults.values())
                self._say(f"{time.strftime('%H:%M:%S')} {self._done} visits, {faults} faults {dict(self._journal.faults)}")

    def _finish(self, phone: Phone) -> None:
        left = phone.settle()
        if left:
            self._say(f"{phone.name} could not deliver everything: {json.dumps(left, ensure_ascii=False)[:2000]}")
        dump = phone.dump()
        (self._options.folder / f"dump-{phone.name}.json").write_text(json.dumps(dump, ensure_ascii=False), "utf-8")

    def _strike(self, fault: Fault, phone: Phone) -> None:
        match fault.kind:
            case "tab_killed":
                phone.kill_tab()
            case "browser_killed":
                phone.kill_browser()
            case "request_cut" | "answer_cut" | "answer_lost":
                self._proxy.arm(fault.kind, fault.fraction, fault.path_part)
            case "network_dark":
                self._journal.fault("network_dark", for_s=round(fault.lasting_s, 2))
                self._proxy.go_dark(fault.lasting_s)
            case "network_slow":
                self._journal.fault("network_slow", for_s=round(fault.lasting_s, 2))
                self._proxy.slow_down(SLOW_BYTES_PER_S, fault.lasting_s)
            case "server_killed":
                self._machine.kill("web", fault.lasting_s, fault.kind)
            case "worker_killed":
                self._machine.kill("worker", fault.lasting_s, fault.kind)
            case "queue_killed":
                self._machine.kill("queue", fault.lasting_s, fault.kind)
            case "disk_full":
                self._machine.fill_disk(fault.lasting_s)
            case "clock_jump":
                phone.jump(fault.jump_ms)


def _wait_for_background_work(machine: Machine) -> None:
    def none_left() -> bool:
        database = sqlite3.connect(machine.service.data_dir / "service.sqlite", timeout=20)
        try:
            return database.execute("SELECT count(*) FROM outbox_note").fetchone()[0] == 0
        finally:
            database.close()

    try:
        wait_for(none_left, 900, 1, "all background work done")
    except AssertionError:
        return  # the audit counts what is left
