"""What commands share: the ports, output for people or programs, and progress on a terminal."""

import itertools
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import click
from sqlalchemy.orm import Session

from app.actions.ports import Ports, open_ports
from app.actions.projects import find_project
from app.cli.environment import open_folder
from app.core.errors import Refused
from app.db.migrate import is_current, upgrade
from app.db.session import reading

T = TypeVar("T")
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
in_project = click.option("--project", "project_name", required=True, metavar="NAME")


def ports() -> Ports:
    """The ports of this process. A database of the data folder is brought to the newest schema;
    any other is left to `calm migrate`, and refused."""
    settings = open_folder()
    if not is_current(settings.database):
        if settings.database_url:
            raise Refused("The database is not at this version's schema: run `calm migrate`.")
        upgrade(settings.database)
    return open_ports(settings)


def read(ports: Ports, query: Callable[[Session], T]) -> T:
    """What `query` finds."""
    with reading(ports.engine) as session:
        return query(session)


def project_id(ports: Ports, name: str) -> int:
    """The id of the project of this name or slug. Raises NotFound."""
    return read(ports, lambda session: find_project(session, name).id)


def show(value: Any, for_people: str, as_json: bool) -> None:
    """Print the value as one JSON document, or the text for people."""
    click.echo(json.dumps(value) if as_json else for_people)


@contextmanager
def progress(label: str, total: int | None = None) -> Iterator[Callable[[int], None]]:
    """A bar on a terminal's stderr, nothing elsewhere; what it gives takes the number so far.

    Without a total, where the end is not known, it only counts.
    """
    with click.progressbar(
        itertools.count() if total is None else range(total),
        label=label,
        show_pos=True,
        file=sys.stderr,
        hidden=not sys.stderr.isatty(),
    ) as bar:
        yield lambda done: bar.update(done - bar.pos)
