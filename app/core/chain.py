"""The hash chain of events: what is hashed, and how one link follows from the one before.

Promises: a link depends on every link before it and on all of its event but the actor's name and
the contents, of which it holds salted hashes. Without the salt nobody can tell by trying what they
were, so both can be erased and the chain still verifies. The same value gives the same hash after
its way through either database.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from typing import Any

START = "0" * 64
"""What the first link follows from."""
_encoder = json.JSONEncoder(sort_keys=True, separators=(",", ":"), allow_nan=False)
ERASES_NAME = "remove_user"
"""The verb of the event that says that a person's name is gone; its subject is `user:7`."""
ERASES_TEXT = "erase_text"
"""The verb of the one that says that an event's contents are gone; its subject is `event:41`."""
ERASED = "[erased]"
"""What stands in the place of a text that was erased with them."""


def new_salt() -> str:
    """A salt for one content of one event."""
    return secrets.token_hex(16)


def salted(salt: str, content: Any) -> str:
    """The hash of a content that can be kept when the content and its salt are erased."""
    return hmac.digest(salt.encode(), _canonical(content), "sha256").hex()


def link_of(before: str, number: int, facts: Mapping[str, Any]) -> str:
    """The hash of the `number`th link: of the one before and of what its event always keeps."""
    return hashlib.sha256(_canonical([before, number, facts])).hexdigest()


def removed_name(user_id: int) -> str:
    """What stands wherever the name of a person stood who was removed."""
    return f"removed person {user_id}"


def is_removed(name: str) -> bool:
    """Whether a name is what stands for a person who was removed."""
    return name.startswith(removed_name(0)[:-1])


def _canonical(value: Any) -> bytes:
    return _encoder.encode(_plain(value)).encode()


def _plain(value: Any) -> Any:
    """A value as it comes back from a database, and whole numbers as integers.

    PostgreSQL's JSON gives 1e22 back as one.
    """
    if isinstance(value, dict):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    whole = isinstance(value, float) and value.is_integer()
    return int(value) if whole else value
