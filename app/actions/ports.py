"""What long verbs reach out through: the database and the settings."""

from dataclasses import dataclass

from sqlalchemy import Engine

from app.db.session import make_engine
from app.settings import Settings


@dataclass(frozen=True)
class Ports:
    """The open ends of this process; made once by the web server, a worker or a command."""

    engine: Engine
    settings: Settings


def open_ports(settings: Settings) -> Ports:
    """Connect to the database that `settings` names; nothing is asked of it yet."""
    return Ports(engine=make_engine(settings.database), settings=settings)
