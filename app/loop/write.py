"""One turn of the Reasoner: from a path to the next code that waits, or to an outcome."""

from collections.abc import Callable
from contextlib import closing
from typing import NamedTuple

from app.backends.reasoners.base import End, Reasoner, ReasonerError, Request, Usage
from app.core.answer import find_answer
from app.core.budget import measure, tokens_in
from app.core.outputs import refused_step
from app.core.trace import Outcome, Step, text_of
from app.loop.draft import Draft
from app.loop.moves import Limits, Written, calls


class _Halt(NamedTuple):
    """A reply that did not come to its own end."""

    outcome: Outcome
    detail: str = ""
    failure: ReasonerError | None = None


def write_step(
    reasoner: Reasoner,
    request: Request,
    *,
    limits: Limits,
    on_text: Callable[[str], None] = lambda text: None,
    stopped: Callable[[], bool] = lambda: False,
) -> Written:
    """Let the Reasoner go on until code waits to be executed, or to an outcome.

    `on_text` gets each piece as it comes; `stopped` is asked before each. A server may end a reply
    early, at its own limit or at another fence; then it is asked to go on.
    """
    draft, usage = Draft(request.path), Usage()
    while True:
        size, rest = len(draft.text), _rest(request, draft)
        end = _reply(reasoner, rest, draft, on_text, stopped)
        usage = add_usage(usage, _used(reasoner, rest, end, draft.text[size:]))
        if not _goes_on(end, draft, size) or _left(request, draft) <= 0:
            return _written(reasoner, request, draft, end, limits)._replace(usage=usage)


def add_usage(one: Usage, other: Usage) -> Usage:
    """The sum of two usages; what either does not know, the other's."""
    mine, yours = one.model_dump(), other.model_dump()
    known = {name: [n for n in (mine[name], yours[name]) if n is not None] for name in mine}
    return Usage(**{name: sum(numbers) for name, numbers in known.items() if numbers})


def _used(reasoner: Reasoner, request: Request, end: End | _Halt, text: str) -> Usage:
    """What a reply cost: as its server counted, or by the texts where it did not come to its end.

    The prompt is then counted about, without its template. A server that wrote nothing is taken to
    have read nothing.
    """
    if isinstance(end, End) or not text:
        return end.usage if isinstance(end, End) else Usage()
    read = "".join((request.system, request.question, text_of(request.path)))
    return Usage(prompt_tokens=_tokens(reasoner, read), completion_tokens=_tokens(reasoner, text))


def _tokens(reasoner: Reasoner, text: str) -> int:
    counted = reasoner.count(text)
    return tokens_in(text) if counted is None else counted


def _reply(
    reasoner: Reasoner,
    request: Request,
    draft: Draft,
    on_text: Callable[[str], None],
    stopped: Callable[[], bool],
) -> End | _Halt:
    """Add one reply to the draft."""
    try:
        with closing(reasoner.write(request)) as replies:
            for item in replies:
                if isinstance(item, End):
                    return item
                if stopped():
                    return _Halt("cancelled")
                draft.add(item)
                on_text(item.text)
                if draft.repeating():
                    return _Halt("repetition")
    except ReasonerError as error:
        # A line that was cut fails too.
        return _Halt("cancelled") if stopped() else _Halt("model_error", str(error), error)
    return _Halt("model_error", "The model's reply broke off without an end.")


def _goes_on(end: End | _Halt, draft: Draft, size: int) -> bool:
    early = isinstance(end, End) and end.finish in ("length", "fence")
    return early and len(draft.text) > size and not draft.has_code()


def _left(request: Request, draft: Draft) -> int:
    """The tokens that the path may still take."""
    return request.sampling.max_tokens - measure(_with(request.path, draft)).tokens


def _with(path: tuple[Step, ...], draft: Draft) -> tuple[Step, ...]:
    written = Step(kind="thought", author="reasoner", text=draft.text)
    return (*path, written) if draft.text else path


def _rest(request: Request, draft: Draft) -> Request:
    sampling = request.sampling.model_copy(update={"max_tokens": max(1, _left(request, draft))})
    return request.model_copy(update={"path": _with(request.path, draft), "sampling": sampling})


def _written(
    reasoner: Reasoner, request: Request, draft: Draft, end: End | _Halt, limits: Limits
) -> Written:
    """The draft as steps, with the outcome that its end means."""
    finished = isinstance(end, End) and end.finish == "stop"
    pieces = draft.pieces(finished=finished)
    if isinstance(end, _Halt) and end.outcome == "cancelled":
        pieces = pieces[:-1]
    steps = draft.steps(pieces, reasoner.count)
    if isinstance(end, _Halt):
        return Written(steps, end.outcome, detail=end.detail, failure=end.failure)
    if draft.has_code():
        return _coded(request.path, steps, limits, end.detail)
    return Written(steps, _outcome(end, request.path, steps), detail=end.detail)


def _coded(path: tuple[Step, ...], steps: tuple[Step, ...], limits: Limits, detail: str) -> Written:
    """A reply that ends behind a program. Past the limit it is refused once, then that is all."""
    if calls((*path, *steps)) <= limits.max_code_calls:
        return Written(steps, None, detail=detail)
    if any(step.mark == "refused" for step in path):
        return Written(steps, "code_limit", detail=detail)
    return Written((*steps, refused_step(limits.max_code_calls)), None, detail=detail)


def _outcome(end: End, path: tuple[Step, ...], steps: tuple[Step, ...]) -> Outcome:
    if end.finish in ("no_recording", "code_limit"):
        return end.finish
    if end.finish == "length":
        return "length_limit"
    if not steps:
        return "empty_reply"
    return "answered" if find_answer(text_of((*path, *steps))) else "unanswered"
