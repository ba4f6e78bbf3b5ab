"""The columns of a tool's task as those that a finished trace is read from.

A tool leaves the names of columns to its users: only what they can hardly mean otherwise is renamed
here. The rest is for the person to name by hand.
"""

from collections.abc import Mapping
from typing import Any

from app.core.fields import find_mapping

_TEXTS = ("trace", "text", "output", "generation")
_CHATS = ("conversation", "conversations", "dialogue", "dialog", "chat", "turns")
_ROLES = {
    **dict.fromkeys(("human", "user", "customer"), "user"),
    **dict.fromkeys(("gpt", "assistant", "ai", "model", "bot", "agent"), "assistant"),
    **dict.fromkeys(("tool", "function", "observation"), "tool"),
    "system": "system",
}


def trace_columns(data: Mapping[str, Any]) -> dict[str, Any]:
    """The columns, with the trace under a name that is known; one that had it keeps it."""
    found = dict(data)
    if "response" in find_mapping(found):
        column = "messages"
        chat = found.get(column)
    else:
        column = next((name for name in (*_CHATS, *_TEXTS) if name in found), "")
        chat = found.pop(column, None)
    if isinstance(chat, list):
        found["messages"] = [turn_of(turn) for turn in chat if isinstance(turn, dict)]
    elif chat is not None and column != "messages":
        found["response"] = chat
    return found


def turn_of(turn: Mapping[str, Any]) -> dict[str, Any]:
    """A turn of a dialogue as a chat message, whatever its speaker and words are called."""
    role = _first(turn, ("role", "from", "author", "speaker"))
    content = _first(turn, ("content", "value", "text", "utterance"))
    return {**turn, "role": _ROLES.get(str(role).lower(), str(role)), "content": content}


def _first(turn: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    return next((turn[name] for name in names if turn.get(name) is not None), None)
