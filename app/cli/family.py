"""The processes of one installation, that a command starts, watches and stops.

Promises: a part that dies is started again, and where it keeps dying a CalmError holds the last
lines of its log; what `stopping` surrounds ends in order on Ctrl-C, SIGTERM and a closed terminal,
and nothing survives it.
"""

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from types import FrameType

import click
import redis

from app.cli import programs
from app.cli.child import Child
from app.core.errors import CalmError
from app.settings import Settings

BROKER_WITHIN = 15
_LOOKS_EVERY = 0.2
_STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(click.Abort):
    """Somebody asked everything to stop."""


@contextmanager
def stopping() -> Iterator["Family"]:
    """A family that ends with the block; a signal to stop is Stopped in it."""
    family = Family()
    for name in _STOPS:
        signal.signal(name, _stop)
    try:
        yield family
    finally:
        for name in _STOPS:
            signal.signal(name, signal.SIG_IGN)
        family.end()


class Family:
    """Children in the order of their start; the first is the one that the others talk to."""

    def __init__(self) -> None:
        self.children: list[Child] = []

    def start(self, child: Child) -> None:
        """Start it, and look after it from now on."""
        self.children.append(child)
        child.start()

    def start_broker(self, settings: Settings) -> None:
        """The embedded broker, unless another is named; returns when it answers."""
        if not settings.redis_url:
            self.start(programs.broker(settings))
        self.wait(lambda: _broker_answers(settings), BROKER_WITHIN, _place(settings))

    def wait(self, ready: Callable[[], bool], seconds: int, what: str) -> None:
        """Until it is ready. Raises CalmError after so many seconds."""
        deadline = time.monotonic() + seconds
        while not ready():
            if time.monotonic() > deadline:
                raise CalmError(f"{what} does not answer.{self._last_words()}")
            self.look()

    def look(self) -> None:
        """Look after the children once, and wait a moment."""
        for child in list(self.children):
            if child.once and not child.alive:
                self._finish(child)
            elif not child.revive():
                raise CalmError(f"{child.name} keeps dying. Its log ends:\n{child.last_words()}")
        time.sleep(_LOOKS_EVERY)

    def end(self) -> None:
        """Stop the children, all at once but the first."""
        for group in (self.children[1:], self.children[:1]):
            for child in group:
                child.ask_to_end()
            for child in group:
                child.stop()

    def _finish(self, child: Child) -> None:
        self.children.remove(child)
        if child.exit_code:
            click.echo(f"The {child.name} was not loaded; {child.log} says why.", err=True)

    def _last_words(self) -> str:
        words = self.children[-1].last_words() if self.children else ""
        return f" Its log ends:\n{words}" if words else ""


def _broker_answers(settings: Settings) -> bool:
    try:
        with closing(redis.Redis.from_url(settings.broker, socket_timeout=2)) as client:
            return bool(client.ping())
    except (redis.RedisError, OSError):
        return False


def _place(settings: Settings) -> str:
    """The broker in words, without the name and the password in its address."""
    scheme, _, rest = settings.broker.partition("://")
    return f"The broker at {scheme}://{rest.rpartition('@')[2]}"


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise Stopped
