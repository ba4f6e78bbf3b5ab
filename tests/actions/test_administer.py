"""Administrators: one is always left; whoever is deactivated is out at once."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from app.actions.accounts import authenticate, create_user, open_login, user_of_token
from app.actions.administer import set_active, set_admin
from app.actions.ports import Ports
from app.core.errors import NotAllowed, Refused
from app.core.roles import SCRIPT, Actor
from app.db.session import transaction
from app.db.tables import Event

PASSWORD = "correct horse battery"


def test_the_last_administrator_stays_one(ports: Ports) -> None:
    with transaction(ports.engine) as session:
        ann = create_user(session, SCRIPT, "ann", None, admin=True)
        bob = create_user(session, SCRIPT, "bob", None, admin=True)
        set_active(session, SCRIPT, bob.id, False)
        for last in (set_admin, set_active):
            with pytest.raises(Refused, match="last administrator"):
                last(session, SCRIPT, ann.id, False)
        set_active(session, SCRIPT, bob.id, True)
        set_admin(session, SCRIPT, ann.id, False)
        assert (ann.admin, bob.admin) == (False, True)


def test_who_is_deactivated_is_out_at_once_and_can_come_back(ports: Ports) -> None:
    with transaction(ports.engine) as session:
        ann = create_user(session, SCRIPT, "ann", PASSWORD)
        once = open_login(session, ann, "once")
        token = open_login(session, ann, "session")
        set_active(session, SCRIPT, ann.id, False)
        assert user_of_token(session, token) is None
        with pytest.raises(NotAllowed):
            authenticate(session, "ann", PASSWORD)
        set_active(session, SCRIPT, ann.id, True)
        assert user_of_token(session, token) is None
        assert user_of_token(session, once, "once") is None
        assert authenticate(session, "ann", PASSWORD) == ann
        verbs = session.scalars(select(Event.verb).where(Event.subject == f"user:{ann.id}"))
        assert list(verbs)[-2:] == ["set_active", "set_active"]


def test_only_administrators_decide(ports: Ports, person: Callable[..., Actor]) -> None:
    lead, other = person("lead", "lead"), person("other")
    with transaction(ports.engine) as session:
        for deed in (set_admin, set_active):
            with pytest.raises(NotAllowed, match="Only an administrator"):
                deed(session, lead, other.id, True)
