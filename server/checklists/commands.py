"""Command line of checklists: the same deeds as the desk's, by whoever may run commands on the machine."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import click

from forms.compatibility import mark_of
from server.problems import Refusal
from server.settings import Settings
from vocabulary import AuthoringSeverity

F = TypeVar("F", bound=Callable[..., Any])


@click.group("checklists")
def checklists() -> None:
    """List, show, import, compare, publish, retire and export checklists (编写检查表)."""


def _language(command: F) -> F:
    return click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True)(command)


def _decided(command: F) -> F:
    command = click.option("--approved-by", required=True, help="name of the person who approved it")(command)
    return click.option("--reason", required=True, help="why")(command)


@checklists.command("list")
@_language
@click.pass_obj
def list_(settings: Settings, lang: str) -> None:
    """Every checklist with its versions and drafts; * marks the version that new visits begin with."""
    from server import clock
    from server.checklists import library

    with _opened(settings):
        for entry in library.whole_library(clock.now()):
            click.echo(f"{entry['id']}  {entry['title'][lang]}")
            for version in entry["versions"]:
                mark = "*" if version["current"] else " "
                who = version["approved_by"] or version["source"]
                click.echo(f"  {mark} {version['version']:<9} {version['state']:<10} {version['hash']}  {who}")
            for draft in entry["drafts"]:
                state = f"draft, {draft['obstacle_count']} obstacles" if draft["obstacle_count"] else "draft"
                click.echo(f"  + {draft['version']:<9} {state:<10} {draft['draft_id']}  {draft['file_name'] or draft['source']}")


@checklists.command()
@click.argument("reference")
@_language
@click.pass_obj
def show(settings: Settings, reference: str, lang: str) -> None:
    """A version (by hash) or a draft (by id): facts, what it changes, what stands against publishing."""
    from server import clock
    from server.checklists import drafts, library

    with _opened(settings):
        if _is_draft(reference):
            body = library.draft_detail(drafts.get_draft(uuid.UUID(reference)), clock.now())
        else:
            body = library.version_detail(reference)
        for key in ("id", "version", "state", "hash", "item_count", "valid_from", "approved_by", "published_at", "retire_reason"):
            if body.get(key) is not None:
                click.echo(f"{key}: {body[key]}")
        _echo_report(body["report"], lang)
        for fault in [*body.get("problems", []), *body.get("obstacles", [])]:
            _echo_fault(fault, lang)


@checklists.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--id", "checklist_id", help="for a foreign form: the id of the checklist")
@click.option("--title", help="for a foreign form")
@click.option("--version", help="for a foreign form, like 2026.1")
@click.option("--valid-from", help="for a foreign form, like 2026-07-01")
@click.option("--sector", help="for a foreign form")
@click.option("--basis", nargs=2, help="for a foreign form: standard and clause")
@click.option("--deadline-days", type=int, help="for a foreign form")
@_language
@click.pass_obj
def import_(settings: Settings, file: Path, lang: str, **lacking: Any) -> None:
    """Store a .json, .xlsx, .xls or .csv as a draft, or print everything that is wrong with it."""
    from server import clock
    from server.checklists import drafts, library
    from server.checklists.uploads import read_upload

    with _opened(settings, lang):
        given = {key: value for key, value in lacking.items() if value}
        draft = drafts.import_draft(read_upload(file.read_bytes(), file.name, given), None, clock.now())
        body = library.draft_detail(draft, clock.now())
        _echo_report(body["report"], lang)
        for fault in [*body["problems"], *body["obstacles"]]:
            _echo_fault(fault, lang)
        click.echo(f"draft {body['draft_id']}  {body['id']} {body['version']}  {body['hash']}")


@checklists.command()
@click.argument("before")
@click.argument("after")
@_language
@click.pass_obj
def diff(settings: Settings, before: str, after: str, lang: str) -> None:
    """What changes between two versions or drafts, in plain words; 3 when something would drop answers."""
    from server.checklists import library

    with _opened(settings, lang):
        report = library.difference(before, after)["report"]
        _echo_report(report, lang)
    if report["breaking"]:
        raise SystemExit(3)


@checklists.command()
@click.argument("draft_id", type=click.UUID)
@click.option("--approved-by", required=True, help="name of the person who approved it")
@click.option("--note", default="")
@click.option("--confirm-drop", "confirmed", multiple=True, help="what may lose answers, by id; may be repeated")
@_language
@click.pass_obj
def publish(settings: Settings, draft_id: uuid.UUID, approved_by: str, note: str, confirmed: tuple[str, ...], lang: str) -> None:
    """Print the report of a draft and publish it; refused with every reason."""
    from server import clock
    from server.checklists import drafts, library, publishing

    with _opened(settings, lang):
        draft = drafts.get_draft(draft_id)
        detail = library.draft_detail(draft, clock.now())
        _echo_report(detail["report"], lang)
        base = detail["base"]["hash"] if detail["base"] else None
        version = publishing.publish_draft(
            draft_id, digest=draft.hash, base_digest=base, approved_by=approved_by, note=note, confirmed_drops=confirmed,
            actor_id=None, now=clock.now(),
        )  # fmt: skip
        click.echo(f"published {version.checklist_id} {version.version}  {version.hash}")


@checklists.command()
@click.argument("digest")
@_decided
@_language
@click.pass_obj
def retire(settings: Settings, digest: str, approved_by: str, reason: str, lang: str) -> None:
    """Take a version out of use; submissions that began with it are accepted as before."""
    from server import clock
    from server.checklists import publishing

    with _opened(settings, lang):
        version = publishing.retire_version(digest, approved_by=approved_by, reason=reason, actor_id=None, now=clock.now())
        click.echo(f"retired {version.checklist_id} {version.version}")


@checklists.command()
@click.argument("digest")
@_decided
@_language
@click.pass_obj
def reinstate(settings: Settings, digest: str, approved_by: str, reason: str, lang: str) -> None:
    """Put a version that was published before into use again."""
    from server import clock
    from server.checklists import publishing

    with _opened(settings, lang):
        version = publishing.reinstate_version(digest, approved_by=approved_by, reason=reason, actor_id=None, now=clock.now())
        click.echo(f"in use again: {version.checklist_id} {version.version}")


@checklists.command()
@click.argument("draft_id", type=click.UUID)
@click.pass_obj
def discard(settings: Settings, draft_id: uuid.UUID) -> None:
    """Throw a draft away."""
    from server import clock
    from server.checklists import drafts

    with _opened(settings):
        drafts.discard_draft(draft_id, drafts.get_draft(draft_id).hash, None, clock.now())


@checklists.command()
@click.argument("reference")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_obj
def export(settings: Settings, reference: str, file: Path) -> None:
    """Write a version (by hash) or a draft (by id) to a .xlsx or .json file."""
    from server.checklists import library
    from server.checklists.uploads import MEDIA_TYPES, written

    format_ = file.suffix.removeprefix(".").lower()
    if format_ not in MEDIA_TYPES:
        raise click.BadParameter("the name must end with .xlsx or .json", param_hint="FILE")
    with _opened(settings):
        _, document = library.file_of(reference)
        file.write_bytes(written(document, format_))
        click.echo(str(file))


@contextlib.contextmanager
def _opened(settings: Settings, lang: str = "zh") -> Iterator[None]:
    """The application's context; a refusal becomes the message of the command, with all its faults."""
    from server.app import create_app
    from server.db import db

    with create_app(settings).app_context():
        try:
            yield
        except Refusal as refusal:
            for error in refusal.errors:
                _echo_fault(error.body(), lang)
            raise click.ClickException(refusal.detail["zh" if lang == "zh" else "en"]) from refusal
        finally:
            db.session.remove()
            db.engine.dispose()


def _is_draft(reference: str) -> bool:
    return len(reference) == 36


def _echo_report(report: dict[str, Any] | None, lang: str) -> None:
    for change in (report or {"changes": []})["changes"]:
        click.echo(f"  - {mark_of(change['kind'], change['breaking'], lang)}{change['text'][lang]}")


def _echo_fault(fault: dict[str, Any], lang: str) -> None:
    params = fault["params"]
    if "what" not in params:
        click.echo(f"{fault['pointer']}: {fault['code']}", err=True)
        return
    words = {"zh": ("错误", "提醒", "怎样改"), "en": ("error", "note", "mend")}[lang]
    kind = words[0] if params["severity"] == AuthoringSeverity.ERROR else words[1]
    click.echo(f"{fault['pointer']}: {kind} [{fault['code']}] {params['what'][lang]}", err=True)
    click.echo(f"    {words[2]}: {params['mend'][lang]}", err=True)
