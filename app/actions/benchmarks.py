"""Benchmarks of the installation: added from the file that their publisher gives, and removed.

Promises: what is kept for evaluation is kept out of every dataset that is built from then on, with
all that is near it. A benchmark is added whole or not at all: a row that can't be read refuses the
file, for an evaluation on a part of it would be compared with others on the whole.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actions.accounts import require_admin
from app.actions.record import from_to, record
from app.backends.importers import BadRow, read_rows
from app.core.errors import Conflict, Invalid, NotFound
from app.core.fields import BadField, ProblemDraft, problem_from_row
from app.core.language import N_, _
from app.core.model import Frozen
from app.core.roles import Actor
from app.db.tables import Benchmark, BenchmarkProblem

_MOST_TOLD = 5


class Terms(Frozen):
    """What its source says of a benchmark; `redistribution` is None where it says nothing."""

    url: str = ""
    licence: str = ""
    redistribution: bool | None = None
    label_errors: str = ""


def add_benchmark(
    session: Session, actor: Actor, name: str, path: Path, terms: Terms, evaluation: bool = True
) -> Benchmark:
    """Add a benchmark from its file: JSON lines, JSON, CSV or Parquet. For administrators.

    Raises Conflict for a name that is taken, Invalid where a row can't be read, with its place.
    """
    require_admin(actor, N_("add a benchmark"))
    name = name.strip()
    if not name or len(name) > 120:
        raise Invalid(_("A benchmark's name has 1 to 120 characters."))
    if session.scalar(select(Benchmark.id).filter_by(name=name)):
        raise Conflict(_("A benchmark called %(name)s is there already.", name=name))
    with path.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    drafts = _drafts(path)
    made = Benchmark(
        name=name,
        **terms.model_dump(),
        evaluation=evaluation,
        file_hash=digest,
        actor_name=actor.name,
    )
    session.add(made)
    session.flush()
    session.add_all(_problem(made.id, number, draft) for number, draft in enumerate(drafts, 1))
    told: dict[str, Any] = {
        "name": name,
        "problems": len(drafts),
        "evaluation": evaluation,
        "file": digest,
    }
    record(session, actor, "add_benchmark", f"benchmark:{made.id}", **told)
    return made


def keep_for_evaluation(session: Session, actor: Actor, name: str, evaluation: bool) -> None:
    """Keep a benchmark out of training, or let it in. For administrators."""
    require_admin(actor, N_("say what is kept for evaluation"))
    found = find_benchmark(session, name)
    changed = from_to({"evaluation": found.evaluation}, {"evaluation": evaluation})
    found.evaluation = evaluation
    record(session, actor, "keep_for_evaluation", f"benchmark:{found.id}", name=name, **changed)


def remove_benchmark(session: Session, actor: Actor, name: str) -> None:
    """Remove a benchmark and its problems; what was built and measured with it stays. For
    administrators."""
    require_admin(actor, N_("remove a benchmark"))
    found = find_benchmark(session, name)
    told: dict[str, Any] = {"name": name, "evaluation": found.evaluation, "file": found.file_hash}
    record(session, actor, "remove_benchmark", f"benchmark:{found.id}", **told)
    session.delete(found)


def find_benchmark(session: Session, name: str) -> Benchmark:
    """The benchmark of this name. Raises NotFound."""
    found = session.scalar(select(Benchmark).filter_by(name=name))
    if found is None:
        raise NotFound(_("There is no benchmark called %(name)s.", name=name))
    return found


def _drafts(path: Path) -> list[ProblemDraft]:
    """The problems of a file. Raises Invalid with the first rows that are none."""
    read = list(_read(path))
    bad = [each for each in read if isinstance(each, str)]
    if bad:
        raise Invalid(
            _(
                "%(many)s rows can't be read, so nothing was added: %(reasons)s",
                many=len(bad),
                reasons=" ".join(bad[:_MOST_TOLD]),
            )
        )
    drafts = [each for each in read if not isinstance(each, str)]
    if not drafts:
        raise Invalid(_("The file has no rows."))
    return drafts


def _read(path: Path) -> Iterator[ProblemDraft | str]:
    """Each row as a problem, or why it is none."""
    with path.open("rb") as stream:
        for row in read_rows(stream, path.name):
            try:
                if isinstance(row, BadRow):
                    raise BadField(row.reason)
                yield problem_from_row(row.data)
            except BadField as error:
                yield _("Row %(number)s: %(reason)s", number=row.number, reason=str(error))


def _problem(benchmark_id: int, number: int, draft: ProblemDraft) -> BenchmarkProblem:
    return BenchmarkProblem(
        benchmark_id=benchmark_id,
        number=number,
        question=draft.question,
        reference=draft.reference.model_dump(mode="json"),
        external_id=draft.external_id,
    )
