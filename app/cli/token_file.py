"""The file of tokens that `calm login` keeps, by the server that each is for.

Promises: its owner alone can read it, from its first byte on; one that others can read is refused.
"""

import json
import os
from pathlib import Path

import click

from app.client.base import whole
from app.client.transport import server_of
from app.core.errors import Refused


def token_file() -> Path:
    """Where it is."""
    return Path(click.get_app_dir("calm-studio")) / "tokens.json"


def kept_token(address: str) -> str | None:
    """The token for a server, None where none is kept."""
    return _kept().get(server_of(address))


def keep_token(address: str, token: str | None) -> None:
    """Keep a token, or with None forget it."""
    tokens = {**_kept(), server_of(address): token}
    file = token_file()
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with whole(file) as draft:  # made readable by its owner alone
        known = {server: each for server, each in tokens.items() if each}
        draft.write(json.dumps(known, indent=1).encode())


def _kept() -> dict[str, str]:
    file = token_file()
    if not file.exists():
        return {}
    if os.name == "posix" and file.stat().st_mode & 0o077:
        raise Refused(f"Others can read {file}: `chmod 600` it, and make new tokens.")
    try:
        tokens: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise Refused(f"{file} can't be read: remove it, and `calm login` again.") from error
    return tokens
