"""Importing a file of problems or of finished traces.

Promises: each row that can't be taken is reported with its place and reason, and the rest goes in;
the same file twice adds nothing; a reference that a person recorded is never overwritten. Rows go
in by hundreds, each hundred in a transaction of its own, so a long import holds nobody up.
"""

from collections.abc import Callable, Mapping
from itertools import islice
from pathlib import Path
from typing import Literal

from pydantic import Field
from sqlalchemy.orm import Session

from app.actions.import_rows import Added, take_problem, take_trace
from app.actions.ports import Ports
from app.actions.record import get, record
from app.backends.importers import BadRow, Kind, LeftOut, Row, read_rows
from app.core.annotation import COLUMN
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


class LeftOutOf(Frozen):
    """What was left out of a row, and why; the rest of the row may have gone in."""

    row: int
    what: str
    why: str


class ImportReport(Frozen):
    """What an import did; every row of the file is in exactly one of the first three."""

    imported: int = Field(examples=[98])
    unchanged: int = Field(examples=[2])
    failed: tuple[FailedRow, ...]
    left_out: tuple[LeftOutOf, ...] = ()


def import_file(
    ports: Ports,
    actor: Actor,
    project_id: int,
    path: Path,
    filename: str,
    what: What,
    mapping: Mapping[FieldName, str] | None = None,
    progress: Progress = lambda rows: None,
    kind: Kind | None = None,
) -> ImportReport:
    """Take the rows of a file into a project; `progress` gets the rows done so far. For leads.

    `kind` is the tool that it is an export of, `rows` none; None finds that out.

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
    tally = _Tally(actor, project_id, what, mapping or {})
    with path.open("rb") as stream:
        rows = read_rows(stream, filename, kind)
        while chunk := list(islice(rows, _ROWS)):
            with transaction(ports.engine) as session:
                get(session, Project, project_id)
                for row in chunk:
                    tally.take(session, row)
            progress(tally.done)
    report = tally.report
    _record(ports, actor, project_id, filename, what, report)
    return report


class _Tally:
    """Takes rows, and counts what became of them."""

    def __init__(
        self, actor: Actor, project_id: int, what: What, mapping: Mapping[FieldName, str]
    ) -> None:
        self._actor, self._project_id, self._mapping = actor, project_id, mapping
        self._what: What = what
        self._counts: dict[Added, int] = {"imported": 0, "unchanged": 0}
        self._failed: list[FailedRow] = []
        self._left_out: list[LeftOutOf] = []

    @property
    def done(self) -> int:
        """How many rows it has seen."""
        return sum(self._counts.values()) + len(self._failed)

    @property
    def report(self) -> ImportReport:
        """What became of them."""
        failed, left_out = tuple(self._failed), tuple(self._left_out)
        return ImportReport(**self._counts, failed=failed, left_out=left_out)

    def take(self, session: Session, row: Row | BadRow) -> None:
        """Take one in."""
        if isinstance(row, BadRow):
            self._failed.append(FailedRow(row=row.number, reason=row.reason))
            return
        data, left_out = row.data, row.left_out
        if self._what == "problems" and data.get(COLUMN):
            data = {name: cell for name, cell in data.items() if name != COLUMN}
            left_out += (LeftOut(_("annotations"), _("A problem has none, only a trace.")),)
        try:
            added = _TAKE[self._what](session, self._actor, self._project_id, data, self._mapping)
        except BadField as error:
            self._failed.append(FailedRow(row=row.number, reason=str(error)))
            return
        self._counts[added] += 1
        self._left_out += (LeftOutOf(row=row.number, **it._asdict()) for it in left_out)


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
            left_out=len(report.left_out),
        )
