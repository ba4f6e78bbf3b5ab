"""A trace by the API, from the queue to its verdict and back, and what is kept from whom."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine, select, update

from app.db.session import transaction
from app.db.tables import Branch, Claim, Event, Project, Trace
from tests.web import test_routes
from tests.web.api.conftest import Program

ids = test_routes.ids
Programs = Callable[..., Program]


def test_a_trace_is_judged_from_the_queue_to_its_verdict(
    program_of: Programs, ids: dict[str, Any], engine: Engine
) -> None:
    program, home = program_of("annotator"), f"{{p}}/traces/{ids['trace_id']}"
    held = program.post("{p}/queue/next")
    assert held.json()["trace_id"] == ids["trace_id"]
    assert program.get(f"{home}/claim").json()["seconds"] > 0
    trace = program.get(home)
    assert trace.json()["open_proposals"] == [ids["proposal_id"]]
    assert trace.json()["held_by"] == [program.get("/me").json()["name"]]
    tag = trace.headers["ETag"]
    verdicts = f"{home}/branches/{trace.json()['current']}/verdicts"
    assert program.post(verdicts, {"decision": "golden"}).json()["code"] == "refused"
    rejected = f"{home}/proposals/{ids['proposal_id']}/judgements"
    reason = {"decision": "reject", "reason": "It is right."}
    judgement = program.post(rejected, reason, If_Match=tag)
    assert judgement.status_code == 201
    assert judgement.json()["branch_id"] is None
    assert program.post(rejected, reason).json()["code"] == "conflict"
    assert program.post(verdicts, {"decision": "golden"}, If_Match=tag).status_code == 412
    tag = program.get(home).headers["ETag"]
    assert program.post(verdicts, {"decision": "golden"}, If_Match=tag).status_code == 201
    assert program.get(home).json()["state"] == "golden"
    assert program.post(f"{home}/undo", {}).json()["state"] == "review"
    [verdict] = program.get(f"{home}/verdicts").json()["items"]
    assert verdict["withdrawn_reason"] == "undone"
    undone = program.post(f"{home}/undo", {"judgement": judgement.json()["id"]})
    assert undone.json()["open_proposals"] == [ids["proposal_id"]]
    with transaction(engine) as session:
        events = session.scalars(select(Event).where(Event.verb.in_(("golden", "undo")))).all()
        assert {each.channel for each in events} == {"token"}


def test_a_hint_of_one_s_own_begins_a_branch(program_of: Programs, ids: dict[str, Any]) -> None:
    program, home = program_of("annotator"), f"{{p}}/traces/{ids['trace_id']}"
    hint = {"flaw": "wrong-objective", "step": 0, "start": 0, "end": 3, "words": "Look again."}
    begun = program.post(f"{home}/branches/{ids['branch_id']}/hints", hint)
    assert begun.status_code == 201
    address = f"{home}/branches/{begun.json()['branch_id']}"
    branch = program.get(address).json()
    assert [step["kind"] for step in branch["steps"]][-1] == "hint"
    assert branch["outcome"] is None
    assert program.post(f"{address}/cancel").json()["outcome"] == "cancelled"
    assert program.post(f"{address}/retry").status_code == 201
    listed = program.get(f"{home}/proposals?limit=1").json()
    assert listed["items"][0]["id"] == ids["proposal_id"]
    assert program.get(f"{home}/proposals?cursor={listed['next']}").json()["next"] is None


def test_the_texts_of_the_steps_are_the_path(program_of: Programs, ids: dict[str, Any]) -> None:
    program = program_of("viewer")
    branch = program.get(f"{{p}}/traces/{ids['trace_id']}/branches/{ids['branch_id']}").json()
    text = "".join(step["text"] for step in branch["steps"])
    assert text.startswith("I think <script>")
    assert text.endswith("\\boxed{12}")
    assert branch["grade"]["correct"] is True


def test_the_filters_are_the_queue_s(program_of: Programs, ids: dict[str, Any]) -> None:
    program = program_of("annotator")
    started = program.post(f"{{p}}/problems/{ids['problem_id']}/traces")
    assert started.headers["Location"].endswith(f"/traces/{started.json()['id']}")
    listed = {
        query: [each["id"] for each in program.get(f"{{p}}/traces?{query}").json()["items"]]
        for query in ("state=review", "state=waiting", "flaw=wrong-objective", "order=uncertain")
    }
    assert listed["state=review"] == listed["flaw=wrong-objective"] == [ids["trace_id"]]
    assert listed["state=waiting"] == [started.json()["id"]]
    assert set(listed["order=uncertain"]) == {ids["trace_id"], started.json()["id"]}
    assert program.get("{p}/traces?state=lost").status_code == 422


def test_a_trace_is_held_by_one(program_of: Programs, ids: dict[str, Any]) -> None:
    mine, theirs, lead = (program_of(role) for role in ("annotator", "reviewer", "lead"))
    claim = f"{{p}}/traces/{ids['trace_id']}/claim"
    assert mine.post(claim).status_code == 201
    assert theirs.post(claim).json()["code"] == "conflict"
    assert theirs.post("{p}/queue/next").status_code == 204
    assert mine.post(f"{claim}/heartbeat").json()["seconds"] > 0
    assert lead.ask("DELETE", f"{claim}s").status_code == 204
    assert theirs.post(claim).status_code == 201
    assert mine.get(claim).json()["seconds"] == 0
    assert theirs.ask("DELETE", claim).status_code == 204
    assert mine.post(f"{{p}}/traces/{ids['trace_id']}/later").status_code == 204


def test_who_judges_blindly_sees_nothing_of_others(
    program_of: Programs, ids: dict[str, Any], engine: Engine, project: Project
) -> None:
    with transaction(engine) as session:
        session.execute(update(Trace).values(overlap=2))
        session.add(Claim(trace_id=ids["trace_id"], slot=2))
    mine, theirs = program_of("annotator"), program_of("annotator", scopes=("read", "annotate"))
    home = f"{{p}}/traces/{ids['trace_id']}"
    hint = {"flaw": "wrong-objective", "step": 0, "start": 0, "end": 3, "words": "Look again."}
    assert [each.post(f"{home}/claim").status_code for each in (mine, theirs)] == [201, 201]
    begun = mine.post(f"{home}/branches/{ids['branch_id']}/hints", hint).json()
    reject = {"decision": "reject", "reason": "No."}
    mine.post(f"{home}/proposals/{ids['proposal_id']}/judgements", reject)
    seen = theirs.get(f"{home}/proposals").json()["items"]
    assert [(each["id"], each["judgements"]) for each in seen] == [(ids["proposal_id"], [])]
    assert theirs.get(f"{home}/branches/{begun['branch_id']}").status_code == 404
    judged = f"{home}/proposals/{begun['proposal_id']}/judgements"
    assert theirs.post(judged, reject).status_code == 404
    assert len(mine.get(f"{home}/proposals").json()["items"]) == 2
    with transaction(engine) as session:
        assert session.get_one(Branch, begun["branch_id"]).owner_id is not None
