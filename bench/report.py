"""Writes a benchmark's table, with its method and the machine, to bench/results/."""

from __future__ import annotations

import os
import platform
from pathlib import Path

RESULTS = Path(__file__).resolve().parent / "results"


class Table:
    """Rows of text under headings, as Markdown."""

    def __init__(self, *headings: str) -> None:
        self._rows = [headings]

    def add(self, *cells: str) -> None:
        if len(cells) != len(self._rows[0]):
            raise ValueError(f"{len(cells)} cells under {len(self._rows[0])} headings")
        self._rows.append(cells)

    def markdown(self) -> str:
        lines = [f"| {' | '.join(row)} |" for row in self._rows]
        return "\n".join([lines[0], "|" + "---|" * len(self._rows[0]), *lines[1:]])


def write_report(name: str, method: str, *tables: Table) -> None:
    """Prints the tables and keeps them in bench/results/NAME.md. Absolute figures are of this machine; quote the ratios."""
    body = "\n\n".join(table.markdown() for table in tables)
    load = f"load {os.getloadavg()[0]:.0f} at the end"
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, {load}"
    print(body, flush=True)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.md").write_text(f"# {name}\n\n{method.strip()}\n\nMachine: {machine}.\n\n{body}\n", "utf-8")
