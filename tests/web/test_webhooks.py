"""Webhooks on their pages and by the API: a secret shown once, hostile answers as text."""

import re
from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine, select, update

from app.db.session import transaction
from app.db.tables import Delivery, KeptAnswer, Project, Webhook
from tests.web.api import conftest
from tests.web.api.conftest import Program
from tests.web.conftest import HOSTILE, Browser

program_of = conftest.program_of
Browsers = Callable[..., Browser]
SECRET = re.compile(r"whsec_[\w+/=]{44}")
URL = "https://receiver.example/hook"


def make(lead: Browser, project: Project) -> tuple[str, str]:
    """A webhook's address on the pages, and its secret."""
    home = f"/p/{project.slug}/webhooks"
    page = lead.post(home, {"url": URL, "kinds": ["golden", "discard"]}).text
    [address] = set(re.findall(rf'action="({home}/\d+)"', page))
    [secret] = SECRET.findall(page)
    return address, secret


def test_a_lead_makes_a_webhook_and_sees_its_secret_once(
    browser_of: Browsers, project: Project, engine: Engine
) -> None:
    lead = browser_of("lead")
    address, secret = make(lead, project)
    assert not SECRET.search(lead.get(address).text)
    assert URL in lead.get(f"/p/{project.slug}/webhooks").text
    [fresh] = SECRET.findall(lead.post(f"{address}/secret").text)
    assert fresh != secret
    changed = lead.post(address, {"url": f"{URL}/2", "kinds": "comment"}).text
    assert f"{URL}/2" in changed
    assert re.findall(r'value="(\w+)" checked', changed) == ["comment"]
    wrong = lead.post(address, {"url": "http://127.0.0.1/", "kinds": "comment"})
    assert (wrong.status_code, "begins with https://" in wrong.text) == (422, True)
    with transaction(engine) as session:
        assert secret.encode() not in session.scalars(select(Webhook)).one().secret


def test_what_was_told_is_listed_with_hostile_answers_as_text(
    browser_of: Browsers, project: Project, engine: Engine
) -> None:
    lead = browser_of("lead")
    address, _secret = make(lead, project)
    assert "A test is on its way." in lead.post(f"{address}/test").text
    with transaction(engine) as session:
        told = {"state": "failed", "status": 500, "answer": HOSTILE, "attempts": 3}
        session.execute(update(Delivery).values(told))
    page = lead.get(address).text
    assert "&lt;script&gt;" in page
    assert HOSTILE not in page
    [again] = re.findall(r'hx-post="(\S+/again)"', page)
    assert "It is sent again." in lead.post(again).text
    assert "waits to be sent already" in lead.post(again).text


def test_leads_are_told_on_every_page_where_one_is_failing(
    browser_of: Browsers, project: Project, engine: Engine
) -> None:
    lead, annotator = browser_of("lead"), browser_of("annotator")
    address, _secret = make(lead, project)
    with transaction(engine) as session:
        said = "For a day no message was taken."
        session.execute(update(Webhook).values(state="failing", said=said))
    home = f"/p/{project.slug}/problems"
    told = "not told anything any more"
    assert told in lead.get(home).text
    assert told not in annotator.get(home).text
    assert said in lead.get(address).text
    assert "Switched on." in lead.post(f"{address}/on", {"on": "true"}).text
    assert told not in lead.get(home).text
    lead.post(f"{address}/remove")
    assert lead.get(address).status_code == 404


def test_a_program_makes_one_and_no_kept_answer_holds_its_secret(
    program_of: Callable[..., Program], engine: Engine
) -> None:
    lead = program_of("lead")
    body: dict[str, Any] = {"url": URL, "kinds": ["golden"]}
    made = lead.post("{p}/webhooks", body, idempotency_key="k")
    assert made.status_code == 201
    home = f"{{p}}/webhooks/{made.json()['id']}"
    fresh = lead.post(f"{home}/secret", idempotency_key="l")
    for answer in (made, fresh):
        assert SECRET.fullmatch(answer.json()["secret"])
        assert answer.headers["Cache-Control"] == "no-store"
    assert lead.post("{p}/webhooks", body, idempotency_key="k").json()["code"] == "shown-once"
    assert lead.post(f"{home}/secret", idempotency_key="l").json()["code"] == "shown-once"
    assert "secret" not in lead.get(home).json()
    with transaction(engine) as session:
        kept = session.scalars(select(KeptAnswer.body)).all()
    assert not any(SECRET.search((each or b"").decode()) for each in kept)
    assert lead.post(f"{home}/tests").status_code == 202
    [message] = lead.get(f"{home}/deliveries").json()["items"]
    assert (message["kind"], message["state"]) == ("test", "queued")
    again = lead.post(f"{home}/deliveries/{message['id']}/again")
    assert again.json()["code"] == "refused"
    off = lead.ask("PATCH", home, {"on": False}, if_match=lead.get(home).headers["ETag"])
    assert off.json()["state"] == "off"
    assert lead.ask("PATCH", home, {"on": True}, if_match='"old"').status_code == 412
    assert lead.ask("DELETE", home).status_code == 204
    assert lead.get("{p}/webhooks").json()["items"] == []
    [event] = lead.get("{p}/history?verb=create_webhook").json()["items"]
    assert lead.get(f"{{p}}/history/{event['id']}").json() == event
