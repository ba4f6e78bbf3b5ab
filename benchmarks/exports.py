"""What exporting 1,000 annotated traces of 15 KB costs, here and in Label Studio, in one run.

There its JSON export by its API, as a person's browser asks for it; here the building of a dataset
of rows by a worker: its rows chosen, read, hashed and written, with manifest and card. Both are
asked twice, and the second counts. CPU seconds and seconds; prints a table in Markdown.
"""

import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Page

from benchmarks.browser import browsing
from benchmarks.datasets import building, fill, in_process
from benchmarks.peers import add_annotated, export, label_studio
from benchmarks.traces import TRACE_BYTES, made_up

MANY = 1_000


class Cost(NamedTuple):
    """CPU seconds, and seconds."""

    cpu: float
    wall: float


def main() -> None:
    """Measure both and print it."""
    with tempfile.TemporaryDirectory(prefix="calm-bench-") as name, browsing() as page:
        theirs = label_studio_cost(Path(name), page)
        ours = calm_cost(Path(name))
    print(f"| {MANY:,} annotated traces | CPU s | s | CPU, times ours |")
    print("| --- | --- | --- | --- |")
    print(f"| CALM Studio, `rows` | {ours.cpu:.2f} | {ours.wall:.2f} | 1 |")
    times = theirs.cpu / ours.cpu
    print(f"| Label Studio 1.23.0, JSON | {theirs.cpu:.2f} | {theirs.wall:.2f} | {times:.1f} |")


def label_studio_cost(folder: Path, page: Page) -> Cost:
    """Of the server, for one export of all of its annotated tasks."""
    with label_studio(folder, "a task without an annotation", page) as tool:
        add_annotated(page, tool, [made_up(number, TRACE_BYTES) for number in range(MANY)])
        cpu = tool.server.cpu(1, lambda _: whole(export(page, tool)))
        start = time.monotonic()
        whole(export(page, tool))
        return Cost(cpu / 1000, time.monotonic() - start)


def whole(exported: list[dict[str, object]]) -> None:
    """Raises RuntimeError where not all came, each with its annotation."""
    many = sum(bool(task["annotations"]) for task in exported)
    if many != MANY:
        raise RuntimeError(f"{many} of {MANY} annotated traces were exported")


def calm_cost(folder: Path) -> Cost:
    """Of a worker that builds a dataset of as many golden traces."""
    url = f"sqlite:///{folder}/datasets.db"
    fill(url, MANY)
    cpu, _ = in_process(second, partial(building, url, str(folder), "rows"))
    wall, _ = in_process(second, partial(seconds, url, str(folder)))
    return Cost(cpu, wall)


def second(measure: Callable[[], float]) -> float:
    """What is measured the second time."""
    measure()
    return measure()


def seconds(url: str, folder: str) -> float:
    """Seconds of a build."""
    start = time.monotonic()
    building(url, folder, "rows")
    return time.monotonic() - start


if __name__ == "__main__":
    main()
