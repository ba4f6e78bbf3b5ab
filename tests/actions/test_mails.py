"""Mails and invitations: sent by a worker after the commit, used once, in clear in no database."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.actions import mails
from app.actions.accounts import actor_of, authenticate, create_user, open_login, user_of_token
from app.actions.invitations import (
    invitation_of,
    invite,
    join,
    join_anew,
    open_invitations,
    withdraw_invitation,
)
from app.actions.mails import deliver, sweep_mails
from app.actions.ports import Ports
from app.actions.projects import create_project
from app.actions.reset_password import ask_for_reset, reset_password, set_email
from app.core.errors import Invalid, NotAllowed, NotFound
from app.core.roles import SCRIPT, Actor
from app.db.session import reading, transaction
from app.db.tables import Event, Invitation, Login, Mail, Membership, Project
from app.db.types import now
from app.live import broker
from app.settings import settings
from tests.smtp_server import Letterbox, mail_server

PASSWORD = "correct horse battery"
HOME = "https://studio.example.org"


@pytest.fixture
def box(ports: Ports, monkeypatch: pytest.MonkeyPatch) -> Iterator[Letterbox]:
    """A mail server that the settings name."""
    with mail_server() as server:
        named = {"smtp_host": "127.0.0.1", "smtp_port": server.port, "smtp_security": "none"}
        named |= {"mail_from": "studio@example.org", "public_url": f"{HOME}/"}
        for name, value in named.items():
            monkeypatch.setattr(ports.settings, name, value)
            monkeypatch.setattr(settings(), name, value)
        yield server


@pytest.fixture
def lead(person: Callable[..., Actor]) -> Actor:
    """A lead of the project."""
    return person("ann", "lead")


def send_all(ports: Ports) -> None:
    """What a worker does."""
    with reading(ports.engine) as session:
        waiting = session.scalars(select(Mail.id).where(Mail.state == "queued")).all()
    for mail_id in waiting:
        deliver(ports, mail_id)


def token_in(box: Letterbox, path: str) -> str:
    """The token of the address in the newest mail."""
    [found] = re.findall(rf"{HOME}{path}\?token=(\S+)", box.letters[-1].get_content())
    return str(found)


def state(ports: Ports) -> tuple[str, str]:
    """Of the only mail."""
    with reading(ports.engine) as session:
        mail = session.scalars(select(Mail)).one()
        return mail.state, mail.error


def test_an_invitation_goes_out_by_mail_after_the_commit(
    ports: Ports, project: Project, lead: Actor, box: Letterbox
) -> None:
    before = broker().llen("model")
    with transaction(ports.engine) as session:
        assert invite(session, lead, project.id, "reviewer", " bob@example.org ") is None
        assert broker().llen("model") == before
    assert broker().llen("model") == before + 1
    send_all(ports)
    assert (state(ports), box.receivers) == (("sent", ""), ["bob@example.org"])
    token = token_in(box, "/join")
    with transaction(ports.engine) as session:
        bob = join_anew(session, token, "bob", PASSWORD)
        assert (bob.email, actor_of(session, bob, project.id).role) == (
            "bob@example.org",
            "reviewer",
        )
        assert session.scalars(select(Invitation.email)).one() == ""
        assert authenticate(session, "bob", PASSWORD) == bob
        with pytest.raises(NotAllowed, match="used already"):
            join_anew(session, token, "eve", PASSWORD)
    send_all(ports)
    assert len(box.letters) == 1


def test_without_a_server_the_address_is_shown_once(
    ports: Ports, project: Project, lead: Actor
) -> None:
    with transaction(ports.engine) as session:
        token = invite(session, lead, project.id, "annotator", "bob@example.org")
        assert token
        assert session.scalars(select(Mail)).all() == []
        kept = str([one.__dict__ for one in session.scalars(select(Invitation))])
        told = str([event.data for event in session.scalars(select(Event))])
        assert token not in kept + told
        assert "example.org" not in told
        assert join_anew(session, token, "bob", PASSWORD).email == ""


@pytest.mark.parametrize("end", ["withdrawn", "run out", "unknown"])
def test_an_invitation_that_ended_lets_nobody_in(
    ports: Ports, project: Project, lead: Actor, end: str
) -> None:
    with transaction(ports.engine) as session:
        token = invite(session, lead, project.id, "annotator") or ""
        one = session.scalars(select(Invitation.id)).one()
        if end == "withdrawn":
            withdraw_invitation(session, lead, project.id, one)
            with pytest.raises(NotFound):
                withdraw_invitation(session, lead, project.id, one)
        elif end == "run out":
            session.execute(update(Invitation).values(expires_at=now() - timedelta(seconds=1)))
        with pytest.raises(NotAllowed, match="used already, or is too old"):
            invitation_of(session, "x" if end == "unknown" else token)
        assert end == "unknown" or not open_invitations(session, project.id)


def test_an_invitation_adds_to_an_account_and_takes_nothing_from_it(
    ports: Ports, project: Project, lead: Actor, person: Callable[..., Actor]
) -> None:
    bob = person("bob", "viewer")
    with transaction(ports.engine) as session:
        for role, invited in (("annotator", bob), ("viewer", lead)):
            join(session, invited, invite(session, lead, project.id, role) or "")
        roles = dict(session.execute(select(Membership.user_id, Membership.role)).all())
        assert roles == {bob.id: "annotator", lead.id: "lead"}


def test_only_leads_invite_and_only_to_their_own_project(
    ports: Ports, project: Project, lead: Actor, person: Callable[..., Actor]
) -> None:
    reviewer = person("bob", "reviewer")
    with transaction(ports.engine) as session:
        with pytest.raises(NotAllowed):
            invite(session, reviewer, project.id, "viewer")
        invite(session, lead, project.id, "viewer")
        another = create_project(session, SCRIPT, "Another").id
        one = session.scalars(select(Invitation.id)).one()
        with pytest.raises(NotFound):
            withdraw_invitation(session, SCRIPT, another, one)


@pytest.mark.parametrize("email", ["bob", "a@b@c", "a b@c.org", "a@c.org\nBcc: eve@c.org", "<a@c>"])
def test_what_is_no_address_is_refused(
    ports: Ports, project: Project, lead: Actor, email: str
) -> None:
    with transaction(ports.engine) as session, pytest.raises(Invalid, match="no mail address"):
        invite(session, lead, project.id, "viewer", email)


def test_a_failed_use_leaves_the_invitation_open(
    ports: Ports, project: Project, lead: Actor
) -> None:
    with transaction(ports.engine) as session:
        token = invite(session, lead, project.id, "viewer") or ""
    for name, password in (("ann", PASSWORD), ("bob", "short"), ("bob", "")):
        with pytest.raises(Invalid), transaction(ports.engine) as session:
            join_anew(session, token, name, password)
    with transaction(ports.engine) as session:
        join_anew(session, token, "bob", PASSWORD)


def test_a_forgotten_password_is_set_anew_by_mail(ports: Ports, box: Letterbox) -> None:
    with transaction(ports.engine) as session:
        ann = create_user(session, SCRIPT, "ann", PASSWORD)
        set_email(session, actor_of(session, ann), ann.id, "Ann@Example.org")
        old = open_login(session, ann, "session")
        ask_for_reset(session, "ann@example.ORG")
        ask_for_reset(session, "nobody")
    send_all(ports)
    token = token_in(box, "/login/reset")
    with reading(ports.engine) as session:
        kept = str([one.__dict__ for one in session.scalars(select(Login))])
        told = str([event.data for event in session.scalars(select(Event))])
        assert token not in kept + told
    with transaction(ports.engine) as session:
        with pytest.raises(NotAllowed):
            reset_password(session, old, PASSWORD)
        assert reset_password(session, token, PASSWORD + "!").name == "ann"
        assert user_of_token(session, old) is None
        with pytest.raises(NotAllowed):
            reset_password(session, token, PASSWORD)
        authenticate(session, "ann", PASSWORD + "!")


def test_whoever_has_no_address_or_is_out_gets_no_mail(ports: Ports, box: Letterbox) -> None:
    with transaction(ports.engine) as session:
        create_user(session, SCRIPT, "ann", PASSWORD)
        bob = create_user(session, SCRIPT, "bob", PASSWORD)
        bob.email, bob.active = "bob@example.org", False
        for name in ("ann", "bob", "", "bob@example.org"):
            ask_for_reset(session, name)
        assert session.scalars(select(Mail)).all() == []


def test_what_can_not_be_sent_now_is_sent_later(
    ports: Ports, project: Project, lead: Actor, box: Letterbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = now()
    monkeypatch.setattr(mails, "now", lambda: clock)
    box.refuses = "450 Come back later"
    with transaction(ports.engine) as session:
        invite(session, lead, project.id, "viewer", "bob@example.org")
    send_all(ports)
    assert state(ports) == ("queued", "The mail server answered 450: Come back later")
    send_all(ports)
    assert sweep_mails(ports) == 0
    clock += timedelta(minutes=2)
    box.refuses = ""
    assert sweep_mails(ports) == 1
    send_all(ports)
    assert (state(ports), len(box.letters)) == (("sent", ""), 1)


@pytest.mark.parametrize("answer", ["550 Nobody here", "450 Never now"])
def test_what_can_never_be_sent_fails_and_says_why(
    ports: Ports,
    project: Project,
    lead: Actor,
    box: Letterbox,
    monkeypatch: pytest.MonkeyPatch,
    answer: str,
) -> None:
    box.refuses = answer
    with transaction(ports.engine) as session:
        invite(session, lead, project.id, "viewer", "bob@example.org")
    clock = now()
    for _ in range(10):
        monkeypatch.setattr(mails, "now", lambda at=clock: at)
        send_all(ports)
        clock += timedelta(days=1)
    assert state(ports) == ("failed", f"The mail server answered {answer.replace(' ', ': ', 1)}")
