"""Golden branches leave as datasets: exactly they, to the byte, and the same again for the same."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pyarrow import parquet
from sqlalchemy import select

from app.actions.build_dataset import build_dataset
from app.actions.dataset_since import taken_back_since
from app.actions.datasets import build_again, cancel_dataset, create_dataset, folder_of
from app.actions.doubt_reference import doubt_reference
from app.actions.facts import branch_facts, current_branch
from app.actions.judge_branch import judge_branch
from app.actions.judge_proposal import judge_proposal
from app.actions.keeping import look_after
from app.actions.notes import try_code, try_model
from app.actions.ports import Ports, open_ports
from app.actions.preview_dataset import preview_dataset
from app.actions.record_reference import confirm_reference, record_reference
from app.actions.start_trace import start_trace
from app.actions.undo import reopen
from app.actions.work import Lost, hold
from app.core.errors import Conflict, Invalid, NotAllowed
from app.core.masks import MaskPolicy
from app.core.options import DatasetOptions
from app.core.roles import SCRIPT, Actor
from app.core.solved import Changes
from app.core.trace import text_of
from app.db.convert import path_of
from app.db.session import snapshot, transaction
from app.db.tables import Dataset, Event, Job, Note, Project, ProposalRow, SolveRow
from app.settings import ROOT, Settings
from tests.actions.chosen import chosen_rows

FERRY = json.loads((ROOT / "examples" / "problems.json").read_text())[0]
Work = Callable[[], int]


@pytest.fixture
def ports(database_url: str, tmp_path: Path) -> Iterator[Ports]:
    """Open ends onto a fresh database and a data folder of its own."""
    opened = open_ports(Settings(database_url=database_url, data=tmp_path / "data"))
    yield opened
    opened.engine.dispose()


@pytest.fixture
def golden(
    ports: Ports, problem: Callable[..., int], work: Work, person: Callable[..., Actor]
) -> int:
    """A trace that one accepted hint made golden, beside a problem without an answer."""
    ann = person("ann")
    problem("How many boats are there?", None)
    problem_id = problem(FERRY["question"], FERRY["answer"])
    with transaction(ports.engine) as session:
        trace_id = start_trace(session, ann, problem_id).id
    work()
    with transaction(ports.engine) as session:
        rows = session.scalars(select(ProposalRow).where(ProposalRow.trace_id == trace_id)).all()
        [hint] = [row for row in rows if row.proposal["source"]["kind"] == "recording"]
        judge_proposal(session, ann, hint.id, "accept")
    work()
    with transaction(ports.engine) as session:
        branch = current_branch(session, trace_id)
        for row in branch_facts(session, branch).open_proposals:
            judge_proposal(session, ann, row.id, "reject", reason="not so")
        judge_branch(session, ann, branch.id, "golden")
    return trace_id


@pytest.fixture
def export(ports: Ports, project: Project, work: Work) -> Callable[..., Dataset]:
    """Asks for a dataset and has it built."""

    def build(style: str, **options: Any) -> Dataset:
        with transaction(ports.engine) as session:
            number = len(session.scalars(select(Dataset.id)).all())
            made = create_dataset(
                session, SCRIPT, project.id, f"{style} {number}", style, DatasetOptions(**options)
            )
        work()
        with transaction(ports.engine) as session:
            return session.get_one(Dataset, made.id)

    return build


def told(ports: Ports, dataset: Dataset, what: str) -> list[dict[str, Any]]:
    """The lines of a file beside the records."""
    lines = (folder_of(ports.settings, dataset) / f"{what}.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]


def records(ports: Ports, dataset: Dataset) -> list[dict[str, Any]]:
    """What a dataset holds."""
    assert dataset.state == "ready", dataset.error
    found = parquet.read_table(folder_of(ports.settings, dataset) / "train.parquet")
    return list(found.to_pylist())


def test_the_golden_path_is_exported_to_the_byte(
    ports: Ports, golden: int, export: Callable[..., Dataset]
) -> None:
    with transaction(ports.engine) as session:
        branch = current_branch(session, golden)
        text, lineage = text_of(path_of(branch)), [branch.parent_id, branch.id]
    dataset = export("rows")
    [row] = records(ports, dataset)
    assert "".join(segment["text"] for segment in row["segments"]) == text
    [place] = told(ports, dataset, "lineage")
    assert (place["id"], place["branch_ids"]) == (row["id"], lineage)
    assert row["grade"]["correct"]
    [hint] = row["corrections"]
    assert row["segments"][hint["segment"]]["kind"] == "hint"
    assert (hint["source"], hint["edited"], hint["flaw"]) == (
        "recording",
        False,
        "wrong-constraints",
    )
    [chat] = records(ports, export("messages"))
    assert chat["messages"][-1] == {"role": "assistant", "content": text}
    assert chat["messages"][-2] == {"role": "user", "content": FERRY["question"]}


def test_the_same_selection_is_the_same_dataset(
    ports: Ports, golden: int, export: Callable[..., Dataset]
) -> None:
    first, again = export("rows"), export("rows")
    assert first.fingerprint == again.fingerprint
    assert export("rows", masks=MaskPolicy(hints=False)).fingerprint != first.fingerprint


def test_notes_beside_a_trace_are_in_no_dataset(
    ports: Ports, golden: int, export: Callable[..., Dataset], work: Work
) -> None:
    styles = ("rows", "messages", "trl-rl")

    def files() -> list[object]:
        made = [export(style) for style in styles]
        return [(each.fingerprint, sorted(map(read, folder_files(ports, each)))) for each in made]

    before = files()
    with transaction(ports.engine) as session:
        branch = current_branch(session, golden)
        for step in (row for row in branch.steps if row.kind != "output"):
            try_code(session, SCRIPT, branch.id, step.id, "print('beside')")
        solve = session.scalars(select(SolveRow).order_by(SolveRow.id.desc())).first()
        assert solve
        assert solve.examination
        other = "max" if solve.examination["model"]["sense"] == "min" else "min"
        try_model(session, SCRIPT, branch.id, solve.id, Changes(sense=other))
    work()
    with transaction(ports.engine) as session:
        assert {note.state for note in session.scalars(select(Note))} == {"done"}
    assert files() == before


def folder_files(ports: Ports, dataset: Dataset) -> list[Path]:
    """The files of a dataset that hold its rows."""
    return list(folder_of(ports.settings, dataset).glob("*.parquet"))


def read(file: Path) -> tuple[str, bytes]:
    return file.name, file.read_bytes()


def test_the_manifest_numbers_people_and_does_not_name_them(
    golden: int, export: Callable[..., Dataset]
) -> None:
    manifest = export("rows").manifest
    assert manifest is not None
    [person] = manifest["origin"]["people"]
    assert (person["name"], person["verdicts"]) == ("person-1", 1)
    assert "ann" not in json.dumps(manifest["origin"])
    assert manifest["counts"]["hints"] == 1


def test_what_is_taken_back_is_not_exported(
    ports: Ports,
    project: Project,
    golden: int,
    export: Callable[..., Dataset],
    person: Callable[..., Actor],
) -> None:
    with transaction(ports.engine) as session:
        asked = (session.get_one(Project, project.id), "rows", DatasetOptions())
        assert preview_dataset(session, SCRIPT, *asked).total == 1
    with transaction(ports.engine) as session:
        reopen(session, person("rev", "reviewer"), golden, "look again")
    dataset = export("rows")
    assert (dataset.state, dataset.fingerprint) == ("failed", None)
    assert "nothing to export" in dataset.error
    with pytest.raises(Conflict, match="nothing to export"):
        folder_of(ports.settings, dataset)


def test_what_is_taken_back_since_is_told_of_what_was_built(
    ports: Ports, golden: int, export: Callable[..., Dataset], person: Callable[..., Actor]
) -> None:
    built = export("rows", flaws=["wrong-constraints"])
    assert built.state == "ready"
    assert export("rows", flaws=["wrong-objective"]).state == "failed"

    def taken_back() -> tuple[int, ...]:
        with transaction(ports.engine) as session:
            dataset = session.get_one(Dataset, built.id)
            return taken_back_since(session, ports.settings, dataset)

    assert taken_back() == ()
    with transaction(ports.engine) as session:
        reopen(session, person("rev", "reviewer"), golden, "look again")
    assert taken_back() == (golden,)
    with transaction(ports.engine) as session:
        judge_branch(session, person("ann2"), current_branch(session, golden).id, "golden")
    assert taken_back() == ()


def test_a_failed_dataset_of_a_format_that_was_renamed_can_be_begun_again(
    ports: Ports, project: Project, problem: Callable[..., int], work: Work
) -> None:
    problem("How many?", 7)
    # As it was stored when the format was called so.
    options = {"any_actor": False, "all_branches": False, "golden_problems": False}
    options |= {"masks": {"hints": True}}
    with transaction(ports.engine) as session:
        old = Dataset(project_id=project.id, name="old", format="rl", actor_name="x")
        old.options, old.state = options, "failed"
        session.add(old)
        session.flush()
        build_again(session, SCRIPT, old.id)
    work()
    with transaction(ports.engine) as session:
        again = session.get_one(Dataset, old.id)
        assert (again.format, again.state) == ("trl-rl", "failed")
        assert "nothing to export" in again.error


def test_a_corrected_reference_takes_the_trace_out(
    ports: Ports, golden: int, export: Callable[..., Dataset]
) -> None:
    with transaction(ports.engine) as session:
        problem_id = current_branch(session, golden).trace.problem_id
        record_reference(session, SCRIPT, problem_id, "341", "a better source")
    assert export("rows").state == "failed"


def test_problems_for_rl_have_a_reference_that_somebody_checked(
    ports: Ports, golden: int, export: Callable[..., Dataset], problem: Callable[..., int]
) -> None:
    other = problem("Is there any way at all?", "infeasible")

    def answers(**options: bool) -> list[str]:
        return [row["answer"] for row in records(ports, export("trl-rl", **options))]

    assert answers() == ["340.0"]
    assert answers(unchecked=True) == ["340.0", "infeasible"]
    assert answers(unchecked=True, golden_problems=True) == ["340.0"]
    with transaction(ports.engine) as session:
        confirm_reference(session, SCRIPT, other, "there is none")
    assert answers() == ["340.0", "infeasible"]
    with transaction(ports.engine) as session:
        doubt_reference(session, SCRIPT, other, "is there?")
    assert answers() == ["340.0"]


def test_rows_come_from_one_moment(
    ports: Ports, project: Project, problem: Callable[..., int]
) -> None:
    problem("How many?", 1)
    with snapshot(ports.engine) as session:
        every = DatasetOptions(unchecked=True)
        first = chosen_rows(session, project, every, "trl-rl")
        problem("How many more?", 2)
        assert chosen_rows(session, project, every, "trl-rl") == first
        assert len(first) == 1


@pytest.mark.parametrize("name", ["../up", "a/b", ".hidden", "", "x" * 200, "a\nb"])
def test_a_name_that_could_leave_the_folder_is_refused(
    name: str, ports: Ports, project: Project
) -> None:
    with transaction(ports.engine) as session, pytest.raises(Invalid):
        create_dataset(session, SCRIPT, project.id, name, "rows", DatasetOptions())


def test_a_dataset_that_failed_leaves_its_name(ports: Ports, project: Project, work: Work) -> None:
    for _ in range(2):
        with transaction(ports.engine) as session:
            made = create_dataset(session, SCRIPT, project.id, "first", "rows", DatasetOptions())
            assert (made.state, made.error) == ("building", "")
        work()
        with transaction(ports.engine) as session:
            assert session.get_one(Dataset, made.id).state == "failed"


def test_a_build_that_is_cancelled_or_killed_can_be_begun_again(
    ports: Ports, golden: int, project: Project, work: Work
) -> None:
    with transaction(ports.engine) as session:
        made = create_dataset(session, SCRIPT, project.id, "first", "rows", DatasetOptions())
        [job_id] = session.scalars(select(Job.id).filter_by(dataset_id=made.id))
    held = hold(ports, job_id)
    assert held
    with transaction(ports.engine) as session:
        cancel_dataset(session, SCRIPT, made.id)
    look_after(ports, [held], renew=False)
    with pytest.raises(Lost):
        build_dataset(ports, held)
    folder = ports.settings.folder / "datasets"
    assert not list(folder.iterdir())
    (folder / f".draft-{made.id}-killed").mkdir()
    with transaction(ports.engine) as session:
        build_again(session, SCRIPT, made.id)
    work()
    with transaction(ports.engine) as session:
        fingerprint = session.get_one(Dataset, made.id).fingerprint
    assert [each.name for each in folder.iterdir()] == [fingerprint]


def test_a_name_once_and_for_reviewers(
    ports: Ports, project: Project, person: Callable[..., Actor]
) -> None:
    ask = ("first", "rows", DatasetOptions())
    with transaction(ports.engine) as session, pytest.raises(NotAllowed):
        create_dataset(session, person("ann"), project.id, *ask)
    with transaction(ports.engine) as session:
        create_dataset(session, person("rev", "reviewer"), project.id, *ask)
        assert "create_dataset" in session.scalars(select(Event.verb)).all()
    with transaction(ports.engine) as session, pytest.raises(Conflict):
        create_dataset(session, SCRIPT, project.id, *ask)
    with transaction(ports.engine) as session, pytest.raises(Invalid):
        create_dataset(session, SCRIPT, project.id, "second", "xml", DatasetOptions())
