"""`calm up`: everything on this machine, as processes of their own, until Ctrl-C.

Promises: one address is printed once the server answers; Ctrl-C, SIGTERM and a closed terminal stop
everything in order, and nothing survives; a part that dies is started again, and where it keeps
dying everything stops with the last lines of its log.
"""

import signal
import socket
import time
from collections.abc import Callable
from contextlib import closing
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from types import FrameType

import click
import redis

from app.cli import programs
from app.cli.child import Child
from app.cli.environment import open_folder, prepare, reachable_host
from app.cli.lock import only_one
from app.core.errors import CalmError, Conflict
from app.db.migrate import upgrade
from app.settings import Settings, settings

_BROKER_WITHIN = 15
_WEB_WITHIN = 90
_DEMO_WITHIN = 90
_LOOKS_EVERY = 0.2


class Stopped(Exception):
    """Somebody asked everything to stop."""


@click.command()
@click.option("--host", help="Address to listen on.  [CALM_HOST; 127.0.0.1]")
@click.option(
    "--port", type=click.IntRange(0, 65535), help="0 takes a free one.  [CALM_PORT; 8321]"
)
@click.option("--data", metavar="FOLDER", help="The data folder.  [CALM_DATA; calm-data]")
@click.option("--workers", type=click.IntRange(1, 64), help="Of each queue.  [CALM_WORKERS; 1]")
@click.option("--demo/--no-demo", default=None, help="Load the demo project on the first start.")
def up(
    host: str | None, port: int | None, data: str | None, workers: int | None, demo: bool | None
) -> None:
    """Start everything on this machine and print one address to open.

    The database is DATABASE_URL, else SQLite in the data folder; the broker REDIS_URL, else an
    embedded Valkey server. Logs are in FOLDER/logs. Ctrl-C stops everything.
    """
    prepare(host=host, port=port, data=data, workers=workers, demo=demo)
    chosen = open_folder()
    with only_one(chosen.folder):
        prepare(port=_free_port(chosen))
        _Studio(settings()).run()


class _Studio:
    """The processes of one installation, from the first to the last."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.children: list[Child] = []
        self.address: Path | None = None

    def run(self) -> None:
        """Start everything, watch it, and stop it."""
        for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(name, _stop)
        try:
            self._begin()
            while True:
                self._look()
        except Stopped:
            click.echo("Stopping ...")
        finally:
            self._end()

    def _begin(self) -> None:
        click.echo("Starting CALM Studio ...")
        upgrade(self.settings.database)
        if not self.settings.redis_url:
            self._start(programs.broker(self.settings))
        self._wait(self._broker_answers, _BROKER_WITHIN, _place(self.settings))
        self._start(programs.web(self.settings))
        if self.settings.demo:
            self._start(programs.demo(self.settings))
        self._wait(self._web_answers, _WEB_WITHIN, "The web server")
        # The first page should show the demo, so the address waits for it; its traces come later.
        self._wait(self._demo_is_there, _DEMO_WITHIN, "The demo")
        self._welcome()
        for worker in programs.workers(self.settings):
            self._start(worker)

    def _welcome(self) -> None:
        # Only now: what these import would hold up the first page.
        from app.cli.welcome import ADDRESS_FILE, address_of, base_of, one_time_login

        self.address = self.settings.folder / ADDRESS_FILE
        self.address.write_text(base_of(self.settings))
        click.echo(f"\n  Open {address_of(self.settings, one_time_login(self.settings))}\n")
        click.echo("The address works once. Ctrl-C stops everything.")

    def _start(self, child: Child) -> None:
        self.children.append(child)
        child.start()

    def _wait(self, ready: Callable[[], bool], seconds: int, what: str) -> None:
        deadline = time.monotonic() + seconds
        while not ready():
            if time.monotonic() > deadline:
                raise CalmError(f"{what} does not answer.{self._last_words()}")
            self._look()

    def _look(self) -> None:
        """Look after the children once, and wait a moment."""
        for child in list(self.children):
            if child.once and not child.alive:
                self._finish(child)
            elif not child.revive():
                raise CalmError(f"{child.name} keeps dying. Its log ends:\n{child.last_words()}")
        time.sleep(_LOOKS_EVERY)

    def _finish(self, child: Child) -> None:
        self.children.remove(child)
        if child.exit_code:
            click.echo(f"The {child.name} was not loaded; {child.log} says why.", err=True)

    def _last_words(self) -> str:
        words = self.children[-1].last_words() if self.children else ""
        return f" Its log ends:\n{words}" if words else ""

    def _broker_answers(self) -> bool:
        try:
            with closing(redis.Redis.from_url(self.settings.broker, socket_timeout=2)) as client:
                return bool(client.ping())
        except (redis.RedisError, OSError):
            return False

    def _web_answers(self) -> bool:
        place = HTTPConnection(reachable_host(self.settings), self.settings.port, timeout=2)
        try:
            with closing(place):
                place.request("GET", "/healthz")
                return place.getresponse().status == 200
        except (OSError, HTTPException):
            return False

    def _demo_is_there(self) -> bool:
        return not any(child.once for child in self.children)

    def _end(self) -> None:
        """Stop the children, all at once but the first: the broker, that the others talk to."""
        for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(name, signal.SIG_IGN)
        if self.address:
            self.address.unlink(missing_ok=True)
        for group in (self.children[1:], self.children[:1]):
            for child in group:
                child.ask_to_end()
            for child in group:
                child.stop()


def _place(settings: Settings) -> str:
    """The broker in words, without the name and the password in its address."""
    scheme, _, rest = settings.broker.partition("://")
    return f"The broker at {scheme}://{rest.rpartition('@')[2]}"


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise Stopped


def _free_port(settings: Settings) -> int:
    """The port, if it can be listened on; for 0 a free one. Raises Conflict."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise Conflict(
                f"Port {settings.port} of {settings.host} can't be used ({error.strerror}). "
                "Choose another with --port."
            ) from error
        return int(probe.getsockname()[1])
