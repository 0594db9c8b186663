"""Takes pictures of every screen of the running service with demo data into docs/screenshots/: `make screenshots`.

    python scripts/screenshots.py [--data FOLDER] [--out FOLDER] [--only TEXT]

--data keeps the demo data between runs; without it a new county is made in a temporary folder (about half a minute).
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from PIL import Image  # noqa: E402
from playwright.sync_api import Page, sync_playwright  # noqa: E402

from server.demo.accounts import OFFICE  # noqa: E402
from server.demo.pictures import draw_hazard  # noqa: E402
from tests.e2e.conftest import FLAGS, INSTALL, find_chromium  # noqa: E402
from tests.e2e.phone import Phone, new_context  # noqa: E402
from tests.e2e.tour import desk_tour, phone_tour  # noqa: E402

COLOURS = 192
READY_S = 300


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, help="data folder to make or to use again")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "screenshots")
    parser.add_argument("--only", default="", help="part of the names of the pictures to keep")
    chosen = parser.parse_args()
    chromium = find_chromium()
    if chromium is None:
        print(f"no Chromium found; install it with: {INSTALL}", file=sys.stderr)
        return 1
    chosen.out.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        address = stack.enter_context(running_service(chosen.data or folder / "data"))
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        stack.callback(browser.close)

        def keep(name: str, page: Page) -> None:
            if chosen.only in name:
                take(page, chosen.out / f"{name}.png")

        phone = Phone(browser, address, context=new_context(browser, device_scale_factor=1.5))
        for name in phone_tour(phone, drawn_photos(folder)):
            keep(name, phone.page)
        for name, page in desk_tour(browser, address, OFFICE):
            keep(name, page)
    return 0


def take(page: Page, path: Path) -> None:
    """A picture of the window with few colours: screens are flat, and a repository keeps every version for ever."""
    page.screenshot(path=path)
    with Image.open(path) as picture:
        few = picture.convert("RGB").quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    few.save(path, optimize=True)
    print(f"{path.name:<36} {path.stat().st_size / 1000:>6.0f} kB", flush=True)


def drawn_photos(folder: Path) -> list[Path]:
    """Two photos of one hazard, as the demo draws them."""
    chance = random.Random(3)
    paths = [folder / "overview.jpg", folder / "close-up.jpg"]
    for path in paths:
        picture = draw_hazard(chance, "", taken_at=datetime.now(UTC), position=(112.8991, 35.6172), after=False)
        path.write_bytes(picture.data)
    return paths


@contextlib.contextmanager
def running_service(data: Path) -> Iterator[str]:
    """The whole service with demo data, as `make run` starts it, on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {name: value for name, value in os.environ.items() if name not in {"REDIS_URL", "DATABASE_URL"}}
    environment |= {"DATA_DIR": str(data), "PORT": str(port), "HOST": "127.0.0.1"}
    process = subprocess.Popen([sys.executable, "-m", "server", "run"], env=environment, cwd=ROOT)
    address = f"http://127.0.0.1:{port}"
    try:
        wait_until_up(address, process)
        yield address
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def wait_until_up(address: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + READY_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise SystemExit("the service ended before it was ready; the reason stands above")
        try:
            urllib.request.urlopen(f"{address}/readyz", timeout=2).close()
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
    raise SystemExit(f"the service was not ready within {READY_S} s")


if __name__ == "__main__":
    raise SystemExit(main())
