"""`calm doctor`: what is there and what is missing, in plain words."""

import sys

import click

from app.actions.diagnose import diagnose
from app.actions.ports import open_ports
from app.cli import DONE_WITH_FAILURES
from app.cli.common import as_json, show
from app.cli.environment import open_folder


@click.command()
@as_json
def doctor(as_json: bool) -> None:
    """Check this installation, changing nothing. Exit code 1 where something is missing."""
    checks = list(diagnose(open_ports(open_folder())))
    width = max(len(check.name) for check in checks)
    lines = [f"{'ok ' if c.ok else 'NO '} {c.name:{width}}  {c.detail}" for c in checks]
    show([check.model_dump() for check in checks], "\n".join(lines), as_json)
    sys.exit(0 if all(check.ok for check in checks) else DONE_WITH_FAILURES)
