"""What was promised, written outside the browser: a JSON line per thing that the phone said was saved, and before each fault."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any


class Journal:
    """An append-only file. Every method may be called from any thread."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("a", encoding="utf-8")
        self._lock = threading.Lock()
        self._began = time.monotonic()
        self.faults: Counter[str] = Counter()
        self.path = path

    def note(self, what: str, **facts: Any) -> None:
        line = json.dumps(
            {"at_s": round(time.monotonic() - self._began, 3), "what": what, **facts}, ensure_ascii=False, default=str
        )
        with self._lock:
            self._file.write(line + "\n")
            self._file.flush()

    def fault(self, kind: str, **facts: Any) -> None:
        """To be called right before the fault happens."""
        with self._lock:
            self.faults[kind] += 1
        self.note("fault", kind=kind, **facts)

    def close(self) -> None:
        self._file.close()


def read_journal(path: Path) -> Iterator[dict[str, Any]]:
    """All whole lines; the last one is cut when the run was broken off while it was written."""
    with path.open(encoding="utf-8") as file:
        for line in file:
            if line.endswith("\n"):
                yield json.loads(line)
