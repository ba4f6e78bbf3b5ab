"""Benchmarks: what there is, and for administrators adding, keeping and removing them."""

import shutil
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Response, UploadFile
from pydantic import ValidationError
from sqlalchemy.orm import Session

from app.actions.benchmarks import (
    AddedBenchmark,
    BenchmarkTerms,
    add_benchmark,
    keep_for_evaluation,
    remove_benchmark,
)
from app.actions.record import get
from app.core.errors import Invalid
from app.core.language import _
from app.core.roles import Actor
from app.db.tables import Benchmark
from app.web.deps import Db, PersonActor, Showing, WebPorts
from app.web.people import Admin
from app.web.views.benchmarks import BenchmarksView, benchmark_views

router = APIRouter(prefix="/benchmarks")
_SAYS = {"yes": True, "no": False, "": None}


@router.get("")
def benchmarks(show: Showing, session: Db, ports: WebPorts, actor: PersonActor) -> Response:
    """All of them."""
    view = BenchmarksView(benchmarks=benchmark_views(session), upload_mb=ports.settings.upload_mb)
    return show.page("benchmarks", view=view, admin=actor.administers)


@router.post("")
def add(
    show: Showing,
    session: Db,
    ports: WebPorts,
    actor: Admin,
    file: UploadFile | None = None,
    name: Annotated[str, Form()] = "",
    url: Annotated[str, Form()] = "",
    licence: Annotated[str, Form()] = "",
    redistribution: Annotated[Literal["yes", "no", ""], Form()] = "",
    label_errors: Annotated[str, Form()] = "",
    training: Annotated[bool, Form()] = False,
) -> Response:
    """Add one, and show what was read and what was not."""
    terms = terms_of(url.strip(), licence.strip(), _SAYS[redistribution], label_errors.strip())
    added = add_file(session, actor, name, file, terms, not training)
    view = BenchmarksView(
        benchmarks=benchmark_views(session), upload_mb=ports.settings.upload_mb, added=added
    )
    return show.page("benchmarks", view=view, admin=True)


@router.post("/{benchmark_id}/keep")
def keep(
    show: Showing,
    session: Db,
    actor: Admin,
    benchmark_id: int,
    on: Annotated[bool, Form()] = False,
) -> Response:
    """Keep one out of training, or let it in."""
    found = get(session, Benchmark, benchmark_id)
    keep_for_evaluation(session, actor, found.name, on)
    return show.go("/benchmarks")


@router.post("/{benchmark_id}/remove")
def remove(show: Showing, session: Db, actor: Admin, benchmark_id: int) -> Response:
    """Remove one and its problems."""
    found = get(session, Benchmark, benchmark_id)
    name = found.name
    remove_benchmark(session, actor, name)
    return show.go("/benchmarks", _("%(name)s is removed.", name=name))


def terms_of(
    url: str, licence: str, redistribution: bool | None, label_errors: str
) -> BenchmarkTerms:
    """What its source says. Raises Invalid for an address that is none, or words too long."""
    try:
        return BenchmarkTerms(
            url=url, licence=licence, redistribution=redistribution, label_errors=label_errors
        )
    except ValidationError as error:
        field = str(error.errors()[0]["loc"][0])
        raise Invalid(_("“%(field)s” can't be read.", field=field)) from error


def add_file(
    session: Session,
    actor: Actor,
    name: str,
    file: UploadFile | None,
    terms: BenchmarkTerms,
    evaluation: bool,
) -> AddedBenchmark:
    """Add a benchmark from a file that was sent. Raises Invalid where none was."""
    if file is None or not file.filename:
        raise Invalid(_("Choose a file first."))
    with NamedTemporaryFile() as kept:
        shutil.copyfileobj(file.file, kept)
        kept.flush()
        place = Path(kept.name)
        return add_benchmark(session, actor, name, place, terms, evaluation, file.filename)
