"""The loop against a real OpenAI-compatible server: `transformers serve` with a tiny model.

The model has learnt one problem by heart, so what it says is known.
"""

from collections.abc import Iterator
from contextlib import closing

import pytest

from app.backends.reasoners.base import End, Sampling
from app.backends.reasoners.openai import OpenAIReasoner, make
from app.backends.reasoners.server import Server
from app.backends.sandboxes.base import Sandbox
from app.backends.sandboxes.forkserver import open_sandbox
from app.core.trace import text_of
from app.loop import write_step
from tests.servers.promises import LIMITS, REQUEST, answers_as_recorded, mends_by_a_hint
from tests.servers.tiny_model import WRONG

pytestmark = pytest.mark.servers


@pytest.fixture(scope="module")
def reasoner(server: Server) -> OpenAIReasoner:
    return make(server.model_dump())


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with closing(open_sandbox()) as opened:
        yield opened


def test_a_reply_is_streamed_and_stops_at_the_fence(reasoner: OpenAIReasoner) -> None:
    heard: list[str] = []
    written = write_step(reasoner, REQUEST, limits=LIMITS, on_text=heard.append)
    assert written.outcome is None
    assert "".join(heard) == text_of(written.steps) == WRONG[: WRONG.index("```output")]
    assert len(heard) > 5
    assert [step.tokens for step in written.steps] == [len(step.text) for step in written.steps]


def test_from_a_wrong_answer_over_a_hint_to_the_right_one(
    reasoner: OpenAIReasoner, sandbox: Sandbox
) -> None:
    _, right = mends_by_a_hint(reasoner, sandbox)
    assert right.usage.completion_tokens is not None


def test_the_servers_token_limit_in_the_middle_of_code_is_gone_over(
    reasoner: OpenAIReasoner,
) -> None:
    short = REQUEST.model_copy(update={"sampling": Sampling(temperature=0.01, max_tokens=20)})
    *_, end = reasoner.write(short)
    assert isinstance(end, End)
    assert end.finish == "length"


def test_the_probe_and_a_continuation_answer_as_they_were_recorded(server: Server) -> None:
    answers_as_recorded(server, "transformers-serve")
