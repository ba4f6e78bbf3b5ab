"""What is tried beside a trace, on its pages: the forms, the notes, and who sees what of them."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine, select

from app.core.execution import Execution, Isolation, Limits, Solve
from app.core.note import CellFound, ModelFound
from app.core.solved import (
    Conflict,
    Examination,
    Moved,
    Optimum,
    Resolved,
    Row,
    SolvedModel,
    Variable,
)
from app.core.trace import Step
from app.db.convert import add_steps
from app.db.queries.workbench import notes_of
from app.db.session import reading, transaction
from app.db.tables import ExecutionRow, Job, Note, Project, SolveRow, Trace
from tests.web.conftest import HOSTILE, Browser

CODE = "```python\nimport pulp\nprint(9)\n```\n"
MODEL = SolvedModel(
    sense="max",
    objective=((0, 3.0), (1, 0.1)),
    variables=(Variable(name="x", upper=40.0), Variable(name="y <b>", integer=True)),
    rows=(Row(name="room", terms=((0, 1.0), (1, 1.0)), upper=50.5),),
)
# The form as it stands, with nothing changed.
FORM = {
    "sense": "max",
    "integrality": "",
    "row": ["0"],
    "row_equal": [""],
    "row_lower": [""],
    "row_upper": ["50.5"],
    "variable": ["0", "1"],
    "coefficient": ["3", "0.1"],
    "lower": ["0", "0"],
    "upper": ["40", ""],
    "integer": ["1"],
}
HTMX = {"HX-Request": "true"}


class Bench:
    """A trace with a thought, a program that solved a model, its output and an answer."""

    def __init__(self, engine: Engine, project: Project) -> None:
        self.engine = engine
        with transaction(engine) as session:
            trace = session.scalars(select(Trace)).one()
            branch = trace.branches[0]
            steps = [
                Step(kind="code", author="reasoner", text=CODE),
                Step(kind="output", author="sandbox", text="```output\n9\n```\n"),
                Step(kind="thought", author="reasoner", text="So it is.\n"),
            ]
            rows = add_steps(session, branch, steps)
            self.trace, self.branch = trace.id, branch.id
            self.thought, self.code = branch.steps[0].id, rows[0].id
            self.at = f"/p/{project.slug}/traces/{trace.id}"
            execution = ExecutionRow(
                step_id=self.code, branch_id=branch.id, execution=ran().model_dump(mode="json")
            )
            session.add(execution)
            session.flush()
            solve = SolveRow(execution_id=execution.id, number=0, format="mps", model="x")
            solve.examination = Examination(model=MODEL).model_dump(mode="json")
            session.add(solve)
            session.flush()
            self.solve = solve.id

    def send(self, browser: Browser, path: str, **form: Any) -> Any:
        """Send a form of the page."""
        fields = {"branch": self.branch, "seen": 0} | form
        return browser.post(f"{self.at}/{path}", fields, follow_redirects=False)

    def notes(self) -> list[Note]:
        """Every note, oldest first."""
        with reading(self.engine) as session:
            return list(session.scalars(select(Note).order_by(Note.id)))

    def end(self, found: CellFound | ModelFound) -> int:
        """End the newest note as a worker would; its id."""
        with transaction(self.engine) as session:
            note = session.scalars(select(Note).order_by(Note.id.desc())).first()
            assert note
            note.state, note.found = "done", found.model_dump(mode="json")
            session.query(Job).delete()
            return note.id


def ran(output: str = "9\n", **more: Any) -> Execution:
    solve = Solve(library="highspy", status="Optimal", objective=120.0, sense="max", variables=2)
    kept = {"isolation": Isolation(level="full", reason="jailed"), "limits": Limits()}
    return Execution.model_validate(
        {"status": "ok", "output": output, "solves": (solve,)} | kept | more
    )


@pytest.fixture
def bench(engine: Engine, project: Project) -> Bench:
    """A trace to try things beside."""
    return Bench(engine, project)


@pytest.fixture
def ann(browser_of: Callable[..., Browser]) -> Browser:
    """Somebody who may try things."""
    return browser_of("annotator")


def test_a_cell_opens_with_the_code_of_its_step_or_empty(bench: Bench, ann: Browser) -> None:
    address = f"{bench.at}/scratch?branch={bench.branch}&step={bench.code}"
    part = ann.get(address, headers=HTMX).text
    assert re.search(r"<textarea[^>]*>\nimport pulp\nprint\(9\)</textarea>", part)
    assert "<html" not in part
    page = ann.get(address).text
    assert "<html" in page
    assert "Back to the trace" in page
    thought = ann.get(f"{bench.at}/scratch?branch={bench.branch}&step={bench.thought}").text
    assert re.search(r"<textarea[^>]*>\n</textarea>", thought)
    assert ann.get(f"{bench.at}/scratch?step=1000000").status_code == 404
    assert address.replace("&", "&amp;") in ann.get(bench.at).text


def test_a_cell_is_executed_and_its_note_stands_beside_the_step(
    bench: Bench, ann: Browser, browser_of: Callable[..., Browser]
) -> None:
    code = f"print(8)\r\n# {HOSTILE}</textarea></pre>"
    for _ in range(2):
        answer = bench.send(ann, "scratch", step=bench.code, code=code)
    [note] = bench.notes()
    assert note.asked["code"] == code.replace("\r\n", "\n")
    assert answer.headers["location"] == f"{bench.at}?branch={bench.branch}#note-{note.id}"
    page = ann.get(bench.at).text
    assert re.search(rf'<details class="note" id="note-of-{note.id}" open', page)
    assert "Stop it" in page

    examined = Examination(model=MODEL.model_copy(update={"sense": "min"}))
    bench.end(CellFound(execution=ran(), output=f"{HOSTILE}\n", examinations={0: examined}))
    page = ann.get(bench.at).text
    assert "<script>alert" not in page
    assert "you · a cell in place of this code · <b>120</b>" in page
    assert '<span class="ln other"><span class="b">print</span>(' in page
    assert "objective 120" in page
    assert "isolated" in page
    assert "<del>max</del> <ins>min</ins>" in page
    other = browser_of("viewer").get(bench.at).text
    assert f'id="note-of-{note.id}" data-aside' in other
    assert "Withdraw this note" not in other
    assert "Scratch cell" not in other


def test_a_note_is_withdrawn_by_its_author_alone(
    bench: Bench, ann: Browser, browser_of: Callable[..., Browser]
) -> None:
    bench.send(ann, "scratch", step=bench.thought, code="print(1)")
    [note] = bench.notes()
    assert bench.send(browser_of("lead"), f"notes/{note.id}/stop").status_code == 409
    assert bench.send(ann, f"notes/{note.id}/stop").status_code == 303
    assert "stopped" in ann.get(bench.at).text
    assert bench.send(ann, f"notes/{note.id}/withdraw").status_code == 303
    assert f"note-of-{note.id}" not in ann.get(bench.at).text
    assert bench.send(ann, "notes/1000000/withdraw").status_code == 404


def test_an_unchanged_form_of_a_model_changes_nothing(bench: Bench, ann: Browser) -> None:
    form = ann.get(f"{bench.at}/scratch/model?branch={bench.branch}&solve={bench.solve}").text
    fields = re.findall(r'name="(row_upper|coefficient|upper)" value="([^"]*)"', form)
    assert fields == [
        ("row_upper", "50.5"),
        ("coefficient", "3"),
        ("upper", "40"),
        ("coefficient", "0.1"),
        ("upper", ""),
    ]
    assert "y &lt;b&gt;" in form
    assert bench.send(ann, "scratch/model", solve=bench.solve, **FORM).status_code == 422
    assert bench.notes() == []


def test_a_changed_model_is_noted_with_what_was_changed(bench: Bench, ann: Browser) -> None:
    changed = FORM | {"row_upper": ["30"], "integer": ["0", "1"], "coefficient": ["3", "−2"]}
    assert bench.send(ann, "scratch/model", solve=bench.solve, **changed).status_code == 303
    [note] = bench.notes()
    assert note.step_id == bench.code
    assert note.asked["changes"]["rows"] == [{"row": 0, "lower": None, "upper": 30}]
    told = [each[0] for each in note.asked["differences"]]
    assert sorted(told) == ["coefficient", "row", "type"]
    optimum = {"status": "Optimal", "objective": 90.0}
    bench.end(
        ModelFound(
            resolved=Resolved(
                before=Optimum(status="Optimal", objective=125.0),
                after=Optimum.model_validate(optimum),
                moved=(Moved(name=f"x {HOSTILE}"[:200], before=40, after=30),),
                more=3,
                conflict=Conflict(rows=("room",)),
            )
        )
    )
    page = ann.get(bench.at).text
    assert "90 instead of 125" in page
    assert page.count(f'href="#note-{note.id}"') == 1
    assert "3 more variables moved" in page
    assert "<script>alert" not in page


def test_all_or_none_integer_and_another_sense(bench: Bench, ann: Browser) -> None:
    bench.send(ann, "scratch/model", solve=bench.solve, **FORM | {"integrality": "all"})
    bench.send(ann, "scratch/model", solve=bench.solve, **FORM | {"sense": "min"})
    whole, sense = (note.asked["changes"] for note in bench.notes())
    assert (whole["integrality"], whole["variables"], whole["sense"]) == ("all", [], "max")
    assert (sense["integrality"], sense["sense"]) == (None, "min")
    assert "every variable integer" in ann.get(bench.at).text


@pytest.mark.parametrize(
    "wrong",
    [
        {"row_upper": ["many"]},
        {"row_equal": ["5"]},
        {"row_upper": ["nan"]},
        {"row_upper": ["1e999"]},
        {"row_upper": ["1,5"]},
        {"row_upper": ["1,0000"]},
        {"row_upper": ["1_000"]},
        {"row_upper": ["٣"]},
        {"row": ["7"]},
        {"row": ["0", "0"]},
        {"lower": ["5", "-"]},
        {"integrality": "perhaps"},
    ],
)
def test_a_form_that_can_not_be_read_is_refused(
    bench: Bench, ann: Browser, wrong: dict[str, Any]
) -> None:
    assert bench.send(ann, "scratch/model", solve=bench.solve, **FORM | wrong).status_code == 422
    assert bench.notes() == []


def test_thousands_may_stand_apart(bench: Bench, ann: Browser) -> None:
    bench.send(ann, "scratch/model", solve=bench.solve, **FORM | {"row_upper": ["−1,234,500.5"]})
    [note] = bench.notes()
    assert note.asked["changes"]["rows"] == [{"row": 0, "lower": None, "upper": -1234500.5}]


def test_an_equation_has_one_number(bench: Bench, ann: Browser, engine: Engine) -> None:
    room = MODEL.rows[0].model_copy(update={"lower": 50.5})
    with transaction(engine) as session:
        row = session.get_one(SolveRow, bench.solve)
        model = MODEL.model_copy(update={"rows": (room,)})
        row.examination = Examination(model=model).model_dump(mode="json")
    form = ann.get(f"{bench.at}/scratch/model?branch={bench.branch}&solve={bench.solve}").text
    found = re.findall(r'name="row_(equal|lower|upper)" value="([^"]*)"', form)
    assert found == [("equal", "50.5"), ("lower", ""), ("upper", "")]
    other = FORM | {"row_equal": ["30"], "row_upper": [""]}
    assert bench.send(ann, "scratch/model", solve=bench.solve, **other).status_code == 303
    [note] = bench.notes()
    assert note.asked["changes"]["rows"] == [{"row": 0, "lower": 30, "upper": 30}]


def test_a_large_model_shows_some_and_finds_the_others(
    bench: Bench, ann: Browser, engine: Engine
) -> None:
    many = tuple(Variable(name=f"ship{n}") for n in range(500))
    large = MODEL.model_copy(update={"variables": many})
    with transaction(engine) as session:
        row = session.get_one(SolveRow, bench.solve)
        row.examination = Examination(model=large).model_dump(mode="json")
    at = f"{bench.at}/scratch/model?branch={bench.branch}&solve={bench.solve}"
    assert "440 more rows and variables are not shown" in ann.get(at).text
    found = ann.get(f"{at}&q=ship49").text
    assert found.count('name="coefficient"') == 11
    assert 'value="499"' in found


def test_what_notes_found_is_read_with_them(bench: Bench, ann: Browser) -> None:
    bench.send(ann, "scratch", step=bench.code, code="print(1)")
    bench.end(CellFound(execution=ran(), output="9\n"))
    with reading(bench.engine) as session:
        (note,) = notes_of(session, [bench.code])
        assert "found" in note.__dict__  # not asked for again, note by note
