"""Benchmarks of the installation: added from the file that their publisher gives, and removed.

Promises: what is kept for evaluation is kept out of every dataset that is built from then on, with
all that is near it. Its file is read whole or not at all (`app.actions.benchmark_file`).
"""

from pathlib import Path
from typing import Any

from pydantic import Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actions.accounts import require_admin
from app.actions.benchmark_file import UnreadReference, read_benchmark
from app.actions.record import from_to, record
from app.core.errors import Conflict, Invalid, NotFound
from app.core.fields import FieldName, ProblemDraft
from app.core.language import N_, _
from app.core.model import Frozen
from app.core.roles import Actor
from app.db.tables import Benchmark, BenchmarkProblem


class BenchmarkTerms(Frozen):
    """What its source says of a benchmark; `redistribution` is None where it says nothing."""

    url: str = Field("", max_length=500, pattern=r"^(https?://\S+)?$")
    licence: str = Field("", max_length=200)
    redistribution: bool | None = None
    label_errors: str = Field("", max_length=10_000)


class AddedBenchmark(Frozen):
    """What became of a file: the columns that its fields were found in, and the references that
    can't be read, whose problems are in all the same."""

    id: int
    name: str = Field(examples=["IndustryOR"])
    evaluation: bool
    file_hash: str
    problems: int
    fields: dict[FieldName, str]
    unread: tuple[UnreadReference, ...]


def add_benchmark(
    session: Session,
    actor: Actor,
    name: str,
    path: Path,
    terms: BenchmarkTerms,
    evaluation: bool = True,
    filename: str = "",
) -> AddedBenchmark:
    """Add a benchmark from its file: JSON lines, JSON, CSV or Parquet. For administrators.

    Raises Conflict for a name that is taken, Invalid where a row can't be read, with its place.
    """
    require_admin(actor, N_("add a benchmark"))
    name = name.strip()
    if not name or len(name) > 120:
        raise Invalid(_("A benchmark's name has 1 to 120 characters."))
    if session.scalar(select(Benchmark.id).filter_by(name=name)):
        raise Conflict(_("A benchmark called %(name)s is there already.", name=name))
    file = read_benchmark(path, filename or path.name)
    made = Benchmark(
        name=name,
        **terms.model_dump(),
        evaluation=evaluation,
        file_hash=file.hash,
        actor_name=actor.name,
    )
    session.add(made)
    session.flush()
    session.add_all(_problem(made.id, number, each) for number, each in enumerate(file.drafts, 1))
    many = len(file.drafts)
    told: dict[str, Any] = {"problems": many, "evaluation": evaluation, "file": file.hash}
    record(session, actor, "add_benchmark", f"benchmark:{made.id}", name=name, **told)
    return AddedBenchmark(
        id=made.id,
        name=name,
        evaluation=evaluation,
        file_hash=file.hash,
        problems=many,
        fields=file.fields,
        unread=file.unread,
    )


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


def _problem(benchmark_id: int, number: int, draft: ProblemDraft) -> BenchmarkProblem:
    return BenchmarkProblem(
        benchmark_id=benchmark_id,
        number=number,
        question=draft.question,
        reference=draft.reference.model_dump(mode="json"),
        external_id=draft.external_id,
    )
