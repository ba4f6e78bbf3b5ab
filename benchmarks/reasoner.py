"""How busy one model worker keeps a model server, over the whole path: queue, database, sandbox.

The processes are those of `calm up`: an embedded broker, SQLite, one worker for models and one for
programs. The server meters itself (`benchmarks.model_server`). A batch of traces is started, each
of three replies and two programs that are really executed. The share is of all slots, from the
first request on: while as many traces as slots were unfinished, and to the very end. A trace's
replies come one after the other, so the last traces leave slots empty where they are fewer: the
table says how busy the best of workers could keep the server with so many traces.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import psutil
from sqlalchemy import func, select

from app.actions.batches import progress_of, start_batch
from app.actions.ports import Ports, open_ports
from app.actions.projects import ProjectChange, change_project, create_project
from app.cli import programs
from app.cli.environment import open_folder, prepare
from app.cli.family import Family, stopping
from app.core.answer import parse_reference
from app.core.roles import SCRIPT
from app.db.migrate import upgrade
from app.db.session import reading, transaction
from app.db.tables import Branch, ProblemRow
from app.jobs import celery
from app.settings import settings
from benchmarks.server import ROOT, free_port, wait_until
from tests.tiny_tokenizer import make_tokenizer


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--traces", type=int, default=100)
    parser.add_argument("--slots", type=int, default=20)
    parser.add_argument("--milliseconds", type=float, default=100.0, help="for each token")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, stopping() as family:
        prepare(data=folder)
        celery.conf.broker_url = open_folder().broker.replace("unix://", "redis+socket://", 1)
        with model_server(Path(folder), asked.slots, asked.milliseconds) as url:
            ports = started(family)
            spent = run(ports, family, Path(folder), url, asked.traces)
            with urlopen(f"{url.removesuffix('/v1')}/meter", timeout=30) as answer:
                meter = json.load(answer)
            print_table(ports, meter, spent, asked.traces)


@contextmanager
def model_server(folder: Path, slots: int, milliseconds: float) -> Iterator[str]:
    """The address of a metered server, until the block ends."""
    port = free_port()
    command = [sys.executable, "-m", "benchmarks.model_server", str(port), "--slots", str(slots)]
    log = folder / "server.log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            [*command, "--milliseconds", str(milliseconds)], cwd=ROOT, stdout=output, stderr=output
        )
    try:
        wait_until(lambda: _answers(port), server, log)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        server.terminate()
        server.wait()


def _answers(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/meter", timeout=5):
            return True
    except OSError:
        return False


def started(family: Family) -> Ports:
    """An installation with its broker and its workers."""
    upgrade(settings().database)
    family.start_broker(settings())
    for worker in programs.workers(settings()):
        family.start(worker)
    return open_ports(settings())


def run(ports: Ports, family: Family, folder: Path, url: str, traces: int) -> float:
    """Have so many traces written; CPU seconds of the model worker."""
    tokenizer = str(make_tokenizer(folder / "tokenizer"))
    reasoner = {"name": "openai", "base_url": url, "model": "metered", "tokenizer": tokenizer}
    with transaction(ports.engine) as session:
        project_id = create_project(session, SCRIPT, "Metered").id
        change_project(session, SCRIPT, project_id, ProjectChange(reasoner=reasoner))
        session.add_all(_problem(project_id, number) for number in range(traces))
    with transaction(ports.engine) as session:
        ids = list(session.scalars(select(ProblemRow.id)))
    batch_id = start_batch(ports, SCRIPT, project_id, "generate", ids)
    while _progress(ports, batch_id).state == "running":
        family.look()
        time.sleep(1)
    return _cpu("model-1@calm")


def _problem(project_id: int, number: int) -> ProblemRow:
    reference = parse_reference(2).model_dump(mode="json")
    question = f"How much is problem {number}?"
    return ProblemRow(
        project_id=project_id, key=f"{number:064}", question=question, reference=reference
    )


def _progress(ports: Ports, batch_id: int) -> Any:
    with reading(ports.engine) as session:
        return progress_of(session, batch_id)


def _cpu(name: str) -> float:
    """CPU seconds of the worker of this name."""
    mine = psutil.Process().children()
    times = next(each.cpu_times() for each in mine if name in each.cmdline())
    return float(times.user + times.system)


def print_table(ports: Ports, meter: dict[str, Any], spent: float, traces: int) -> None:
    """What the server counted, beside what the database holds."""
    with reading(ports.engine) as session:
        outcomes = dict(
            session.execute(select(Branch.outcome, func.count()).group_by(Branch.outcome)).all()
        )
    changes, slots = [tuple(each) for each in meter["changes"]], meter["slots"]
    wall = changes[-1][0] - changes[0][0]
    print(f"| a server with {slots} slots, {traces} traces | |\n| --- | --- |")
    full = sorted(meter["answers"])[traces - slots]
    print(
        f"| busy while {slots} traces or more were unfinished | {busy(changes, slots, full):.1%} |"
    )
    print(f"| busy from the first request to the last | {busy(changes, slots, None):.1%} |")
    print(f"| at most, with so many traces that are alike | {best(traces, slots):.1%} |")
    print(f"| requests, tokens | {meter['requests']:,}, {meter['tokens']:,} |")
    print(f"| tokens/s | {meter['tokens'] / wall:,.0f} |")
    print(f"| model worker's CPU of one core | {spent / wall:.0%} |")
    print(f"| branches | {', '.join(f'{many} {name}' for name, many in outcomes.items())} |")


def busy(changes: list[tuple[float, int]], slots: int, until: float | None) -> float:
    """The share of slots in use from the first change to `until`, or to the last one."""
    end = changes[-1][0] if until is None else until
    used, taken = 0.0, 0
    for (at, by), (then, _) in zip(changes, [*changes[1:], (end, 0)], strict=True):
        taken += by
        used += taken * max(0.0, min(then, end) - min(at, end))
    return used / (slots * (end - changes[0][0]))


def best(traces: int, slots: int) -> float:
    """The largest share of slots that so many equal traces can use, each in one slot at a time."""
    rounds = -(-traces // slots)
    return traces / (rounds * slots)


if __name__ == "__main__":
    main()
