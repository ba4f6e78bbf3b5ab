"""People, what they chose, and the projects they belong to."""

from datetime import datetime
from typing import Any, Literal

from sqlalchemy import (
    ForeignKey,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.db.tables.base import Base, owner
from app.db.types import now

QueueOrder = Literal["oldest", "uncertain"]
"""In which order a person sees the queue."""


class User(Base):
    """A person with an account; `language` is the tag they chose, "" for the browser's.

    `email` is where a mail reaches them, "" for nowhere; it identifies nobody.
    """

    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    email: Mapped[str] = mapped_column(String(254), default="", server_default="")
    password_hash: Mapped[str | None] = mapped_column(String(200))
    admin: Mapped[bool] = mapped_column(default=False)
    active: Mapped[bool] = mapped_column(default=True)
    language: Mapped[str] = mapped_column(String(20), default="", server_default="")
    queue_order: Mapped[QueueOrder] = mapped_column(
        String(10), default="oldest", server_default="oldest"
    )
    created_at: Mapped[datetime] = mapped_column(default=now)


class Login(Base):
    """A browser's session (`kind` session) or a one-time address (`once`), by its token's hash.

    `halfway` is a browser that has yet to show its person's second factor, `reset` an address that
    was mailed, at which a new password can be set.

    Of a session: `browser` and `network` say in a word or two from where it was opened
    (`app.core.visitor`), `seen_at` when it was last used, to within some minutes.
    """

    __tablename__ = "logins"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = owner("users")
    kind: Mapped[str] = mapped_column(String(10))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    browser: Mapped[str] = mapped_column(String(40), default="", server_default="")
    network: Mapped[str] = mapped_column(String(10), default="", server_default="")
    created_at: Mapped[datetime] = mapped_column(default=now)
    seen_at: Mapped[datetime | None] = mapped_column(default=now)
    expires_at: Mapped[datetime]


class Preference(Base):
    """What a person has chosen for themselves: `keys` by deed, those that differ from the default.

    `shows_time` is whether the workbench shows them their time on the task. `guide` is where they
    left the guided first trace (`app.core.guide.Guide` as JSON), None where they never were in it.
    """

    __tablename__ = "preferences"
    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    keys: Mapped[dict[str, Any]] = mapped_column(default=dict)
    shows_time: Mapped[bool] = mapped_column(default=True)
    guide: Mapped[dict[str, Any] | None]


class Project(Base):
    """A workspace. `reasoner` and `intervener` hold `{"name": registry entry, …its settings}`.

    `limits` holds max_hints, max_code_calls, max_tokens, output_tokens, wall_seconds, memory_mb,
    share_blocks; `prompts` holds its own words for models (`app.prompts.own.Prompts`), what it
    lacks being the default; `prices` holds money for a million tokens as
    {"prompt": x, "completion": y}.
    """

    __tablename__ = "projects"
    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    guidelines: Mapped[str] = mapped_column(Text, default="")
    taxonomy: Mapped[dict[str, Any]]
    reasoner: Mapped[dict[str, Any]]
    intervener: Mapped[dict[str, Any]]
    limits: Mapped[dict[str, Any]] = mapped_column(default=dict)
    policy: Mapped[dict[str, Any]] = mapped_column(default=dict)
    prompts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    prices: Mapped[dict[str, Any]] = mapped_column(default=dict)
    spending_cap: Mapped[float | None]
    created_at: Mapped[datetime] = mapped_column(default=now)


class Secret(Base):
    """A key of a project, encrypted; only the worker that uses it ever decrypts it."""

    __tablename__ = "secrets"
    __table_args__ = (UniqueConstraint("project_id", "name"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = owner("projects")
    name: Mapped[str] = mapped_column(String(40))
    ciphertext: Mapped[bytes]
    created_at: Mapped[datetime] = mapped_column(default=now)


class Membership(Base):
    """A person's role in a project."""

    __tablename__ = "memberships"
    __table_args__ = (UniqueConstraint("project_id", "user_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = owner("projects")
    user_id: Mapped[int] = owner("users")
    role: Mapped[str] = mapped_column(String(12))
