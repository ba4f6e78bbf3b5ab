"""`calm import`: a file of problems or of finished traces into a project."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import click

from app.actions.import_file import ImportReport, Progress, What, import_file
from app.backends.importers import PEERS, BadRow, Kind, Row, read_rows
from app.cli import DONE_WITH_FAILURES
from app.cli.common import as_json, in_project, ports, progress, project_id, show
from app.cli.remote import connect, find_project, server
from app.client import v1
from app.core.errors import Invalid
from app.core.fields import NAMES, FieldName
from app.core.roles import SCRIPT


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@in_project
@click.option("--as", "what", type=click.Choice(["problems", "traces"]), required=True)
@click.option("--map", "maps", multiple=True, metavar="FIELD=COLUMN", help="Name a column by hand.")
@click.option(
    "--kind", type=click.Choice(["rows", *PEERS]), help="The tool that it is an export of."
)
@as_json
def import_command(
    file: Path,
    project_name: str,
    what: What,
    maps: tuple[str, ...],
    kind: Kind | None,
    as_json: bool,
) -> None:
    """Import FILE: JSON lines, a JSON array, CSV or Parquet.

    Each row that can't be read is reported with its line and reason, and the rest goes in; the same
    file twice adds nothing. FIELD is question, answer, id, source, difficulty, tags, language or
    response, the text of a trace. What another tool exported is known by itself, or by --kind;
    rows is an export of none.
    """
    take = _into_server if server() else _into_folder
    with progress("Importing") as done:
        report = take(file, project_name, what, _mapping(maps), done, kind)
    lines = [f"{report.imported} imported, {report.unchanged} unchanged"]
    lines += [f"row {failed.row}: {failed.reason}" for failed in report.failed]
    lines += [f"row {it.row}, left out: {it.what}: {it.why}" for it in report.left_out]
    show(report.model_dump(), "\n".join(lines), as_json)
    sys.exit(DONE_WITH_FAILURES if report.failed else 0)


def _into_folder(
    file: Path,
    name: str,
    what: What,
    mapping: dict[FieldName, str],
    done: Progress,
    kind: Kind | None,
) -> ImportReport:
    opened = ports()
    target = project_id(opened, name)
    return import_file(opened, SCRIPT, target, file, file.name, what, mapping, done, kind)


def _into_server(
    file: Path,
    name: str,
    what: What,
    mapping: dict[FieldName, str],
    done: Progress,
    kind: Kind | None,
) -> v1.ImportReport:
    """The same by the API, in parts; what can't be read here is not sent."""
    numbers: list[int] = []
    bad: list[v1.FailedRow] = []
    without: list[v1.LeftOutOf] = []

    def readable(rows: Iterator[Row | BadRow]) -> Iterator[dict[str, Any]]:
        for row in rows:
            if isinstance(row, BadRow):
                bad.append(v1.FailedRow(row=row.number, reason=row.reason))
            else:
                numbers.append(row.number)
                without.extend(v1.LeftOutOf(row=row.number, **it._asdict()) for it in row.left_out)
                yield row.data

    with connect() as calm, file.open("rb") as stream:
        slug = find_project(calm, name).slug
        rows = readable(read_rows(stream, file.name, kind))
        report = calm.import_all(slug, what, rows, cast(dict[str, str], mapping), done)
    refused = (it.model_copy(update={"row": numbers[it.row - 1]}) for it in report.failed)
    failed = tuple(sorted([*bad, *refused], key=lambda it: it.row))
    lost = {it.row for it in failed}
    there = (it.model_copy(update={"row": numbers[it.row - 1]}) for it in report.left_out)
    told = [it for it in [*without, *there] if it.row not in lost]
    left_out = tuple(sorted(told, key=lambda it: it.row))
    return report.model_copy(update={"failed": failed, "left_out": left_out})


def _mapping(maps: tuple[str, ...]) -> dict[FieldName, str]:
    pairs = [pair.partition("=") for pair in maps]
    if bad := [field for field, equals, column in pairs if not (field and equals and column)]:
        raise Invalid(f"--map takes FIELD=COLUMN, not {bad[0]}.")
    if bad := [field for field, _, _ in pairs if field not in NAMES]:
        raise Invalid(f"There is no field {bad[0]}; there are {', '.join(NAMES)}.")
    return {cast(FieldName, field): column for field, _, column in pairs}
