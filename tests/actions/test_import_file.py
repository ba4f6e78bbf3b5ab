"""Importing files: what goes in, what is reported, and that nothing is lost or added twice."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.actions.facts import branch_facts, current_branch
from app.actions.import_file import ImportReport, import_file
from app.actions.ports import Ports
from app.actions.record_reference import record_reference
from app.backends.importers import UnreadableFile
from app.core.errors import NotAllowed
from app.core.roles import SCRIPT, Actor
from app.core.trace import text_of
from app.db.convert import path_of
from app.db.session import transaction
from app.db.tables import Branch, ProblemRow, Project, Trace

Import = Callable[..., ImportReport]


@pytest.fixture
def take(ports: Ports, project: Project) -> Import:
    """Imports a file into the project."""

    def run(path: Path, what: str = "problems", **more: object) -> ImportReport:
        return import_file(ports, SCRIPT, project.id, path, path.name, what, **more)

    return run


def lines(path: Path, *rows: object) -> Path:
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    return path


def test_rows_that_cannot_be_read_are_reported_and_the_rest_goes_in(
    take: Import, tmp_path: Path
) -> None:
    path = lines(tmp_path / "p.json", {"question": "How many?", "answer": 3}, {"answer": 4})
    with path.open("a") as file:
        file.write('{"question": "half\n')
        file.write('{"Question": "And how much?", "ground_truth": "infeasible"}\n')
    report = take(path)
    assert (report.imported, report.unchanged) == (2, 0)
    assert [row.row for row in report.failed] == [2, 3]


def test_the_same_file_twice_adds_nothing(take: Import, tmp_path: Path) -> None:
    path = lines(tmp_path / "p.jsonl", {"question": "How many?", "answer": 3})
    assert take(path).imported == 1
    assert take(path) == ImportReport(imported=0, unchanged=1, failed=())


def test_a_recorded_reference_is_not_overwritten_by_a_file(
    ports: Ports, take: Import, tmp_path: Path
) -> None:
    path = lines(tmp_path / "p.jsonl", {"question": "How many?", "answer": 3})
    take(path)
    with transaction(ports.engine) as session:
        problem = session.scalars(select(ProblemRow)).one()
        record_reference(session, SCRIPT, problem.id, "4", "the table says four")
    assert take(path).unchanged == 1
    other = lines(tmp_path / "q.jsonl", {"question": "How many?", "answer": 5})
    assert "another reference" in take(other).failed[0].reason
    with transaction(ports.engine) as session:
        assert session.scalars(select(ProblemRow)).one().reference["values"] == ["4"]


def test_an_unknown_reference_is_filled_by_a_file(
    ports: Ports, take: Import, tmp_path: Path
) -> None:
    take(lines(tmp_path / "p.jsonl", {"question": "How many?", "answer": float("nan")}))
    assert take(lines(tmp_path / "q.jsonl", {"question": "How many?", "answer": 5})).imported == 1
    with transaction(ports.engine) as session:
        assert session.scalars(select(ProblemRow)).one().reference["values"] == ["5"]


def test_fields_can_be_mapped_by_hand(take: Import, ports: Ports, tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text("aufgabe,loesung\nWie viele?,12\n")
    assert take(path, mapping={"question": "aufgabe", "answer": "loesung"}).imported == 1
    with transaction(ports.engine) as session:
        assert session.scalars(select(ProblemRow)).one().reference["values"] == ["12"]


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02\xff" * 9, b"%PDF-1.7 binary\x00"])
def test_a_file_that_is_no_table_is_refused_as_a_whole(
    take: Import, tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "p.jsonl"
    path.write_bytes(content)
    with pytest.raises(UnreadableFile):
        take(path)


def test_only_leads_import(
    ports: Ports, project: Project, person: Callable[..., Actor], tmp_path: Path
) -> None:
    path = lines(tmp_path / "p.jsonl", {"question": "How many?", "answer": 3})
    with pytest.raises(NotAllowed):
        import_file(ports, person("ann"), project.id, path, "p.jsonl", "problems")


def test_a_chat_becomes_a_trace_to_the_byte(ports: Ports, take: Import, tmp_path: Path) -> None:
    said = "<think>\nA.\n```python\nprint(1)\n```\n```output\n1\n```\nB.\n</think>\n\\boxed{1}"
    messages = [
        {"role": "user", "content": "How many?"},
        {"role": "assistant", "content": said},
    ]
    path = lines(tmp_path / "t.jsonl", {"messages": messages, "answer": 1})
    assert take(path, "traces").imported == 1
    assert take(path, "traces").unchanged == 1
    with transaction(ports.engine) as session:
        branch = session.scalars(select(Branch)).one()
        steps = path_of(branch)
        assert text_of(steps) == said
        kinds = ["thought", "code", "output", "thought", "answer"]
        assert [step.kind for step in steps] == kinds
        assert steps[2].mark == "imported"
        assert branch_facts(session, branch).grade.correct


def test_every_published_problem_goes_in(ports: Ports, take: Import, sample_data: Path) -> None:
    nl4opt, industry = take(sample_data / "nl4opt.jsonl"), take(sample_data / "industryor.jsonl")
    assert (nl4opt.imported + nl4opt.unchanged, nl4opt.failed) == (245, ())
    assert (industry.imported + industry.unchanged, industry.failed) == (100, ())
    with transaction(ports.engine) as session:
        kinds = [row.reference["kind"] for row in session.scalars(select(ProblemRow).limit(245))]
        assert kinds.count("no-optimum") == 17


def test_every_real_trace_goes_in(ports: Ports, take: Import, sample_data: Path) -> None:
    report = take(sample_data / "orlm_industryor_executed.jsonl", "traces")
    assert (report.imported + report.unchanged, report.failed) == (100, ())
    with transaction(ports.engine) as session:
        assert session.scalar(select(func.count()).select_from(Trace)) == report.imported
        for trace in session.scalars(select(Trace)):
            assert path_of(current_branch(session, trace.id))
