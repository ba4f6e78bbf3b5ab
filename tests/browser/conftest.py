"""What the browser tests share: a real `calm up` with the demo project, and Chromium."""

import os
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    expect,
    sync_playwright,
)

FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
PATIENCE = 120
"""Seconds; a start of everything on a busy machine takes its time."""
expect.set_options(timeout=60_000)
RECORDED = 7
"""The demo's traces."""
_ADDRESS = re.compile(r"Open (http://\S+/login/once\?token=\S+)")


class Studio:
    """A running `calm up` in a data folder of its own; settings can be given."""

    def __init__(self, folder: Path, port: int = 0, **settings: str) -> None:
        ours = ("CALM_", "DATABASE_URL", "REDIS_URL")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        quick = {"CALM_JOB_LEASE_SECONDS": "3", "CALM_SWEEP_SECONDS": "2"}
        self.environment = {**kept, **quick, "CALM_DATA": str(folder), **settings}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "app.cli", "up", "--port", str(port)],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        self.login = self._read_address()
        self.address = self.login.split("/login")[0]

    def calm(self, *arguments: str) -> str:
        """Run another `calm` command on the same data folder; what it prints."""
        command = [sys.executable, "-m", "app.cli", *arguments]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def worker(self, queue: str) -> psutil.Process:
        """The Celery worker of one queue."""
        family = psutil.Process(self.process.pid).children(recursive=True)
        alive = [each for each in family if each.status() != psutil.STATUS_ZOMBIE]
        [found] = [each for each in alive if f"{queue}-1@calm" in each.cmdline()]
        return found

    def stop(self) -> None:
        """Ctrl-C, and wait."""
        self.process.send_signal(signal.SIGINT)
        with self.process:
            self.process.wait(PATIENCE)

    def _read_address(self) -> str:
        assert self.process.stdout
        said, deadline = "", time.monotonic() + PATIENCE
        while not (found := _ADDRESS.search(said)):
            ready, _, _ = select.select([self.process.stdout], [], [], deadline - time.monotonic())
            more = os.read(self.process.stdout.fileno(), 4096) if ready else b""
            assert more, f"no address: {said}"
            said += more.decode()
        return found.group(1)


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """Everything started, with the demo project."""
    running = Studio(tmp_path_factory.mktemp("studio"))
    yield running
    running.stop()


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """Chromium."""
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def state(studio: Studio, browser: Browser) -> Any:
    """The cookies of somebody who opened the one-time address."""
    context = browser.new_context()
    context.new_page().goto(studio.login)
    kept = context.storage_state()
    context.close()
    return kept


def is_wrong(said: ConsoleMessage) -> bool:
    """Whether a console message is an error; refusals of a form and a lost line are as expected."""
    expected = "status of (401|409|422)|ERR_INTERNET_DISCONNECTED|Failed to fetch"
    refused = re.search(expected, said.text)
    return said.type == "error" and not refused


@pytest.fixture
def open_context(
    browser: Browser, studio: Studio, state: Any
) -> Iterator[Callable[..., BrowserContext]]:
    """Opens contexts that are logged in; a console error or a broken policy fails the test."""
    opened: list[BrowserContext] = []
    wrong: list[str] = []

    def make(**options: Any) -> BrowserContext:
        view = {"viewport": {"width": 1440, "height": 900}, "color_scheme": "light"}
        ours = {"base_url": studio.address, "storage_state": state}
        context = browser.new_context(**{**view, **ours, **options})
        context.set_default_timeout(60_000)
        context.on("weberror", lambda error: wrong.append(str(error.error)))
        context.on("console", lambda said: wrong.append(said.text) if is_wrong(said) else None)
        opened.append(context)
        return context

    yield make
    for context in opened:
        context.close()
    assert wrong == []


@pytest.fixture(scope="module")
def demo(studio: Studio, browser: Browser, state: Any) -> dict[str, str]:
    """The demo's traces, written and looked at: the address of each by its problem's name."""
    context = browser.new_context(base_url=studio.address, storage_state=state)
    page = context.new_page()
    deadline = time.monotonic() + PATIENCE
    while True:
        page.goto("/p/demo/queue?state=")
        rows = page.locator("[data-row]")
        waiting = page.locator("[data-row] .state.waiting").count()
        if rows.count() == RECORDED and not waiting:
            break
        assert time.monotonic() < deadline
        page.wait_for_timeout(500)
    links = page.locator("[data-row] a").all()
    found = {link.inner_text(): link.get_attribute("href") or "" for link in links}
    for address in found.values():
        page.goto(address)
        expect(page.get_by_text("Flaws are being looked for")).to_have_count(0)
    context.close()
    return found


@pytest.fixture
def page(open_context: Callable[..., BrowserContext]) -> Page:
    """A page of somebody who is logged in."""
    return open_context().new_page()
