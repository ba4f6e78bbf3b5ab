"""What lets people and programs in, and what holds back those who guess."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db.tables.base import Base, owner
from app.db.types import now


class Attempt(Base):
    """Guesses under one key, the hash of a name or a network: how many, and when one may go on."""

    __tablename__ = "attempts"
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    count: Mapped[int] = mapped_column(default=0)
    at: Mapped[datetime] = mapped_column(default=now)
    until: Mapped[datetime] = mapped_column(default=now)


class Token(Base):
    """What a program comes with instead of a password, by its hash.

    It does what its user may, as far as `scopes` (`app.core.roles.Scope`) reach.
    """

    __tablename__ = "tokens"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = owner("users")
    name: Mapped[str] = mapped_column(String(80))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    scopes: Mapped[list[Any]]
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class ServiceAccount(Base):
    """Says of an account that no person has it: programs of a project come in by its tokens."""

    __tablename__ = "service_accounts"
    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    project_id: Mapped[int] = owner("projects")


class SecondFactor(Base):
    """The secret that a person's authenticator app holds too, encrypted; in use once confirmed.

    `last_step` is the time step of the newest code that was taken, so that none is taken twice.
    """

    __tablename__ = "second_factors"
    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    ciphertext: Mapped[bytes]
    last_step: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(default=now)
    confirmed_at: Mapped[datetime | None]


class RecoveryCode(Base):
    """A code that lets in once where the authenticator app is lost, by its hash."""

    __tablename__ = "recovery_codes"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = owner("users")
    code_hash: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None]


class Invitation(Base):
    """An address that lets one person into a project, once.

    One that is sent by mail has no token until a worker sends it: only the mail holds it.
    """

    __tablename__ = "invitations"
    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = owner("projects")
    role: Mapped[str] = mapped_column(String(12))
    email: Mapped[str] = mapped_column(String(254), default="")
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    used_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    withdrawn_at: Mapped[datetime | None]


class Mail(Base):
    """A mail to be sent: about an invitation, or to a person who wants a new password.

    `state` is queued, sent or failed, `error` what the server said last. Its words are made as it
    is sent, in `language`. Nobody takes it before `not_before`.
    """

    __tablename__ = "mails"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    invitation_id: Mapped[int | None] = mapped_column(
        ForeignKey("invitations.id", ondelete="CASCADE"), index=True
    )
    language: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(10), default="queued")
    attempts: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(default=now)


class IdentityRow(Base):
    """Whom an OpenID Connect provider knows a person as: its issuer, and its subject there."""

    __tablename__ = "identities"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = owner("users")
    issuer: Mapped[str] = mapped_column(String(300))
    subject: Mapped[str] = mapped_column(String(255))
    created_at: Mapped[datetime] = mapped_column(default=now)
