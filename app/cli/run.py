"""`calm run`: the Reasoner writes a whole project, and a person watches, stops and goes on."""

import math
import sys
import time
from contextlib import ExitStack
from typing import Any

import click
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.actions.batches import progress_of, stop_batch
from app.actions.facts import ACTIVE
from app.actions.ports import Ports
from app.actions.run_project import Run, Tally, fill_run, open_run, tally_of
from app.cli import DONE_WITH_FAILURES, programs
from app.cli.common import as_json, in_project, ports, progress, project_id, read, show
from app.cli.family import Family, Stopped, stopping
from app.cli.lock import only_one
from app.core.errors import Conflict, Refused
from app.core.roles import SCRIPT
from app.core.trace import OUTCOMES
from app.db.queries.economy import economy_of
from app.db.tables import Job

_ALONE_SECONDS = 30


@click.command()
@in_project
@click.option("--times", type=click.IntRange(1, 1000), default=1, help="Traces of each problem.")
@as_json
def run(project_name: str, times: int, as_json: bool) -> None:
    """Have the Reasoner write what is missing of a project. Ctrl-C stops it.

    The same command goes on where it was. Where no `calm up` runs and no broker is named, it starts
    the workers itself and stops them at its end. Exit code 1 where a trace failed.
    """
    opened = ports()
    target = project_id(opened, project_name)
    with stopping() as family, ExitStack() as stack:
        _start_workers(opened, family, stack)
        begun = open_run(opened, SCRIPT, target, times)
        try:
            if begun:
                fill_run(opened, SCRIPT, begun)
                _watch_writing(opened, family, begun.batch_id)
            _watch_reviews(opened, family, target)
        except Stopped:
            _stop(opened, begun)
    report = _report(opened, target, begun)
    show(report, _told(report), as_json)
    sys.exit(DONE_WITH_FAILURES if report["failures"] else 0)


def _start_workers(ports: Ports, family: Family, stack: ExitStack) -> None:
    """Those of this machine, unless a `calm up` of the same folder or another broker has some."""
    settings = ports.settings
    if settings.redis_url:
        return
    try:
        stack.enter_context(only_one(settings.folder))
    except Conflict:
        return
    family.start_broker(settings)
    for worker in programs.workers(settings):
        family.start(worker)


def _watch_writing(ports: Ports, family: Family, batch_id: int) -> None:
    """A bar until everything of the batch has ended."""
    seen = read(ports, lambda session: progress_of(session, batch_id))
    patience = time.monotonic() + _ALONE_SECONDS
    with progress("Writing", seen.total) as done:
        while seen.state == "running":
            if seen.queued == seen.total and time.monotonic() > patience:
                click.echo("\nNo worker has taken any of it yet; does one run?", err=True)
                patience = math.inf
            family.look()
            seen = read(ports, lambda session: progress_of(session, batch_id))
            done(seen.total - seen.queued - seen.running)
    if seen.state == "stopped":
        raise Refused(f"Somebody stopped batch {batch_id}; the same command goes on with the rest.")


def _watch_reviews(ports: Ports, family: Family, target: int) -> None:
    """A bar until what was written is looked at for flaws, and auto mode has gone on from there."""
    left = total = read(ports, lambda session: _active(session, target))
    if not total:
        return
    with progress("Looking for hints", total) as done:
        while left:
            family.look()
            left = read(ports, lambda session: _active(session, target))
            done(max(0, total - left))


def _active(session: Session, target: int) -> int:
    kinds = Job.kind.in_(("grow", "review", "solves"))
    query = select(func.count()).where(Job.project_id == target, kinds, Job.state.in_(ACTIVE))
    return session.scalar(query) or 0


def _stop(ports: Ports, begun: Run | None) -> None:
    """End what of the batch has not ended; what was finished stays."""
    if begun and read(ports, lambda s: progress_of(s, begun.batch_id)).state == "running":
        stop_batch(ports, SCRIPT, begun.batch_id)
    click.echo("\nStopped. The same command goes on from here.", err=True)


def _report(ports: Ports, target: int, begun: Run | None) -> dict[str, Any]:
    """What this run brought, and what the whole project has used."""
    tally = read(ports, lambda session: tally_of(session, begun.batch_id)) if begun else Tally()
    tokens = read(ports, lambda session: economy_of(session, target))
    return {"batch": begun and begun.batch_id, **tally.model_dump(), "tokens": tokens._asdict()}


def _told(report: dict[str, Any]) -> str:
    tokens = report["tokens"]
    lines = [
        f"{report['written']:,} written, {report['right']:,} of them right.",
        *(f"{many:,} failed: {OUTCOMES[why]}." for why, many in report["failures"].items()),
        f"The project so far: {tokens['generated']:,} tokens generated,"
        f" {tokens['reused']:,} reused, {tokens['wasted']:,} wasted.",
    ]
    return "\n".join(lines) if report["batch"] else "Nothing was left to start."
