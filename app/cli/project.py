"""`calm project`: creating and listing projects."""

import click
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.actions.projects import create_project
from app.cli.common import as_json, ports, read, show
from app.core.roles import SCRIPT
from app.db.session import transaction
from app.db.tables import ProblemRow, Project, Trace


@click.group()
def project() -> None:
    """Create and list projects."""


@project.command()
@click.argument("name")
@as_json
def create(name: str, as_json: bool) -> None:
    """Create a project called NAME."""
    with transaction(ports().engine) as session:
        made = create_project(session, SCRIPT, name)
        value = {"id": made.id, "slug": made.slug, "name": made.name}
    show(value, f"Created {value['name']} ({value['slug']}).", as_json)


@project.command("list")
@as_json
def list_projects(as_json: bool) -> None:
    """List the projects, with how many problems and traces each has."""
    found = read(ports(), _rows)
    lines = [f"{p['slug']:24} {p['problems']:6} problems {p['traces']:6} traces" for p in found]
    show(found, "\n".join(lines) or "There is no project yet.", as_json)


def _rows(session: Session) -> list[dict[str, object]]:
    counts = [
        select(func.count()).where(table.project_id == Project.id).scalar_subquery()
        for table in (ProblemRow, Trace)
    ]
    query = select(Project.slug, Project.name, *counts).order_by(Project.name)
    names = ("slug", "name", "problems", "traces")
    return [dict(zip(names, row, strict=True)) for row in session.execute(query)]
