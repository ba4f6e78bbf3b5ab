"""What a store of datasets does, the keys that open one, and its failures in plain words."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

from app.core.errors import Refused

_SHOWN = 300


class Keys(NamedTuple):
    """Opens a store: `key` is a token or a secret key, `key_id` its name in S3."""

    key: str
    key_id: str = ""
    endpoint: str = ""
    region: str = ""


class Store(Protocol):
    """A place for one dataset. Every method raises Refused where the store can't or won't."""

    def names(self) -> set[str]:
        """The paths of what is there, but for what the store puts there by itself."""

    def same(self, file: Path) -> bool:
        """Whether the file of this name there is this one, to the byte."""

    def put(self, files: Sequence[Path], sent: Callable[[int], None]) -> None:
        """Send files in this order, the last of which makes it whole; `sent` gets bytes."""


def failed(error: Exception, keys: Keys, advice: str = "") -> Refused:
    """An error of a store, without its key."""
    told = str(error).strip().replace(keys.key, "…")[:_SHOWN]
    return Refused(advice or f"The store failed: {told}")


def unreachable(keys: Keys) -> str:
    """What to tell where nobody answers."""
    return f"The store can't be reached{f' ({keys.endpoint})' if keys.endpoint else ''}."


def forbidden() -> str:
    """What to tell where the key is not good enough."""
    return "The store refuses the key: it is wrong, or may not write there."
