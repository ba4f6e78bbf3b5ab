"""Accounts: what a password and a token are worth, and what they leave in the database."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from app.actions.accounts import (
    authenticate,
    create_user,
    open_login,
    set_password,
    set_role,
    spend_once,
    user_of_token,
)
from app.actions.ports import Ports
from app.actions.secrets import read_secret, store_secret
from app.core.errors import Invalid, NotAllowed
from app.core.roles import SCRIPT, Actor
from app.db.session import transaction
from app.db.tables import Login, Project, Secret, User

PASSWORD = "correct horse battery"


def test_a_password_lets_in_and_is_not_stored(ports: Ports) -> None:
    with transaction(ports.engine) as session:
        user = create_user(session, SCRIPT, "ann", PASSWORD)
        assert authenticate(session, "ann", PASSWORD) == user
        assert PASSWORD not in (user.password_hash or "")
        for name, password in (("ann", "wrong"), ("nobody", PASSWORD), ("ann", "")):
            with pytest.raises(NotAllowed, match="name or the password"):
                authenticate(session, name, password)


def test_an_account_without_a_password_has_no_password(ports: Ports) -> None:
    with transaction(ports.engine) as session:
        create_user(session, SCRIPT, "ann", None)
        with pytest.raises(NotAllowed):
            authenticate(session, "ann", "")


def test_a_one_time_address_works_once(ports: Ports) -> None:
    with transaction(ports.engine) as session:
        user = create_user(session, SCRIPT, "ann", None)
        token = open_login(session, user, "once")
        assert user_of_token(session, token) is None
        assert spend_once(session, token) == user
        with pytest.raises(NotAllowed):
            spend_once(session, token)


def test_tokens_are_stored_as_hashes_and_end_with_a_new_password(ports: Ports) -> None:
    with transaction(ports.engine) as session:
        user = create_user(session, SCRIPT, "ann", PASSWORD)
        token = open_login(session, user, "session")
        session.flush()
        assert token not in str(session.execute(select(Login.token_hash)).all())
        assert user_of_token(session, token) == user
        set_password(session, SCRIPT, user.id, PASSWORD + "!")
        assert user_of_token(session, token) is None


def test_short_passwords_and_taken_names_are_refused(ports: Ports) -> None:
    with transaction(ports.engine) as session:
        create_user(session, SCRIPT, "ann", None)
        for name, password in (("bob", "short"), ("ann", None), ("  ", None)):
            with pytest.raises(Invalid):
                create_user(session, SCRIPT, name, password)


def test_only_leads_give_roles(
    ports: Ports, project: Project, person: Callable[..., Actor]
) -> None:
    ann = person("ann", "reviewer")
    with transaction(ports.engine) as session:
        user = session.scalars(select(User)).one()
        with pytest.raises(NotAllowed):
            set_role(session, ann, project.id, user.id, "lead")


def test_a_key_is_stored_encrypted_and_can_be_deleted(ports: Ports, project: Project) -> None:
    with transaction(ports.engine) as session:
        store_secret(session, SCRIPT, project.id, "reasoner", "sk-very-secret")
        session.flush()
        assert b"very-secret" not in session.scalars(select(Secret.ciphertext)).one()
        assert read_secret(session, project.id, "reasoner") == "sk-very-secret"
        store_secret(session, SCRIPT, project.id, "reasoner", "")
        session.flush()
        assert read_secret(session, project.id, "reasoner") is None
