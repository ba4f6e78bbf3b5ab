"""A server process, what a browser would say to it, and what that cost it in CPU time."""

import gzip
import http.client
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import psutil
from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parent.parent


@dataclass
class Server:
    """A running server; `cookie` is kept from answer to answer."""

    process: psutil.Process
    port: int
    cookie: str = ""
    connection: http.client.HTTPConnection = field(init=False)

    def __post_init__(self) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def get(self, path: str) -> str:
        """The body of a page. Raises RuntimeError for anything but 200 and 303."""
        return self._ask("GET", path, None, {})[1]

    def post(self, path: str, csrf: str, **fields: object) -> str:
        """Send a form as htmx does; where to go then, or the changed part."""
        body = urlencode(fields)
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "HX-Request": "true",
            "X-CSRF-Token": csrf,
        }
        location, text = self._ask("POST", path, body, headers)
        return location or text

    @property
    def place(self) -> str:
        """The address without a path."""
        return f"http://127.0.0.1:{self.port}"

    def let_in(self, page: Page) -> None:
        """Give a browser's page this cookie."""
        name, _, value = self.cookie.partition("=")
        page.context.add_cookies([{"name": name, "value": value, "url": self.place}])

    def cpu(self, times: int, deed: Callable[[int], object]) -> float:
        """CPU milliseconds of the server for each of `times` deeds, after one to warm up."""
        deed(0)
        before = self._cpu_seconds()
        for number in range(1, times + 1):
            deed(number)
        return (self._cpu_seconds() - before) * 1000 / times

    def _cpu_seconds(self) -> float:
        family = [self.process, *self.process.children(recursive=True)]
        return float(sum(sum(each.cpu_times()[:2]) for each in family))

    def _ask(
        self, method: str, path: str, body: str | None, headers: Mapping[str, str]
    ) -> tuple[str, str]:
        sent = {**headers, "Accept-Encoding": "gzip", "Cookie": self.cookie}
        self.connection.request(method, path, body, sent)
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status not in (200, 303):
            raise RuntimeError(f"{method} {path} gave {answer.status}: {text[:500]!r}")
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            if cookie.startswith("calm_session="):
                self.cookie = cookie.partition(";")[0]
        return answer.headers.get("HX-Redirect") or "", _plain(answer, text)


def _plain(answer: http.client.HTTPResponse, text: bytes) -> str:
    if answer.headers.get("Content-Encoding") == "gzip":
        text = gzip.decompress(text)
    return text.decode()


@contextmanager
def serving(app: str, environment: Mapping[str, str], log: Path) -> Iterator[Server]:
    """A uvicorn of one process for `app`, until the block ends."""
    uvicorn = [sys.executable, "-m", "uvicorn", "--factory", app, "--no-access-log"]
    # An open page's stream lasts for minutes; nobody waits for it.
    command = [*uvicorn, "--timeout-graceful-shutdown", "2", "--port"]
    with running(command, environment, log.parent, log.name, ROOT) as server:
        yield server


@contextmanager
def running(
    command: Sequence[str],
    environment: Mapping[str, str],
    folder: Path,
    log: str = "log",
    at: Path | None = None,
) -> Iterator[Server]:
    """A server whose command ends with its port, started `at` or in `folder`, for the block."""
    port = free_port()
    with (folder / log).open("wb") as output:
        process = subprocess.Popen(
            [*command, str(port)],
            cwd=at or folder,
            env=dict(environment),
            stdout=output,
            stderr=output,
        )
    try:
        wait_until(lambda: _listens(port), process, folder / log)
        yield Server(psutil.Process(process.pid), port)
    finally:
        process.terminate()
        process.wait()


def wait_until(ready: Callable[[], bool], process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait for `ready`. Raises RuntimeError with the log where the process ends before."""
    while not ready():
        if process.poll() is not None:
            raise RuntimeError(log.read_text())
        time.sleep(0.02)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def free_port() -> int:
    """A port of the loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def hidden(page: str, name: str) -> str:
    """The value of a form's hidden field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    if not found:
        raise RuntimeError(f"the page has no field {name}")
    return found[1]
