"""`calm login` and `calm logout`: a token for a server, kept for later commands."""

import sys

import click

from app.cli.common import as_json, show
from app.cli.remote import named_server
from app.cli.token_file import keep_token, token_file
from app.client import Client


@click.command()
@as_json
def login(as_json: bool) -> None:
    """Keep a token for the server, once it takes it. Asked for, or read from a pipe."""
    address = named_server()
    piped = not sys.stdin.isatty()
    token = sys.stdin.readline() if piped else click.prompt("Token", hide_input=True)
    with Client(address, token.strip()) as calm:
        me = calm.get_me()
    keep_token(address, token.strip())
    told = f"Logged in as {me.name} ({', '.join(me.scopes)}); kept in {token_file()}."
    show({"name": me.name, "scopes": list(me.scopes)}, told, as_json)


@click.command()
def logout() -> None:
    """Forget the token for the server; it lives on until it is revoked on its page."""
    keep_token(named_server(), None)
    click.echo("Forgot the token; revoke it on the page of your account.")
