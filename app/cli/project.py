"""`calm project`: creating and listing projects."""

import click
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.actions.projects import create_project
from app.cli.common import as_json, ports, read, show
from app.cli.remote import connect, server
from app.client import v1
from app.core.roles import SCRIPT
from app.db.session import transaction
from app.db.tables import ProblemRow, Project, Trace

_LISTED = ("slug", "name", "problems", "traces")
_MADE = {"id", "slug", "name"}


@click.group()
def project() -> None:
    """Create and list projects."""


@project.command()
@click.argument("name")
@as_json
def create(name: str, as_json: bool) -> None:
    """Create a project called NAME."""
    value = _create_there(name) if server() else _create_here(name)
    show(value, f"Created {value['name']} ({value['slug']}).", as_json)


@project.command("list")
@as_json
def list_projects(as_json: bool) -> None:
    """List the projects, with how many problems and traces each has."""
    found = _listed_there() if server() else read(ports(), _rows)
    lines = [f"{p['slug']:24} {p['problems']:6} problems {p['traces']:6} traces" for p in found]
    show(found, "\n".join(lines) or "There is no project yet.", as_json)


def _create_here(name: str) -> dict[str, object]:
    with transaction(ports().engine) as session:
        made = create_project(session, SCRIPT, name)
        return {"id": made.id, "slug": made.slug, "name": made.name}


def _create_there(name: str) -> dict[str, object]:
    with connect() as calm:
        return calm.create_project(v1.NewProject(name=name)).model_dump(include=_MADE)


def _listed_there() -> list[dict[str, object]]:
    """Those that the token's account may know of."""
    with connect() as calm:
        found = calm.list_projects(limit=200)
        return [it.model_dump(include=set(_LISTED)) for it in sorted(found, key=lambda it: it.name)]


def _rows(session: Session) -> list[dict[str, object]]:
    counts = [
        select(func.count()).where(table.project_id == Project.id).scalar_subquery()
        for table in (ProblemRow, Trace)
    ]
    query = select(Project.slug, Project.name, *counts).order_by(Project.name)
    return [dict(zip(_LISTED, row, strict=True)) for row in session.execute(query)]
