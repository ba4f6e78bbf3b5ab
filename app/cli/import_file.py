"""`calm import`: a file of problems or of finished traces into a project."""

import sys
from pathlib import Path
from typing import cast

import click

from app.actions.import_file import What, import_file
from app.cli import DONE_WITH_FAILURES
from app.cli.common import as_json, in_project, ports, progress, project_id, show
from app.core.errors import Invalid
from app.core.fields import NAMES, FieldName
from app.core.roles import SCRIPT


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@in_project
@click.option("--as", "what", type=click.Choice(["problems", "traces"]), required=True)
@click.option("--map", "maps", multiple=True, metavar="FIELD=COLUMN", help="Name a column by hand.")
@as_json
def import_command(
    file: Path, project_name: str, what: What, maps: tuple[str, ...], as_json: bool
) -> None:
    """Import FILE: JSON lines, a JSON array, CSV or Parquet.

    Each row that can't be read is reported with its line and reason, and the rest goes in; the same
    file twice adds nothing. FIELD is question, answer, id, source, difficulty, tags or
    language.
    """
    opened = ports()
    target = project_id(opened, project_name)
    with progress("Importing") as done:
        report = import_file(
            opened, SCRIPT, target, file, file.name, what, _mapping(maps), progress=done
        )
    lines = [f"{report.imported} imported, {report.unchanged} unchanged"]
    lines += [f"row {failed.row}: {failed.reason}" for failed in report.failed]
    show(report.model_dump(), "\n".join(lines), as_json)
    sys.exit(DONE_WITH_FAILURES if report.failed else 0)


def _mapping(maps: tuple[str, ...]) -> dict[FieldName, str]:
    pairs = [pair.partition("=") for pair in maps]
    if bad := [field for field, equals, column in pairs if not (field and equals and column)]:
        raise Invalid(f"--map takes FIELD=COLUMN, not {bad[0]}.")
    if bad := [field for field, _, _ in pairs if field not in NAMES]:
        raise Invalid(f"There is no field {bad[0]}; there are {', '.join(NAMES)}.")
    return {cast(FieldName, field): column for field, _, column in pairs}
