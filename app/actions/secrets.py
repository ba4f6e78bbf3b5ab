"""Keys of projects, encrypted at rest with a key derived from the installation's secret.

Promises: a stored key is shown to nobody; only the worker that calls the model reads it.
"""

import base64
import hashlib
from typing import get_args

from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actions.record import from_to, get, record
from app.core.errors import Invalid, Refused
from app.core.language import N_, _
from app.core.push import Store
from app.core.roles import Actor
from app.db.tables import Project, Secret
from app.db.types import now
from app.settings import settings

STORES = get_args(Store)
"""A hub's key is a token, S3's is ID:SECRET."""
MODELS = ("reasoner", "intervener")
NAMES = (*MODELS, *STORES)


def store_secret(session: Session, actor: Actor, project_id: int, name: str, value: str) -> None:
    """Keep a key; an empty value deletes it. For leads."""
    actor.require("lead", N_("set keys"))
    get(session, Project, project_id)
    if name not in NAMES:
        raise Invalid(_("There is no key for %(name)s.", name=name))
    if name == "s3" and value and not all(value.partition(":")):
        raise Invalid(_("Write S3's key as ACCESS_KEY_ID:SECRET_ACCESS_KEY."))
    row = _row(session, project_id, name)
    _record(session, actor, project_id, name, bool(row), bool(value))
    if row and not value:
        session.delete(row)
    elif row:
        row.ciphertext, row.created_at = cipher().encrypt(value.encode()), now()
    elif value:
        ciphertext = cipher().encrypt(value.encode())
        session.add(Secret(project_id=project_id, name=name, ciphertext=ciphertext))


def forget_secret(session: Session, actor: Actor, project_id: int, name: str) -> None:
    """Delete a key, if one is stored."""
    if row := _row(session, project_id, name):
        session.delete(row)
        _record(session, actor, project_id, name, True, False)


def read_secret(session: Session, project_id: int, name: str) -> str | None:
    """The key in clear, or None where none is stored. Raises Refused if it can't be decrypted."""
    row = _row(session, project_id, name)
    try:
        return cipher().decrypt(row.ciphertext).decode() if row else None
    except InvalidToken as error:
        raise Refused(
            _(
                "The stored %(name)s key was encrypted with another CALM_SECRET_KEY; set it again.",
                name=name,
            )
        ) from error


def _record(
    session: Session, actor: Actor, project_id: int, name: str, was: bool, there: bool
) -> None:
    """That a key was put in, replaced or taken away; never the key."""
    before, after = ({"key": "stored" if stored else "none"} for stored in (was, there))
    told, subject = from_to(before, after), f"secret:{name}"
    record(session, actor, "store_secret", subject, project_id=project_id, **told)


def _row(session: Session, project_id: int, name: str) -> Secret | None:
    return session.scalar(
        select(Secret).where(Secret.project_id == project_id, Secret.name == name)
    )


def cipher() -> Fernet:
    """What stored secrets are encrypted with. Raises Refused without CALM_SECRET_KEY."""
    secret = settings().secret_key
    if not secret:
        raise Refused(_("Secrets can't be stored: CALM_SECRET_KEY is not set."))
    digest = hashlib.sha256(b"calm-studio keys\0" + secret.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(digest))
