"""What is sent to an OpenAI-compatible server so that it goes on with a path, in each dialect.

No two servers continue a last message alike, and most do it wrongly for models that think; the
ways below were read in, or tried on, the servers that they are named after.
"""

from typing import Any, Literal

from app.backends.reasoners.base import Request
from app.backends.reasoners.tokenizer import Message
from app.core.fences import THINK_END
from app.core.trace import text_of

Dialect = Literal["vllm", "llama.cpp", "deepseek", "mistral"]
REASONING: frozenset[Dialect] = frozenset({"llama.cpp", "deepseek"})
"""Dialects that take the thinking in a field of its own."""

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
    last: Message = {"role": "assistant", "content": text}
    if dialect in REASONING:
        thinking, _, content = text.partition(THINK_END)
        thinking = thinking.removeprefix("<think>").removeprefix("\n")
        last |= {"content": content, "reasoning_content": thinking}
    extra: dict[str, Any] = {}
    if dialect in ("deepseek", "mistral"):
        last["prefix"] = True
    elif dialect == "vllm":
        extra = {"continue_final_message": True, "add_generation_prompt": False}
    else:
        at = "content" if THINK_END in text else "reasoning_content"
        extra = {"continue_final_message": at}
    return {"messages": [*opening(request), last], "extra_body": extra}


def restarted(request: Request) -> dict[str, Any]:
    """The fields of a chat request that shows the path in the user's turn."""
    *system, question = opening(request)
    text = text_of(request.path)
    shown = f"{question['content']}\n\n{_RESTART.format(text=text)}" if text else request.question
    return {"messages": [*system, {"role": "user", "content": shown}]}
