"""What people try beside a trace, in a real sandbox: found, kept as notes, and no part of it."""

import json
from collections.abc import Callable

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.actions.facts import branch_facts
from app.actions.notes import RUNNING, stop_note, try_code, try_model, withdraw_note
from app.actions.ports import Ports
from app.actions.projects import ProjectChange, ProjectLimits, change_project
from app.actions.start_trace import start_trace
from app.actions.work import hold
from app.actions.work_on import sweep, work_on
from app.core.errors import Invalid, NotAllowed, NotFound, Refused
from app.core.note import FOUND, MAX_CODE, CellFound, ModelFound
from app.core.roles import SCRIPT, Actor
from app.core.solved import Changes, RowChange, VariableChange
from app.core.trace import Step, text_of
from app.db.convert import add_steps, path_of
from app.db.session import reading, transaction
from app.db.tables import Branch, Event, ExecutionRow, Job, Note, Project, SolveRow, StepRow, Trace
from app.db.types import now

SOLVING = """import pulp
m = pulp.LpProblem("m", pulp.LpMaximize)
x = pulp.LpVariable("x", 0, 40)
y = pulp.LpVariable("y", 0)
m += 3 * x + 2 * y
m += x + y <= 50.5, "room"
m.solve(pulp.HiGHS(msg=0))
print(pulp.value(m.objective))
"""
Person = Callable[..., Actor]
Work = Callable[[], int]


class Place:
    """A finished branch: `seen = [7]` and its output, a program that solves, and the answer."""

    def __init__(self, session: Session, trace: Trace) -> None:
        branch = trace.branches[0]
        steps = [
            step("thought", "Let me see.\n"),
            step("code", "```python\nseen = [7]\nprint(seen)\n```\n"),
            step("output", "```output\n[7]\n```\n"),
            step("thought", "Now solve.\n"),
            step("code", f"```python\n{SOLVING}```\n"),
            step("output", "```output\n141.0\n```\n"),
            step("answer", "</think>\n\\boxed{141}"),
        ]
        rows = add_steps(session, branch, steps)
        branch.outcome = "answered"
        self.trace, self.branch = trace.id, branch.id
        self.steps = [row.id for row in rows]
        self.solving = self.steps[4]
        session.execute(update(Job).values(state="done"))
        place = {"project_id": trace.project_id, "branch_id": branch.id, "step_id": self.solving}
        session.add(Job(**place, kind="check", queue="execution"))


def step(kind: str, text: str) -> Step:
    author = "sandbox" if kind == "output" else "reasoner"
    return Step.model_validate({"kind": kind, "author": author, "text": text})


@pytest.fixture
def place(ports: Ports, problem: Callable[..., int], work: Work) -> Place:
    """The branch, its program executed here and its model examined."""
    with transaction(ports.engine) as session:
        made = Place(session, start_trace(session, SCRIPT, problem("What is the most?", 141)))
    work()
    return made


@pytest.fixture
def solve_id(ports: Ports, place: Place) -> int:
    """The solve of the branch's program."""
    with reading(ports.engine) as session:
        return session.scalars(select(SolveRow.id)).one()


@pytest.fixture
def tried(ports: Ports, place: Place, person: Person, work: Work) -> Callable[..., CellFound]:
    """Tries code at a step, and gives what was found."""
    ann = person("ann")

    def try_it(at: int, code: str) -> CellFound:
        with transaction(ports.engine) as session:
            note = try_code(session, ann, place.branch, place.steps[at], code)
        work()
        found = found_of(ports, note.id)
        assert isinstance(found, CellFound)
        return found

    return try_it


def found_of(ports: Ports, note_id: int) -> CellFound | ModelFound:
    with reading(ports.engine) as session:
        note = session.get_one(Note, note_id)
        assert (note.state, note.error) == ("done", "")
        return FOUND.validate_python(note.found)


def test_a_cell_goes_on_from_the_blocks_before_its_step(tried: Callable[..., CellFound]) -> None:
    assert tried(3, "seen.append(8)\nprint(seen)").output == "[7, 8]\n"
    # The trace's own state is as it was: what the first cell did is not there.
    assert tried(4, "print(seen)").output == "[7]\n"
    # On a program it stands in that program's place, on the first thought before all.
    assert tried(1, "print('seen' in globals())").output == "False\n"
    assert "NameError" in tried(0, "print(seen)").output
    assert tried(6, "print(m.sense, seen)").output == "-1 [7]\n"


def test_a_changed_program_shows_its_solve_and_the_level_it_ran_at(
    tried: Callable[..., CellFound],
) -> None:
    found = tried(4, SOLVING.replace("x + y <= 50.5", "x + y <= 30"))
    assert found.output == "90.0\n"
    (solve,) = found.execution.solves
    assert (solve.status, solve.objective, solve.model) == ("Optimal", 90, None)
    examined = found.examinations[0]
    assert examined.model
    assert examined.model.rows[0].upper == 30
    assert examined.solved
    assert examined.solved.objective == 90
    assert found.execution.isolation.level in ("full", "landlock")
    assert not found.diverged


def test_a_state_that_does_not_come_again_is_said(
    ports: Ports, place: Place, tried: Callable[..., CellFound]
) -> None:
    with transaction(ports.engine) as session:
        session.get_one(StepRow, place.steps[2]).text = "```output\n[9]\n```\n"
    found = tried(3, "print(seen)")
    assert (found.output, found.diverged) == ("[7]\n", True)


def test_a_cell_has_the_limits_of_the_project(
    ports: Ports, project: Project, tried: Callable[..., CellFound]
) -> None:
    limits = ProjectLimits(wall_seconds=1, output_tokens=20)
    with transaction(ports.engine) as session:
        change_project(session, SCRIPT, project.id, ProjectChange(limits=limits))
    found = tried(3, "while True: pass")
    assert found.execution.status == "timeout"
    assert found.execution.reason in found.output
    assert "characters left out" in tried(3, "print('word ' * 1000)").output


@pytest.mark.parametrize(
    "code",
    [
        "```\n</textarea><script>alert(1)</script>",
        "print('```\\n```python')\nprint(open('/etc/shadow').read())",
        "import socket\nsocket.create_connection(('127.0.0.1', 80))",
        "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)\nos._exit(0)",
        "raise SystemExit('\\x00\\ud800' * 10)",
        "x = 'a' * 10**10",
        "import os\nwhile True: os.fork()",
    ],
)
def test_hostile_code_is_held_and_told(
    ports: Ports, project: Project, tried: Callable[..., CellFound], code: str
) -> None:
    limits = ProjectLimits(wall_seconds=2, memory_mb=256)
    with transaction(ports.engine) as session:
        change_project(session, SCRIPT, project.id, ProjectChange(limits=limits))
    found = tried(3, code)
    assert found.execution.status not in ("ok", "sandbox_error")
    # The next cell finds the trace's state as it was.
    assert tried(3, "print(seen)").output == "[7]\n"


def test_a_model_is_solved_with_changes_and_as_it_is(
    ports: Ports, place: Place, solve_id: int, person: Person, work: Work
) -> None:
    ann = person("ann")
    asked = {
        "row": Changes(rows=(RowChange(row=0, lower=None, upper=30),)),
        "whole": Changes(integrality="all"),
        "cost": Changes(
            variables=(VariableChange(variable=1, lower=0, upper=None, coefficient=4),)
        ),
        "sense": Changes(sense="min"),
        "none": Changes(rows=(RowChange(row=0, lower=100, upper=None),), variables=(CAPPED,)),
    }
    found = {}
    for name, changes in asked.items():
        with transaction(ports.engine) as session:
            note_id = try_model(session, ann, place.branch, solve_id, changes).id
        work()
        kept = found_of(ports, note_id)
        assert isinstance(kept, ModelFound)
        found[name] = kept.resolved
        assert kept.resolved.before
        assert kept.resolved.before.objective == 141
    objectives = {name: each.after and each.after.objective for name, each in found.items()}
    assert objectives == {"row": 90, "whole": 140, "cost": 202, "sense": 0, "none": None}
    assert [tuple(each) for each in found["row"].moved] == [
        (("name", "x"), ("before", 40), ("after", 30)),
        (("name", "y"), ("before", 10.5), ("after", 0)),
    ]
    assert found["none"].conflict
    assert found["none"].conflict.rows == ("room",)
    with reading(ports.engine) as session:
        differences = [note.asked["differences"] for note in session.scalars(select(Note))]
    assert differences[0] == [["row", "room", "x + y ≤ 50.5", "x + y ≤ 30"]]


CAPPED = VariableChange(variable=1, lower=0, upper=3)


def test_changes_that_change_nothing_or_can_not_be_are_refused(
    ports: Ports, place: Place, solve_id: int, person: Person
) -> None:
    ann = person("ann")
    wrong = [
        Changes(),
        Changes(rows=(RowChange(row=0, lower=None, upper=50.5),)),
        Changes(rows=(RowChange(row=7, lower=None, upper=1),)),
        Changes(variables=(VariableChange(variable=0, lower=2, upper=1),)),
    ]
    for changes in wrong:
        with transaction(ports.engine) as session, pytest.raises(Invalid):
            try_model(session, ann, place.branch, solve_id, changes)
    with transaction(ports.engine) as session:
        session.get_one(SolveRow, solve_id).examination = {"version": 2, "problem": "no"}
    with transaction(ports.engine) as session, pytest.raises(Refused, match="could not be read"):
        try_model(session, ann, place.branch, solve_id, Changes(sense="min"))
    with transaction(ports.engine) as session, pytest.raises(NotFound):
        try_model(session, ann, place.branch, 10**6, Changes(sense="min"))


def test_a_broken_model_is_a_note_too(
    ports: Ports, place: Place, solve_id: int, person: Person, work: Work
) -> None:
    ann = person("ann")
    with transaction(ports.engine) as session:
        session.get_one(SolveRow, solve_id).model = "NAME\n__import__('os').system('x')\n"
        note = try_model(session, ann, place.branch, solve_id, Changes(sense="min"))
    work()
    kept = found_of(ports, note.id)
    assert isinstance(kept, ModelFound)
    assert kept.resolved.problem


def test_asking_twice_is_one_note_and_a_few_run_at_a_time(
    ports: Ports, place: Place, person: Person, work: Work
) -> None:
    ann, bob = person("ann"), person("bob")

    def ask(who: Actor, code: str) -> int:
        with transaction(ports.engine) as session:
            return try_code(session, who, place.branch, place.steps[3], code).id

    first = ask(ann, "print(1)")
    assert ask(ann, "print(1)") == first
    assert ask(bob, "print(1)") != first
    others = {ask(ann, f"print({at})") for at in range(2, RUNNING + 1)}
    assert len(others) == RUNNING - 1
    with pytest.raises(Refused, match="wait for one to end"):
        ask(ann, "print(9)")
    work()
    # What is known is not executed again, until it is withdrawn.
    last = ask(ann, "print(9)")
    work()
    assert ask(ann, "print(9)") == last
    with transaction(ports.engine) as session:
        withdraw_note(session, ann, last)
    assert ask(ann, "print(9)") != last


def test_a_note_is_stopped_and_withdrawn_by_its_author_and_the_events_stay(
    ports: Ports, place: Place, person: Person, work: Work
) -> None:
    ann, bob = person("ann"), person("bob")
    with transaction(ports.engine) as session:
        note_id = try_code(session, ann, place.branch, place.steps[3], "print(1)").id
        for deed in (stop_note, withdraw_note):
            with pytest.raises(Refused, match="somebody else"):
                deed(session, bob, note_id)
        with pytest.raises(Refused, match="stop it first"):
            withdraw_note(session, ann, note_id)
    with transaction(ports.engine) as session:
        stop_note(session, ann, note_id)
    work()
    with transaction(ports.engine) as session:
        note = session.get_one(Note, note_id)
        assert (note.state, note.found) == ("stopped", None)
        with pytest.raises(Refused, match="ended already"):
            stop_note(session, ann, note_id)
        withdraw_note(session, ann, note_id)
        assert note.withdrawn_at
        withdraw_note(session, ann, note_id)
    with reading(ports.engine) as session:
        told = session.scalars(select(Event).where(Event.subject == f"note:{note_id}"))
        assert [event.verb for event in told] == ["try_beside", "stop_note", "withdraw_note"]


def test_a_note_whose_worker_died_is_found_by_another(
    ports: Ports, place: Place, person: Person, work: Work
) -> None:
    with transaction(ports.engine) as session:
        note_id = try_code(session, person("ann"), place.branch, place.steps[3], "print(seen)").id
        job_id = session.scalars(select(Job.id).where(Job.note_id == note_id)).one()
    held = hold(ports, job_id)
    assert held
    work_on(ports, job_id)  # somebody has it
    with transaction(ports.engine) as session:
        assert session.get_one(Note, note_id).state == "waiting"
        session.execute(update(Job).values(lease_until=now()))
    assert sweep(ports) == 1
    work()
    found = found_of(ports, note_id)
    assert isinstance(found, CellFound)
    assert found.output == "[7]\n"


def test_a_sandbox_that_can_not_be_had_fails_the_note_in_words(
    ports: Ports, place: Place, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    with transaction(ports.engine) as session:
        note_id = try_code(session, person("ann"), place.branch, place.steps[3], "print(1)").id
        job_id = session.scalars(select(Job.id).where(Job.note_id == note_id)).one()

    def refuse() -> None:
        raise Refused("Code can't be isolated here.")

    monkeypatch.setattr("app.actions.work_on_notes.sandbox", refuse)
    work_on(ports, job_id)
    with reading(ports.engine) as session:
        note = session.get_one(Note, note_id)
        assert (note.state, note.error) == ("failed", "Code can't be isolated here.")


def test_what_can_not_be_a_cell_is_refused(ports: Ports, place: Place, person: Person) -> None:
    ann, viewer = person("ann"), person("vi", "viewer")
    for code in (" \n", "x" * (MAX_CODE + 1), "print('\0')"):
        with transaction(ports.engine) as session, pytest.raises(Invalid):
            try_code(session, ann, place.branch, place.steps[3], code)
    with transaction(ports.engine) as session:
        for step_id in (10**6, place.steps[2]):
            with pytest.raises(Refused):
                try_code(session, ann, place.branch, step_id, "print(1)")
        with pytest.raises(NotAllowed):
            try_code(session, viewer, place.branch, place.steps[3], "print(1)")
        assert session.scalars(select(Note)).all() == []


def test_notes_change_nothing_of_the_trace(
    ports: Ports, place: Place, solve_id: int, person: Person, work: Work
) -> None:
    ann = person("ann")

    def everything() -> str:
        with reading(ports.engine) as session:
            branch = session.get_one(Branch, place.branch)
            facts = branch_facts(session, branch)
            rows = {
                table.__tablename__: [
                    {each.name: str(getattr(row, each.name)) for each in row.__table__.columns}
                    for row in session.scalars(select(table).order_by(table.id))
                ]
                for table in (Branch, StepRow, ExecutionRow, SolveRow)
            }
            told = [text_of(path_of(branch)), facts.grade.model_dump(mode="json")]
            return json.dumps([*told, facts.budget.model_dump(), rows])

    before = everything()
    with transaction(ports.engine) as session:
        try_code(session, ann, place.branch, place.steps[1], "seen = 8\nprint(seen)")
        try_code(session, ann, place.branch, place.solving, SOLVING.replace("50.5", "1"))
        try_model(session, ann, place.branch, solve_id, Changes(sense="min"))
    work()
    with reading(ports.engine) as session:
        assert {note.state for note in session.scalars(select(Note))} == {"done"}
    assert everything() == before
