"""`calm eval`: how good an Intervener is, and the labelled traces that say so."""

import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TypeVar

import click
from sqlalchemy.orm import Session

from app.actions.evaluate_intervener import (
    Reviewer,
    evaluate,
    model_reviewer,
    project_reviewer,
    rules_reviewer,
)
from app.actions.hint_shares import hint_shares
from app.actions.kept_reviews import KeptReviews
from app.actions.labelled_set import (
    BUNDLED,
    LabelledSet,
    file_rows,
    gather,
    project_rows,
    write_set,
)
from app.actions.projects import find_project
from app.backends.importers import BadRow, Row
from app.cli import DONE_WITH_FAILURES
from app.cli.common import as_json, ports, progress, read, show
from app.cli.eval_tables import left_out, tables
from app.core.flaws import DEFAULT, Taxonomy
from app.settings import settings

T = TypeVar("T")
_PROJECT = "project:"
_sets = click.option(
    "--set",
    "names",
    multiple=True,
    metavar="SET",
    help="A file, `bundled`, or `project:NAME`; as often as needed.",
)
_threads = click.option(
    "--threads",
    type=click.IntRange(1, 64),
    default=4,
    show_default=True,
    help="Traces that are looked at together.",
)
_out = click.option(
    "--out", type=click.Path(path_type=Path), help="A file that keeps a model's paid reviews."
)
_project = click.option("--project", metavar="NAME", help="A project, by name or slug.")


@click.group("eval")
def eval_group() -> None:
    """Measure how good Interveners are."""


@eval_group.command()
@click.option("--with", "who", metavar="rules|MODEL", help="The rules, or a model by its name.")
@click.option("--base-url", metavar="URL", help="The model's OpenAI-compatible server.")
@_project
@_sets
@_out
@_threads
@as_json
def intervener(
    who: str | None,
    base_url: str | None,
    project: str | None,
    names: tuple[str, ...],
    out: Path | None,
    threads: int,
    as_json: bool,
) -> None:
    """Score the rules or a model on labelled traces, by default the bundled ones.

    Without --with it is the Intervener of --project, else the rules. With --project it also says
    what people made of the project's hints. Exit code 1 where a trace could not be used or got no
    review.
    """
    reviewer = _reviewer(who, base_url, project)
    if out and reviewer.mode == "every":
        raise click.UsageError("--out keeps what was paid for; the rules are free.")
    labelled, kept = _gather(names or ("bundled",), reviewer.taxonomy), KeptReviews(out)
    with progress("Reviewing") as done:
        found = evaluate(labelled, reviewer, threads=threads, kept=kept, progress=done)
    if project:
        people = _read(lambda session: hint_shares(session, find_project(session, project).id))
        found = found.model_copy(update={"people": people})
    show(found.model_dump(mode="json"), tables(found), as_json)
    sys.exit(DONE_WITH_FAILURES if found.bad or found.failed else 0)


@eval_group.command("write-set")
@click.argument("file", type=click.Path(path_type=Path))
@_sets
@_project
@as_json
def write(file: Path, names: tuple[str, ...], project: str | None, as_json: bool) -> None:
    """Write the labelled traces of every --set to FILE, as JSON lines.

    The flaws are those of --project's taxonomy, else of the studio's own.
    """
    if not names:
        raise click.UsageError("Say with --set what is to be written.")
    found = _gather(names, _taxonomy(project))
    write_set([placed.trace for placed in found.traces], file)
    lines = [f"{len(found.traces)} labelled traces in {file}", *left_out(found.bad)]
    value = {"written": len(found.traces), "bad": [bad.model_dump() for bad in found.bad]}
    show(value, "\n".join(lines), as_json)
    sys.exit(DONE_WITH_FAILURES if found.bad else 0)


def _reviewer(who: str | None, base_url: str | None, project: str | None) -> Reviewer:
    """Who is evaluated. Raises UsageError for options that don't go together."""
    model = None if who == "rules" else who
    if bool(model) != bool(base_url):
        raise click.UsageError("A model (--with MODEL) and its server (--base-url) go together.")
    if model:
        config = {"base_url": base_url, "model": model}
        return model_reviewer(config, settings().intervener_key, _taxonomy(project))
    if project and not who:
        return _read(lambda session: project_reviewer(session, find_project(session, project)))
    return rules_reviewer(_taxonomy(project))


def _taxonomy(project: str | None) -> Taxonomy:
    """The project's taxonomy, or the studio's own."""
    if project is None:
        return DEFAULT
    return Taxonomy.model_validate(_read(lambda session: find_project(session, project).taxonomy))


def _gather(names: Sequence[str], taxonomy: Taxonomy) -> LabelledSet:
    return gather({name: _rows(name) for name in names}, taxonomy)


def _rows(name: str) -> Iterable[Row | BadRow]:
    if name.startswith(_PROJECT):
        project = name.removeprefix(_PROJECT)
        return _read(lambda session: list(project_rows(session, project)))
    return file_rows(BUNDLED if name == "bundled" else Path(name))


def _read(query: Callable[[Session], T]) -> T:
    """What a query finds in the installation's database, which is opened when first asked."""
    context = click.get_current_context()
    context.obj = context.obj or ports()
    return read(context.obj, query)
