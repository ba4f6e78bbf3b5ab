"""What people decided in a project, as labelled traces and as what became of its hints."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actions.close_branch import close_branch
from app.actions.hint_shares import HintShare, hint_shares
from app.actions.judge_branch import judge_branch
from app.actions.judge_proposal import judge_proposal
from app.actions.labelled_set import gather, project_rows
from app.actions.people_labels import labelled_by_people
from app.actions.ports import Ports
from app.actions.propose_own import propose_own
from app.actions.save_proposals import keep_proposals, save_proposal
from app.actions.start_trace import start_trace
from app.actions.undo import undo
from app.core.flaws import DEFAULT
from app.core.labelled import Label, Labelled
from app.core.proposal import Evidence, Proposal, Source
from app.core.roles import SCRIPT, Actor
from app.core.trace import Cut, Step
from app.db.convert import add_steps
from app.db.session import transaction
from app.db.tables import Branch, Job, Project, ProposalRow
from tests.shares import share_of

FLAW = "wrong-objective"
TEXT = "We sell boats. We sell rafts.\n"
RULE = Source(kind="rule", name="by hand", version="1")
MODEL = Source(kind="intervener", name="m", version="intervener-1")
Start = Callable[[str], int]


@pytest.fixture
def start(ports: Ports, problem: Callable[..., int]) -> Start:
    """Starts a trace that ends at once with the wrong answer 6; gives its branch."""

    def make(question: str) -> int:
        problem_id = problem(question, 7)
        with transaction(ports.engine) as session:
            (branch,) = start_trace(session, SCRIPT, problem_id).branches
            end(session, branch, 6)
            return branch.id

    return make


def end(session: Session, branch: Branch, answer: int) -> None:
    """Let a branch end as if the Reasoner had written it."""
    thought = Step(kind="thought", author="reasoner", text=TEXT)
    box = Step(kind="answer", author="reasoner", text=f"So \\boxed{{{answer}}}.")
    add_steps(session, branch, [thought, box])
    for job in session.scalars(select(Job).where(Job.branch_id == branch.id)):
        job.state = "done"
    close_branch(session, branch, "answered")


def propose(
    session: Session, project: Project, branch_id: int, flaw: str, source: Source, start: int = 0
) -> int:
    hint = Proposal(
        flaw=flaw,
        evidence=(Evidence(step=0, start=start, end=start + 7, note="is it?"),),
        cut=Cut(step=0, offset=start),
        words="Let me look again.",
        source=source,
    )
    return save_proposal(session, session.get_one(Branch, branch_id), hint, project).id


def labelled(ports: Ports, project: Project) -> list[Labelled]:
    with transaction(ports.engine) as session:
        return list(labelled_by_people(session, session.get_one(Project, project.id)))


def shares(ports: Ports, project: Project) -> list[HintShare]:
    with transaction(ports.engine) as session:
        return list(hint_shares(session, project.id))


def test_a_hint_that_a_person_accepted_labels_the_branch_it_was_proposed_on(
    ports: Ports, project: Project, person: Callable[..., Actor], start: Start
) -> None:
    ann, branch_id = person("ann"), start("How many?")
    with transaction(ports.engine) as session:
        late = propose(session, project, branch_id, "wrong-variables", RULE, start=15)
        early = propose(session, project, branch_id, "wrong-objective", MODEL)
        other = propose(session, project, branch_id, "wrong-constraints", RULE, start=3)
        judge_proposal(session, ann, late, "accept")
        judge_proposal(session, ann, early, "edit", words="Let me look at the boats again.")
        judge_proposal(session, ann, other, "reject", reason="it is right")
    (row,) = labelled(ports, project)
    assert row.labels == (
        Label(flaw="wrong-objective", step=0, span="We sell", note="is it?"),
        # "We sell" alone would be found earlier.
        Label(flaw="wrong-variables", step=0, span=" We sell", note="is it?"),
    )
    assert (row.question, row.answer) == ("How many?", "7")
    assert row.text == f"{TEXT}So \\boxed{{6}}."
    assert row.id.startswith("harbour-trace-")
    with transaction(ports.engine) as session:
        read = gather({"project:harbour": project_rows(session, "harbour")}, DEFAULT)
    assert [placed.trace for placed in read.traces] == [row]


def test_a_golden_branch_is_flawless_and_holds_the_hint_that_led_there(
    ports: Ports, project: Project, person: Callable[..., Actor], start: Start
) -> None:
    ann, branch_id = person("ann"), start("How many?")
    with transaction(ports.engine) as session:
        hint = propose(session, project, branch_id, "wrong-objective", MODEL, start=15)
        went_on = judge_proposal(session, ann, hint, "accept").branch_id
    with transaction(ports.engine) as session:
        end(session, session.get_one(Branch, went_on), 7)
    with transaction(ports.engine) as session:
        judge_branch(session, ann, went_on or 0, "golden")
    flawed, golden = labelled(ports, project)
    assert [label.flaw for label in flawed.labels] == ["wrong-objective"]
    assert golden.labels == ()
    assert "Let me look again." in golden.text
    (share,) = shares(ports, project)
    assert share == share_of("m", "intervener-1", n=1, accepted=1, went_on=1, right=1, golden=1)


def test_what_no_person_decided_is_no_label(
    ports: Ports, project: Project, person: Callable[..., Actor], start: Start
) -> None:
    ann, branch_id = person("ann"), start("How many?")
    with transaction(ports.engine) as session:
        by_script = propose(session, project, branch_id, "wrong-objective", RULE)
        propose(session, project, branch_id, "wrong-objective", RULE, start=15)
        undone = propose(session, project, branch_id, "wrong-objective", MODEL, start=3)
        went_on = judge_proposal(session, SCRIPT, by_script, "accept").branch_id
        judge_proposal(session, ann, undone, "accept")
    with transaction(ports.engine) as session:
        trace_id = session.get_one(Branch, branch_id).trace_id
        undo(session, ann, trace_id)
        end(session, session.get_one(Branch, went_on), 7)
    with transaction(ports.engine) as session:
        open_hints = select(ProposalRow.id).where(ProposalRow.state == "open")
        for proposal_id in session.scalars(open_hints).all():
            judge_proposal(session, SCRIPT, proposal_id, "reject", reason="to see")
        judge_branch(session, SCRIPT, went_on or 0, "golden")
    assert labelled(ports, project) == []
    counts = [(one.name, one.n, one.by_others, one.open) for one in shares(ports, project)]
    assert counts == [("m", 1, 1, 0), ("by hand", 2, 2, 0)]


def test_a_hint_whose_place_another_took_waits_for_nobody(
    ports: Ports, project: Project, start: Start
) -> None:
    branch_id = start("How many?")
    for source in (RULE, MODEL):
        with transaction(ports.engine) as session:
            row = session.get_one(ProposalRow, propose(session, project, branch_id, FLAW, source))
            found = Proposal.model_validate(row.proposal)
            keep_proposals(session, session.get_one(Branch, branch_id), [found], project)
    assert [(one.name, one.n, one.open) for one in shares(ports, project)] == [("m", 1, 1)]


def test_people_s_own_hints_are_together_and_without_names(
    ports: Ports, project: Project, person: Callable[..., Actor], start: Start
) -> None:
    for name, answer in (("ann", 7), ("bob", 6)):
        actor, branch_id = person(name), start(f"How many, {name}?")
        with transaction(ports.engine) as session:
            own = propose_own(
                session, actor, branch_id, "wrong-objective", step=0, start=15, end=22, words="Hm."
            )
            went_on = own.branch_id
        with transaction(ports.engine) as session:
            end(session, session.get_one(Branch, went_on), answer)
    (share,) = shares(ports, project)
    assert (share.kind, share.name, share.n, share.accepted) == ("person", "", 2, 2)
    assert (share.went_on, share.right, share.golden) == (2, 1, 0)
    assert [len(row.labels) for row in labelled(ports, project)] == [1, 1]
