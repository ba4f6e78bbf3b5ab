"""Webhooks: what programs elsewhere can be told, in which form, and how it is signed.

Promises: pure; a message says that something happened and where to read of it, never a name, a
reason, or a word that a model or a person wrote. Signed as the Standard Webhooks convention says.
Source: its specification 1.0.0, "Signature scheme" and "Payload structure".
"""

import base64
import hmac
import json
import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Literal

from app.core.model import Frozen

KINDS = (
    *("golden", "discard", "unsure", "accept", "edit", "reject", "undo", "reopen"),
    *("record_reference", "confirm_reference", "doubt_reference", "regrade", "comment"),
    *("start_trace", "review", "fail", "start_batch", "stop_batch"),
    *("create_dataset", "build_dataset", "fail_dataset", "import_problems", "import_traces"),
    *("set_role", "change_project"),
)
"""The verbs of the history that can be told, in the order that pages show them in."""
TEST = "test"
"""What a test message is of."""
State = Literal["on", "off", "failing", "gone", "removed"]
"""`failing` was not reached for a day, and waits for a lead; `gone` said so itself (410)."""
PREFIX = "whsec_"
MOST_TRIES = 40
"""Of one message, about a day of them."""
TRIES_IN_TURN = 5
"""As often a message holds up those behind it; then it steps aside."""


class Told(Frozen):
    """What a message is about; a test is about no event, and has neither subject nor actor.

    `gold` says that the trace was a gold standard then, so that what measures people is not taken
    for what was decided.
    """

    kind: str
    at: datetime
    project: str
    event_id: int | None = None
    subject: str | None = None
    trace_id: int | None = None
    gold: bool = False
    actor_kind: str | None = None
    actor_id: int | None = None


def body_of(told: Told, home: str) -> bytes:
    """The message; the same bytes whenever it is made. `home` is the address of the studio."""
    data: dict[str, Any] = {"project": told.project}
    if told.event_id is not None:
        data |= {
            "event": told.event_id,
            "subject": told.subject,
            "trace": told.trace_id,
            "gold": told.gold,
            "actor": {"kind": told.actor_kind, "id": told.actor_id},
            "url": f"{home}/api/v1/projects/{told.project}/history/{told.event_id}",
        }
    whole = {"type": told.kind, "timestamp": told.at.isoformat(), "data": data}
    return json.dumps(whole, separators=(",", ":")).encode()


def new_secret() -> str:
    """A secret of 256 bits, as receivers' libraries read it."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def new_message_id() -> str:
    """What a message is called, in every try."""
    return f"msg_{secrets.token_hex(16)}"


def signed_headers(keys: Sequence[str], message_id: str, at: int, body: bytes) -> dict[str, str]:
    """What a receiver verifies: one signature for each secret, and when it was made (Unix time)."""
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(at),
        "webhook-signature": " ".join(_signatures(keys, f"{message_id}.{at}.".encode() + body)),
    }


def _signatures(keys: Sequence[str], signed: bytes) -> Iterable[str]:
    for key in keys:
        digest = hmac.digest(base64.b64decode(key.removeprefix(PREFIX)), signed, "sha256")
        yield f"v1,{base64.b64encode(digest).decode()}"
