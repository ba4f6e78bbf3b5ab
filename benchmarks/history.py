"""What the history costs: the hash chain on a verdict, verifying, and a page of many events.

`make bench` runs it, on SQLite, in this process. A verdict is measured with the chain and without,
taking turns; verifying 100,000 events against reading the same rows and looking at none; pages
against one event read by its key. CPU time, the median of many. Prints tables in Markdown.
"""

import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from unittest.mock import patch

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.actions.judge_branch import judge_branch
from app.actions.record import from_to, record
from app.actions.verify_history import verify_history
from app.core.roles import SCRIPT, Actor
from app.db.queries.history import HistoryFilter, page_of_history
from app.db.session import reading, snapshot, transaction
from app.db.tables import Branch, Event, EventLink, Trace
from benchmarks.queue import a_problem, opened

MANY = 100_000
TIMES = 300
PAGES = 40


def main() -> None:
    """Measure everything and print it."""
    with tempfile.TemporaryDirectory(prefix="calm-bench-") as name:
        engine = opened(Path(name) / "history.db")
        with patch("app.db.session._tell_all", _nothing):  # no broker is there to be told
            verdicts(engine)
        fill(engine, MANY)
        verifying(engine)
        pages(engine)
        engine.dispose()


def verdicts(engine: Engine) -> None:
    """A verdict with the chain and without, on traces that are alike."""
    with_chain, without = [], []
    branches = iter(branches_of(engine, 2 * TIMES))
    for _ in range(TIMES):
        with_chain.append(cpu(lambda: judge(engine, next(branches))))
        with unchained():
            without.append(cpu(lambda: judge(engine, next(branches))))
    costs = {"without the chain": median(without), "with it": median(with_chain)}
    table("a verdict, with its transaction", "times without", costs)


def verifying(engine: Engine) -> None:
    """Verifying, and how much memory it needs at most."""
    costs = {
        "reading the rows": cpu(lambda: read_all(engine)),
        "verifying them": cpu(lambda: verify(engine)),
    }
    table(f"{MANY:,} events", "times reading", costs)
    tracemalloc.start()
    verify(engine)
    print(f"Verifying held {tracemalloc.get_traced_memory()[1] / 1e6:.1f} MB at most.\n")
    tracemalloc.stop()


def pages(engine: Engine) -> None:
    """Pages of the history, first, deep, and of somebody who did nothing."""
    rare = HistoryFilter(person="99")
    deeds: dict[str, Callable[[Session], object]] = {
        "one event by its key": lambda s: s.execute(select(Event.id).where(Event.id == 7)).one(),
        "the newest": lambda s: page_of_history(s, SCRIPT, 1, HistoryFilter()),
        "in the middle": lambda s: page_of_history(s, SCRIPT, 1, HistoryFilter(), MANY // 2),
        "of a trace": lambda s: page_of_history(s, SCRIPT, 1, HistoryFilter(subject="trace:7")),
        "of somebody who did nothing": lambda s: page_of_history(s, SCRIPT, 1, rare),
    }
    costs = {
        name: median(asked(engine, deed) for _ in range(PAGES)) for name, deed in deeds.items()
    }
    table(f"a page of 50 of {MANY:,} events", "times one event", costs)


@contextmanager
def unchained() -> Iterator[None]:
    """Transactions that neither hash nor link their events."""
    with patch("app.db.session.seal_new", _nothing), patch("app.db.session.link_new", _nothing):
        yield


def _nothing(*_: object) -> None:
    """In place of what is left out."""


def branches_of(engine: Engine, many: int) -> list[int]:
    """Finished branches, each of a trace of its own."""
    with transaction(engine) as session:
        problem = a_problem("How many?")
        session.add(problem)
        session.flush()
        made = []
        for _ in range(many):
            trace = Trace(project_id=1, problem=problem, origin="generated", state="review")
            made.append(Branch(trace=trace, number=1, outcome="answered", answer="7"))
        session.add_all(made)
        session.flush()
        return [branch.id for branch in made]


def judge(engine: Engine, branch_id: int) -> None:
    """Give a verdict."""
    with transaction(engine) as session:
        judge_branch(session, SCRIPT, branch_id, "unsure", "It could be either.")


def fill(engine: Engine, many: int) -> None:
    """Events of a few people on many traces, up to so many in all."""
    with snapshot(engine) as session:
        there = len(session.scalars(select(EventLink.number)).all())
        traces = session.scalars(select(Trace.id)).all()
    for first in range(there, many, 1000):
        with transaction(engine) as session:
            for at in range(first, min(first + 1000, many)):
                actor = Actor(kind="person", name=f"person {at % 9}", id=at % 9 + 1)
                place = {"project_id": 1, "trace_id": traces[at % len(traces)]}
                told = from_to({"state": "review"}, {"state": "golden"}) | {"reason": "It is so."}
                record(session, actor, "golden", f"branch:{at}", **place, **told)


def read_all(engine: Engine) -> None:
    """Read what verifying reads."""
    columns = list(Event.__table__.columns)
    query = select(EventLink.number, EventLink.hash, *columns).join(
        Event, Event.id == EventLink.event_id
    )
    with snapshot(engine) as session:
        rows = session.execute(query.order_by(EventLink.number).execution_options(yield_per=1000))
        assert sum(1 for _ in rows) >= MANY


def verify(engine: Engine) -> None:
    """Verify the chain."""
    with snapshot(engine) as session:
        assert not verify_history(session).fault.startswith("Link")


def asked(engine: Engine, deed: Callable[[Session], object]) -> float:
    """The CPU milliseconds of a deed in a session of its own."""

    def in_session() -> None:
        with reading(engine) as session:
            deed(session)

    return cpu(in_session)


def cpu(deed: Callable[[], object]) -> float:
    """The CPU milliseconds of a deed."""
    start = time.process_time()
    deed()
    return (time.process_time() - start) * 1000


def table(title: str, unit: str, costs: dict[str, float]) -> None:
    """Print what was measured, against the first."""
    first = next(iter(costs.values()))
    print(f"| {title} | CPU, ms | {unit} |\n| --- | --- | --- |")
    for name, cost in costs.items():
        print(f"| {name} | {cost:.2f} | {cost / first:.2f} |")
    print()


if __name__ == "__main__":
    main()
