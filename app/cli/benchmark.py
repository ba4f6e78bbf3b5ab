"""`calm benchmark`: the problems that models are evaluated on, and that no training may see."""

from collections.abc import Mapping
from pathlib import Path

import click

from app.actions.benchmarks import (
    BenchmarkTerms,
    add_benchmark,
    keep_for_evaluation,
    remove_benchmark,
)
from app.cli.common import as_json, ports, read, show
from app.core.fields import FieldName
from app.core.roles import SCRIPT
from app.db.queries.benchmarks import benchmarks_of
from app.db.session import transaction

_kept = click.option(
    "--keep-for-evaluation/--for-training",
    "evaluation",
    default=True,
    help="Whether datasets leave out all that is near it; by default they do.",
)


@click.group()
def benchmark() -> None:
    """Add, list and remove benchmarks."""


@benchmark.command()
@click.argument("name")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_kept
@click.option("--url", default="", help="Where it is published.")
@click.option("--licence", default="", help="Its licence, as its source names it.")
@click.option(
    "--redistribution/--no-redistribution", default=None, help="Whether it may be passed on."
)
@click.option("--label-errors", default="", help="What is known of its wrong references.")
@as_json
def add(
    name: str,
    file: Path,
    evaluation: bool,
    url: str,
    licence: str,
    redistribution: bool | None,
    label_errors: str,
    as_json: bool,
) -> None:
    """Add the benchmark NAME from FILE: JSON lines, JSON, CSV or Parquet."""
    terms = BenchmarkTerms(
        url=url, licence=licence, redistribution=redistribution, label_errors=label_errors
    )
    with transaction(ports().engine) as session:
        made = add_benchmark(session, SCRIPT, name, file, terms, evaluation)
    told = [f"Added {made.problems} problems; {_columns(made.fields)}."]
    told += [f"Row {each.row}: no reference can be read in {each.said!r}" for each in made.unread]
    show(made.model_dump(exclude={"id"}), "\n".join(told), as_json)


@benchmark.command("list")
@as_json
def list_(as_json: bool) -> None:
    """Print every benchmark."""
    found = read(ports(), benchmarks_of)
    columns = ("name", "url", "licence", "redistribution", "evaluation", "label_errors")
    values = [
        {column: getattr(each, column) for column in columns} | {"problems": many, "unread": unread}
        for each, many, unread in found
    ]
    lines = [
        f"{each.name}: {many} problems, "
        f"{'kept for evaluation' if each.evaluation else 'for training'}, "
        f"licence {each.licence or 'not recorded'}"
        for each, many, _unread in found
    ]
    show(values, "\n".join(lines) or "No benchmark yet.", as_json)


@benchmark.command()
@click.argument("name")
@_kept
def keep(name: str, evaluation: bool) -> None:
    """Keep NAME out of training, or let it in with --for-training."""
    with transaction(ports().engine) as session:
        keep_for_evaluation(session, SCRIPT, name, evaluation)
    click.echo(f"{name} is {'kept for evaluation' if evaluation else 'for training'}.")


@benchmark.command()
@click.argument("name")
def remove(name: str) -> None:
    """Remove NAME and its problems."""
    with transaction(ports().engine) as session:
        remove_benchmark(session, SCRIPT, name)
    click.echo(f"Removed {name}.")


def _columns(fields: Mapping[FieldName, str]) -> str:
    return ", ".join(f"{name} in {column!r}" for name, column in fields.items())
