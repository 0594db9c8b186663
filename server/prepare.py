"""Makes an installation ready: data folder, schema, the checklists of this release and a first policy."""

from __future__ import annotations

from server import clock
from server.app import create_app
from server.checklists.releases import store_repository_checklists
from server.db import db
from server.hazards.projection import fold_again
from server.migrations import check_release, check_schema, upgrade
from server.records.feed import renumber_if_moved
from server.register.first_policy import store_first_policy
from server.settings import Settings


def prepare_data(settings: Settings) -> None:
    """Safe to run again; waits for nobody and changes no data of users.

    Raises: SchemaDiffers when the database is of a later release, or is not what the models mean after the upgrade.
    """
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    settings.photo_dir.mkdir(parents=True, exist_ok=True)
    settings.download_dir.mkdir(parents=True, exist_ok=True)
    app = create_app(settings)
    with app.app_context():
        try:
            check_release()
            upgrade()
            check_schema()
            renumber_if_moved()
            store_repository_checklists()
            store_first_policy(settings.county_code)
            fold_again(clock.now())
        finally:
            # The supervisor goes on for weeks after this; it must not sit on connections of the database.
            db.session.remove()
            db.engine.dispose()
