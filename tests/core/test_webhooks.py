"""How messages to webhooks are signed: as others verify them."""

import base64

from app.core.webhooks import KINDS, new_message_id, new_secret, signed_headers
from app.web.views.history import VERBS


def test_a_signature_is_the_one_of_the_published_example() -> None:
    """The vector that the convention's own libraries are tested with."""
    secret, message = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek"
    body = b'{"test": 2432232314}'
    signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert signed_headers([secret], message, 1614265330, body) == {
        "webhook-id": message,
        "webhook-timestamp": "1614265330",
        "webhook-signature": signature,
    }
    two = signed_headers([new_secret(), secret], message, 1614265330, body)
    assert two["webhook-signature"].split(" ")[1] == signature


def test_secrets_and_ids_are_long_and_never_the_same() -> None:
    secret = new_secret()
    assert len(base64.b64decode(secret.removeprefix("whsec_"), validate=True)) == 32
    assert len({secret, new_secret(), new_message_id(), new_message_id()}) == 4


def test_each_kind_is_a_verb_of_the_history() -> None:
    assert set(KINDS) <= set(VERBS)
