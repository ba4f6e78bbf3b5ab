"""The second factor: confirmed first, each code once, off with a code or by an administrator."""

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from pyotp import TOTP
from sqlalchemy import select

from app.actions import second_factor
from app.actions.ports import Ports
from app.actions.second_factor import (
    address_of_secret,
    begin,
    codes_left,
    confirm,
    is_on,
    renew_codes,
    switch_off,
    take,
    take_away,
)
from app.core.errors import NotAllowed, Refused
from app.core.roles import SCRIPT, Actor
from app.db.session import reading, transaction
from app.db.tables import Event, RecoveryCode, SecondFactor, User
from app.db.types import now
from app.settings import settings


class App:
    """An authenticator app, and the time that it and the studio agree on."""

    def __init__(self, ports: Ports, actor: Actor, patch: pytest.MonkeyPatch) -> None:
        self.ports, self.actor, self.at = ports, actor, now()
        patch.setattr(second_factor, "now", lambda: self.at)
        with transaction(ports.engine) as session:
            begin(session, actor)
            address = address_of_secret(session, session.get_one(User, actor.id))
        assert address
        self.secret = parse_qs(urlsplit(address).query)["secret"][0]

    def code(self, early: int = 0) -> str:
        """What it shows, `early` steps from now."""
        return TOTP(self.secret).at(self.at, counter_offset=early)

    def confirm(self) -> list[str]:
        """Switch the second factor on, and wait for the next code; gives the recovery codes."""
        with transaction(self.ports.engine) as session:
            codes = confirm(session, self.actor, self.code())
        self.at += timedelta(seconds=30)
        return codes

    def take(self, code: str) -> None:
        """Use a code."""
        with transaction(self.ports.engine) as session:
            take(session, self.actor, code)


@pytest.fixture
def app(ports: Ports, person: Callable[..., Actor], monkeypatch: pytest.MonkeyPatch) -> App:
    """The app of a person who has read the picture with it."""
    return App(ports, person("ann"), monkeypatch)


def test_nothing_is_asked_for_until_a_code_has_confirmed_it(ports: Ports, app: App) -> None:
    with transaction(ports.engine) as session:
        with pytest.raises(NotAllowed):
            confirm(session, app.actor, "000000" if app.code() != "000000" else "000001")
        assert not is_on(session, app.actor.id or 0)
        confirm(session, app.actor, app.code())
        assert is_on(session, app.actor.id or 0)
        assert address_of_secret(session, session.get_one(User, app.actor.id)) is None
        with pytest.raises(Refused):
            begin(session, app.actor)


def test_a_code_is_taken_once(app: App) -> None:
    app.confirm()
    code = app.code()
    app.take(code)
    for again in (code, app.code(-1)):
        with pytest.raises(NotAllowed, match="used already"):
            app.take(again)
    app.at += timedelta(seconds=30)
    app.take(app.code())


@pytest.mark.parametrize(("early", "taken"), [(-2, False), (-1, True), (1, True), (2, False)])
def test_a_clock_may_be_off_by_one_step(app: App, early: int, taken: bool) -> None:
    app.confirm()
    app.at += timedelta(minutes=5)
    if taken:
        app.take(app.code(early))
    else:
        with pytest.raises(NotAllowed):
            app.take(app.code(early))


@pytest.mark.parametrize("code", ["", "12345", "abcdef", "１２３４５６", "0" * 1000, "\0"])
def test_what_is_no_code_is_wrong(app: App, code: str) -> None:
    app.confirm()
    with pytest.raises(NotAllowed):
        app.take(code)


def test_a_recovery_code_works_once_however_it_is_typed(ports: Ports, app: App) -> None:
    first, second, *rest = app.confirm()
    app.take(first)
    app.take(f" {second.upper().replace('-', ' ')} ")
    for again in (first, second):
        with pytest.raises(NotAllowed):
            app.take(again)
    with reading(ports.engine) as session:
        assert codes_left(session, app.actor.id or 0) == len(rest) == 8


def test_new_recovery_codes_end_the_old_ones(ports: Ports, app: App) -> None:
    old = app.confirm()
    with transaction(ports.engine) as session:
        new = renew_codes(session, app.actor, old[0])
        assert len(set(new) | set(old)) == 20
    with pytest.raises(NotAllowed):
        app.take(old[1])
    app.take(new[0])


def test_it_is_switched_off_with_a_code_only(ports: Ports, app: App) -> None:
    codes = app.confirm()
    with transaction(ports.engine) as session:
        with pytest.raises(NotAllowed):
            switch_off(session, app.actor, "no code")
        switch_off(session, app.actor, codes[0])
        assert not is_on(session, app.actor.id or 0)
        assert codes_left(session, app.actor.id or 0) == 0


def test_an_administrator_alone_takes_it_away(
    ports: Ports, app: App, person: Callable[..., Actor]
) -> None:
    app.confirm()
    lead = person("bob", "lead")
    with transaction(ports.engine) as session:
        with pytest.raises(NotAllowed):
            take_away(session, lead, app.actor.id or 0)
        take_away(session, SCRIPT, app.actor.id or 0)
        assert not is_on(session, app.actor.id or 0)


def test_neither_secret_nor_code_can_be_read_back(ports: Ports, app: App) -> None:
    codes = app.confirm()
    app.take(codes[0])
    with reading(ports.engine) as session:
        kept = [session.scalars(select(table)).all() for table in (SecondFactor, RecoveryCode)]
        stored = str([row.__dict__ for rows in kept for row in rows])
        events = str([event.data for event in session.scalars(select(Event))])
    for secret in (app.secret, *codes, *(code.replace("-", "") for code in codes)):
        assert secret not in stored + events


def test_with_another_key_recovery_codes_still_let_in(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    codes = app.confirm()
    monkeypatch.setattr(settings(), "secret_key", "another")
    with pytest.raises(Refused, match="recovery code"):
        app.take(app.code())
    app.take(codes[0])
