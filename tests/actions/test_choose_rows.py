"""Which rows a selection finds, how they are dealt, and what stays out."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.actions.benchmarks import BenchmarkTerms, add_benchmark
from app.actions.build_dataset import plan_of
from app.actions.choose_rows import Plan
from app.actions.close_branch import regrade
from app.actions.ports import Ports
from app.actions.sketches import sketch_problems
from app.core.options import DatasetOptions
from app.core.roles import SCRIPT, Actor
from app.core.trace import Step
from app.db.convert import add_steps
from app.db.queries.dataset_candidates import Candidate
from app.db.session import transaction
from app.db.tables import (
    Branch,
    Judgement,
    ProblemRow,
    Project,
    ProposalRow,
    SketchRow,
    Trace,
    Verdict,
)
from app.db.types import now
from export.formats import FORMATS
from tests.export.test_near import ONE, OTHER, TWO

Settled = Callable[..., int]
Found = Callable[..., Plan]
STATES = {"golden": "golden", "discard": "discarded", "unsure": "unsure"}


@pytest.fixture
def settled(ports: Ports, project: Project, person: Callable[..., Actor]) -> Settled:
    """Makes a trace with a verdict; gives the id of its branch."""
    ann, bob = person("ann"), person("bob")

    def make(question: str, decision: str = "golden", by: str = "ann", **fields: Any) -> int:
        with transaction(ports.engine) as session:
            reference = {"kind": "number", "values": ["7"]}
            problem = session.query(ProblemRow).filter_by(question=question).first()
            problem = problem or ProblemRow(
                project_id=project.id,
                key=f"{abs(hash(question))}",
                question=question,
                reference=reference,
                source=fields.get("source"),
                difficulty=fields.get("difficulty"),
            )
            trace = Trace(
                project_id=project.id, problem=problem, origin="generated", state=STATES[decision]
            )
            branch = Branch(trace=trace, number=1, outcome="answered")
            branch.path_tokens = fields.get("tokens", 100)
            session.add(branch)
            session.flush()
            text = f"So \\boxed{{{fields.get('answer', 7)}}}."
            add_steps(session, branch, [Step(kind="thought", author="reasoner", text=text)])
            regrade(branch)
            actor = {"ann": ann, "bob": bob, "policy": SCRIPT}[by]
            session.add(_verdict(branch, decision, actor, fields))
            return branch.id

    return make


def _verdict(branch: Branch, decision: str, actor: Actor, fields: dict[str, Any]) -> Verdict:
    return Verdict(
        trace_id=branch.trace_id,
        branch_id=branch.id,
        user_id=actor.id,
        actor=actor.signature,
        decision=decision,
        at=now() - timedelta(days=fields.get("days", 0)),
        final=fields.get("final", True),
        informed=fields.get("informed", False),
    )


def hinted(session: Session, branch_id: int, flaw: str) -> None:
    """Say that an accepted hint for this flaw began the branch."""
    branch = session.get_one(Branch, branch_id)
    place = {"trace_id": branch.trace_id, "branch_id": branch_id}
    hint = ProposalRow(
        **place, flaw=flaw, taxonomy_version="1", proposal={"words": "Wait."}, key=flaw
    )
    session.add(hint)
    session.flush()
    actor = SCRIPT.signature
    session.add(Judgement(**place, proposal_id=hint.id, actor=actor, decision="accept"))


@pytest.fixture
def found(ports: Ports, project: Project) -> Found:
    """What options find."""

    def find(style: str = "rows", **options: Any) -> Plan:
        with transaction(ports.engine) as session:
            return _find(session, project, style, options)

    return find


def _find(session: Session, project: Project, style: str, options: dict[str, Any]) -> Plan:
    return plan_of(session, project, FORMATS.make(style), DatasetOptions.model_validate(options))


def ids(plan: Plan) -> list[int]:
    """The branches of a plan."""
    return [each.branch_id for each, _, _ in plan.chosen if isinstance(each, Candidate)]


def test_each_part_of_a_selection_narrows(settled: Settled, found: Found) -> None:
    first = settled("a?", source="x", difficulty="easy", tokens=10, days=3)
    second = settled("b?", source="y", by="bob", tokens=500)
    policy = settled("c?", by="policy")
    discarded = settled("d?", "discard", answer=1)
    today = now().date()
    assert ids(found()) == [first, second]
    assert ids(found(any_actor=True)) == [first, second, policy]
    assert ids(found(verdicts=["golden", "discard"])) == [first, second, discarded]
    assert ids(found(sources=["x"])) == [first]
    assert ids(found(difficulties=["easy"])) == [first]
    assert ids(found(shortest=100)) == [second]
    assert ids(found(longest=100)) == [first]
    assert ids(found(since=today)) == [second]
    assert ids(found(until=today - timedelta(days=3))) == [first]
    assert ids(found(flaws=["wrong-objective"])) == []
    assert ids(found(agreed=True)) == []


def test_people_are_chosen_by_their_ids(ports: Ports, settled: Settled, found: Found) -> None:
    settled("a?")
    second = settled("b?", by="bob")
    with transaction(ports.engine) as session:
        bob = session.query(Verdict).filter_by(branch_id=second).one().user_id
    assert ids(found(people=[bob])) == [second]


def test_what_is_wrong_by_now_is_left_out_and_told(settled: Settled, found: Found) -> None:
    settled("a?", answer=8)
    plan = found()
    assert ids(plan) == []
    assert [left.reason for left in plan.left_out] == ["wrong-now"]


def test_one_branch_a_trace_unless_all_are_asked_for(
    ports: Ports, settled: Settled, found: Found
) -> None:
    first = settled("a?")
    with transaction(ports.engine) as session:
        old = session.get_one(Branch, first)
        again = Branch(trace_id=old.trace_id, number=2, outcome="answered", grade=old.grade)
        session.add(again)
        session.flush()
        ann = session.query(Verdict).filter_by(branch_id=first).one()
        session.add(
            Verdict(
                trace_id=again.trace_id,
                branch_id=again.id,
                user_id=ann.user_id,
                actor=ann.actor,
                decision="golden",
            )
        )
        second = again.id
    assert ids(found()) == [second]
    assert ids(found(all_branches=True)) == [first, second]


def test_near_duplicates_share_a_split_and_a_sample_is_balanced(
    settled: Settled, found: Found
) -> None:
    for at in range(8):
        settled(ONE.replace("480", str(at)), source="x")
    other = settled(OTHER, source="y")
    for seed in range(6):
        plan = found(splits={"validation": 0.4, "test": 0.3, "seed": seed})
        splits = [split for each, split, _ in plan.chosen if each.source == "x"]
        assert len(splits) == 8
        assert len(set(splits)) == 1
    assert len(ids(found(sample=4))) == 4
    balanced = ids(found(sample=4, balance="source"))
    assert other in balanced
    assert len(ids(found(balance="source"))) == 2
    assert ids(found(sample=4)) == ids(found(sample=4))


def test_a_sample_is_balanced_by_difficulty_and_by_flaw(
    ports: Ports, settled: Settled, found: Found
) -> None:
    easy = [settled(f"{at}?", difficulty="easy") for at in range(3)]
    hard = settled("h?", difficulty="hard")
    with transaction(ports.engine) as session:
        hinted(session, easy[0], "wrong-objective")
    balanced = ids(found(balance="difficulty"))
    assert (len(balanced), hard in balanced) == (2, True)
    balanced = ids(found(balance="flaw"))
    assert (len(balanced), easy[0] in balanced) == (2, True)
    assert ids(found(flaws=["wrong-objective"])) == [easy[0]]


def test_what_two_people_judged_alike_each_for_themselves_is_agreed(
    ports: Ports, settled: Settled, found: Found, person: Callable[..., Actor]
) -> None:
    cid = person("cid")
    alike, apart, after, alone = (settled(f"{name}?", final=False) for name in "abcd")
    seconds = ((alike, "golden", False), (apart, "unsure", False), (after, "golden", True))
    with transaction(ports.engine) as session:
        for branch_id, decision, informed in seconds:
            fields = {"final": False, "informed": informed}
            session.add(_verdict(session.get_one(Branch, branch_id), decision, cid, fields))
    assert set(ids(found())) == {alike, apart, after, alone}
    assert ids(found(agreed=True)) == [alike]


def test_what_is_near_an_evaluation_is_left_out_or_marked(
    ports: Ports, settled: Settled, found: Found, tmp_path: Path
) -> None:
    near, far = settled(ONE), settled(OTHER)
    file = tmp_path / "kept.csv"
    file.write_text(f'question,answer\n"{TWO}",1\n')
    with transaction(ports.engine) as session:
        add_benchmark(session, SCRIPT, "kept", file, BenchmarkTerms())
    plan = found()
    assert ids(plan) == [far]
    [left] = plan.left_out
    assert left.reason == "near-benchmark"
    assert left.detail.startswith("kept #1, ")
    marked = found(near="mark")
    assert ids(marked) == [near, far]
    assert [bool(close) for _, _, close in marked.chosen] == [True, False]
    problems = found("trl-rl", unchecked=True)
    assert len(problems.chosen) == 1
    assert [each.reason for each in problems.left_out] == ["near-benchmark"]


def test_what_names_a_benchmark_that_is_kept_for_evaluation_is_left_out(
    ports: Ports, settled: Settled, found: Found, tmp_path: Path
) -> None:
    settled(ONE, source="industry or")
    kept = settled(OTHER, source="IndustryOR-train")
    file = tmp_path / "kept.jsonl"
    file.write_text('{"question": "How many of another kind?", "answer": 1}\n')
    with transaction(ports.engine) as session:
        add_benchmark(session, SCRIPT, "Industry-OR", file, BenchmarkTerms())
    plan = found()
    assert ids(plan) == [kept]
    [left] = plan.left_out
    assert (left.reason, left.detail) == ("near-benchmark", "Industry-OR, by its source")


def test_sketches_are_kept_and_a_page_makes_none_anew(
    ports: Ports, settled: Settled, found: Found, monkeypatch: pytest.MonkeyPatch
) -> None:
    settled(ONE)
    settled(OTHER)
    shares = {"splits": {"test": 0.5}}
    before = found(**shares).chosen
    assert sketch_problems(ports) == 2
    assert sketch_problems(ports) == 0
    monkeypatch.setattr("app.actions.sketches.sketch_of", None)
    assert found(**shares).chosen == before
    with transaction(ports.engine) as session:
        session.execute(update(SketchRow).values(version=0))
    monkeypatch.undo()
    assert sketch_problems(ports) == 2
