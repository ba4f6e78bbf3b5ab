"""`calm sandbox serve`: execute code for workers elsewhere, at a unix socket.

It needs no database, broker or secret, and should be given none: see docs/deploy.md.
"""

import signal
from contextlib import closing, suppress
from pathlib import Path

import click

from app.backends.sandboxes.paired import open_paired
from app.backends.sandboxes.service import Service
from app.settings import settings


@click.command()
@click.option(
    "--socket",
    "path",
    type=click.Path(path_type=Path),
    required=True,
    help="Where to listen; workers find it by CALM_SANDBOX_SOCKET.",
)
def serve(path: Path) -> None:
    """Execute code for workers elsewhere, until told to stop."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    found = settings()
    opened = open_paired(
        found.sandbox_allow_unisolated, found.sandbox_forks, found.sandbox_fork_minutes
    )
    with closing(opened) as sandbox, Service(path, sandbox) as service:
        held = sandbox.isolation
        click.echo(f"Listening at {path}. Isolation: {held.level}. {held.reason}")
        with suppress(KeyboardInterrupt):
            service.serve_forever()
        path.unlink(missing_ok=True)
