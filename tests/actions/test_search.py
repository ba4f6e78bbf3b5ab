"""The full-text index on both engines: what it finds, what keeps it, and what it never lets by."""

from collections.abc import Callable

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from app.actions.ports import Ports
from app.actions.start_trace import start_trace
from app.core.answer import parse_reference
from app.core.roles import SCRIPT
from app.core.search import parse_query
from app.core.trace import Step
from app.db.convert import add_steps
from app.db.queries.search import hits_of
from app.db.search.documents import Kind
from app.db.session import reading, transaction
from app.db.tables import ProblemRow, Project
from tests.searching import matches

Problem = Callable[..., int]


def found(ports: Ports, project_id: int, asked: str, kind: Kind = "problem") -> list[int]:
    """The rows of a kind that a search finds, newest first."""
    with reading(ports.engine) as session:
        hits = hits_of(session, parse_query(asked), kind, [project_id], most=100)
        return list(dict.fromkeys(hit.subject_id for hit in hits))


def test_what_is_written_is_found_from_its_commit_on(
    ports: Ports, project: Project, problem: Problem
) -> None:
    first, second = problem("A ferry takes 3,710 cars."), problem("Twelve FERRIES, 340.0 each.")
    assert found(ports, project.id, "ferr*") == [second, first]
    assert found(ports, project.id, "ferry") == [first]
    assert found(ports, project.id, "3710") == [first]
    assert found(ports, project.id, '"340 each"') == [second]
    assert found(ports, project.id, "ferry 340") == []
    assert found(ports, project.id, "ferry", "step") == []
    assert found(ports, project.id + 1, "ferry") == []


def test_what_was_rolled_back_is_not_found(
    ports: Ports, project: Project, problem: Problem
) -> None:
    with transaction(ports.engine) as session:
        session.add(a_problem(project, "A ghost ferry."))
        session.flush()
        session.rollback()
    kept = problem("A real ferry.")
    assert found(ports, project.id, "ferry") == [kept]


def test_a_step_is_found_whole_however_long_it_is(
    ports: Ports, project: Project, problem: Problem
) -> None:
    phrases = " ".join(f"mark{at} is near the {at}" for at in range(900))
    step_id = a_step(ports, problem("Q"), "0 " * 3_000 + phrases + " 1" * 3_000)
    for at in range(0, 900, 7):
        assert found(ports, project.id, f'"mark{at} is near the {at}"', "step") == [step_id]
    assert found(ports, project.id, '"near 899"', "step") == []


def test_words_of_four_bytes_fit(ports: Ports, project: Project, problem: Problem) -> None:
    text = " ".join(chr(0x10330 + at % 20) * (at % 60 + 1) for at in range(4_000))
    step_id = a_step(ports, problem("Q"), text)
    assert found(ports, project.id, chr(0x10330) * 5 + "*", "step") == [step_id]


def a_problem(project: Project, question: str) -> ProblemRow:
    reference = parse_reference(1).model_dump(mode="json")
    return ProblemRow(
        project_id=project.id, key=str(hash(question)), question=question, reference=reference
    )


def a_step(ports: Ports, problem_id: int, text: str) -> int:
    with transaction(ports.engine) as session:
        branch = start_trace(session, SCRIPT, problem_id).branches[0]
        (row,) = add_steps(session, branch, [Step(kind="thought", author="reasoner", text=text)])
        return row.id


TYPED = st.one_of(
    st.text(max_size=40),
    st.text(alphabet="ab1,.* \"'()&|!:<->@\\-NEAR", max_size=30),
    st.lists(st.sampled_from(['"a b"', "a", "b*", "1,000", "AND", "OR", "NOT", "x_1"])).map(
        " ".join
    ),
)
TEXTS = st.one_of(st.text(max_size=60), st.text(alphabet="abx_1 ,.0", max_size=60))


def stored(text: str) -> str:
    """A text without what no database stores."""
    return text.replace("\x00", "")


# One database for all of them: each takes back what it wrote.
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(TEXTS, min_size=1, max_size=5, unique_by=stored), asked=TYPED)
def test_both_engines_find_what_is_there_and_nothing_is_an_error(
    ports: Ports, project: Project, texts: list[str], asked: str
) -> None:
    with transaction(ports.engine) as session:
        ids = {text: add(session, project, text) for text in texts}
        hits = hits_of(session, parse_query(asked), "problem", [project.id], most=100)
        assert {hit.subject_id for hit in hits} == {
            ids[text] for text in texts if matches(asked, text)
        }
        session.rollback()


def add(session: Session, project: Project, text: str) -> int:
    row = a_problem(project, stored(text))
    session.add(row)
    session.flush()
    return row.id
