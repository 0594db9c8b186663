"""`python -m tests.golden FOLDER`: loads a golden county into a database of its own and prints every difference; 0 for none."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from server.app import create_app
from server.db import db
from server.prepare import prepare_data
from server.settings import Settings
from tests.golden.checking import differences
from tests.golden.county import County
from tests.server.postgresql import running_cluster


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.golden", description=__doc__)
    parser.add_argument("folder", type=Path, help="with facts/ and expected/ (tests/golden/README.md)")
    parser.add_argument(
        "--database", default="sqlite", help="sqlite, postgresql (a private one), or the URL of an empty database"
    )
    options = parser.parse_args()
    count = 0
    with tempfile.TemporaryDirectory() as folder, database_url(options.database) as url:
        for difference in check(options.folder, Path(folder), url):
            print(difference, flush=True)
            count += 1
    print(f"{count} differences" if count else "no difference")
    return 1 if count else 0


def check(folder: Path, data_dir: Path, url: str) -> Iterator[str]:
    """Differences of a county that is loaded into an empty database; no URL is SQLite in the data folder."""
    settings = Settings(data_dir=data_dir, database_url=url, county_code=County(folder).code)
    prepare_data(settings)
    with create_app(settings).app_context():
        try:
            yield from differences(folder)
        finally:
            db.session.remove()
            db.engine.dispose()


@contextmanager
def database_url(wanted: str) -> Iterator[str]:
    if wanted == "sqlite":
        yield ""
    elif wanted == "postgresql":
        with running_cluster() as cluster:
            yield cluster.url(cluster.create_database())
    else:
        yield wanted


if __name__ == "__main__":
    sys.exit(main())
