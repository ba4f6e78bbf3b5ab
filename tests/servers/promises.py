"""What every real model server is held to, whose model has learnt one problem by heart."""

from app.backends.reasoners.base import Reasoner, Request, Sampling
from app.backends.reasoners.server import Server
from app.backends.sandboxes.base import Sandbox
from app.core.splice import insert_hint
from app.core.trace import Cut, Step, text_of
from app.loop import Limits, RunResult, run
from tests.backends.reasoners.replay import asked, load
from tests.servers.tiny_model import HINT, QUESTION, RIGHT, SYSTEM, WRONG

REQUEST = Request(
    question=QUESTION, system=SYSTEM, sampling=Sampling(temperature=0.01, max_tokens=500)
)
LIMITS = Limits()


def mends_by_a_hint(reasoner: Reasoner, sandbox: Sandbox) -> tuple[tuple[Step, ...], RunResult]:
    """From a wrong answer over a hint to the right one: the path with the hint, and what followed.

    What stood before is kept to the byte.
    """
    wrong = run(reasoner, sandbox, REQUEST, limits=LIMITS)
    assert (text_of(wrong.path), wrong.outcome) == (WRONG, "answered")
    path = insert_hint(wrong.path, Cut(step=1), HINT, "human")
    right = run(reasoner, sandbox, REQUEST.model_copy(update={"path": path}), limits=LIMITS)
    assert (text_of(right.path), right.outcome) == (RIGHT, "answered")
    assert right.path[: len(path)] == path
    return path, right


def answers_as_recorded(server: Server, name: str) -> None:
    """The probe and a continuation answer as they did when they were recorded under this name."""
    kept = load(name)
    found, said = asked(server)
    able = [dict(one.pop("able")) for one in (found, kept.found)]
    for one in able:
        one.pop("stop")  # it is tried with what the model says to a question it never saw
    assert (said, found, able[0]) == (kept.said, kept.found, able[1])
