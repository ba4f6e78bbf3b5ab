"""Importing a file of problems or of finished traces.

Promises: each row that can't be taken is reported with its place and reason, and the rest goes in;
the same file twice adds nothing; a reference that a person recorded is never overwritten. Rows go
in by hundreds, each hundred in a transaction of its own, so a long import holds nobody up.
"""

from collections.abc import Callable, Mapping
from itertools import islice
from pathlib import Path
from typing import Literal

from sqlalchemy.orm import Session

from app.actions.import_rows import Added, take_problem, take_trace
from app.actions.ports import Ports
from app.actions.record import get, record
from app.backends.importers import BadRow, Row, read_rows
from app.core.errors import Invalid
from app.core.fields import NAMES, BadField, FieldName
from app.core.language import _
from app.core.model import Frozen
from app.core.roles import Actor
from app.db.session import transaction
from app.db.tables import Project

What = Literal["problems", "traces"]
Progress = Callable[[int], None]
_ROWS = 100
_TAKE = {"problems": take_problem, "traces": take_trace}


class FailedRow(Frozen):
    """A row that was not taken: its line or place in the file, from 1, and the reason."""

    row: int
    reason: str


class ImportReport(Frozen):
    """What an import did; every row of the file is in exactly one of the three."""

    imported: int
    unchanged: int
    failed: tuple[FailedRow, ...]


def import_file(
    ports: Ports,
    actor: Actor,
    project_id: int,
    path: Path,
    filename: str,
    what: What,
    mapping: Mapping[FieldName, str] | None = None,
    progress: Progress = lambda rows: None,
) -> ImportReport:
    """Take the rows of a file into a project; `progress` gets the rows done so far. For leads.

    Raises Invalid for an unknown kind or field, UnreadableFile where nothing can be read.
    """
    actor.require("lead", "import")
    if what not in _TAKE or set(mapping or {}) - set(NAMES):
        raise Invalid(
            _(
                "Problems or traces can be imported, with the fields %(names)s.",
                names=", ".join(NAMES),
            )
        )
    counts: dict[Added, int] = {"imported": 0, "unchanged": 0}
    failed: list[FailedRow] = []
    with path.open("rb") as stream:
        rows = read_rows(stream, filename)
        while chunk := list(islice(rows, _ROWS)):
            with transaction(ports.engine) as session:
                get(session, Project, project_id)
                for row in chunk:
                    _take(session, actor, project_id, row, what, mapping or {}, counts, failed)
            progress(sum(counts.values()) + len(failed))
    report = ImportReport(**counts, failed=tuple(failed))
    _record(ports, actor, project_id, filename, what, report)
    return report


def _take(
    session: Session,
    actor: Actor,
    project_id: int,
    row: Row | BadRow,
    what: What,
    mapping: Mapping[FieldName, str],
    counts: dict[Added, int],
    failed: list[FailedRow],
) -> None:
    if isinstance(row, BadRow):
        failed.append(FailedRow(row=row.number, reason=row.reason))
        return
    try:
        counts[_TAKE[what](session, actor, project_id, row.data, mapping)] += 1
    except BadField as error:
        failed.append(FailedRow(row=row.number, reason=str(error)))


def _record(
    ports: Ports, actor: Actor, project_id: int, filename: str, what: What, report: ImportReport
) -> None:
    with transaction(ports.engine) as session:
        record(
            session,
            actor,
            f"import_{what}",
            f"project:{project_id}",
            project_id=project_id,
            file=filename[:200],
            imported=report.imported,
            unchanged=report.unchanged,
            failed=len(report.failed),
        )
