"""Pictures of strangers are decoded in a child process that has limits of its own and is replaced when it breaks one.

The child is kept warm, so a picture costs a message there and one back. It may write no file, and what it can be made to do
ends with it.
"""

from __future__ import annotations

import functools
import logging
import math
import multiprocessing
import os
import resource
from pathlib import Path

from pebble import ProcessExpired, ProcessPool

from media.exif import ExifFacts
from media.inspection import Inspection, inspect_picture

log = logging.getLogger(__name__)

# A picture of 100 megapixels takes 3 s and 1.2 GB at its worst, 16 bits a channel.
CPU_S = 20
MEMORY_BYTES = 2 * 1024**3
# For a child that waits and does not work.
PATIENCE_S = 90
# A new child every so often, for what a decoder forgets to free.
PICTURES_PER_CHILD = 500
# The machine may have been short of memory, or about to stop; the second child breaks its limits by itself.
ATTEMPTS = 2
OUT_OF_MEMORY = 71


def inspect_in_child(path: Path, *, with_hashes: bool, cpu_s: int = CPU_S) -> Inspection:
    """What :func:`media.inspection.inspect_picture` finds; a picture that no child survives is a broken one."""
    reason = ""
    for _ in range(ATTEMPTS):
        try:
            inspection: Inspection = _pool().schedule(_inspect, args=(str(path), with_hashes, cpu_s), timeout=PATIENCE_S).result()
            return inspection
        except TimeoutError:
            reason = "decoding takes too long"
        except ProcessExpired as expired:
            reason = "decoding takes too much memory" if expired.exitcode == OUT_OF_MEMORY else "decoding takes too much"
        log.warning("a picture broke the limits of its decoder", extra={"file": path.name, "reason": reason})
    return Inspection(ExifFacts(), broken=reason)


@functools.cache
def _pool() -> ProcessPool:
    # Forked from a process that has loaded the decoders and nothing of ours: no connection and no secret is in it.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["media.inspection", __name__])
    return ProcessPool(max_workers=1, max_tasks=PICTURES_PER_CHILD, initializer=_confine, context=context)


def _confine() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(5)


def _inspect(path: str, with_hashes: bool, cpu_s: int) -> Inspection:
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    # Counted since the child began; at the limit the kernel ends it.
    resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(used.ru_utime + used.ru_stime) + cpu_s, hard))
    try:
        with open(path, "rb") as stream:
            return inspect_picture(stream, with_hashes=with_hashes)
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
