"""Other jobs in the place of the application's own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from flask import Flask

from server.wiring import Wiring
from vocabulary import Topic


def serve(app: Flask, topic: Topic, job: Callable[[list[str]], None]) -> None:
    """From now on the topic's notes are worked off by ``job``."""
    wired: Wiring = app.extensions["wiring"]
    app.extensions["wiring"] = replace(wired, jobs={**wired.jobs, topic: job})
