"""Sets of labelled traces: the bundled one, files, and what people decided in projects.

Promises: each row that can't be taken is reported with its place and reason, and the rest counts; a
trace is taken once, however many sets hold it.
"""

import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from sqlalchemy.orm import Session

from app.actions.people_labels import labelled_by_people
from app.actions.projects import find_project
from app.backends.importers import BadRow, Row, read_rows
from app.core.errors import Conflict, Invalid
from app.core.flaws import Taxonomy
from app.core.labelled import Labelled, read_labelled
from app.core.model import Frozen
from app.settings import ROOT

BUNDLED = ROOT / "examples" / "labelled.jsonl"


class Placed(Frozen):
    """A labelled trace and where it comes from: the set's name, and its line or place, from 1."""

    set: str
    row: int
    trace: Labelled


class BadLabelled(Frozen):
    """A row of a set that was not taken, and the reason."""

    set: str
    row: int
    reason: str


class LabelledSet(Frozen):
    """Several sets as one; every row of them is in `traces`, the same row once, or in `bad`."""

    names: tuple[str, ...]
    traces: tuple[Placed, ...]
    bad: tuple[BadLabelled, ...]


def file_rows(path: Path) -> Iterator[Row | BadRow]:
    """The rows of a file, JSON lines as a rule. Raises UnreadableFile where it holds none."""
    return read_rows(path, path.name)


def project_rows(session: Session, name: str) -> Iterator[Row | BadRow]:
    """The rows that people's decisions in a project give. Raises NotFound."""
    traces = labelled_by_people(session, find_project(session, name))
    return (Row(number, trace.model_dump()) for number, trace in enumerate(traces, 1))


def gather(sets: Mapping[str, Iterable[Row | BadRow]], taxonomy: Taxonomy) -> LabelledSet:
    """The rows of named sets, read."""
    traces: dict[str, Placed] = {}
    bad: list[BadLabelled] = []
    for name, rows in sets.items():
        for row in rows:
            try:
                trace = _read(row, taxonomy)
                _check_new(traces.get(trace.id), trace)
            except Invalid as error:
                bad.append(BadLabelled(set=name, row=row.number, reason=str(error)))
            else:
                traces.setdefault(trace.id, Placed(set=name, row=row.number, trace=trace))
    return LabelledSet(names=tuple(sets), traces=tuple(traces.values()), bad=tuple(bad))


def write_set(traces: Iterable[Labelled], path: Path) -> None:
    """Let a file of JSON lines appear at `path`, whole. Raises Conflict where something is."""
    if path.exists():
        raise Conflict(f"{path} is there already.")
    lines = [json.dumps(trace.model_dump(), ensure_ascii=False) + "\n" for trace in traces]
    with tempfile.TemporaryDirectory(prefix=".calm-", dir=path.parent) as draft:
        whole = Path(draft) / "set"
        whole.write_text("".join(lines), encoding="utf-8")
        whole.rename(path)


def _read(row: Row | BadRow, taxonomy: Taxonomy) -> Labelled:
    if isinstance(row, BadRow):
        raise Invalid(row.reason)
    return read_labelled(row.data, taxonomy)


def _check_new(known: Placed | None, trace: Labelled) -> None:
    """The same row again is no fault, and adds nothing; another of its name is one."""
    if known and known.trace != trace:
        raise Invalid(f"Its id {trace.id!r} is that of row {known.row} of {known.set}.")
