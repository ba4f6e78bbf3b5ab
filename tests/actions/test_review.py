"""Reviews: what each source said of a branch, what it could not say, and one card for a place."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from app.actions.claims import claim_trace
from app.actions.facts import branch_facts
from app.actions.judge_proposal import judge_proposal
from app.actions.ports import Ports
from app.actions.request_review import request_review
from app.actions.save_proposals import keep_proposals
from app.actions.start_trace import new_branch, start_trace
from app.core.proposal import Evidence, Proposal, Source
from app.core.roles import SCRIPT, Actor
from app.core.trace import Cut, Step
from app.core.waiting import MOST_WAITS
from app.db.convert import add_steps
from app.db.session import transaction
from app.db.tables import Branch, Job, Project, ProposalRow, Review, TrialRow
from tests.openai_stub import serving

MODEL = Source(kind="intervener", name="big")
RULE = Source(kind="rule", name="sense")
TEXT = "We have 3 boats. \\boxed{7}"


def proposal(source: Source, words: str = "", **changed: Any) -> Proposal:
    told: dict[str, Any] = {
        "flaw": "wrong-objective",
        "evidence": (Evidence(step=0, start=0, end=7, note=source.name),),
        "cut": Cut(step=0),
        "words": words or f"Wait, says {source.name}.",
        "source": source,
    }
    return Proposal.model_validate(told | changed)


@pytest.fixture
def branch_id(ports: Ports, project: Project, problem: Callable[..., int]) -> int:
    """A finished branch with one thought, and nothing waiting."""
    problem_id = problem("What is the most?", 7)
    with transaction(ports.engine) as session:
        (branch,) = start_trace(session, SCRIPT, problem_id).branches
        branch.outcome = "answered"
        add_steps(session, branch, [Step(kind="thought", author="reasoner", text=TEXT)])
        session.scalars(select(Job)).one().state = "done"
        return branch.id


def keep(ports: Ports, project: Project, branch_id: int, *found: Proposal) -> list[Proposal]:
    """Keeps what a look found; gives the open proposals after it."""
    with transaction(ports.engine) as session:
        mine = session.get_one(Project, project.id)
        keep_proposals(session, session.get_one(Branch, branch_id), found, mine)
    with transaction(ports.engine) as session:
        rows = session.scalars(select(ProposalRow).where(ProposalRow.state == "open"))
        return [Proposal.model_validate(row.proposal) for row in rows]


def look(ports: Ports, project: Project, branch_id: int, intervener: dict[str, Any]) -> None:
    with transaction(ports.engine) as session:
        session.get_one(Project, project.id).intervener = intervener
        session.add(Job(project_id=project.id, branch_id=branch_id, kind="review", queue="model"))


def test_an_intervener_that_can_not_be_made_does_not_keep_the_rules_from_looking(
    ports: Ports, project: Project, branch_id: int, work: Callable[[], int]
) -> None:
    look(ports, project, branch_id, {"name": "openai"})  # no address
    work()
    with transaction(ports.engine) as session:
        looks = session.scalars(select(Review).order_by(Review.id)).all()
        assert [look.source["name"] for look in looks] == ["rules", "openai"]
        assert not looks[0].failure
        assert "base_url" in looks[1].failure
        assert session.scalars(select(Job).where(Job.kind == "review")).one().state == "failed"
        assert session.scalars(select(Branch.outcome)).one() == "answered"


def test_a_models_proposal_is_kept_with_its_confidence_and_the_looks_notes(
    ports: Ports, project: Project, branch_id: int, work: Callable[[], int]
) -> None:
    told = {
        "verdict": "flaw",
        "step": 5,
        "span": "3 boats",
        "flaw": "wrong-variables",
        "evidence": "3 comes from nowhere.",
        "confidence": 0.9,
        "hint": "Wait, where do 3 boats come from?",
    }
    with serving(json.dumps(told)) as stub:
        look(ports, project, branch_id, {"name": "openai", "base_url": stub.url, "model": "big"})
        work()
    with transaction(ports.engine) as session:
        rows = session.scalars(select(ProposalRow)).all()
        kept = [Proposal.model_validate(row.proposal) for row in rows]
        (mine,) = [each for each in kept if each.source.kind == "intervener"]
        assert (mine.confidence, TEXT[8:15]) == (0.9, "3 boats")
        review = session.scalars(select(Review).order_by(Review.id.desc())).first()
        assert review is not None
        notes = ["the quoted words were found in step 1, not in step 5"]
        assert review.source == {"entry": "openai", "name": "big", "notes": notes}


def test_a_rule_and_a_model_on_one_place_are_one_open_proposal(
    ports: Ports, project: Project, branch_id: int
) -> None:
    (one,) = keep(ports, project, branch_id, proposal(RULE), proposal(MODEL))
    assert (one.source, one.confirmed_by) == (MODEL, (RULE,))
    assert len(one.evidence) == 2
    assert keep(ports, project, branch_id, proposal(RULE), proposal(MODEL)) == [one]
    assert keep(ports, project, branch_id, proposal(RULE)) == [one]


def test_a_source_that_comes_later_joins_what_is_open(
    ports: Ports, project: Project, branch_id: int
) -> None:
    keep(ports, project, branch_id, proposal(RULE))
    (one,) = keep(ports, project, branch_id, proposal(MODEL))
    assert (one.source, one.confirmed_by) == (MODEL, (RULE,))
    (one,) = keep(ports, project, branch_id, proposal(MODEL, "Wait, other words."))
    assert (one.words, one.confirmed_by) == ("Wait, other words.", (RULE,))
    with transaction(ports.engine) as session:
        rows = session.scalars(select(ProposalRow).order_by(ProposalRow.id)).all()
        assert [row.state for row in rows] == ["merged", "merged", "open"]
        assert rows[0].proposal["words"] == "Wait, says sense."


def test_words_that_come_again_are_open_again(
    ports: Ports, project: Project, branch_id: int
) -> None:
    for words in ("Wait, one.", "Wait, other.", "Wait, one."):
        (one,) = keep(ports, project, branch_id, proposal(MODEL, words))
        assert one.words == words


def row_of(ports: Ports) -> int:
    with transaction(ports.engine) as session:
        return session.scalars(select(ProposalRow.id).where(ProposalRow.state == "open")).one()


def test_one_that_another_source_confirms_stays_the_same_card(
    ports: Ports, project: Project, branch_id: int
) -> None:
    keep(ports, project, branch_id, proposal(MODEL))
    card = row_of(ports)
    (one,) = keep(ports, project, branch_id, proposal(RULE))
    assert (row_of(ports), one.source, one.confirmed_by) == (card, MODEL, (RULE,))
    assert len(one.evidence) == 2


def test_one_that_a_person_is_at_work_with_keeps_its_place(
    ports: Ports, project: Project, branch_id: int, person: Callable[..., Actor]
) -> None:
    keep(ports, project, branch_id, proposal(RULE))
    card, ann = row_of(ports), person("ann")
    with transaction(ports.engine) as session:
        claim_trace(session, ann, session.get_one(Branch, branch_id).trace_id)
    (one,) = keep(ports, project, branch_id, proposal(MODEL))
    assert (row_of(ports), one.source, one.confirmed_by) == (card, RULE, (MODEL,))
    assert keep(ports, project, branch_id, proposal(MODEL), proposal(RULE)) == [one]


def test_one_that_was_tried_keeps_its_trials(
    ports: Ports, project: Project, branch_id: int
) -> None:
    keep(ports, project, branch_id, proposal(RULE))
    card = row_of(ports)
    with transaction(ports.engine) as session:
        trace = session.get_one(Branch, branch_id).trace
        session.add(TrialRow(proposal_id=card, branch_id=new_branch(session, trace, seed=1).id))
    (one,) = keep(ports, project, branch_id, proposal(MODEL))
    assert (row_of(ports), one.source, one.confirmed_by) == (card, RULE, (MODEL,))


def test_one_that_is_open_on_an_earlier_branch_is_not_proposed_again(
    ports: Ports, project: Project, branch_id: int
) -> None:
    keep(ports, project, branch_id, proposal(RULE))
    with transaction(ports.engine) as session:
        parent = session.get_one(Branch, branch_id)
        place = {"cut_step": 0, "cut_offset": 17}
        child = new_branch(session, parent.trace, seed=1, parent=parent, **place)
        add_steps(session, child, [Step(kind="thought", author="reasoner", text="Hm.")])
        later = child.id
    (one,) = keep(ports, project, later, proposal(RULE), proposal(MODEL))
    assert (one.source, one.confirmed_by, len(one.evidence)) == (RULE, (MODEL,), 1)


def test_what_a_person_rejected_does_not_come_back_by_the_rule_that_confirmed_it(
    ports: Ports, project: Project, branch_id: int, person: Callable[..., Actor]
) -> None:
    ann = person("ann")
    keep(ports, project, branch_id, proposal(RULE), proposal(MODEL))
    with transaction(ports.engine) as session:
        row = session.scalars(select(ProposalRow).where(ProposalRow.state == "open")).one()
        judge_proposal(session, ann, row.id, "reject", reason="no")
    assert keep(ports, project, branch_id, proposal(RULE), proposal(MODEL)) == []
    (other,) = keep(ports, project, branch_id, proposal(RULE, flaw="wrong-constraints"))
    assert other.flaw == "wrong-constraints"


def test_a_model_that_can_not_answer_now_is_asked_again_alone(
    ports: Ports, project: Project, branch_id: int, work: Callable[[], int]
) -> None:
    flawless = json.dumps({"verdict": "flawless", "evidence": "All is well."})
    with serving(flawless) as stub:
        stub.bad = "429"
        look(ports, project, branch_id, {"name": "openai", "base_url": stub.url, "model": "big"})
        work()
        with transaction(ports.engine) as session:
            looks = [each.source["name"] for each in session.scalars(select(Review))]
            job = session.scalars(select(Job).where(Job.kind == "review")).one()
            assert (looks, job.state, job.waits) == (["rules"], "queued", 1)
            branch = session.get_one(Branch, branch_id)
            assert branch_facts(session, branch).golden_refusal == "1 proposed hint is still open."
            request_review(session, SCRIPT, branch_id)
        stub.bad = None
        work()
    with transaction(ports.engine) as session:
        looks = [each.source["name"] for each in session.scalars(select(Review))]
        assert looks == ["rules", "big"]
        assert session.scalars(select(Job).where(Job.kind == "review")).one().state == "done"


def test_a_model_that_never_answers_is_given_up_with_a_reason(
    ports: Ports, project: Project, branch_id: int, work: Callable[[], int]
) -> None:
    with serving("") as stub:
        stub.bad = "429"
        look(ports, project, branch_id, {"name": "openai", "base_url": stub.url, "model": "big"})
        with transaction(ports.engine) as session:
            session.scalars(select(Job).where(Job.kind == "review")).one().waits = MOST_WAITS
        work()
    with transaction(ports.engine) as session:
        failures = [each.failure for each in session.scalars(select(Review).order_by(Review.id))]
        assert failures[0] == ""
        assert "rate limited" in failures[1]
        assert session.scalars(select(Job).where(Job.kind == "review")).one().state == "failed"
