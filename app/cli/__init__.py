"""The command line: `calm COMMAND`, each command in a file of its own.

Promises: a command's module is imported only when the command runs, so options can still choose the
settings; an error of the domain is one plain line on stderr. Exit codes: 0 done, 1 done with failed
rows, 2 not done.
"""

import logging
import sys
from importlib import import_module
from typing import cast

import click
from pydantic import ValidationError
from pydantic_core import ErrorDetails
from sqlalchemy.exc import SQLAlchemyError

from app.cli.environment import prepare
from app.core.errors import CalmError, Refused

COMMANDS = {
    "up": "app.cli.up:up",
    "run": "app.cli.run:run",
    "import": "app.cli.import_file:import_command",
    "export": "app.cli.export:export",
    "dataset": "app.cli.dataset:dataset",
    "benchmark": "app.cli.benchmark:benchmark",
    "eval": "app.cli.eval:eval_group",
    "train": "app.cli.train:train",
    "doctor": "app.cli.doctor:doctor",
    "project": "app.cli.project:project",
    "login": "app.cli.login:login",
    "logout": "app.cli.login:logout",
    "user": "app.cli.user:user",
    "audit": "app.cli.audit:audit",
    "sandbox": "app.cli.sandbox:sandbox",
    "demo": "app.cli.demo:demo",
    "migrate": "app.cli.migrate:migrate",
}
REMOTE = ("import", "export", "dataset", "project", "login", "logout")
"""The commands that can ask a server; all others are about this machine."""
DONE_WITH_FAILURES = 1
NOT_DONE = 2


class Commands(click.Group):
    """The commands by name, imported when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command, in the order of COMMANDS."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name, or None."""
        module, _, function = COMMANDS.get(cmd_name, "").partition(":")
        return cast(click.Command, getattr(import_module(module), function)) if module else None


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--data", metavar="FOLDER", help="The data folder (CALM_DATA).")
@click.option("--server", metavar="URL", envvar="CALM_SERVER", help="Ask this server instead.")
@click.version_option(package_name="calm-studio", prog_name="calm")
@click.pass_context
def calm(context: click.Context, data: str | None, server: str | None) -> None:
    """CALM Studio: repair the reasoning of optimization models by hand."""
    prepare(data=data)
    context.obj = server or None
    if server and context.invoked_subcommand not in REMOTE:
        raise Refused(
            f"`calm {context.invoked_subcommand}` is about this machine: leave out --server and"
            f" CALM_SERVER. A server can be asked by {', '.join(REMOTE)}."
        )


def main() -> None:
    """Run the command line and end the process with its exit code."""
    # What a command has to say it prints; the library's warnings are for the servers' logs.
    logging.basicConfig(handlers=[logging.NullHandler()])
    try:
        calm.main(prog_name="calm", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(NOT_DONE)
    except click.Abort:
        _stop("Interrupted.")
    except CalmError as error:
        _stop(str(error))
    except SQLAlchemyError as error:
        _stop(f"The database can't be used: {str(error.__cause__ or error).splitlines()[0]}")
    except ValidationError as error:
        _stop("; ".join(map(_unreadable, error.errors())))
    except OSError as error:
        _stop(f"{error.filename or 'calm'}: {error.strerror or error}")


def _unreadable(error: ErrorDetails) -> str:
    """One fault that pydantic found: where, unless it is in how fields go together, and what."""
    where, said = ".".join(map(str, error["loc"])), error["msg"].removeprefix("Value error, ")
    return f"{where}: {said}" if where else said


def _stop(message: str) -> None:
    click.echo(f"calm: {message}", err=True)
    sys.exit(NOT_DONE)
