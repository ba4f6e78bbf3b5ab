"""Threads, mentions, and what judges decided beside each other, by the API."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine, update

from app.db.session import transaction
from app.db.tables import Claim, Trace
from tests.web import test_routes
from tests.web.api.conftest import Program

ids = test_routes.ids
Programs = Callable[..., Program]


def test_people_talk_about_a_step_and_end_it(program_of: Programs, ids: dict[str, Any]) -> None:
    mine, theirs = program_of("annotator"), program_of("reviewer")
    home = f"{{p}}/traces/{ids['trace_id']}"
    steps = mine.get(f"{home}/branches/{ids['branch_id']}").json()["steps"]
    name = theirs.get("/me").json()["name"]
    begun = mine.post(f"{home}/threads", {"text": f"@{name}, look.", "step_id": steps[0]["id"]})
    assert begun.status_code == 201
    thread = f"{home}/threads/{begun.json()['id']}"
    assert begun.headers["Location"].endswith(f"/threads/{begun.json()['id']}")
    [mention] = theirs.get("/mentions").json()["items"]
    assert (mention["thread_id"], mention["seen_at"]) == (begun.json()["id"], None)
    assert theirs.post("/mentions/seen").json() == {"count": 1}
    assert theirs.post("/mentions/seen").json() == {"count": 0}
    said = theirs.post(f"{thread}/comments", {"text": "I did."}).json()["comments"]
    assert [each["text"] for each in said] == [f"@{name}, look.", "I did."]
    comment = f"{home}/comments/{said[1]['id']}"
    assert mine.ask("DELETE", comment).json()["code"] == "refused"
    assert theirs.ask("DELETE", comment).status_code == 204
    assert mine.post(f"{thread}/resolve").json()["resolved_at"]
    assert mine.get(thread).json()["comments"][1]["text"] is None
    page = mine.get(f"{home}/threads?limit=1").json()
    assert page["items"][0]["id"] == ids["thread_id"]
    assert mine.get(f"{home}/threads?cursor={page['next']}").json()["items"][0]["step_id"]


def test_judges_stand_beside_each_other_and_a_reviewer_decides(
    program_of: Programs, ids: dict[str, Any], engine: Engine
) -> None:
    with transaction(engine) as session:
        session.execute(update(Trace).values(overlap=2))
        session.add(Claim(trace_id=ids["trace_id"], slot=2))
    judges = [program_of("annotator"), program_of("annotator", scopes=("read", "annotate"))]
    home = f"{{p}}/traces/{ids['trace_id']}"
    verdicts = f"{home}/branches/{ids['branch_id']}/verdicts"
    for judge, decision in zip(judges, ("unsure", "discard"), strict=True):
        judge.post(f"{home}/claim")
        alone = judge.get(f"{home}/judges").json()
        assert (alone["blind"], alone["judges"]) == (True, [])
        assert judge.post(verdicts, {"decision": decision, "reason": "So."}).status_code == 201
    reviewer = program_of("reviewer")
    seen = reviewer.get(f"{home}/judges").json()
    assert [each["verdict"]["decision"] for each in seen["judges"]] == ["unsure", "discard"]
    assert (seen["disputed"], seen["settles"], seen["final"]) == (True, True, None)
    decided = reviewer.post(verdicts, {"decision": "discard", "reason": "Wrong data."})
    assert decided.json()["final"] is True
    final = judges[0].get(f"{home}/judges").json()["final"]
    assert (final["decision"], final["reason"]) == ("discard", "Wrong data.")
