"""The table of a run, for bench/results/durability.md."""

from __future__ import annotations

import subprocess
from typing import Any

from bench.durability.run import Outcome
from bench.report import Table, write_report
from tests.e2e.service import ROOT

WORDS = {
    "tab_killed": "tab killed (SIGKILL to the page's processes)",
    "browser_killed": "browser killed (SIGKILL) and opened again on the same profile",
    "request_cut": "network cut at byte k of a request's body",
    "answer_cut": "network cut at byte k of an answer's body",
    "answer_lost": "answer lost after the server had committed",
    "network_dark": "network gone for seconds",
    "network_slow": "network at 5 kB/s for seconds",
    "server_killed": "web server killed (SIGKILL)",
    "worker_killed": "worker killed (SIGKILL)",
    "queue_killed": "Valkey killed (SIGKILL), came back empty",
    "disk_full": "disk of the server full (photos and database)",
    "clock_jump": "the phone's clock jumped (2 s to 20 years, both ways)",
    "second_tab": "the same visit in two tabs",
}
METHOD = """Scripted visits in real browsers against the real service, with faults at random points; how, and what it does not
show, is in docs/durability.md."""


def write(outcome: Outcome) -> None:
    """Prints the tables and keeps them in bench/results/durability.md; then what was found to be wrong."""
    found = outcome.findings
    result = Table("What", "number")
    result.add("**lost**", f"**{len(found.lost)}**")
    result.add("**duplicated**", f"**{len(found.duplicated)}**")
    result.add("**altered**", f"**{len(found.altered)}**")
    result.add("visits", str(found.counts["visits"]))
    result.add("of them tapped on the real screens", str(outcome.visits_by_hand))
    for name in ("photos", "records", "answers", "hazards"):
        result.add(name, str(found.counts[name]))
    result.add("phones (browser profiles)", str(outcome.phones))
    result.add("phones that could not deliver everything", str(len(outcome.unsettled)))
    result.add("visits that could not be brought to an end", str(len(outcome.stuck)))
    result.add("background work left", str(found.counts["background work left"]))
    result.add("minutes", f"{outcome.seconds / 60:.0f}")
    faults = Table("Fault", "times")
    for kind, words in WORDS.items():
        if kind == "disk_full" and outcome.disk_substitute:
            words += f"; substitute: a limit on the server's files, as no disk could be mounted ({outcome.disk_substitute})"
        faults.add(words, str(outcome.faults[kind]))
    faults.add("**in all**", f"**{sum(outcome.faults.values())}**")
    method = f"{METHOD}\n\nCommit {_commit()}: `{_command(outcome.options)}`"
    write_report("durability", method, result, faults)
    for name in ("lost", "duplicated", "altered"):
        for sentence in getattr(found, name)[:50]:
            print(f"{name}: {sentence}", flush=True)


def _command(options: dict[str, Any]) -> str:
    flags = {
        "visits": "visits", "seed": "seed", "phones": "phones_at_once", "per-phone": "visits_per_phone",
        "faults": "faults_per_visit", "each-kind": "each_kind_at_least",
    }  # fmt: skip
    pictures = ["--pictures FOLDER"] if options["pictures"] else []
    return " ".join(["python -m bench.durability", *(f"--{flag} {options[name]}" for flag, name in flags.items()), *pictures])


def _commit() -> str:
    return subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.strip()
