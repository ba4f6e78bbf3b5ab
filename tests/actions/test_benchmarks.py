"""Benchmarks are added whole from their files, and what is kept for evaluation stays apart."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from app.actions.benchmarks import (
    BenchmarkTerms,
    add_benchmark,
    keep_for_evaluation,
    remove_benchmark,
)
from app.actions.ports import Ports
from app.core.errors import Conflict, Invalid, NotAllowed, NotFound
from app.core.roles import SCRIPT, Actor
from app.db.queries.benchmarks import benchmarks_of, licences
from app.db.queries.benchmarks import kept_for_evaluation as kept
from app.db.session import transaction
from app.db.tables import BenchmarkProblem, Event

ROWS = '{"en_question": "How many boats?", "en_answer": 3}\n{"question": "Why?", "answer": "?"}\n'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Two problems, the second with a reference that says nothing."""
    path = tmp_path / "two.jsonl"
    path.write_text(ROWS)
    return path


def test_a_benchmark_is_added_kept_and_let_in(ports: Ports, file: Path) -> None:
    with transaction(ports.engine) as session:
        terms = BenchmarkTerms(url="https://example.org", licence="MIT", redistribution=False)
        added = add_benchmark(session, SCRIPT, " two ", file, terms)
        assert (added.name, added.problems) == ("two", 2)
        assert added.fields == {"question": "en_question", "answer": "en_answer"}
        assert [(each.row, each.said) for each in added.unread] == [(2, "?")]
        assert list(kept(session)) == [("two", 1, "How many boats?"), ("two", 2, "Why?")]
        assert licences(session)["two"] == ("https://example.org", "MIT", False)
        [(found, many, unread)] = benchmarks_of(session)
        assert (found.name, many, unread, found.evaluation) == ("two", 2, 1, True)
        kinds = [row.reference["kind"] for row in session.scalars(select(BenchmarkProblem))]
        assert kinds == ["number", "unknown"]
        keep_for_evaluation(session, SCRIPT, "two", False)
        assert list(kept(session)) == []
        remove_benchmark(session, SCRIPT, "two")
    with transaction(ports.engine) as session:
        assert session.scalars(select(BenchmarkProblem)).all() == []
        verbs = session.scalars(select(Event.verb)).all()
        assert verbs == ["add_benchmark", "keep_for_evaluation", "remove_benchmark"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (ROWS + '{"answer": 3}\n', "1 rows can't be read.*Row 3: The row has no question"),
        (ROWS + "{broken\n", "Row 3"),
        ("[]", "no rows"),
    ],
)
def test_a_file_with_a_row_that_is_none_is_refused_whole(
    text: str, told: str, ports: Ports, file: Path
) -> None:
    file.write_text(text)
    with pytest.raises(Invalid, match=told), transaction(ports.engine) as session:
        add_benchmark(session, SCRIPT, "two", file, BenchmarkTerms())
    with transaction(ports.engine) as session:
        assert list(benchmarks_of(session)) == []


def test_names_are_taken_once_and_only_administrators_add(
    ports: Ports, file: Path, person: Callable[..., Actor]
) -> None:
    lead = person("lia", "lead")
    with transaction(ports.engine) as session:
        add_benchmark(session, SCRIPT, "two", file, BenchmarkTerms())
    with transaction(ports.engine) as session:
        for name, error in (("two", Conflict), (" ", Invalid), ("x" * 121, Invalid)):
            with pytest.raises(error):
                add_benchmark(session, SCRIPT, name, file, BenchmarkTerms())
        with pytest.raises(NotAllowed):
            add_benchmark(session, lead, "three", file, BenchmarkTerms())
        with pytest.raises(NotAllowed):
            remove_benchmark(session, lead, "two")
        with pytest.raises(NotFound):
            keep_for_evaluation(session, SCRIPT, "four", True)
