"""The environment that this process and its children read their settings from.

Promises: options win over the environment; the installation's secret is made once, kept in the data
folder where its owner alone can read it, and never printed.
"""

import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path

from app.settings import Settings, settings

SECRET_FILE = "secret.key"
ADDRESS_FILE = "address"
"""In the data folder while `calm up` runs: other commands on it know the chosen port from there."""


def prepare(**options: object) -> None:
    """Let options that were given stand in the environment, before any settings are read."""
    for name, value in options.items():
        if value is not None:
            os.environ[f"CALM_{name.upper()}"] = str(value)
    settings.cache_clear()


def open_folder() -> Settings:
    """The settings, with the data folder made and the secret known to this process and children."""
    folder = settings().folder
    given = settings().secret_key
    prepare(data=folder, secret_key=given or _secret(folder / SECRET_FILE))
    return settings()


def reachable_host(settings: Settings) -> str:
    """The host at which this machine reaches its own web server."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)


def _secret(file: Path) -> str:
    """The secret in `file`, made by whoever comes first; the file appears whole or not at all."""
    if not file.exists():
        with tempfile.NamedTemporaryFile("w", dir=file.parent, encoding="ascii") as new:
            new.write(secrets.token_urlsafe(48) + "\n")
            new.flush()
            with suppress(FileExistsError):
                os.link(new.name, file)
    return file.read_text(encoding="ascii").strip()
