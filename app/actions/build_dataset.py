"""Building a dataset: a worker streams the chosen rows from one snapshot into files.

Promises: a build that was cancelled or killed leaves nothing that looks like a dataset, and can be
begun again; how far it is can be seen while it goes on; memory stays flat.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from importlib.metadata import version
from typing import TypeVar

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.actions.choose_rows import Plan, choose_paths, choose_problems
from app.actions.dataset_rows import Manner, Wanted, path_rows, problem_rows
from app.actions.dataset_sources import people_of, sources_of
from app.actions.datasets import tell
from app.actions.ports import Ports
from app.actions.projects import limits_of, prompts_of
from app.actions.record import WORKER, get
from app.actions.work import Held, Lost, let_go
from app.backends.reasoners.tokens import load_tokens
from app.core.flaws import Taxonomy
from app.core.options import DatasetOptions
from app.db.queries.dataset_candidates import Candidate
from app.db.session import snapshot, transaction
from app.db.tables import Dataset, Project
from app.db.types import now
from export.build import Chosen, Making, build
from export.formats import FORMATS
from export.formats.base import Format
from export.left_out import LeftOut
from export.manifest import Manifest, Origin
from export.rows import Row

_TELLS_EVERY = 1.0
Item = Chosen | LeftOut
T = TypeVar("T")


def build_dataset(ports: Ports, held: Held) -> None:
    """Build the dataset that `held` is about. Raises a CalmError where nothing can come of it."""
    with snapshot(ports.engine) as session:
        dataset = get(session, Dataset, held.dataset_id or 0)
        manifest = _build(ports, session, dataset, held)
    with transaction(ports.engine) as session:
        let_go(session, held, "done")
        dataset = get(session, Dataset, held.dataset_id or 0)
        before, dataset.state = dataset.state, "ready"
        dataset.fingerprint = manifest.fingerprint
        dataset.manifest = manifest.model_dump(mode="json")
        found = {"fingerprint": manifest.fingerprint}
        tell(session, WORKER, "build_dataset", dataset, before, **found)


def plan_of(session: Session, project: Project, style: Format, options: DatasetOptions) -> Plan:
    """What goes into a dataset of this format, and what stays out."""
    choose = choose_paths if style.unit == "path" else choose_problems
    return choose(session, project.id, project.slug, options)


def items_of(
    session: Session, project: Project, plan: Plan, options: DatasetOptions
) -> Iterator[Item]:
    """What was left out, and then the rows with their splits."""
    yield from plan.left_out
    rows = _rows(session, project, plan, options)
    for row, (_, split, _) in zip(rows, plan.chosen, strict=True):
        yield Chosen(row, split)


def _build(ports: Ports, session: Session, dataset: Dataset, held: Held) -> Manifest:
    style = FORMATS.make(dataset.format)
    options = DatasetOptions.model_validate(dataset.options)
    tokens = load_tokens(options.tokenizer) if options.tokenizer else None
    project = get(session, Project, dataset.project_id)
    plan = plan_of(session, project, style, options)
    making = Making(style, options.masks, tokens, options.max_tokens)
    items = _while_held(items_of(session, project, plan, options), held)
    total = len(plan.chosen) + len(plan.left_out)
    told = _with_progress(items, lambda done: _tell_progress(ports, dataset.id, done, total))
    folder = ports.settings.folder / "datasets"
    origin = _origin(session, project, options, plan)
    return build(told, folder, making, origin, owner=f"{dataset.id}")


def _rows(session: Session, project: Project, plan: Plan, options: DatasetOptions) -> Iterator[Row]:
    """The rows of a plan, in its order."""
    wanted = [
        Wanted(each.branch_id, each.verdict, each.reason, near)
        for each, _, near in plan.chosen
        if isinstance(each, Candidate)
    ]
    if wanted:
        taxonomy = Taxonomy.model_validate(project.taxonomy)
        manner = Manner(project.slug, taxonomy, limits_of(project).max_hints, options.masks)
        return path_rows(session, wanted, manner)
    system = prompts_of(project).for_reasoner.text
    near = {each.problem_id: close for each, _, close in plan.chosen if close}
    ids = [each.problem_id for each, _, _ in plan.chosen]
    return problem_rows(session, ids, project.slug, system, near)


def _origin(session: Session, project: Project, options: DatasetOptions, plan: Plan) -> Origin:
    return Origin(
        project=project.slug,
        taxonomy=project.taxonomy["version"],
        code_version=version("calm-studio"),
        built_at=now(),
        people=people_of(session, plan),
        selection=options.model_dump(mode="json", exclude={"people"}),
        sources=sources_of(session, plan),
    )


def _while_held(items: Iterable[T], held: Held) -> Iterator[T]:
    for item in items:
        if held.lost.is_set():
            raise Lost("The job was cancelled or taken over.")
        yield item


def _with_progress(items: Iterable[T], tell_done: Callable[[int], None]) -> Iterator[T]:
    """The same, telling about every second how many went by."""
    told = 0.0
    for done, item in enumerate(items):
        if time.monotonic() - told >= _TELLS_EVERY:
            tell_done(done)
            told = time.monotonic()
        yield item


def _tell_progress(ports: Ports, dataset_id: int, done: int, total: int) -> None:
    here = update(Dataset).where(Dataset.id == dataset_id, Dataset.state == "building")
    with transaction(ports.engine) as session:
        session.execute(here.values(done=done, total=total))
