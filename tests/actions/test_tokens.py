"""Tokens: who comes with one, how far it reaches, and when it reaches no more."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.actions.accounts import authenticate, find_user, hand_out_once, set_password, set_role
from app.actions.administer import set_active
from app.actions.ports import Ports
from app.actions.projects import ProjectChange, change_project, create_project
from app.actions.services import (
    create_service,
    create_service_token,
    remove_service,
    revoke_service_token,
)
from app.actions.tokens import actor_of_bearer, create_own_token, revoke_token
from app.core.errors import Invalid, NotAllowed, NotFound, NotIdentified
from app.core.roles import SCRIPT, Actor
from app.db.queries.people import everybody
from app.db.session import reading, transaction
from app.db.tables import Event, Project, Token
from app.db.types import now


@pytest.fixture
def lead(person: Callable[..., Actor]) -> Actor:
    """A lead of the project."""
    return person("ann", "lead")


def made(ports: Ports, actor: Actor, *scopes: str) -> str:
    """A token of the actor's own."""
    with transaction(ports.engine) as session:
        return create_own_token(session, actor, "ci", scopes, 30)


def token_id(ports: Ports) -> int:
    """The only token there is."""
    with reading(ports.engine) as session:
        return session.scalars(select(Token.id)).one()


def test_a_bearer_is_its_owner_as_far_as_the_scopes_reach(
    ports: Ports, project: Project, lead: Actor
) -> None:
    bearer = made(ports, lead, "annotate")
    actor = actor_of_bearer(ports.engine, bearer, project.id)
    assert (actor.name, actor.id, actor.role) == ("ann", lead.id, "lead")
    assert [actor.may(each) for each in ("viewer", "annotator", "reviewer", "lead")] == [
        *(True, True, False, False)
    ]
    with transaction(ports.engine) as session, pytest.raises(NotAllowed, match="scope manage"):
        change_project(session, actor, project.id, ProjectChange(name="Mine"))


def test_a_bearer_has_no_role_in_another_project(ports: Ports, lead: Actor) -> None:
    with transaction(ports.engine) as session:
        another = create_project(session, SCRIPT, "Another").id
    assert actor_of_bearer(ports.engine, made(ports, lead, "manage"), another).role is None


def test_a_role_that_is_taken_away_is_gone_from_the_token_too(
    ports: Ports, project: Project, lead: Actor
) -> None:
    bearer = made(ports, lead, "manage")
    with transaction(ports.engine) as session:
        set_role(session, SCRIPT, project.id, lead.id or 0, "viewer")
    assert not actor_of_bearer(ports.engine, bearer, project.id).may("annotator")


@pytest.mark.parametrize("end", ["revoked", "run out", "deactivated"])
def test_a_token_that_ended_says_so(ports: Ports, lead: Actor, end: str) -> None:
    bearer = made(ports, lead)
    with transaction(ports.engine) as session:
        if end == "revoked":
            revoke_token(session, lead, lead.id or 0, session.scalars(select(Token.id)).one())
        elif end == "deactivated":
            set_active(session, SCRIPT, lead.id or 0, False)
            set_active(session, SCRIPT, lead.id or 0, True)
        else:
            session.execute(update(Token).values(expires_at=now() - timedelta(seconds=1)))
    said = "run out" if end == "run out" else "revoked"
    with pytest.raises(NotIdentified, match=said):
        actor_of_bearer(ports.engine, bearer)


@pytest.mark.parametrize("bearer", ["", "calm_", "calm_" + "x" * 43, "\0", "é" * 5000])
def test_an_unknown_token_is_nobody(ports: Ports, lead: Actor, bearer: str) -> None:
    made(ports, lead)
    with pytest.raises(NotIdentified, match="not known"):
        actor_of_bearer(ports.engine, bearer)


def test_a_token_is_stored_as_a_hash_and_in_no_event(ports: Ports, lead: Actor) -> None:
    bearer = made(ports, lead)
    assert bearer.startswith("calm_")
    with reading(ports.engine) as session:
        stored = str(session.scalars(select(Token)).one().__dict__)
        events = str([event.data for event in session.scalars(select(Event))])
    assert bearer not in stored + events
    assert bearer.removeprefix("calm_") not in stored + events


def test_it_is_known_when_a_token_was_last_used(ports: Ports, lead: Actor) -> None:
    bearer = made(ports, lead)
    actor_of_bearer(ports.engine, bearer)
    with reading(ports.engine) as session:
        assert session.scalars(select(Token.used_at)).one() is not None


@pytest.mark.parametrize(
    ("name", "scopes", "days"),
    [("", (), 30), ("x" * 81, (), 30), ("ci", ("all",), 30), ("ci", (), 0), ("ci", (), 10**6)],
)
def test_a_token_that_makes_no_sense_is_refused(
    ports: Ports, lead: Actor, name: str, scopes: tuple[str, ...], days: int
) -> None:
    with transaction(ports.engine) as session, pytest.raises(Invalid):
        create_own_token(session, lead, name, scopes, days)


def test_a_token_makes_none_that_reaches_further(ports: Ports, lead: Actor) -> None:
    narrow = actor_of_bearer(ports.engine, made(ports, lead, "annotate"))
    with transaction(ports.engine) as session:
        create_own_token(session, narrow, "same", ("annotate",), 30)
        with pytest.raises(NotAllowed, match="further"):
            create_own_token(session, narrow, "more", ("manage",), 30)


def test_nobody_revokes_the_token_of_somebody_else(
    ports: Ports, lead: Actor, person: Callable[..., Actor]
) -> None:
    made(ports, lead)
    bob = person("bob", "lead")
    with transaction(ports.engine) as session, pytest.raises(NotFound):
        revoke_token(session, bob, bob.id or 0, token_id(ports))


def test_a_service_account_has_a_role_and_tokens_and_no_person(
    ports: Ports, project: Project, lead: Actor
) -> None:
    with transaction(ports.engine) as session:
        service = create_service(session, lead, project.id, "nightly", "reviewer")
        bearer = create_service_token(session, lead, project.id, service.id, "ci", ("review",), 30)
        assert service.name == f"{project.slug}/nightly"
        assert service not in everybody(session)
        for deed in (set_active, hand_out_once, set_password):
            rest = {set_active: (False,), set_password: ("correct horse",)}.get(deed, ())
            with pytest.raises(NotFound, match="no person"):
                deed(session, SCRIPT, service.id, *rest)  # type: ignore[operator]
        with pytest.raises(NotAllowed):
            authenticate(session, service.name, "")
    actor = actor_of_bearer(ports.engine, bearer, project.id)
    assert (actor.kind, actor.role) == ("script", "reviewer")
    assert [actor.may(each) for each in ("viewer", "annotator", "reviewer")] == [True, False, True]


def test_a_removed_service_account_is_out(ports: Ports, project: Project, lead: Actor) -> None:
    with transaction(ports.engine) as session:
        service = create_service(session, lead, project.id, "nightly", "viewer").id
        bearer = create_service_token(session, lead, project.id, service, "ci", (), 30)
        remove_service(session, lead, project.id, service)
        with pytest.raises(NotFound):
            create_service_token(session, lead, project.id, service, "ci", (), 30)
        with pytest.raises(Invalid, match="taken"):
            create_service(session, lead, project.id, "nightly", "viewer")
        assert not find_user(session, f"{project.slug}/nightly").active
    with pytest.raises(NotIdentified):
        actor_of_bearer(ports.engine, bearer)


def test_service_accounts_are_for_the_leads_of_their_project(
    ports: Ports, project: Project, lead: Actor, person: Callable[..., Actor]
) -> None:
    reviewer = person("bob", "reviewer")
    with transaction(ports.engine) as session:
        service = create_service(session, lead, project.id, "nightly", "viewer").id
        create_service_token(session, lead, project.id, service, "ci", (), 30)
        another = create_project(session, SCRIPT, "Another").id
        token = session.scalars(select(Token.id)).one()
        with pytest.raises(NotAllowed):
            create_service(session, reviewer, project.id, "mine", "lead")
        with pytest.raises(NotAllowed):
            create_service_token(session, reviewer, project.id, service, "ci", (), 30)
        with pytest.raises(NotFound):
            revoke_service_token(session, SCRIPT, another, service, token)
        with pytest.raises(NotFound):
            set_role(session, SCRIPT, another, service, "lead")
        with pytest.raises(NotFound):
            create_service_token(session, SCRIPT, project.id, lead.id or 0, "ci", (), 30)
