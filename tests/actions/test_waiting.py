"""A model server that can't answer now is waited for: not for ever, and no text is paid twice."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.actions.batches import start_batch
from app.actions.cancel import ask_again, cancel_branch, retry_branch
from app.actions.ports import Ports
from app.actions.projects import ProjectChange, change_project
from app.actions.work import hold
from app.actions.work_on import sweep
from app.core.errors import Refused
from app.core.roles import SCRIPT
from app.core.trace import text_of
from app.core.waiting import MOST_WAITS
from app.db.convert import path_of
from app.db.session import reading, transaction
from app.db.tables import Batch, Branch, Job, Project
from app.db.types import now
from app.jobs import lists_of
from app.live import broker
from app.loop.repetition import RETOLD
from app.web.views.work import batch_view
from tests.openai_stub import Stub, serving

ANSWER = "It is \\boxed{7}."
Work = Callable[[], int]


@pytest.fixture
def server() -> Iterator[Stub]:
    with serving(ANSWER) as stub:
        yield stub


@pytest.fixture
def branch_id(ports: Ports, project: Project, problem: Callable[..., int], server: Stub) -> int:
    """A branch that the server is to write, in a batch."""
    ids = [problem("What is the most?", 7)]
    with transaction(ports.engine) as session:
        reasoner = {"name": "openai", "base_url": server.url, "model": "m", "mode": "restart"}
        change_project(session, SCRIPT, project.id, ProjectChange(reasoner=reasoner))
    start_batch(ports, SCRIPT, project.id, "generate", ids)
    with reading(ports.engine) as session:
        return session.scalars(select(Branch.id)).one()


def job_of(ports: Ports) -> Job:
    with reading(ports.engine) as session:
        return session.scalars(select(Job).where(Job.kind == "grow")).one()


def set_job(ports: Ports, **values: object) -> None:
    with transaction(ports.engine) as session:
        session.execute(update(Job).where(Job.kind == "grow").values(**values))


def let_it_be_time(ports: Ports) -> None:
    set_job(ports, not_before=now() - timedelta(seconds=1))


def branch_text(ports: Ports, branch_id: int) -> tuple[str | None, str]:
    with reading(ports.engine) as session:
        branch = session.get_one(Branch, branch_id)
        return branch.outcome, text_of(path_of(branch))


def test_a_rate_limit_is_waited_out(ports: Ports, branch_id: int, server: Stub, work: Work) -> None:
    server.bad = "429"
    assert work() == 1
    job = job_of(ports)
    assert (job.state, job.waits, job.attempts) == ("queued", 1, 0)
    assert job.not_before
    assert job.not_before > now() - timedelta(seconds=2)
    assert "429 (rate limited)" in job.error
    assert hold(ports, job.id) is None
    server.bad = None
    let_it_be_time(ports)
    work()
    assert branch_text(ports, branch_id) == ("answered", ANSWER)
    job = job_of(ports)
    assert (job.state, job.not_before, job.error) == ("done", None, "")


def test_the_batch_says_what_it_waits_for(
    ports: Ports, branch_id: int, server: Stub, work: Work
) -> None:
    server.bad = "429"
    work()
    with reading(ports.engine) as session:
        view = batch_view(session, session.scalars(select(Batch)).one())
    assert view.put_off == 1
    assert view.waiting.startswith("Waiting for the model server, trying again at ")
    assert view.progress.state == "running"


def test_it_is_not_waited_for_ever(ports: Ports, branch_id: int, server: Stub, work: Work) -> None:
    server.bad = "html 502"
    set_job(ports, waits=MOST_WAITS)
    work()
    with transaction(ports.engine) as session:
        branch = session.get_one(Branch, branch_id)
        assert branch.outcome == "model_error"
        assert "502" in branch.detail
        assert branch.detail.endswith(f"It was tried {MOST_WAITS + 1} times.")
        server.bad = None
        again = retry_branch(session, SCRIPT, branch_id).id
    work()
    assert branch_text(ports, again) == ("answered", ANSWER)


def test_what_will_not_pass_is_not_waited_for(
    ports: Ports, branch_id: int, server: Stub, work: Work
) -> None:
    server.bad = "400"
    work()
    assert branch_text(ports, branch_id)[0] == "model_error"
    assert len(server.seen) == 1


def test_a_reply_that_breaks_off_is_gone_on_with(
    ports: Ports, branch_id: int, server: Stub, work: Work
) -> None:
    server.bad, server.replies = "midway", ["First, we count. ", ANSWER]
    work()
    assert branch_text(ports, branch_id) == (None, "First, we count. ")
    assert job_of(ports).waits == 1
    server.bad = None
    let_it_be_time(ports)
    work()
    assert branch_text(ports, branch_id) == ("answered", f"First, we count. {ANSWER}")
    assert "First, we count. " in str(server.seen[1]["messages"])


def test_a_reply_that_breaks_off_at_the_same_words_for_ever_is_repetition(
    ports: Ports, branch_id: int, server: Stub, work: Work
) -> None:
    server.replies, server.bad = (
        ["Let me look at the costs of each of the routes first. " * 9],
        "midway",
    )
    work()
    for _ in range(3):
        let_it_be_time(ports)
        work()
    assert branch_text(ports, branch_id)[0] == "repetition"
    assert job_of(ports).error == RETOLD


def test_an_answer_that_breaks_off_is_written_anew(
    ports: Ports, branch_id: int, server: Stub, work: Work
) -> None:
    server.bad, server.replies = "midway", ["<think>Hm.</think>It is \\box", f"</think>{ANSWER}"]
    work()
    assert branch_text(ports, branch_id) == (None, "<think>Hm.")
    server.bad = None
    let_it_be_time(ports)
    work()
    assert branch_text(ports, branch_id) == ("answered", f"<think>Hm.</think>{ANSWER}")


def test_the_sweep_sends_what_waits_only_when_it_is_long_due(
    ports: Ports, branch_id: int, server: Stub, work: Work
) -> None:
    server.bad = "429"
    work()
    broker().delete(*lists_of("model"))
    set_job(ports, created_at=now() - timedelta(days=1))
    assert sweep(ports) == 0
    set_job(ports, not_before=now() - timedelta(days=1))
    assert sweep(ports) == 1


def test_what_waits_can_be_stopped(ports: Ports, branch_id: int, server: Stub, work: Work) -> None:
    server.bad = "429"
    work()
    with transaction(ports.engine) as session:
        cancel_branch(session, SCRIPT, branch_id)
    let_it_be_time(ports)
    assert work() == 0
    assert branch_text(ports, branch_id)[0] == "cancelled"


def test_who_asks_again_does_not_wait(
    ports: Ports, branch_id: int, server: Stub, work: Work
) -> None:
    server.bad = "429"
    work()
    server.bad = None
    assert work() == 0
    with transaction(ports.engine) as session:
        ask_again(session, SCRIPT, branch_id)
    assert job_of(ports).waits == 1
    work()
    assert branch_text(ports, branch_id)[0] == "answered"
    with transaction(ports.engine) as session, pytest.raises(Refused, match="does not wait"):
        ask_again(session, SCRIPT, branch_id)
