"""What a person chooses for themselves, and nobody else: keys, and what their pages show."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from app.actions.record import from_to, record
from app.core.errors import Invalid
from app.core.keys import keys_refusal, own_keys
from app.core.roles import Actor
from app.db.tables import Preference


def preference_of(session: Session, user_id: int) -> Preference:
    """What a person has chosen; the defaults, not stored, where they never chose anything."""
    found = session.get(Preference, user_id)
    return found or Preference(user_id=user_id, keys={}, shows_time=True)


def choose_keys(session: Session, actor: Actor, keys: Mapping[str, str]) -> None:
    """Set one's own keys by deed; what is left out or empty is the default.

    Raises Invalid, saying which, where one key would mean two things on a page.
    """
    own = own_keys(keys)
    if refusal := keys_refusal(own):
        raise Invalid(refusal)
    stored = stored_preference(session, actor)
    told = from_to({"keys": stored.keys}, {"keys": own})
    stored.keys = own
    record(session, actor, "choose_keys", f"user:{actor.id}", **told)


def show_time(session: Session, actor: Actor, shown: bool) -> None:
    """Show one's own time on the workbench, or not."""
    stored = stored_preference(session, actor)
    told = from_to({"shows_time": stored.shows_time}, {"shows_time": shown})
    stored.shows_time = shown
    record(session, actor, "show_time", f"user:{actor.id}", **told)


def stored_preference(session: Session, actor: Actor) -> Preference:
    """What a person has chosen, to be changed. Raises Invalid for anybody else."""
    if actor.id is None:
        raise Invalid("Only a person has preferences.")
    preference = preference_of(session, actor.id)
    session.add(preference)
    return preference
