"""What workers are asked for, what is tried beside a trace, and deeds on many, by the API."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine, select, update

from app.db.session import transaction
from app.db.tables import ExecutionRow, Job, Project, SolveRow, StepRow
from tests.web import test_routes
from tests.web.api.conftest import Program

ids = test_routes.ids
Programs = Callable[..., Program]


def test_hints_are_looked_for_and_a_step_is_sampled_again(
    program_of: Programs, ids: dict[str, Any], engine: Engine
) -> None:
    program = program_of("annotator")
    branch = f"{{p}}/traces/{ids['trace_id']}/branches/{ids['branch_id']}"
    asked = program.post(f"{branch}/reviews")
    assert (asked.status_code, asked.json()["kind"]) == (202, "review")
    assert program.post(f"{branch}/reviews").json() == asked.json()
    assert program.post(f"{branch}/ask-again").json()["code"] == "refused"
    step = program.get(branch).json()["steps"][0]["id"]
    assert program.post(f"{branch}/executions", {"step_id": step}).json()["code"] == "refused"
    with transaction(engine) as session:
        session.execute(update(StepRow).where(StepRow.id == step).values(kind="code"))
    assert program.post(f"{branch}/executions", {"step_id": step}).json()["kind"] == "check"
    begun = program.post(f"{branch}/samples", {"step": 1})
    assert begun.json()["parent_id"] == ids["branch_id"]
    assert program.post(f"{branch}/samples", {"step": 99}).status_code == 422


def test_a_cell_is_a_note_that_its_author_stops_and_withdraws(
    program_of: Programs, ids: dict[str, Any]
) -> None:
    mine, theirs = program_of("annotator"), program_of("reviewer")
    home = f"{{p}}/traces/{ids['trace_id']}"
    branch = f"{home}/branches/{ids['branch_id']}"
    step = mine.get(branch).json()["steps"][0]["id"]
    made = mine.post(f"{branch}/cells", {"step_id": step, "code": "print(1)"})
    note = f"{home}/notes/{made.json()['id']}"
    assert made.headers["Location"].endswith(f"/notes/{made.json()['id']}")
    assert made.json()["asked"] == {"version": 1, "kind": "cell", "code": "print(1)"}
    assert theirs.post(f"{note}/stop").json()["code"] == "refused"
    assert mine.post(f"{note}/stop").json()["state"] == "stopped"
    assert mine.ask("DELETE", note).status_code == 204
    assert mine.get(note).json()["withdrawn_at"]
    assert [each["id"] for each in mine.get(f"{branch}/notes").json()["items"]] == [ids["note_id"]]


def test_a_model_is_solved_otherwise(
    program_of: Programs, ids: dict[str, Any], engine: Engine
) -> None:
    model = {
        "sense": "min",
        "variables": [{"name": "x", "lower": 0, "upper": 4, "integer": False}],
        "objective": [[0, 1.0]],
        "rows": [],
    }
    program = program_of("annotator")
    branch = f"{{p}}/traces/{ids['trace_id']}/branches/{ids['branch_id']}"
    with transaction(engine) as session:
        step = session.scalars(select(StepRow).where(StepRow.branch_id == ids["branch_id"])).first()
        assert step is not None
        step.kind = "code"
        done = {"status": "ok", "stdout": "", "stderr": "", "seconds": 0.1, "solves": []}
        execution = ExecutionRow(
            step_id=step.id, branch_id=ids["branch_id"], purpose="run", execution=done
        )
        session.add(execution)
        session.flush()
        solve = SolveRow(
            execution_id=execution.id,
            number=0,
            format="mps",
            model="",
            examination={"model": model},
        )
        session.add(solve)
        session.flush()
        solve_id = solve.id
    asked = {"solve_id": solve_id, "changes": {"sense": "max"}}
    made = program.post(f"{branch}/models", asked)
    assert made.json()["asked"]["changes"]["sense"] == "max"
    assert program.post(f"{branch}/models", asked | {"changes": {}}).json()["code"] == "invalid"


def test_a_deed_on_many_is_planned_and_confirmed_once(
    program_of: Programs, ids: dict[str, Any], engine: Engine, project: Project
) -> None:
    program = program_of("annotator")
    made = program.post("{p}/bulk", {"deed": "discard", "filters": {"state": "review"}})
    plan = f"{{p}}/bulk/{made.json()['id']}"
    assert (made.json()["state"], made.json()["done"]) == ("planned", 1)
    assert program.post(f"{plan}/confirm", {}).json()["code"] == "invalid"
    assert program.post(f"{plan}/confirm", {"reason": "Twice."}).json()["state"] == "queued"
    with transaction(engine) as session:
        assert len(session.scalars(select(Job).where(Job.kind == "bulk")).all()) == 1
    assert program.post(f"{plan}/stop").json()["state"] == "cancelled"
    assert program.post("{p}/bulk", {"deed": "look", "filters": {}}).status_code == 403
    assert program.post("{p}/bulk", {"deed": "discard", "ids": []}).json()["code"] == "invalid"


def test_the_guide_goes_on(program_of: Programs, ids: dict[str, Any]) -> None:
    program = program_of("annotator")
    assert program.post("{p}/guide").json()["trace_id"] == ids["trace_id"]
    guide = f"{{p}}/traces/{ids['trace_id']}/guide"
    assert program.get(guide).json()["step"] == "problem"
    assert program.post(f"{guide}/steps", {"step": "problem"}).json()["step"] == "trace"
    assert program.ask("DELETE", "{p}/guide").status_code == 204
    assert program.get(guide).json()["state"] == "put away"
    assert program.post(guide).json()["step"] == "problem"
