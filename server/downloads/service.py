"""Use cases of downloads: asking for one, building it with progress, finding lost ones again, clearing old files."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import exists, select, update
from sqlalchemy.orm import aliased

from server import clock
from server.accounts.models import User
from server.accounts.service import actor_of
from server.audit import write_audit
from server.db import db, transaction
from server.downloads.files import DownloadFolder
from server.downloads.kinds import MAPPED_KINDS, Order, build_table
from server.downloads.models import Download
from server.downloads.tables import Table
from server.downloads.writers import WRITERS
from server.paging import Asked, Page, page_of
from server.paging import Order as ListOrder
from server.permissions import Actor
from server.problems import FieldError, Refusal
from server.scores.periods import Period, find_period
from server.work.outbox import NotYet, note
from vocabulary import Action, DownloadFormat, DownloadKind, DownloadState, FaultCode, ProblemCode, Topic

log = logging.getLogger(__name__)

# Longer than the longest wait between two signs of life of a job, and short enough for the person who waits.
LOST_AFTER = timedelta(minutes=2)
MAX_ATTEMPTS = 3
# How soon a person's next download asks for its turn again.
TURN_PAUSE = timedelta(seconds=3)
KEPT_FOR = timedelta(days=30)
PROGRESS_EVERY_ROWS = 500
# A person's list shows no more; older files stay until they expire.


def order_download(
    *, actor: Actor, kind: str, format_: str, period: Period | None, filters: Mapping[str, Any], language: str, now: datetime
) -> Download:
    """Notes a file to be built. Raises: Refusal invalid when the kind cannot be had in this format or needs a period."""
    if format_ == DownloadFormat.GEOJSON and kind not in MAPPED_KINDS:
        raise Refusal(
            ProblemCode.TOWNS_HAVE_NO_POSITIONS,
            errors=[FieldError("#/format", FaultCode.NO_POSITIONS)],
        )  # fmt: skip
    if period is None and kind != DownloadKind.HAZARD_LEDGER:
        raise Refusal(ProblemCode.PERIOD_MISSING, errors=[FieldError("#/period", FaultCode.MISSING)])
    download = Download(
        id=uuid.uuid4(),
        county_code=actor.county_code,
        owner_id=actor.user_id,
        kind=kind,
        format=format_,
        period=period.key if period else None,
        filters=_as_json(filters),
        language=language,
        state=DownloadState.QUEUED,
        done=0,
        total=0,
        attempts=0,
        created_at=now,
        touched_at=now,
    )
    with transaction() as session:
        session.add(download)
        write_audit(
            "download:order",
            "download",
            download.id,
            county_code=actor.county_code,
            actor_id=actor.user_id,
            kind=kind,
            format=format_,
        )
        note(Topic.BUILD_DOWNLOAD, actor.county_code, [download.id])
    return download


def build_download(download_id: uuid.UUID, now: datetime) -> None:
    """Builds the file of a download that is not finished. Idempotent; a missing or finished one is a quiet return.

    A failure leaves its reason with the download and is raised.
    """
    _wait_for_turn(download_id, now)
    order = _begin(download_id, now)
    if order is None:
        return
    download = db.session.get_one(Download, download_id)
    folder = download_folder()
    try:
        table, total = build_table(order)
        _tell(download_id, done=0, total=total)
        counted = replace(table, rows=_with_progress(table, download_id))
        with folder.writing(download_id, download.format) as part:
            WRITERS[download.format](counted, part)
    except Exception:
        db.session.rollback()
        _fail(download_id, "生成文件时出错，请重试；若再次失败请联系管理员。 The file could not be built; please try again.")
        raise
    stored = folder.measure(download_id, download.format)
    finished_at = clock.now()
    with transaction() as session:
        session.execute(
            update(Download)
            .where(Download.id == download_id)
            .values(
                state=DownloadState.DONE,
                done=Download.total,
                reason=None,
                file_name=_file_name(table, download.format, order.as_of),
                size_bytes=stored.size_bytes,
                sha256=stored.sha256,
                touched_at=finished_at,
                finished_at=finished_at,
            )
        )


NEWEST_FIRST = ListOrder("downloads", (Download.created_at, Download.id), (datetime, uuid.UUID), descending=True)


def downloads_page(actor: Actor, asked: Asked) -> Page:
    """One page of the actor's own downloads, newest first."""
    return page_of(select(Download).where(Download.owner_id == actor.user_id), NEWEST_FIRST, asked)


def get_download(actor: Actor, download_id: uuid.UUID) -> Download:
    """Raises: Refusal not-found, also for somebody else's: the file holds what its owner may see."""
    download = db.session.get(Download, download_id)
    if download is None or download.owner_id != actor.user_id:
        raise Refusal(ProblemCode.NO_SUCH_DOWNLOAD)
    return download


def file_of(actor: Actor, download_id: uuid.UUID) -> Download:
    """The download, when its file is there. Raises: Refusal not-found, conflict (not ready), gone."""
    download = get_download(actor, download_id)
    if download.state != DownloadState.DONE:
        raise Refusal(ProblemCode.DOWNLOAD_NOT_READY)
    if not download_folder().path(download.id, download.format).is_file():
        raise Refusal(ProblemCode.DOWNLOAD_EXPIRED)
    with transaction():
        write_audit("download:fetch", "download", download.id, county_code=actor.county_code, actor_id=actor.user_id)
    return download


def note_lost_downloads(now: datetime) -> int:
    """Queues downloads again whose job gave no sign of life; returns how many."""
    lost = db.session.scalars(
        select(Download).where(
            Download.state.in_((DownloadState.QUEUED, DownloadState.RUNNING)), Download.touched_at < now - LOST_AFTER
        )
    ).all()
    if not lost:
        return 0
    with transaction() as session:
        session.execute(
            update(Download)
            .where(Download.id.in_([download.id for download in lost]))
            .values(state=DownloadState.QUEUED, touched_at=now)
        )
        for download in lost:
            note(Topic.BUILD_DOWNLOAD, download.county_code, [download.id])
    return len(lost)


def expire_files(now: datetime) -> int:
    """Removes files and rows older than thirty days: figures go stale, and copies of personal data should not pile up."""
    old = db.session.scalars(select(Download).where(Download.created_at < now - KEPT_FOR)).all()
    if not old:
        return 0
    folder = download_folder()
    for download in old:
        folder.remove(download.id, download.format)
    with transaction() as session:
        for download in old:
            session.delete(download)
    return len(old)


def download_folder() -> DownloadFolder:
    return DownloadFolder(current_app.config["SETTINGS"].download_dir)


def _wait_for_turn(download_id: uuid.UUID, now: datetime) -> None:
    """Who orders ten files at once takes one worker; the others are for the next person. Raises: NotYet."""
    other = aliased(Download)
    running = select(Download.id).where(
        Download.id == download_id,
        Download.state == DownloadState.QUEUED,
        exists().where(
            other.owner_id == Download.owner_id, other.state == DownloadState.RUNNING, other.touched_at > now - LOST_AFTER
        ),
    )
    if db.session.scalar(running) is None:
        return
    with transaction() as session:
        session.execute(update(Download).where(Download.id == download_id).values(touched_at=now))
    raise NotYet(TURN_PAUSE)


def _begin(download_id: uuid.UUID, now: datetime) -> Order | None:
    """Takes the download over, or None when there is nothing (more) to do for this job."""
    with transaction() as session:
        download = session.scalar(select(Download).where(Download.id == download_id).with_for_update())
        if download is None or download.state in (DownloadState.DONE, DownloadState.FAILED):
            return None
        if download.state == DownloadState.RUNNING and download.touched_at > now - LOST_AFTER:
            # Another job is at it; if it dies, the sweep queues the download again.
            return None
        if download.attempts >= MAX_ATTEMPTS:
            download.state, download.finished_at = "failed", now
            download.reason = "任务多次中断，已停止。 The job was cut off several times and was given up."
            return None
        download.state, download.touched_at, download.done = "running", now, 0
        download.attempts += 1
        owner = session.get(User, download.owner_id)
        actor = actor_of(owner, clock.county_date(now))
        if not owner.active or not actor.may(Action.DOWNLOAD):
            download.state, download.finished_at = "failed", now
            download.reason = "您不再有下载权限。 You may no longer download."
            return None
        return Order(
            kind=download.kind,
            actor=actor,
            period=find_period(download.period) if download.period else None,
            filters=_from_json(download.filters),
            language=download.language,
            as_of=now,
        )


def _with_progress(table: Table, download_id: uuid.UUID) -> Iterator[Mapping[str, Any]]:
    for number, row in enumerate(table.rows, 1):
        if number % PROGRESS_EVERY_ROWS == 0:
            _tell(download_id, done=number)
        yield row


def _tell(download_id: uuid.UUID, **values: int) -> None:
    """On a connection of its own: the rows are still being read, in one snapshot, on the session's."""
    with db.engine.begin() as connection:
        connection.execute(update(Download).where(Download.id == download_id).values(touched_at=clock.now(), **values))


def _fail(download_id: uuid.UUID, reason: str) -> None:
    with transaction() as session:
        session.execute(
            update(Download)
            .where(Download.id == download_id)
            .values(state=DownloadState.FAILED, reason=reason, finished_at=clock.now())
        )


def _file_name(table: Table, format_: str, as_of: datetime) -> str:
    return f"{table.title}_{as_of.astimezone(clock.COUNTY_ZONE):%Y%m%d-%H%M}.{format_}"


def _as_json(filters: Mapping[str, Any]) -> dict[str, Any]:
    return {key: str(value) if isinstance(value, uuid.UUID) else value for key, value in filters.items()}


def _from_json(filters: Mapping[str, Any]) -> dict[str, Any]:
    return {key: uuid.UUID(value) if key == "department" else value for key, value in filters.items()}
