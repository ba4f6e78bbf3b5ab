"""What is sent to an OpenAI-compatible server so that it goes on with a path, in each dialect.

No two servers continue a last message alike, and most do it wrongly for models that think; the
ways below were read in, or tried on, the servers that they are named after. docs/model-servers.md
says which was which.
"""

from typing import Any, Literal, get_args

from app.backends.reasoners.base import Request
from app.backends.reasoners.tokenizer import Message
from app.core.fences import THINK_END
from app.core.language import N_
from app.core.trace import text_of

Dialect = Literal["vllm", "sglang", "llama.cpp", "tgi", "deepseek", "mistral", "ollama"]
CHATTING: tuple[Dialect, ...] = tuple(one for one in get_args(Dialect) if one != "ollama")
"""Those that continue in a chat; Ollama's is a route of its own (`ollama.py`)."""
REASONING: frozenset[Dialect] = frozenset({"llama.cpp", "deepseek"})
"""Dialects that take the thinking in a field of its own."""

RESTARTED = N_(
    "A trace is restarted, not continued: the Reasoner is shown the trace so far in a new turn and "
    "asked to go on. It may repeat or change what it is shown, and each such branch says so."
)
"""What restarting means, for people."""

_RESTART = (
    "Below is a solution that was begun. Go on from exactly where it stops: do not repeat it and "
    "do not start again.\n\n<begun>\n{text}\n</begun>"
)


def opening(request: Request) -> list[Message]:
    """The messages before the reply: the system prompt, where there is one, and the question."""
    system = [{"role": "system", "content": request.system}] if request.system else []
    return [*system, {"role": "user", "content": request.question}]


def continued(request: Request, dialect: Dialect) -> dict[str, Any]:
    """The fields of a chat request whose last message is to be continued."""
    text = text_of(request.path)
    if not text:
        return {"messages": opening(request)}
    last, extra = _last(text, dialect)
    return {"messages": [*opening(request), last], "extra_body": extra}


def _last(text: str, dialect: Dialect) -> tuple[Message, dict[str, Any]]:
    """The last message, and the fields that ask for it to be continued."""
    last: Message = {"role": "assistant", "content": text}
    if dialect in REASONING:
        thinking, content = _apart(text)
        last |= {"content": content, "reasoning_content": _unopened(thinking)}
    match dialect:
        case "vllm":
            return last, {"continue_final_message": True, "add_generation_prompt": False}
        case "sglang":  # it renders the generation prompt, which may open the thinking, itself
            return last | {"content": _unopened(text)}, {"continue_final_message": True}
        case "llama.cpp":
            at = "content" if THINK_END in text else "reasoning_content"
            return last, {"continue_final_message": at, "add_generation_prompt": False}
        case "deepseek" | "mistral":
            return last | {"prefix": True}, {}
        case _:  # a last assistant message is gone on with by itself
            return last, {}


def _apart(text: str) -> tuple[str, str]:
    """The thinking and what follows it, without the line ends that a server puts between them."""
    thinking, end, content = text.partition(THINK_END)
    return (thinking.removesuffix("\n"), content.removeprefix("\n\n")) if end else (text, "")


def _unopened(text: str) -> str:
    return text.removeprefix("<think>").removeprefix("\n") if text.startswith("<think>") else text


def restarted(request: Request) -> dict[str, Any]:
    """The fields of a chat request that shows the path in the user's turn."""
    *system, question = opening(request)
    text = text_of(request.path)
    shown = f"{question['content']}\n\n{_RESTART.format(text=text)}" if text else request.question
    return {"messages": [*system, {"role": "user", "content": shown}]}
