"""`calm sandbox`: running a program as the studio runs a model's."""

import sys
from contextlib import closing
from typing import TextIO

import click
from pydantic import ValidationError

from app.actions.models import sandbox as open_sandbox
from app.cli import DONE_WITH_FAILURES, NOT_DONE
from app.cli.common import as_json, show
from app.cli.sandbox_serve import serve
from app.core.errors import Refused
from app.core.execution import Limits


@click.group()
def sandbox() -> None:
    """Run programs in the sandbox."""


sandbox.add_command(serve)


@sandbox.command()
@click.argument("file", type=click.File(encoding="utf-8", errors="replace"))
@click.option("--timeout", type=float, default=30, show_default=True, help="Seconds.")
@click.option("--memory", type=int, default=1024, show_default=True, help="Megabytes.")
@as_json
def run(file: TextIO, timeout: float, memory: int, as_json: bool) -> None:
    """Execute FILE (- for stdin) without network, home or secrets, and say what it did.

    Exit code 1 where the program failed, 2 where it could not be executed.
    """
    limits = _limits(timeout, memory)
    with closing(open_sandbox()) as opened:
        done = opened.execute(file.read(), limits)
    people = done.output + (f"[{done.status}] {done.reason}" if done.status != "ok" else "")
    show(done.model_dump(mode="json"), people.rstrip("\n"), as_json)
    if done.status != "ok":
        sys.exit(NOT_DONE if done.status == "sandbox_error" else DONE_WITH_FAILURES)


def _limits(timeout: float, memory: int) -> Limits:
    """Raises Refused for what is out of bounds."""
    try:
        return Limits(wall_seconds=timeout, memory_mb=memory)
    except ValidationError as error:
        options = {"wall_seconds": "--timeout", "memory_mb": "--memory"}
        wrong = (f"{options[str(it['loc'][0])]}: {it['msg'].lower()}" for it in error.errors())
        raise Refused(f"{'; '.join(wrong)}.") from error
