"""`calm up`: everything on this machine, as processes of their own, until Ctrl-C.

Promises: one address is printed once the server answers; the rest is `app.cli.family`'s.
"""

import socket
from contextlib import closing
from http.client import HTTPConnection, HTTPException

import click

from app.cli import programs
from app.cli.environment import ADDRESS_FILE, open_folder, prepare, reachable_host
from app.cli.family import Family, Stopped, stopping
from app.cli.lock import only_one
from app.core.errors import Conflict
from app.db.migrate import upgrade
from app.settings import Settings, settings

_WEB_WITHIN = 90
_DEMO_WITHIN = 90


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
        with stopping() as family:
            _Studio(settings(), family).run()


class _Studio:
    """One installation, from its first process to its last."""

    def __init__(self, settings: Settings, family: Family) -> None:
        self.settings = settings
        self.family = family
        self.address = settings.folder / ADDRESS_FILE

    def run(self) -> None:
        """Start everything and watch it, until somebody stops it."""
        try:
            self._begin()
            while True:
                self.family.look()
        except Stopped:
            click.echo("Stopping ...")
        finally:
            self.address.unlink(missing_ok=True)

    def _begin(self) -> None:
        click.echo("Starting CALM Studio ...")
        upgrade(self.settings.database)
        self.family.start_broker(self.settings)
        self.family.start(programs.web(self.settings))
        if self.settings.demo:
            self.family.start(programs.demo(self.settings))
        self.family.wait(self._web_answers, _WEB_WITHIN, "The web server")
        # The first page should show the demo, so the address waits for it; its traces come later.
        self.family.wait(self._demo_is_there, _DEMO_WITHIN, "The demo")
        self._welcome()
        for worker in programs.workers(self.settings):
            self.family.start(worker)

    def _welcome(self) -> None:
        # Only now: what these import would hold up the first page.
        from app.cli.welcome import address_of, base_of, one_time_login

        self.address.write_text(base_of(self.settings))
        click.echo(f"\n  Open {address_of(self.settings, one_time_login(self.settings))}\n")
        click.echo("The address works once. Ctrl-C stops everything.")

    def _web_answers(self) -> bool:
        place = HTTPConnection(reachable_host(self.settings), self.settings.port, timeout=2)
        try:
            with closing(place):
                place.request("GET", "/healthz")
                return place.getresponse().status == 200
        except (OSError, HTTPException):
            return False

    def _demo_is_there(self) -> bool:
        return not any(child.once for child in self.family.children)


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
