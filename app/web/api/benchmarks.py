"""Benchmarks of the installation: what models are evaluated on, and no training may see."""

from typing import Annotated

from fastapi import APIRouter, Form, Response, UploadFile
from pydantic import Field
from sqlalchemy.orm import Session

from app.actions.benchmarks import AddedBenchmark, keep_for_evaluation, remove_benchmark
from app.actions.record import get
from app.core.model import Frozen
from app.db.tables import Benchmark
from app.web.api.deps import Admin, Caller, Id
from app.web.api.etags import IfMatch, IfNoneMatch, shown
from app.web.api.paging import Page, Paged
from app.web.api.sent import Sent
from app.web.benchmarks import add_file, terms_of
from app.web.deps import Db
from app.web.views.benchmarks import BenchmarkView, benchmark_views

router = APIRouter(prefix="/benchmarks", tags=["benchmarks"])
_ONE = "/{benchmark_id}"
Text = Annotated[str, Form()]


class ChangedBenchmark(Frozen):
    """Whether it is kept for evaluation, out of every dataset that is built from then on."""

    evaluation: bool = Field(examples=[True])


@router.get("")
def list_benchmarks(session: Db, _caller: Caller, paging: Paged) -> Page[BenchmarkView]:
    """All of them."""
    found = sorted(benchmark_views(session), key=lambda each: each.id)
    rows, following = paging.some(found, lambda each: each.id)
    return Page(items=tuple(rows), next=following)


@router.post("", status_code=201)
def add_benchmark_(
    session: Db,
    actor: Admin,
    file: UploadFile,
    name: Annotated[str, Form(min_length=1, max_length=120, examples=["IndustryOR"])],
    url: Text = "",
    licence: Text = "",
    redistribution: Annotated[bool | None, Form()] = None,
    label_errors: Text = "",
    evaluation: Annotated[bool, Form()] = True,
) -> AddedBenchmark:
    """Add one from its file; says which columns were found, and each reference that can't be read.
    For administrators."""
    terms = terms_of(url, licence, redistribution, label_errors)
    return add_file(session, actor, name, file, terms, evaluation)


@router.get(_ONE, response_model=BenchmarkView)
def get_benchmark(
    session: Db, _caller: Caller, benchmark_id: Id, condition: IfNoneMatch
) -> Response:
    """One of them."""
    return condition.show(_one(session, get(session, Benchmark, benchmark_id)))


@router.patch(_ONE, response_model=BenchmarkView)
def change_benchmark(
    session: Db, actor: Admin, benchmark_id: Id, change: Sent[ChangedBenchmark], match: IfMatch
) -> Response:
    """Keep one out of training, or let it in. For administrators."""
    found = get(session, Benchmark, benchmark_id)
    session.refresh(found, with_for_update={"key_share": True})
    match.check(lambda: _one(session, found))
    keep_for_evaluation(session, actor, found.name, change.evaluation)
    session.flush()
    return shown(_one(session, found))


@router.delete(_ONE, status_code=204)
def delete_benchmark(session: Db, actor: Admin, benchmark_id: Id) -> None:
    """Remove one and its problems; what was built with it stays. For administrators."""
    remove_benchmark(session, actor, get(session, Benchmark, benchmark_id).name)


def _one(session: Session, row: Benchmark) -> BenchmarkView:
    return next(each for each in benchmark_views(session) if each.id == row.id)
