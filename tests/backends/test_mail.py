"""Handing a mail to a real server: what arrives, and what is said of a failure."""

import socket
from typing import Any

import pytest

from app.backends.mail import hand_over
from app.core.errors import MailError
from app.settings import Settings
from tests.smtp_server import Letterbox, mail_server


def settings_for(box: Letterbox, **changed: Any) -> Settings:
    """The settings that name a server on loopback."""
    place = {"smtp_host": "127.0.0.1", "smtp_port": box.port, "smtp_security": "none"}
    return Settings(**{**place, "mail_from": "studio@example.org", **changed})


def test_a_mail_arrives_as_it_was_written() -> None:
    with mail_server() as box:
        hand_over(settings_for(box), "ann@example.org", "Grüße", "Zeile 1\n\n第二行\n")
    [letter] = box.letters
    assert box.receivers == ["ann@example.org"]
    assert letter["Subject"] == "Grüße"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter.get_content().replace("\r\n", "\n") == "Zeile 1\n\n第二行\n"


def test_a_server_may_ask_for_a_password() -> None:
    with mail_server("studio", "secret") as box:
        right = settings_for(box, smtp_user="studio", smtp_password="secret")
        hand_over(right, "a@b.org", "s", "t")
        wrong = settings_for(box, smtp_user="studio", smtp_password="a guess")
        with pytest.raises(MailError, match="535") as refused:
            hand_over(wrong, "a@b.org", "s", "t")
        assert "a guess" not in str(refused.value)
    assert len(box.letters) == 1


def test_no_password_goes_over_an_open_line() -> None:
    with mail_server("studio", "secret") as box:
        secured = settings_for(
            box, smtp_security="starttls", smtp_user="studio", smtp_password="secret"
        )
        with pytest.raises(MailError, match="STARTTLS"):
            hand_over(secured, "a@b.org", "s", "t")
    assert box.letters == []


@pytest.mark.parametrize(
    ("answer", "retryable"), [("450 Come back later", True), ("550 Nobody here", False)]
)
def test_a_refusal_says_whether_it_may_pass(answer: str, retryable: bool) -> None:
    with mail_server() as box:
        box.refuses = answer
        with pytest.raises(MailError, match=answer.split()[-1]) as refused:
            hand_over(settings_for(box), "a@b.org", "s", "t")
    assert refused.value.retryable is retryable


def test_a_server_that_is_away_may_come_back() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        box = Letterbox("", "")
        box.port = taken.getsockname()[1]
    with pytest.raises(MailError, match="can't be reached") as refused:
        hand_over(settings_for(box), "a@b.org", "s", "t")
    assert refused.value.retryable
