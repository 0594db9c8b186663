"""The image and the composition keep in step with the code: settings, commands, folders, health checks."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from gunicorn.config import Config

from server.cli import main
from server.settings import load_settings
from vocabulary import QueueName

ROOT = Path(__file__).resolve().parent.parent
# Read by Python itself and by PostgreSQL's client library.
NOT_OURS = {"PYTHONUNBUFFERED", "PGPASSWORD"}
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
OURS = {name: service for name, service in COMPOSE["services"].items() if service.get("build")}
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8").replace("\\\n", " ")


def image_stage() -> list[tuple[str, str]]:
    """Instructions of the stage that is kept."""
    last = re.split(r"^FROM ", DOCKERFILE, flags=re.MULTILINE)[-1]
    return re.findall(r"^([A-Z]+) (.+)$", last, flags=re.MULTILINE)


def image_environment() -> dict[str, str]:
    pairs = (pair for word, rest in image_stage() if word == "ENV" for pair in rest.split())
    return dict(pair.split("=", 1) for pair in pairs)


def copied() -> set[str]:
    """What the kept stage copies from the source tree, by first folder or file."""
    found: set[str] = set()
    for word, rest in image_stage():
        if word == "COPY":
            *sources, target = [part for part in rest.split() if not part.startswith("--")]
            found |= {target.strip("/")} if "--from" in rest else {source.strip("/") for source in sources}
    return found


def check_command(command: list[str]) -> None:
    if command[0] == "gunicorn":
        parser = Config().parser()
        options, unknown = parser.parse_known_args(command[1:])
        assert (unknown, options.args) == ([], ["server.wsgi:app"])
        return
    assert command[:3] == ["python", "-m", "server"]
    name, *arguments = command[3:]
    # Raises for an option that the command does not have; `resilient` leaves the command undone.
    main.commands[name].make_context(name, arguments, resilient_parsing=False)


def test_our_services_are_these() -> None:
    assert set(OURS) == {
        "prepare", "front", "web", "uploads", "worker-scores", "worker-evidence", "worker-downloads", "relay",
    }  # fmt: skip


def test_every_queue_has_a_worker_of_its_own() -> None:
    served = {service["command"][-1] for name, service in OURS.items() if name.startswith("worker")}

    assert served == set(QueueName)


def test_front_finds_web_server_and_uploads() -> None:
    front = OURS["front"]["command"]
    web, uploads = front[front.index("--web") + 1], front[front.index("--uploads") + 1]

    assert f"--bind={web}" in OURS["web"]["command"]
    assert uploads == f"unix:{OURS['uploads']['command'][-1]}"


@pytest.mark.parametrize("name", OURS)
def test_settings_of_the_composition_are_known_and_enough_for_production(name: str) -> None:
    environment = image_environment() | OURS[name]["environment"]

    settings = load_settings(environment)

    known = {field.upper() for field in settings.__dataclass_fields__}
    assert set(environment) - NOT_OURS <= known
    assert settings.is_production
    assert settings.database_url == "postgresql+psycopg://service@database/service"


def test_settings_of_the_image_are_known() -> None:
    known = {field.upper() for field in load_settings({}).__dataclass_fields__}

    assert image_environment().keys() - NOT_OURS <= known


def test_password_is_given_beside_the_address_and_to_the_database_alike() -> None:
    """In the address its characters would have to be escaped, which Compose cannot do."""
    given = {service["environment"]["PGPASSWORD"] for service in OURS.values()}

    assert given == {COMPOSE["services"]["database"]["environment"]["POSTGRES_PASSWORD"]}
    assert given == {"${POSTGRES_PASSWORD:?set POSTGRES_PASSWORD}"}


@pytest.mark.parametrize("name", OURS)
def test_commands_of_the_composition_exist(name: str) -> None:
    check_command(OURS[name]["command"])


def test_command_of_the_image_exists() -> None:
    check_command(json.loads(next(rest for word, rest in image_stage() if word == "CMD")))


def test_commands_that_do_not_exist_are_found() -> None:
    with pytest.raises(click.UsageError):
        check_command(["python", "-m", "server", "run", "--demonstration"])
    with pytest.raises(KeyError):
        check_command(["python", "-m", "server", "relais"])


@pytest.mark.parametrize("name", OURS)
def test_parts_hear_the_signal_that_stops_them(name: str) -> None:
    """As process 1 of a container worker and relay would ignore SIGTERM and be killed after ten seconds."""
    assert OURS[name]["init"] is True


@pytest.mark.parametrize("name", OURS)
def test_only_the_front_is_asked_over_http(name: str) -> None:
    """The image's health check would call every other container unhealthy."""
    assert OURS[name].get("healthcheck") == (None if name == "front" else {"disable": True})


def test_health_check_port_and_data_folder_agree() -> None:
    environment = image_environment()
    port = environment["PORT"]
    instructions = dict(image_stage())

    assert f"http://127.0.0.1:{port}/healthz" in instructions["HEALTHCHECK"]
    assert instructions["EXPOSE"] == port
    assert environment["HOST"] == "0.0.0.0"
    assert OURS["front"]["ports"] == [f"127.0.0.1:8080:{port}"]
    assert instructions["VOLUME"] == environment["DATA_DIR"]
    for service in OURS.values():
        assert service["volumes"] == [f"data:{service['environment']['DATA_DIR']}", "sockets:/run/service"]
    assert any("/run/service" in rest for word, rest in image_stage() if word == "RUN"), "or the volume would be root's"


def test_volumes_and_services_that_are_named_exist() -> None:
    for service in COMPOSE["services"].values():
        assert {volume.split(":")[0] for volume in service.get("volumes", [])} <= COMPOSE["volumes"].keys()
        assert set(service.get("depends_on", {})) <= COMPOSE["services"].keys()
        for other, how in service.get("depends_on", {}).items():
            if how["condition"] == "service_healthy":
                assert "test" in COMPOSE["services"][other]["healthcheck"]


def test_image_has_every_folder_that_the_server_imports() -> None:
    ours = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    wanted, seen = {"server"}, set[str]()
    while wanted - seen:
        folder = (wanted - seen).pop()
        seen.add(folder)
        for path in (ROOT / folder).rglob("*.py"):
            wanted |= imported(path) & ours

    assert wanted == {"server", "forms", "media", "sync", "vocabulary"}
    assert copied() == wanted | {"client/dist", "requirements.txt", "LICENSE"}
    assert all((ROOT / name).exists() for name in wanted | {"requirements.txt", "LICENSE"})


def test_nothing_that_the_image_copies_is_ignored() -> None:
    """Built in the first stage, client/dist is the one exception."""
    ignored = (ROOT / ".dockerignore").read_text("utf-8").split()

    assert not (copied() - {"client/dist"}) & set(ignored)
    assert {".git", ".venv", "data", "**/node_modules"} <= set(ignored)


def test_image_can_write_chinese_on_copies() -> None:
    runs = " ".join(rest for word, rest in image_stage() if word == "RUN")

    assert "fonts-noto-cjk" in runs


def imported(path: Path) -> set[str]:
    """First names of the modules that a module imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found
