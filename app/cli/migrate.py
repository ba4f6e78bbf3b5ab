"""`calm migrate`: the database at the newest schema."""

import click

from app.db.migrate import upgrade
from app.settings import settings


@click.command()
def migrate() -> None:
    """Bring the database to this version's schema, or make it."""
    upgrade(settings().database)
    click.echo("The database is at the newest schema.")
