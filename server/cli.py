"""The command line: run everything on one machine, single processes, schema, demo data, users.

Commands import what they need themselves: the whole application is heavy, and a mistyped option need not wait for it.
"""

from __future__ import annotations

import logging
import sys

import click

from server.checklists.commands import checklists
from server.settings import Settings, SettingsError, load_settings
from vocabulary import QueueName, Role

QUEUES = [queue.value for queue in QueueName]


@click.group(help="“零事故”单位创建检查服务 Zero-accident inspection service")
@click.pass_context
def main(context: click.Context) -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s", stream=sys.stderr)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    try:
        context.obj = load_settings()
    except SettingsError as error:
        raise click.ClickException(f"these settings cannot be used:\n{error}") from error


main.add_command(checklists)


@main.command()
@click.option("--demo/--no-demo", default=True, help="load demo data into an empty database (never in production)")
@click.pass_obj
def run(settings: Settings, demo: bool) -> None:
    """Run database, queue, web server, worker and relay on this machine until Ctrl-C."""
    from server.run import Supervisor

    raise SystemExit(Supervisor(settings, demo=demo).run())


@main.command("prepare")
@click.pass_obj
def prepare(settings: Settings) -> None:
    """Create the data folder, bring the schema up to date and store the checklists of this release."""
    _prepare(settings)


@main.command("demo")
@click.pass_obj
def demo(settings: Settings) -> None:
    """Load demo data into an empty database; refused in production and when there are users."""
    from server.app import create_app
    from server.demo.load import DemoRefused, load_demo

    _prepare(settings)
    try:
        load_demo(create_app(settings), say=click.echo)
    except DemoRefused as error:
        raise click.ClickException(str(error)) from error


@main.command("front")
@click.option("--web", required=True, help="where the web server listens: unix:/path or host:port")
@click.option("--uploads", required=True, help="where the uploads process listens: unix:/path or host:port")
@click.pass_obj
def front(settings: Settings, web: str, uploads: str) -> None:
    """Run the front: nginx on HOST and PORT, before web server and uploads."""
    import os
    import tempfile
    from pathlib import Path

    from server.front import Upstreams, command, write_configuration

    folder = Path(tempfile.mkdtemp(prefix="zero-accident-front-"))
    write_configuration(settings, Upstreams(web, uploads), folder)
    program = command(folder)
    os.execv(program[0], program)


@main.command("uploads")
@click.option("--socket", "path", required=True, help="path of the socket to listen on")
@click.pass_obj
def uploads(settings: Settings, path: str) -> None:
    """Run the uploads process: an event loop that receives photos."""
    import resource

    import uvicorn

    from server.app import create_app
    from server.uploads_app import UploadsApplication

    _, allowed = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, allowed))
    uvicorn.run(
        UploadsApplication(create_app(settings)), uds=path, log_config=None, log_level="warning", access_log=False,
        proxy_headers=False, server_header=False, timeout_keep_alive=30, timeout_graceful_shutdown=5, loop="uvloop",
        http="httptools", ws="none", lifespan="off",
    )  # fmt: skip


@main.command("worker")
@click.option("--queue", "names", multiple=True, type=click.Choice(QUEUES), help="a queue to serve; all without one")
@click.pass_obj
def worker(settings: Settings, names: tuple[str, ...]) -> None:
    """Run one RQ worker; waits for a queue that is away."""
    import time

    from redis.exceptions import RedisError
    from rq import Queue

    from server.app import create_app
    from server.work.queue import AppWorker, connect

    app = create_app(settings)
    while True:
        # A blocking wait for the next job outlasts the time after which an answer counts as lost.
        connection = connect(settings.redis_url, answer_timeout_s=None)
        queues = [Queue(name, connection=connection) for name in names or QueueName]
        rq_worker = None
        try:
            rq_worker = AppWorker(queues, connection=connection, app=app)
            rq_worker.work(logging_level="WARNING")
            return
        except RedisError as error:
            if rq_worker is not None and rq_worker.stops:
                # Queue and worker were stopped together, and it had no queue to sign off from.
                return
            logging.getLogger("server.worker").warning("the queue is away: %s", error)
            time.sleep(1)


@main.command("relay")
@click.pass_obj
def relay(settings: Settings) -> None:
    """Run the relay from the outbox to the queue."""
    from server.work.relay import run_forever

    run_forever(settings)


@main.command("renumber-feed")
@click.pass_obj
def renumber_feed(settings: Settings) -> None:
    """After a database was restored from a backup: give the change feed a new numbering, so that every phone pulls anew."""
    from server.app import create_app
    from server.db import transaction
    from server.records.feed import renumber

    with create_app(settings).app_context(), transaction():
        click.echo(renumber())


@main.command("openapi")
@click.pass_obj
def openapi(settings: Settings) -> None:
    """Print the OpenAPI document, as the client's copy of it is kept."""
    from server.app import create_app
    from server.openapi import document_text

    click.echo(document_text(create_app(settings)), nl=False)


@main.command("add-user")
@click.argument("username")
@click.argument("name")
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True)
@click.option("--scope", default="", help="county, town:<code>, department:<uuid>, sector:<code> or self")
@click.password_option()
@click.pass_obj
def add_user(settings: Settings, username: str, name: str, role: str, scope: str, password: str) -> None:
    """Add a user with one role."""
    from server import clock
    from server.app import create_app
    from server.permissions import Role
    from server.problems import Refusal
    from server.register.people import NewPerson, add_person

    person = NewPerson(username, name, password, Role(role), scope)
    with create_app(settings).app_context():
        try:
            add_person(person, county_code=settings.county_code, actor_id=None, now=clock.now())
        except Refusal as refusal:
            raise click.ClickException(
                "；".join(error.words()["zh"] for error in refusal.errors) or refusal.detail["zh"]
            ) from None
    click.echo(f"{username}: {role} {scope}")


def _prepare(settings: Settings) -> None:
    from server.migrations import SchemaDiffers
    from server.prepare import prepare_data

    try:
        prepare_data(settings)
    except SchemaDiffers as error:
        raise click.ClickException(str(error)) from error
