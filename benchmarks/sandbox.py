"""What isolation and a session cost: a small LP in a cold Python and in the sandbox, side by side.

`make bench` runs it, with `--runs 10000` for the check that nothing grows. The ways take turns, so
that other load on the machine meets all of them alike; CPU time, of every process that a run needs,
hardly depends on it.
"""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from functools import partial
from pathlib import Path
from statistics import median
from typing import NamedTuple

import psutil

from app.backends.sandboxes.forks import Forks
from app.backends.sandboxes.forkserver import PRELOADED, ForkServer
from app.core.execution import Isolation, Level, Limits
from benchmarks.cpu import cpu_clock

LP = """
import highspy
h = highspy.Highs()
h.setOptionValue("output_flag", False)
x, y = h.addVariable(lb=0, ub=4), h.addVariable(lb=0)
h.addConstr(x + y <= 10)
h.addConstr(x + 3 * y <= 24)
h.maximize(3 * x + 5 * y)
print(h.getInfo().objective_function_value)
"""
LIMITS = Limits()
LEVELS: tuple[Level, ...] = ("none", "full", "landlock")
ROUNDS = 60
COLD, UNISOLATED = "a cold Python process", "fork-server without isolation"


class Taken(NamedTuple):
    """Seconds of each run: on the wall's clock, and of CPU in all its processes."""

    wall: list[float]
    cpu: list[float]


def main() -> None:
    """Measure everything and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=1000, help="of the check that nothing grows")
    runs = parser.parse_args().runs
    clock = cpu_clock()
    with ExitStack() as stack:
        servers = {level: stack.enter_context(opened(level)) for level in LEVELS}
        print_runs(servers, clock)
        print_blocks(servers)
        print("\n| level | memory of an idle session, MB |\n| --- | --- |")
        for level, server in servers.items():
            print(f"| {level} | {idle_memory(server):.1f} |")
        print_growth(servers["full"], runs)


@contextmanager
def opened(level: Level) -> Iterator[ForkServer]:
    """A sandbox of this level with room for forks."""
    isolation = Isolation(level=level, reason="a benchmark")
    with closing(ForkServer(isolation, PRELOADED, Forks(8, minutes=10))) as server:
        yield server


def print_runs(servers: dict[Level, ForkServer], clock: Callable[[], float]) -> None:
    """One small LP from nothing to its result."""
    ways: dict[str, Callable[[], object]] = {COLD: cold}
    for level, server in servers.items():
        name = UNISOLATED if level == "none" else f"sandbox, level {level}"
        ways[name] = partial(server.execute, LP, LIMITS)
    times = taking_turns(ways, clock)
    print(f"machine: {os.cpu_count()} cores, load {os.getloadavg()[0]:.0f}\n")
    print(
        "| a small LP | p50, ms | best, ms | runs/s | CPU p50, ms | p50 to no isolation |", end=""
    )
    print(" CPU to no isolation | runs/s to cold | cold CPU to its |")
    print(f"|{' --- |' * 9}")
    for name, taken in times.items():
        wall, cpu = taken.wall, median(taken.cpu)
        cells = (
            f"{1000 * median(wall):.1f}",
            f"{1000 * min(wall):.1f}",
            f"{len(wall) / sum(wall):.0f}",
            f"{1000 * cpu:.1f}",
            f"{median(wall) / median(times[UNISOLATED].wall):.2f}",
            f"{cpu / median(times[UNISOLATED].cpu):.2f}",
            f"{sum(times[COLD].wall) / sum(wall):.1f}",
            f"{median(times[COLD].cpu) / cpu:.1f}",
        )
        print(f"| {name} | {' | '.join(cells)} |")


def print_blocks(servers: dict[Level, ForkServer]) -> None:
    """The same LP as a following block, and what a fork costs."""
    columns = [measured_blocks(server) for server in servers.values()]
    print(f"\n| p50, ms | {' | '.join(servers)} |\n| {' | '.join(['---'] * 4)} |")
    for name in columns[0]:
        print(f"| {name} | {' | '.join(f'{column[name]:.2f}' for column in columns)} |")


def measured_blocks(server: ForkServer) -> dict[str, float]:
    """Milliseconds, in the middle of many."""
    kept = []
    with server.session() as session:
        session.execute(LP, LIMITS)
        following = [timed(lambda: session.execute(LP, LIMITS)) for _ in range(ROUNDS)]
        idle = [timed(lambda: session.execute("x = 1", LIMITS)) for _ in range(ROUNDS)]
        for number in range(ROUNDS):
            session.execute("x = 1", LIMITS)
            kept.append(timed(partial(session.keep, f"{server.isolation.level}-{number}")))
    last = f"{server.isolation.level}-{ROUNDS - 1}"
    woken = [timed(lambda: woke(server, last)) for _ in range(ROUNDS)]
    taken = {
        "a following block that does nothing": idle,
        "a following block with the LP": following,
        "leaving a fork": kept,
        "waking a fork, and an LP in it": woken,
    }
    return {name: 1000 * median(seconds) for name, seconds in taken.items()}


def woke(server: ForkServer, key: str) -> None:
    """Raises RuntimeError where nothing was woken."""
    with server.session(wake=[key]) as session:
        if session.woken != key or session.execute(LP, LIMITS).status != "ok":
            raise RuntimeError("no fork was woken")


def print_growth(server: ForkServer, runs: int) -> None:
    """What this process and the fork-server hold, before and on the way through many runs."""
    for _ in range(100):  # past what caches take
        server.execute(LP, LIMITS)
    columns = {"before": held()}
    for number in range(1, runs + 1):
        if (done := server.execute(LP, LIMITS)).status != "ok":
            raise RuntimeError(done.reason)
        if number in {runs // 5, runs // 2, runs}:
            columns[f"after {number:,} runs"] = held()
    print(f"\n| held by | {' | '.join(columns)} |\n|{' --- |' * (1 + len(columns))}")
    for name in columns["before"]:
        print(f"| {name} | {' | '.join(str(column[name]) for column in columns.values())} |")


def held() -> dict[str, object]:
    """Memory in MB, descriptors, and processes with the dead among them."""
    time.sleep(1)  # what has just ended is gone by then
    own = psutil.Process()
    tree = own.children(recursive=True)
    return {
        "worker, MB": round(own.memory_info().rss / 2**20),
        "fork-servers, MB": round(sum(kilobytes(each.pid, "Anonymous") for each in tree) / 1024, 1),
        "worker, descriptors": own.num_fds(),
        "processes": len(tree),
        "zombies": sum(each.status() == psutil.STATUS_ZOMBIE for each in tree),
    }


def idle_memory(server: ForkServer) -> float:
    """MB that a session's processes have of their own, and share with no other."""
    server.execute("", LIMITS)
    before = set(psutil.Process().children(recursive=True))
    with server.session() as session:
        session.execute("", LIMITS)
        own = set(psutil.Process().children(recursive=True)) - before
        return sum(kilobytes(each.pid, "Private_Dirty") for each in own) / 1024


def kilobytes(pid: int, kind: str) -> int:
    """Memory of this kind: all that is `Anonymous`, or `Private_Dirty`, a process's alone.

    What a fork-server has alone goes up and down with the sessions that share its pages; only all
    of its anonymous memory says whether it grows. Source: proc_pid_smaps(5).
    """
    with suppress(OSError):  # it has ended
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        return sum(int(line.split()[1]) for line in lines if line.startswith(f"{kind}:"))
    return 0


def cold() -> None:
    """A Python process that starts, imports highspy, solves and ends."""
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    # Else it compiles what it imports at each start, and everything else looks quick beside it.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    command = [sys.executable, "-c", LP]
    subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)


def taking_turns(
    ways: dict[str, Callable[[], object]], clock: Callable[[], float]
) -> dict[str, Taken]:
    """Seconds of each, after one round to warm up."""
    times = {name: Taken([], []) for name in ways}
    for round_ in range(ROUNDS + 1):
        for name, way in ways.items():
            before, wall = clock(), timed(way)
            if round_:
                times[name].wall.append(wall)
                times[name].cpu.append(clock() - before)
    return times


def timed(deed: Callable[[], object]) -> float:
    """Seconds that it takes."""
    began = time.perf_counter()
    deed()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
