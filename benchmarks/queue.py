"""What the queue and search cost: a page among many traces, and a search in many texts.

`make bench` runs it, on SQLite, in this process. Two databases are made: 100,000 traces without
texts for the queue, and 5,000 made-up traces of 15 KB for search. CPU time, the median of many;
each figure is divided by that of reading one row by its key in the same run. Search stands beside
the LIKE that it replaces. Prints tables in Markdown.
"""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from sqlalchemy import Engine, func, insert, select, text
from sqlalchemy.orm import Session

from app.actions.claims import claim_next
from app.actions.projects import create_project
from app.core.fences import split_text
from app.core.roles import SCRIPT
from app.core.search import parse_query
from app.core.trace import Step
from app.db.convert import row_of
from app.db.migrate import upgrade
from app.db.queries.queue import queue_rows
from app.db.queries.queue_filters import Cursor, Filters, matching
from app.db.queries.search import hits_of
from app.db.session import make_engine, reading, transaction
from app.db.tables import Branch, Claim, ProblemRow, StepRow, Trace
from benchmarks.traces import TRACE_BYTES, TRACES, made_up

MANY = 100_000
TIMES = 40
_GRADE = {"correct": False, "reason": "", "rule": "strict"}
SEARCHES = {
    "a rare number": "4999",
    "a common word": "lorry",
    "a phrase": '"check whether route"',
    "the beginning of a word": "addConstr*",
    "nothing": "submarine",
}


def main() -> None:
    """Measure everything and print it."""
    with tempfile.TemporaryDirectory(prefix="calm-bench-") as name:
        queue(Path(name) / "queue.db")
        search(Path(name) / "search.db")


def queue(file: Path) -> None:
    """Pages in both orders, first and deep, and Next, among `MANY` traces."""
    engine = opened(file)
    fill_queue(engine, MANY)
    middle = Cursor(50, MANY // 2)
    nothing, rare = Filters("review"), Filters("review", flaw="wrong-objective")
    unclaimed = Filters("review", held="nobody")
    deeds: dict[str, Callable[[Session], object]] = {
        "one row by its key": lambda s: s.execute(select(Trace.id).where(Trace.id == 7)).one(),
        "oldest first": lambda s: queue_rows(s, [1], nothing, 1, "oldest"),
        "oldest first, in the middle": lambda s: queue_rows(s, [1], nothing, 1, "oldest", middle),
        "most uncertain first": lambda s: queue_rows(s, [1], nothing, 1, "uncertain"),
        "most uncertain, in the middle": lambda s: queue_rows(
            s, [1], nothing, 1, "uncertain", middle
        ),
        "of every state, in the middle": lambda s: queue_rows(
            s, [1], Filters(), 1, "uncertain", middle
        ),
        "sorting all of them instead": sort_all,
        "a flaw that no hint has": lambda s: queue_rows(s, [1], rare, 1, "uncertain"),
        "counting what nobody holds": lambda s: matching(s, 1, unclaimed, 1),
    }
    costs = {name: cost(engine, deed) for name, deed in deeds.items()}
    costs["next"] = cost(engine, lambda s: claim_next(s, SCRIPT, 1))
    table(f"a page of 50 of {MANY:,} traces", costs)
    engine.dispose()


def sort_all(session: Session) -> object:
    """The same page where no index has the order."""
    order = (Trace.certainty + 0, Trace.id)
    query = select(Trace.id).where(Trace.project_id == 1, Trace.state == "review")
    return session.execute(query.order_by(*order).limit(51)).all()


def search(file: Path) -> None:
    """Searches in the steps of `TRACES` traces, beside LIKE, and what the index weighs."""
    engine = opened(file)
    spent = time.process_time()
    fill_texts(engine, TRACES)
    spent = (time.process_time() - spent) * 1000 / TRACES
    one = select(StepRow.id).where(StepRow.id == 7)
    costs = {"one row by its key": cost(engine, lambda s: s.execute(one).one())}
    for name, asked in SEARCHES.items():
        query = parse_query(asked)
        costs[name] = cost(engine, lambda s, q=query: hits_of(s, q, "step", [1], most=40))  # type: ignore[misc]
    like = select(StepRow.id).where(StepRow.text.icontains("submarine", autoescape=True))
    costs["nothing, by LIKE"] = cost(engine, lambda s: s.execute(like.limit(40)).all(), times=3)
    table(f"a search in {TRACES:,} traces of 15 KB", costs)
    with reading(engine) as session:
        texts = session.scalar(select(func.sum(func.length(StepRow.text)))) or 0
        sizes = text("SELECT SUM(LENGTH(block)) FROM search_words_data")
        index = session.scalar(sizes) or 0
    print(
        f"The index holds {index / 1e6:.0f} MB for {texts / 1e6:.0f} MB of text"
        f" ({index / texts:.0%}). Adding a trace took {spent:.1f} ms of CPU, index and all."
    )
    engine.dispose()


def opened(file: Path) -> Engine:
    """A new database with a project."""
    upgrade(f"sqlite:///{file}")
    engine = make_engine(f"sqlite:///{file}")
    with transaction(engine) as session:
        create_project(session, SCRIPT, "Bench")
    return engine


def fill_queue(engine: Engine, many: int) -> None:
    """Traces in review, one in ten golden; how settled they are is spread evenly."""
    with transaction(engine) as session:
        problem = a_problem("How many?")
        session.add(problem)
        session.flush()
        common = {"project_id": 1, "problem_id": problem.id, "origin": "generated"}
        rows = [
            {
                **common,
                "id": at,
                "state": "golden" if at % 10 == 0 else "review",
                "certainty": at * 7919 % 101,
            }
            for at in range(1, many + 1)
        ]
        session.execute(insert(Trace), rows)
        session.execute(insert(Claim), [{"trace_id": row["id"], "slot": 1} for row in rows])
        ended = {"number": 1, "outcome": "answered", "grade": _GRADE}
        session.execute(insert(Branch), [{"trace_id": row["id"], **ended} for row in rows])
        session.execute(text("ANALYZE"))


def fill_texts(engine: Engine, many: int) -> None:
    """Made-up traces, added as workers add them."""
    for first in range(0, many, 100):
        with transaction(engine) as session:
            for number in range(first, min(first + 100, many)):
                problem = a_problem(f"Case {number}: how many crates?")
                trace = Trace(project_id=1, problem=problem, origin="generated", state="review")
                branch = Branch(trace=trace, number=1, outcome="answered", grade=_GRADE)
                session.add_all([problem, branch])
                session.flush()
                for at, piece in enumerate(split_text(made_up(number, TRACE_BYTES))):
                    step = Step(kind=piece.kind, author="reasoner", text=piece.text)
                    session.add(row_of(step, branch.id, at))


def a_problem(question: str) -> ProblemRow:
    """A problem without a reference."""
    return ProblemRow(project_id=1, key=question, question=question, reference={"kind": "unknown"})


def cost(engine: Engine, deed: Callable[[Session], object], times: int = TIMES) -> float:
    """CPU milliseconds of a deed, the median of some, after one to warm up."""
    spent = []
    for _ in range(times + 1):
        with transaction(engine) as session:
            before = time.process_time()
            deed(session)
            spent.append((time.process_time() - before) * 1000)
            session.rollback()
            session.info.clear()  # nobody is told of what was taken back
    return median(spent[1:])


def table(title: str, costs: dict[str, float]) -> None:
    """Print the figures, each beside the first."""
    floor = next(iter(costs.values()))
    print(f"| {title} | ms | times one row |\n| --- | --- | --- |")
    for name, each in costs.items():
        print(f"| {name} | {each:.2f} | {each / floor:.0f} |")
    print()


if __name__ == "__main__":
    main()
