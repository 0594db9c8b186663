"""`python -m bench [NAME ...]` runs the benchmarks named, or all, one after the other."""

from __future__ import annotations

import importlib
import sys

NAMES = ("forms", "chain", "duplicates", "phone", "firstload")


def main(names: list[str]) -> int:
    for name in names or NAMES:
        print(f"\n== bench.{name}", flush=True)
        importlib.import_module(f"bench.{name}").main()
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
