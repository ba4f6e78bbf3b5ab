"""The second factor: codes of an authenticator app (TOTP, RFC 6238), and recovery codes.

Promises: the secret is encrypted at rest and shown only until a first code has confirmed it; a code
is taken once, and one step of thirty seconds early or late; a recovery code is stored as a hash and
works once. It is switched off with a code, or by an administrator for whoever lost theirs.
"""

import secrets
from hmac import compare_digest

from cryptography.fernet import InvalidToken
from pyotp import TOTP, random_base32
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from app.actions.accounts import digest, person_of, require_admin
from app.actions.record import from_to, record
from app.actions.secrets import cipher
from app.core.errors import NotAllowed, Refused
from app.core.language import N_, _
from app.core.roles import Actor
from app.db.session import rows_changed
from app.db.tables import RecoveryCode, SecondFactor, User
from app.db.types import now

ISSUER = "CALM Studio"
CODES = 10
_DIGITS = 6
_SKEW = 1
"""Steps that an app's clock may be off by, either way."""


def begin(session: Session, actor: Actor) -> None:
    """A new secret for oneself, in place of one that was never confirmed."""
    if is_on(session, _own(actor)):
        raise Refused(_("It is switched on already."))
    session.execute(delete(SecondFactor).where(SecondFactor.user_id == actor.id))
    ciphertext = cipher().encrypt(random_base32().encode())
    session.add(SecondFactor(user_id=_own(actor), ciphertext=ciphertext))


def confirm(session: Session, actor: Actor, code: str) -> list[str]:
    """Switch it on by a first code from the app; gives the recovery codes, this once."""
    row = session.get(SecondFactor, _own(actor))
    if row is None or row.confirmed_at is not None:
        raise Refused(_("There is nothing to confirm. Begin anew."))
    _take_code(session, row, code)
    row.confirmed_at = now()
    told = from_to({"second_factor": False}, {"second_factor": True})
    record(session, actor, "switch_on_second_factor", f"user:{actor.id}", **told)
    return _new_codes(session, actor)


def renew_codes(session: Session, actor: Actor, code: str) -> list[str]:
    """New recovery codes in place of all old ones; gives them, this once."""
    take(session, actor, code)
    record(session, actor, "renew_recovery_codes", f"user:{actor.id}")
    return _new_codes(session, actor)


def switch_off(session: Session, actor: Actor, code: str) -> None:
    """Switch off one's own, with a code."""
    take(session, actor, code)
    _remove(session, _own(actor))
    told = from_to({"second_factor": True}, {"second_factor": False})
    record(session, actor, "switch_off_second_factor", f"user:{actor.id}", **told)


def take_away(session: Session, actor: Actor, user_id: int) -> None:
    """Switch it off for somebody who lost it. For administrators."""
    require_admin(actor, N_("switch off another person's second factor"))
    user = person_of(session, user_id)
    _remove(session, user.id)
    told = from_to({"second_factor": True}, {"second_factor": False})
    record(session, actor, "switch_off_second_factor", f"user:{user_id}", **told)


def take(session: Session, actor: Actor, code: str) -> None:
    """Use up a code from the app or a recovery code. Raises NotAllowed."""
    row = session.get(SecondFactor, _own(actor))
    if row is None or row.confirmed_at is None:
        raise Refused(_("It is not switched on."))
    plain = "".join(code.split()).replace("-", "").lower()
    if len(plain) != _DIGITS:
        _take_recovery_code(session, actor, plain)
    else:
        _take_code(session, row, plain)


def is_on(session: Session, user_id: int) -> bool:
    """Whether a person is asked for a second factor."""
    row = session.get(SecondFactor, user_id)
    return row is not None and row.confirmed_at is not None


def address_of_secret(session: Session, user: User) -> str | None:
    """What an app reads from the picture, while the secret is not confirmed; None otherwise."""
    row = session.get(SecondFactor, user.id)
    if row is None or row.confirmed_at is not None:
        return None
    return TOTP(_secret(row)).provisioning_uri(name=user.name, issuer_name=ISSUER)


def codes_left(session: Session, user_id: int) -> int:
    """How many recovery codes a person has."""
    unused = select(func.count()).where(
        RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None)
    )
    return session.scalar(unused) or 0


def _take_code(session: Session, row: SecondFactor, code: str) -> None:
    totp, at = TOTP(_secret(row)), now()
    present = totp.timecode(at)
    steps = range(present - _SKEW, present + _SKEW + 1)
    matching = [step for step in steps if _alike(totp.generate_otp(step), code)]
    # One statement: of two who come with the same code at the same moment, one is let in.
    unused = update(SecondFactor).where(
        SecondFactor.user_id == row.user_id, SecondFactor.last_step < max(matching, default=0)
    )
    if not matching or not rows_changed(session, unused.values(last_step=max(matching))):
        raise NotAllowed(_("The code is wrong, or was used already."))


def _alike(one: str, other: str) -> bool:
    return compare_digest(one.encode(), other.encode())


def _take_recovery_code(session: Session, actor: Actor, code: str) -> None:
    unused = update(RecoveryCode).where(
        RecoveryCode.user_id == actor.id,
        RecoveryCode.code_hash == digest(code),
        RecoveryCode.used_at.is_(None),
    )
    if not rows_changed(session, unused.values(used_at=now())):
        raise NotAllowed(_("The code is wrong, or was used already."))
    record(session, actor, "use_recovery_code", f"user:{actor.id}")


def _new_codes(session: Session, actor: Actor) -> list[str]:
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == actor.id))
    plain = [secrets.token_hex(8) for _code in range(CODES)]
    session.add_all(RecoveryCode(user_id=_own(actor), code_hash=digest(one)) for one in plain)
    return ["-".join(one[at : at + 4] for at in range(0, 16, 4)) for one in plain]


def _remove(session: Session, user_id: int) -> None:
    session.execute(delete(SecondFactor).where(SecondFactor.user_id == user_id))
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))


def _secret(row: SecondFactor) -> str:
    try:
        return cipher().decrypt(row.ciphertext).decode()
    except InvalidToken as error:
        raise Refused(
            _(
                "The second factor was encrypted with another CALM_SECRET_KEY. Use a recovery "
                "code, or ask an administrator to switch it off."
            )
        ) from error


def _own(actor: Actor) -> int:
    if actor.id is None:
        raise Refused("Only a person has a second factor.")
    return actor.id
