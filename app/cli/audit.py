"""`calm audit`: whether the history is still what was recorded."""

import sys

import click

from app.actions.erase_text import erase_text
from app.actions.verify_history import Verified, head_of, read_head, verify_history
from app.cli import DONE_WITH_FAILURES
from app.cli.common import as_json, ports, read, show
from app.core.roles import SCRIPT
from app.db.session import snapshot, transaction


@click.group()
def audit() -> None:
    """Verify the history, print its head to be kept elsewhere, erase what an event says."""


@audit.command()
@click.option("--head", metavar="HEAD", help="One that `calm audit head` printed earlier.")
@as_json
def verify(head: str | None, as_json: bool) -> None:
    """Read every event and follow the hash chain; exit code 1 at the first that is wrong."""
    kept = read_head(head) if head else None
    with snapshot(ports().engine) as session:
        found = verify_history(session, kept)
    show(found.model_dump(mode="json"), _words(found), as_json)
    sys.exit(DONE_WITH_FAILURES if found.fault else 0)


@audit.command()
@click.argument("event", type=int)
@click.option("--why", required=True, help="What the history says instead.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def erase(event: int, why: str, yes: bool) -> None:
    """Erase what EVENT says, and its reason where a decision keeps it; that it happened stays."""
    if not yes:
        click.confirm(f"Erase the contents of event {event}? It can't be undone", abort=True)
    with transaction(ports().engine) as session:
        erase_text(session, SCRIPT, event, why)
    click.echo(f"The contents of event {event} are erased.")


@audit.command()
@as_json
def head(as_json: bool) -> None:
    """Print how many events there are and the last one's hash."""
    found = read(ports(), head_of)
    show(found.model_dump(mode="json"), str(found), as_json)


def _words(found: Verified) -> str:
    if found.fault:
        return f"The history is broken. {found.fault}"
    erased = f", {found.erased} of them by removed people" if found.erased else ""
    erased += f", {found.erased_texts} without their contents" if found.erased_texts else ""
    return f"The history is whole: {found.links} events{erased}.\nIts head: {found.head}"
