"""Webhooks: told at least once and in order, whoever is killed, down, slow or hostile."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import select, update

from app.actions import deliver
from app.actions.deliver import KEPT, sweep_webhooks, tell_webhook
from app.actions.gold import mark_gold, unmark_gold
from app.actions.ports import Ports
from app.actions.projects import create_project
from app.actions.record import WORKER, record
from app.actions.webhooks import (
    MOST,
    change_webhook,
    create_webhook,
    remove_webhook,
    renew_secret,
    send_again,
    test_webhook,
    webhook_in,
)
from app.core.errors import Invalid, NotAllowed, NotFound, Refused
from app.core.roles import SCRIPT, Actor
from app.core.webhooks import MOST_TRIES, TRIES_IN_TURN, new_secret, signed_headers
from app.db.queries import webhooks as queries
from app.db.queries.webhooks import deliveries_of, held_back
from app.db.session import reading, transaction
from app.db.tables import Branch, Claim, Delivery, Event, Project, Trace, Webhook
from app.db.types import now
from app.live import broker
from app.settings import ROOT, settings
from tests.webhook_receiver import Receiver, receiving

GUIDE = (ROOT / "docs" / "webhooks.md").read_text(encoding="utf-8")
VERIFY: dict[str, Any] = {}
exec(re.findall(r"```python\n(.*?)```", GUIDE, re.S)[0], VERIFY)
send_a_test = test_webhook  # pytest takes no name that begins with test_ for a function of ours
del test_webhook


class Clock:
    """The time that deliveries go by, which a test turns on."""

    def __init__(self) -> None:
        self.at = now()

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    for module in (deliver, queries):
        monkeypatch.setattr(module, "now", made)
    return made


@pytest.fixture(autouse=True)
def inside(ports: Ports, monkeypatch: pytest.MonkeyPatch) -> None:
    """Receivers stand on loopback."""
    for each in (ports.settings, settings()):
        monkeypatch.setattr(each, "webhooks_inside", True)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as server:
        yield server


@pytest.fixture
def hook(ports: Ports, project: Project, receiver: Receiver) -> tuple[int, str]:
    """A webhook of the receiver, and its secret."""
    return make_hook(ports, project, receiver.url)


def make_hook(ports: Ports, project: Project, url: str) -> tuple[int, str]:
    with transaction(ports.engine) as session:
        row, secret = create_webhook(session, SCRIPT, project.id, url, ["golden", "discard"])
        return row.id, secret


def happen(ports: Ports, project: Project, verb: str = "golden", **place: Any) -> int:
    """Something is recorded; its event's id."""
    with transaction(ports.engine) as session:
        event = record(session, SCRIPT, verb, "branch:9", project_id=project.id, **place)
        session.flush()
        return event.id


def told(receiver: Receiver) -> list[int | None]:
    """The events that a receiver was told of, as they came."""
    return [json.loads(got.body)["data"].get("event") for got in receiver.got]


def webhook(ports: Ports, webhook_id: int) -> Webhook:
    with reading(ports.engine) as session:
        return session.get_one(Webhook, webhook_id)


def deliveries(ports: Ports) -> list[Delivery]:
    with reading(ports.engine) as session:
        return list(session.scalars(select(Delivery).order_by(Delivery.id)))


def set_hook(ports: Ports, webhook_id: int, **values: Any) -> None:
    with transaction(ports.engine) as session:
        session.execute(update(Webhook).where(Webhook.id == webhook_id).values(values))


def test_what_happens_is_told_and_can_be_verified(
    ports: Ports, project: Project, receiver: Receiver, hook: tuple[int, str]
) -> None:
    before = broker().llen("model")
    event_id = happen(ports, project)
    happen(ports, project, "claim")
    assert broker().llen("model") == before + 1
    tell_webhook(ports, hook[0])
    [got] = receiver.got
    VERIFY["verify"](got.headers, got.body, hook[1])
    assert json.loads(got.body)["type"] == "golden"
    assert json.loads(got.body)["data"] == {
        "project": project.slug,
        "event": event_id,
        "subject": "branch:9",
        "trace": None,
        "gold": False,
        "actor": {"kind": "script", "id": None},
        "url": f"/api/v1/projects/{project.slug}/history/{event_id}",
    }
    [row] = deliveries(ports)
    assert (row.state, row.status, row.attempts) == ("sent", 204, 1)


@pytest.mark.parametrize("wrong", ["body", "secret", "time", "nothing"])
def test_the_guides_way_to_verify_refuses_what_is_not_ours(wrong: str) -> None:
    secret, body = new_secret(), b"{}"
    at = int(now().timestamp()) - (301 if wrong == "time" else 0)
    headers = signed_headers([secret], "msg_1", at, body)
    asked = (headers, b"[]" if wrong == "body" else body)
    if wrong == "nothing":
        VERIFY["verify"](*asked, secret)
        return
    with pytest.raises(ValueError, match="too old" if wrong == "time" else "not signed"):
        VERIFY["verify"](*asked, new_secret() if wrong == "secret" else secret)


def change_their_mind(ports: Ports, project: Project) -> None:
    with transaction(ports.engine) as session:
        record(session, SCRIPT, "golden", "branch:9", project_id=project.id)
        session.flush()
        raise Refused("No.")


def test_what_was_rolled_back_is_told_to_nobody(
    ports: Ports, project: Project, hook: tuple[int, str]
) -> None:
    before = broker().llen("model")
    with pytest.raises(Refused):
        change_their_mind(ports, project)
    assert (deliveries(ports), broker().llen("model")) == ([], before)


def test_nobody_is_told_of_another_project(
    ports: Ports, project: Project, hook: tuple[int, str]
) -> None:
    with transaction(ports.engine) as session:
        another = create_project(session, SCRIPT, "Another")
        record(session, SCRIPT, "golden", "branch:9", project_id=another.id)
    assert deliveries(ports) == []


def test_a_killed_workers_message_is_sent_again_by_the_same_id(
    ports: Ports,
    project: Project,
    receiver: Receiver,
    hook: tuple[int, str],
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    happen(ports, project)

    def killed(*_: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(deliver, "_note", killed)
        with pytest.raises(SystemExit):
            tell_webhook(ports, hook[0])
    assert len(receiver.got) == 1
    tell_webhook(ports, hook[0])
    assert (len(receiver.got), sweep_webhooks(ports)) == (1, 0)
    clock.at += timedelta(seconds=61)
    assert sweep_webhooks(ports) == 1
    tell_webhook(ports, hook[0])
    first, second = receiver.got
    assert (first.message_id, first.body) == (second.message_id, second.body)
    assert [row.state for row in deliveries(ports)] == ["sent"]


def test_a_receiver_that_was_down_gets_all_in_order(
    ports: Ports, project: Project, receiver: Receiver, hook: tuple[int, str], clock: Clock
) -> None:
    receiver.status = 503
    ids = [happen(ports, project) for _ in range(3)]
    tell_webhook(ports, hook[0])
    assert told(receiver) == ids[:1]
    assert webhook(ports, hook[0]).failures == 1
    tell_webhook(ports, hook[0])
    assert sweep_webhooks(ports) == 0
    clock.at += timedelta(seconds=3)
    assert sweep_webhooks(ports) == 1
    receiver.status = 200
    tell_webhook(ports, hook[0])
    assert told(receiver) == [ids[0], *ids]
    assert webhook(ports, hook[0]).failing_since is None


def test_a_message_that_is_never_taken_lets_the_others_pass_and_fails_at_last(
    ports: Ports, project: Project, receiver: Receiver, hook: tuple[int, str], clock: Clock
) -> None:
    receiver.status = 500
    poison = happen(ports, project)
    for _ in range(TRIES_IN_TURN):
        tell_webhook(ports, hook[0])
        clock.at += timedelta(seconds=70)
    receiver.status = 200
    good = [happen(ports, project) for _ in range(2)]
    with transaction(ports.engine) as session:
        later = clock.at + timedelta(hours=1)
        session.execute(update(Delivery).where(Delivery.id == 1).values(not_before=later))
    tell_webhook(ports, hook[0])
    assert told(receiver) == [poison] * TRIES_IN_TURN + good
    receiver.status = 500
    for _ in range(MOST_TRIES):
        set_hook(ports, hook[0], not_before=None, failing_since=None)
        clock.at += timedelta(hours=2)
        tell_webhook(ports, hook[0])
    assert told(receiver).count(poison) == MOST_TRIES
    assert [row.state for row in deliveries(ports)] == ["failed", "sent", "sent"]


def test_after_a_day_a_webhook_is_left_to_its_lead_and_misses_nothing(
    ports: Ports, project: Project, receiver: Receiver, hook: tuple[int, str], clock: Clock
) -> None:
    receiver.status, receiver.body = 500, b"<script>no</script>"
    ids = [happen(ports, project)]
    for _ in range(2):
        tell_webhook(ports, hook[0])
        clock.at += timedelta(days=1)
    left = webhook(ports, hook[0])
    assert (left.state, left.said) == ("failing", "For a day no message was taken.")
    ids.append(happen(ports, project))
    assert sweep_webhooks(ports) == 0
    with reading(ports.engine) as session:
        verbs = session.scalars(select(Event.verb).where(Event.subject == f"webhook:{hook[0]}"))
        assert list(verbs) == ["create_webhook", "leave_webhook"]
    receiver.status, receiver.got = 200, []
    with transaction(ports.engine) as session:
        change_webhook(session, SCRIPT, session.get_one(Webhook, hook[0]), on=True)
    tell_webhook(ports, hook[0])
    assert told(receiver) == ids


def test_one_that_says_it_is_gone_is_left_at_once(
    ports: Ports, project: Project, receiver: Receiver, hook: tuple[int, str]
) -> None:
    receiver.status = 410
    happen(ports, project)
    tell_webhook(ports, hook[0])
    assert webhook(ports, hook[0]).state == "gone"
    happen(ports, project)
    assert [row.state for row in deliveries(ports)] == ["failed"]


def test_a_slow_receiver_holds_up_no_other(
    ports: Ports, project: Project, receiver: Receiver, hook: tuple[int, str]
) -> None:
    with receiving() as quick:
        other, _secret = make_hook(ports, project, quick.url)
        receiver.waits = True
        ids = [happen(ports, project) for _ in range(2)]
        slow = Thread(target=tell_webhook, args=(ports, hook[0]))
        slow.start()
        assert receiver.came.wait(30)
        tell_webhook(ports, hook[0])  # it is being told
        tell_webhook(ports, other)
        assert (told(receiver), told(quick)) == (ids[:1], ids)
        receiver.go_on.set()
        slow.join()
        assert told(receiver) == ids


def test_what_is_written_down_while_the_last_is_sent_is_not_missed(
    ports: Ports,
    project: Project,
    receiver: Receiver,
    hook: tuple[int, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ids = [happen(ports, project)]
    plain = deliver._waits

    def late(*asked: Any) -> bool:
        monkeypatch.setattr(deliver, "_waits", plain)
        ids.append(happen(ports, project))
        return plain(*asked)

    monkeypatch.setattr(deliver, "_waits", late)
    tell_webhook(ports, hook[0])
    assert told(receiver) == ids
    assert len(ids) == 2


def test_for_a_day_both_secrets_sign(
    ports: Ports, project: Project, receiver: Receiver, hook: tuple[int, str], clock: Clock
) -> None:
    with transaction(ports.engine) as session:
        fresh = renew_secret(session, SCRIPT, session.get_one(Webhook, hook[0]))
    happen(ports, project)
    tell_webhook(ports, hook[0])
    for secret in (hook[1], fresh):
        VERIFY["verify"](receiver.got[0].headers, receiver.got[0].body, secret)
    clock.at += timedelta(days=1, seconds=1)
    happen(ports, project)
    tell_webhook(ports, hook[0])
    assert len(receiver.got[1].headers["webhook-signature"].split()) == 1
    kept = str([row.__dict__ for row in [webhook(ports, hook[0])]])
    with reading(ports.engine) as session:
        kept += str([event.data for event in session.scalars(select(Event))])
    assert fresh not in kept
    assert hook[1] not in kept


def test_a_secret_that_can_not_be_read_leaves_the_webhook_to_its_lead(
    ports: Ports, project: Project, hook: tuple[int, str]
) -> None:
    happen(ports, project)
    set_hook(ports, hook[0], secret=b"another key's")
    tell_webhook(ports, hook[0])
    assert webhook(ports, hook[0]).said == "Its secret can't be read: make a new one."


def test_nobody_learns_a_verdict_before_all_have_judged(
    ports: Ports, project: Project, problem: Callable[..., int], receiver: Receiver
) -> None:
    hook_id, _secret = make_hook(ports, project, receiver.url)
    with transaction(ports.engine) as session:
        trace = Trace(project_id=project.id, problem_id=problem("?"), origin="generated")
        trace.overlap = 2
        session.add(trace)
        session.flush()
        session.add_all(Claim(trace_id=trace.id, slot=slot) for slot in (1, 2))
        person = Actor(kind="person", name="ann", id=7)
        place = {"project_id": project.id, "trace_id": trace.id}
        record(session, person, "golden", "branch:9", **place)
        record(session, WORKER, "discard", "branch:9", **place)
    tell_webhook(ports, hook_id)
    assert [json.loads(got.body)["type"] for got in receiver.got] == ["discard"]
    with reading(ports.engine) as session:
        shown = session.scalars(deliveries_of(hook_id)).all()
        assert (len(shown), held_back(session, hook_id)) == (1, 1)
    with transaction(ports.engine) as session:
        session.execute(update(Claim).values(done_at=now()))
    tell_webhook(ports, hook_id)
    got = json.loads(receiver.got[1].body)
    assert (got["type"], got["data"]["actor"]) == ("golden", {"kind": "person", "id": 7})
    assert "ann" not in receiver.got[1].body.decode()


def test_what_was_done_on_a_gold_standard_is_marked(
    ports: Ports,
    project: Project,
    receiver: Receiver,
    hook: tuple[int, str],
    problem: Callable[..., int],
) -> None:
    """It measures whoever did it; marked by the time of the event, however late it is sent."""
    with transaction(ports.engine) as session:
        trace = Trace(
            project_id=project.id, problem_id=problem("?"), origin="imported", state="review"
        )
        trace.branches.append(Branch(number=1, outcome="imported"))
        session.add(trace)
        session.flush()
        trace_id = trace.id
    happen(ports, project, trace_id=trace_id)
    with transaction(ports.engine) as session:
        mark_gold(session, SCRIPT, trace_id, "discard")
    happen(ports, project, trace_id=trace_id)
    with transaction(ports.engine) as session:
        unmark_gold(session, SCRIPT, trace_id)
    happen(ports, project, trace_id=trace_id)
    tell_webhook(ports, hook[0])
    assert [json.loads(got.body)["data"]["gold"] for got in receiver.got] == [False, True, False]


def test_a_test_and_sending_again(
    ports: Ports, project: Project, receiver: Receiver, hook: tuple[int, str]
) -> None:
    with transaction(ports.engine) as session:
        row = session.get_one(Webhook, hook[0])
        send_a_test(session, SCRIPT, row)
        session.flush()
        with pytest.raises(Refused, match="waits to be sent"):
            send_again(session, SCRIPT, row, 1)
        with pytest.raises(NotFound):
            send_again(session, SCRIPT, row, 2)
    tell_webhook(ports, hook[0])
    with transaction(ports.engine) as session:
        send_again(session, SCRIPT, session.get_one(Webhook, hook[0]), 1)
    tell_webhook(ports, hook[0])
    first, second = receiver.got
    assert (first.message_id, first.body) == (second.message_id, second.body)
    assert json.loads(first.body)["type"] == "test"


def test_only_leads_look_after_webhooks(
    ports: Ports, project: Project, hook: tuple[int, str], person: Callable[..., Actor]
) -> None:
    reviewer, lead = person("bob", "reviewer"), person("ann", "lead")
    with transaction(ports.engine) as session:
        url, kinds = "https://example.org/?key=abc", ["golden"]
        with pytest.raises(NotAllowed):
            create_webhook(session, reviewer, project.id, url, kinds)
        with pytest.raises(NotAllowed):
            webhook_in(session, reviewer, project.id, hook[0])
        with pytest.raises(NotFound):
            webhook_in(session, lead, project.id + 1, hook[0])
        for wrong in ([], ["claim"], ["golden", "x"]):
            with pytest.raises(Invalid):
                create_webhook(session, lead, project.id, url, wrong)
        for _ in range(MOST - 1):
            create_webhook(session, lead, project.id, url, kinds)
        with pytest.raises(Refused, match="at most"):
            create_webhook(session, lead, project.id, url, kinds)
        told = str([event.data for event in session.scalars(select(Event))])
        assert "example.org" in told
        assert "abc" not in told


def test_one_that_was_switched_off_or_removed_is_told_nothing(
    ports: Ports, project: Project, receiver: Receiver, hook: tuple[int, str]
) -> None:
    happen(ports, project)
    with transaction(ports.engine) as session:
        row = session.get_one(Webhook, hook[0])
        change_webhook(session, SCRIPT, row, on=False)
        with pytest.raises(Refused, match="on first"):
            send_a_test(session, SCRIPT, row)
    happen(ports, project)
    tell_webhook(ports, hook[0])
    assert (receiver.got, len(deliveries(ports))) == ([], 1)
    with transaction(ports.engine) as session:
        row = session.get_one(Webhook, hook[0])
        remove_webhook(session, SCRIPT, row)
        with pytest.raises(NotFound):
            webhook_in(session, SCRIPT, project.id, hook[0])
    assert (webhook(ports, hook[0]).url, sweep_webhooks(ports)) == ("", 0)


def test_old_messages_are_forgotten_but_those_that_wait(
    ports: Ports, project: Project, receiver: Receiver, hook: tuple[int, str], clock: Clock
) -> None:
    happen(ports, project)
    tell_webhook(ports, hook[0])
    happen(ports, project)
    clock.at += KEPT + timedelta(days=1)
    sweep_webhooks(ports)
    assert [row.state for row in deliveries(ports)] == ["queued"]
    set_hook(ports, hook[0], state="failing")
    sweep_webhooks(ports)
    assert deliveries(ports) == []
