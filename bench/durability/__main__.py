"""`python -m bench.durability --visits 1000 --seed 1`: the long run. Needs Chromium and the built client; see docs/durability.md.

`python -m bench.durability --report FOLDER` audits what lies in the folder of a run that was broken off or goes on.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from bench.durability.report import write
from bench.durability.run import Options, outcome_of, run
from tests.e2e.conftest import INSTALL, find_chromium
from tests.forms.node import find_node


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--visits", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=24 * 60, help="no new visit after so long")
    parser.add_argument("--phones", type=int, default=2, help="phones at work at the same time")
    parser.add_argument("--per-phone", type=int, default=40, help="visits before the next phone")
    parser.add_argument("--faults", type=float, default=1.3, help="faults per visit")
    parser.add_argument("--each-kind", type=int, default=1, help="every kind of fault so often at least")
    parser.add_argument("--folder", type=Path, help="kept afterwards; a temporary one is not")
    parser.add_argument("--pictures", type=Path, help="a folder of real phone photos")
    parser.add_argument("--report", type=Path, metavar="FOLDER", help="only audit what lies there")
    chosen = parser.parse_args()
    if chosen.report is not None:
        outcome = outcome_of(chosen.report)
        write(outcome)
        return 0 if outcome.good else 1
    chromium, node = find_chromium(), find_node()
    if chromium is None or node is None:
        print(f"needs Chromium ({INSTALL}) and a Node that runs TypeScript (make build)", file=sys.stderr)
        return 2
    folder = chosen.folder or Path(tempfile.mkdtemp(prefix="durability-")) / "run"
    options = Options(
        folder, chromium, node[0], chosen.visits, chosen.seed, chosen.phones, chosen.per_phone, chosen.faults,
        each_kind_at_least=chosen.each_kind, minutes=chosen.minutes, pictures=chosen.pictures,
    )  # fmt: skip
    outcome = run(options, say=lambda text: print(text, flush=True))
    write(outcome)
    if chosen.folder is None:
        shutil.rmtree(folder.parent, ignore_errors=True)
    return 0 if outcome.good else 1


if __name__ == "__main__":
    raise SystemExit(main())
