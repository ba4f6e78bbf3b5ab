"""Reviews: what each source of hints said of a branch, and what it could not say."""

from collections.abc import Callable

from sqlalchemy import select

from app.actions.ports import Ports
from app.actions.start_trace import start_trace
from app.core.roles import SCRIPT
from app.core.trace import Step
from app.db.convert import add_steps
from app.db.session import transaction
from app.db.tables import Branch, Job, Project, Review


def test_an_intervener_that_can_not_be_made_does_not_keep_the_rules_from_looking(
    ports: Ports, project: Project, problem: Callable[..., int], work: Callable[[], int]
) -> None:
    problem_id = problem("What is the most?", 7)
    with transaction(ports.engine) as session:
        session.get_one(Project, project.id).intervener = {"name": "openai"}  # no address
        (branch,) = start_trace(session, SCRIPT, problem_id).branches
        branch.outcome = "answered"
        add_steps(session, branch, [Step(kind="thought", author="reasoner", text="\\boxed{7}")])
        session.scalars(select(Job)).one().state = "done"
        session.add(Job(project_id=project.id, branch_id=branch.id, kind="review"))
    work()
    with transaction(ports.engine) as session:
        looks = session.scalars(select(Review).order_by(Review.id)).all()
        assert [look.source["name"] for look in looks] == ["rules", "openai"]
        assert not looks[0].failure
        assert "base_url" in looks[1].failure
        assert session.scalars(select(Job).where(Job.kind == "review")).one().state == "failed"
        assert session.scalars(select(Branch.outcome)).one() == "answered"
