"""What it costs to compute all figures anew, beside one plain aggregation."""

from __future__ import annotations

import time

import psutil
from sqlalchemy import create_engine, text

from bench.installation import Installation
from server import clock
from server.app import create_app
from server.db import db
from server.scores.service import rebuild_all


def rebuild_cost_s(installation: Installation) -> tuple[float, int]:
    """CPU seconds of computing all figures anew, and of how many subjects."""
    app = create_app(installation.settings)
    with app.app_context():
        before, own, started = installation.usage(), psutil.Process().cpu_times(), time.monotonic()
        subjects = rebuild_all(clock.now())
        after, mine, seconds = installation.usage(), psutil.Process().cpu_times(), time.monotonic() - started
        db.session.remove()
        db.engine.dispose()
    idle = installation.idle_cpu_per_s * seconds
    return mine.user + mine.system - own.user - own.system + (after - before).cpu_s - idle, subjects


def bare_aggregation_cost_s(installation: Installation) -> float:
    """CPU seconds of one aggregation by SQL over the same facts: visits, submissions and hazards by subject and month."""
    engine = create_engine(installation.settings.resolved_database_url)
    month = "to_char({0}, 'YYYY-MM')" if engine.dialect.name == "postgresql" else "substr({0}, 1, 7)"
    before, own, started = installation.usage(), psutil.Process().cpu_times(), time.monotonic()
    with engine.connect() as connection:
        for statement in _AGGREGATIONS:
            filled = statement.replace("MONTH(finished_at)", month.format("finished_at"))
            connection.execute(text(filled.replace("MONTH(found_at)", month.format("found_at")))).all()
        after, mine, seconds = installation.usage(), psutil.Process().cpu_times(), time.monotonic() - started
    engine.dispose()
    idle = installation.idle_cpu_per_s * seconds
    return mine.user + mine.system - own.user - own.system + (after - before).cpu_s - idle


_AGGREGATIONS = (
    "SELECT subject_id, MONTH(finished_at), count(*) FROM visit GROUP BY 1, 2",
    "SELECT subject_id, MONTH(finished_at), count(*), avg(score_sort) FROM submission WHERE NOT superseded GROUP BY 1, 2",
    """SELECT subject_id, MONTH(found_at), count(*), sum(CASE WHEN state = 'closed' THEN 1 ELSE 0 END),
       sum(CASE WHEN deadline < CURRENT_DATE THEN 1 ELSE 0 END),
       sum(CASE WHEN state = 'closed' AND submitted_at IS NOT NULL THEN 1 ELSE 0 END),
       sum(CASE WHEN grade = 'major' THEN 1 ELSE 0 END) FROM hazard WHERE state <> 'voided' GROUP BY 1, 2""",
)
