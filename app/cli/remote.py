"""The server that a command asks, in place of this machine's data folder.

Promises: a token comes from the environment or from a file that its owner alone can read, never
from an argument, and is printed nowhere.
"""

import os

import click

from app.cli.token_file import kept_token
from app.client import Client, v1
from app.core.errors import Invalid, NotFound, NotIdentified


def server() -> str | None:
    """The address that `--server` or CALM_SERVER names; None for this machine."""
    address: str | None = click.get_current_context().find_root().obj
    return address


def named_server() -> str:
    """The same for a command that is about one. Raises Invalid where none is named."""
    if address := server():
        return address
    raise Invalid("Name the server: `calm --server URL`, or CALM_SERVER.")


def connect() -> Client:
    """A client of the server. Raises NotIdentified where no token for it is known."""
    address = named_server()
    token = os.environ.get("CALM_TOKEN") or kept_token(address)
    if not token:
        raise NotIdentified(f"No token for {address}: set CALM_TOKEN, or `calm login` first.")
    return Client(address, token)


def find_project(calm: Client, name: str) -> v1.ListedProject:
    """The project of this slug, else of this name. Raises NotFound, or Invalid for several."""
    known = list(calm.list_projects(limit=200))
    found = [it for it in known if it.slug == name] or [it for it in known if it.name == name]
    if not found:
        raise NotFound(f"There is no project called {name}.")
    if len(found) > 1:
        slugs = ", ".join(sorted(it.slug for it in found))
        raise Invalid(f"Several projects are called {name}; say which: {slugs}.")
    return found[0]
