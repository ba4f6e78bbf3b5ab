"""`calm up` with real processes: it starts, answers, stops, and nothing survives it."""

import os
import re
import select
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import HTTPCookieProcessor, build_opener

import psutil

from tests.cli.conftest import CALM, Run, environment

PATIENCE = 120
ADDRESS = re.compile(r"Open (http://\S+/login/once\?token=\S+)")


class Running:
    """A `calm up` that has printed its address."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process
        self.address = self._read_address()

    def _read_address(self) -> str:
        assert self.process.stdout
        said = ""
        deadline = time.monotonic() + PATIENCE
        while not (found := ADDRESS.search(said)):
            ready, _, _ = select.select([self.process.stdout], [], [], deadline - time.monotonic())
            more = os.read(self.process.stdout.fileno(), 4096) if ready else b""
            assert more, f"no address: {said}"
            said += more.decode()
        return found.group(1)

    def family(self, least: int = 1) -> list[psutil.Process]:
        """It and everything that it started, once that is at least so many processes."""
        parent = psutil.Process(self.process.pid)
        wait_for(lambda: len(parent.children(recursive=True)) >= least)
        return [parent, *parent.children(recursive=True)]

    def end(self, how: signal.Signals) -> int:
        """Send it a signal; its exit code."""
        self.process.send_signal(how)
        return self.process.wait(PATIENCE)


def wait_for(happens) -> None:  # type: ignore[no-untyped-def]
    """Wait until something is so."""
    deadline = time.monotonic() + PATIENCE
    while not happens():
        assert time.monotonic() < deadline
        time.sleep(0.1)


@contextmanager
def up(folder: Path, *arguments: str) -> Iterator[Running]:
    """`calm up` on a free port; whatever the test leaves of it is killed."""
    process = subprocess.Popen(
        [*CALM, "up", "--port", "0", *arguments],
        env=environment(folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    with process:
        try:
            yield Running(process)
        finally:
            process.kill()


def gone(family: list[psutil.Process]) -> bool:
    """Whether none of these processes runs any more, within a moment."""
    _, alive = psutil.wait_procs(family, timeout=15)
    return not [p for p in alive if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]


def test_it_starts_answers_stops_and_starts_again(tmp_path: Path) -> None:
    for how in (signal.SIGINT, signal.SIGTERM):
        with up(tmp_path / "data", "--no-demo") as running:
            browser = build_opener(HTTPCookieProcessor())
            with browser.open(running.address, timeout=30) as page:
                assert page.status == 200
                assert "login" not in page.url
            family = running.family(least=5)
            assert running.end(how) == 0
            assert gone(family)
    assert (tmp_path / "data" / "secret.key").stat().st_mode & 0o777 == 0o600


def test_nothing_survives_it_when_it_is_killed(tmp_path: Path) -> None:
    with up(tmp_path / "data") as running:
        # five parts, and the sandbox's own processes below the worker that executes
        family = running.family(least=8)
        running.end(signal.SIGKILL)
        assert gone(family)


def test_a_part_that_dies_is_started_again(tmp_path: Path) -> None:
    with up(tmp_path / "data", "--no-demo") as running:
        broker = next(p for p in running.family(5) if p.name() == "valkey-server")
        broker.kill()
        parent = psutil.Process(running.process.pid)
        wait_for(
            lambda: any(
                p.name() == "valkey-server" and p.pid != broker.pid for p in parent.children()
            )
        )


def executions(database: Path) -> int:
    """How many programs were executed so far."""
    with closing(sqlite3.connect(database)) as connection:
        [(count,)] = connection.execute("SELECT count(*) FROM executions")
        return int(count)


def test_the_demo_is_loaded_and_its_code_executed(tmp_path: Path, calm: Run) -> None:
    with up(tmp_path / "data") as running:
        wait_for(lambda: '"traces": 7' in calm("project", "list", "--json").stdout)
        wait_for(lambda: executions(tmp_path / "data" / "calm.db") >= 7)
        family = running.family(least=8)
        assert running.end(signal.SIGINT) == 0
        assert gone(family)


def test_a_second_one_on_the_same_folder_or_port_is_refused(tmp_path: Path, calm: Run) -> None:
    with up(tmp_path / "data", "--no-demo") as running:
        second = calm("up")
        assert (second.returncode, second.stdout) == (2, "")
        assert "A `calm up` or `calm run` uses" in second.stderr
        port = str(urlsplit(running.address).port)
        assert f":{port}/login/once" in calm("user", "login", "admin").stdout
        other = calm("up", "--data", str(tmp_path / "other"), "--port", port)
        assert other.returncode == 2
        assert f"Port {port} of 127.0.0.1 can't be used" in other.stderr
        assert "Traceback" not in second.stderr + other.stderr


def test_a_broker_elsewhere_that_is_not_there_is_said(calm: Run, tmp_path: Path) -> None:
    address = f"unix://somebody:hidden@{tmp_path}/nobody.sock"
    done = calm("up", "--port", "0", REDIS_URL=address)
    assert done.returncode == 2
    assert "does not answer" in done.stderr
    assert "hidden" not in done.stderr + done.stdout
    assert "Traceback" not in done.stderr
