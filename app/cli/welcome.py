"""The first administrator, and the one-time address that `calm up` prints."""

from sqlalchemy import select

from app.actions.accounts import create_user, open_login
from app.cli.environment import ADDRESS_FILE, reachable_host
from app.core.roles import SCRIPT
from app.db.session import make_engine, transaction
from app.db.tables import User
from app.settings import Settings

FIRST = "admin"


def one_time_login(settings: Settings) -> str:
    """A token that logs the first administrator in once; on the first start they are created."""
    admins = select(User).where(User.admin, User.active).order_by(User.id)
    engine = make_engine(settings.database)
    try:
        with transaction(engine) as session:
            user = session.scalars(admins).first()
            user = user or create_user(session, SCRIPT, FIRST, None, admin=True)
            return open_login(session, user, "once")
    finally:
        engine.dispose()


def address_of(settings: Settings, token: str) -> str:
    """Where a browser spends the token: at the running server, else where one would run."""
    running = settings.folder / ADDRESS_FILE
    base = running.read_text() if running.exists() else base_of(settings)
    return f"{base}/login/once?token={token}"


def base_of(settings: Settings) -> str:
    """The address of the web server of these settings."""
    host = reachable_host(settings)
    own = f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"
    return settings.public_url.rstrip("/") or own
