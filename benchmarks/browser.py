"""What Chromium fetched for a page, and how long it was busy with it and with what a person did.

Source of the times: the browser's own Event Timing (from a key or click to the next paint, in
steps of 8 ms, 0 below 16) and Long Tasks (none below 50 ms).
"""

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import NamedTuple

from playwright.sync_api import Page, Request, sync_playwright

from benchmarks.server import ROOT

_OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
_METER = """
window.metered = { event: 0, task: 0 };
const meter = (type, kept) => new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) metered[kept] = Math.max(metered[kept], duration);
}).observe({ type, durationThreshold: 16, buffered: true });
meter("event", "event");
meter("longtask", "task");
"""
_SETTLED = 700
"""Milliseconds in which the browser reports what it measured."""


class Weight(NamedTuple):
    """What a browser with an empty cache fetched for a page: how many, and bytes as sent."""

    requests: int
    sent: int


class Opened(NamedTuple):
    """A page as it was opened: its weight, seconds until its text stood there, the longest task."""

    weight: Weight
    seconds: float
    task: float


@contextmanager
def browsing() -> Iterator[Page]:
    """A page of 1440 by 900 in a Chromium with an empty cache."""
    found = subprocess.run([ROOT / "scripts" / "chromium"], stdout=subprocess.PIPE, text=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found.stdout.strip(), args=_OPTIONS)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.add_init_script(_METER)
        yield page
        browser.close()


def open_page(page: Page, address: str, text: str) -> Opened:
    """Open `address` with an empty cache and wait until the element `text` (a selector) stands."""
    finished: list[Request] = []

    def note(request: Request) -> None:
        finished.append(request)

    page.context.new_cdp_session(page).send("Network.clearBrowserCache")
    page.on("requestfinished", note)
    began = perf_counter()
    page.goto(address, wait_until="commit")
    page.locator(text).first.wait_for(timeout=120_000)
    seconds = perf_counter() - began
    page.wait_for_load_state("load")
    page.wait_for_timeout(_SETTLED + 1500)
    page.remove_listener("requestfinished", note)
    return Opened(_weight(finished), seconds, page.evaluate("metered.task"))


def slowest(page: Page, deed: Callable[[Page], None]) -> float:
    """Milliseconds from the slowest key or click of `deed` to the paint that showed it."""
    page.evaluate("metered.event = 0")
    deed(page)
    page.wait_for_timeout(_SETTLED)
    return float(page.evaluate("metered.event"))


def _weight(finished: list[Request]) -> Weight:
    sizes = [request.sizes() for request in finished]
    sent = sum(size["responseBodySize"] + size["responseHeadersSize"] for size in sizes)
    return Weight(len(sizes), sent)
