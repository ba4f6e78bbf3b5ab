"""Gold standards on pages and in the API: leads see them, annotators can't tell which they are."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from app.actions.accounts import create_user, set_role
from app.actions.gold import mark_gold
from app.actions.judge_branch import judge_branch
from app.actions.tokens import create_token
from app.core.proposal import Evidence, Proposal, Source
from app.core.roles import SCOPES, SCRIPT, Actor
from app.core.trace import Cut
from app.db.session import transaction
from app.db.tables import (
    Branch,
    Claim,
    GoldStandard,
    Project,
    ProposalRow,
    StepRow,
    Trace,
    User,
    Verdict,
)
from app.web.security import API
from tests.web.conftest import Browser

Browsers = Callable[..., Browser]
HINT = Proposal(
    flaw="wrong-objective",
    evidence=(Evidence(step=0, start=0, end=2, note="is it?"),),
    cut=Cut(step=0),
    words="Let me look again.",
    source=Source(kind="rule", name="test"),
)


@pytest.fixture
def twins(engine: Engine, project: Project) -> dict[str, int]:
    """A gold standard that a lead and an annotator judged, and another just alike that waits."""
    made: dict[str, int] = {}
    with transaction(engine) as session:
        lead = create_user(session, SCRIPT, "the lead", None)
        other = create_user(session, SCRIPT, "another", None)
        for user, role in ((lead, "lead"), (other, "annotator")):
            set_role(session, SCRIPT, project.id, user.id, role)  # type: ignore[arg-type]
        problem_id = session.scalars(select(Trace.problem_id)).one()
        for name, number in (("gold", 7_000_001), ("plain", 7_000_002)):
            _add(session, project, problem_id, number)
            made[name] = number
        boss, fellow = (_actor(each, role) for each, role in ((lead, "lead"), (other, "annotator")))
        judge_branch(session, boss, made["gold"], "discard", "a secret reason")
        mark_gold(session, boss, made["gold"])
        judge_branch(session, fellow, made["gold"], "unsure", "a secret doubt")
    return made


def _actor(user: User, role: Any) -> Actor:
    return Actor(kind="person", name=user.name, id=user.id, role=role)


def _add(session: Session, project: Project, problem_id: int, number: int) -> None:
    """A trace whose rows all have one number, which stands nowhere else."""
    trace = Trace(id=number, project_id=project.id, problem_id=problem_id, origin="generated")
    trace.state = "review"
    session.add(trace)
    session.flush()
    session.add(Claim(trace_id=number, slot=1))
    branch = Branch(id=number, trace_id=number, number=1, outcome="answered", answer="12")
    branch.grade = {"correct": True, "reason": "equals 12", "rule": "strict"}
    session.add(branch)
    session.flush()
    step = StepRow(id=number, branch_id=number, number=0, kind="answer", author="reasoner")
    step.text = "\\boxed{12}"
    hint = ProposalRow(id=number, trace_id=number, branch_id=number, flaw=HINT.flaw, key="1")
    hint.taxonomy_version, hint.proposal = "1", HINT.model_dump(mode="json")
    session.add_all([step, hint])
    session.flush()


def plain(text: str) -> str:
    """A text without its trace's number, and what differs from one moment to the next."""
    text = re.sub(r'7_?000_?00[12]|7,000,00[12]|"seen" value="\d+"|seen=\d+', "N", text)
    text = re.sub(r"\d\d:\d\d|\d{4}-\d\d-\d\dT[\d:.]+Z?", "", text)
    text = re.sub(r"\d+ (min|s)\b", "", text)
    text = re.sub(r"event-\d+", "", text)
    text = re.sub(r"\b[0-9a-f]{128}\b", "", text)  # the forms' token
    return re.sub(r'"id": ?\d+|"certainty": ?\d+|"revision": ?\d+|data-left="\d+"', "", text)


def pages(trace: int, project: Project) -> Iterator[str]:
    at = f"/p/{project.slug}/traces/{trace}"
    yield at
    yield f"{at}/judges"
    yield f"{at}/compare"
    yield f"/p/{project.slug}/history?subject=trace:{trace}"


def test_an_annotator_finds_nothing_on_its_pages_that_another_trace_has_not(
    browser_of: Browsers, engine: Engine, project: Project, twins: dict[str, int]
) -> None:
    ana = browser_of("annotator")

    def compare() -> None:
        for one, other in zip(
            pages(twins["gold"], project), pages(twins["plain"], project), strict=True
        ):
            gold, rest = ana.get(one), ana.get(other)
            assert gold.status_code == rest.status_code
            assert plain(gold.text) == plain(rest.text), one
            assert "a secret" not in gold.text

    compare()
    for name in ("gold", "plain"):
        form = {"branch": twins[name], "seen": 10**6}
        at = f"/p/{project.slug}/traces/{twins[name]}"
        ana.post(f"{at}/claim", form)
    compare()
    for name in ("gold", "plain"):
        form = {"branch": twins[name], "seen": 10**6}
        at = f"/p/{project.slug}/traces/{twins[name]}"
        ana.post(f"{at}/verdict", {**form, "decision": "unsure", "reason": "?"})
    compare()
    unsure = ana.get(f"/p/{project.slug}/queue?state=unsure").text
    assert unsure.count("data-row") == 2
    assert ana.get(f"/p/{project.slug}/queue").text.count("data-row") == 1
    for place in ("/traces?state=unsure", "/problems", "", "/search?q=look"):
        text = ana.get(f"/p/{project.slug}{place}").text
        assert "a secret" not in text
    with transaction(engine) as session:
        assert session.get_one(Trace, twins["gold"]).state == "review"


def test_the_api_tells_an_annotator_no_more(
    browser_of: Browsers, engine: Engine, project: Project, twins: dict[str, int]
) -> None:
    ana = browser_of("annotator")
    with transaction(engine) as session:
        user = session.scalars(select(User).where(User.name == "annotator False")).one()
        bearer = create_token(session, SCRIPT, user.id, "ci", SCOPES, 7)

    def ask(method: str, path: str, body: Any = None) -> Any:
        address = f"{API}/projects/{project.slug}{path}"
        told = {"Authorization": f"Bearer {bearer}"}
        return ana.client.request(method, address, json=body, headers=told)

    def compare() -> None:
        for path in ("", "/verdicts", "/proposals", "/claim", "/assignment"):
            one, other = (ask("GET", f"/traces/{twins[name]}{path}") for name in ("gold", "plain"))
            assert plain(one.text) == plain(other.text), path
            assert "a secret" not in one.text

    compare()
    for name in ("gold", "plain"):
        branch = f"/traces/{twins[name]}/branches/{twins[name]}"
        body = {"decision": "unsure", "reason": "?"}
        assert ask("POST", f"{branch}/verdicts", body).status_code == 201
    compare()
    listed = {each["id"]: each for each in ask("GET", "/traces").json()["items"]}
    assert listed[twins["gold"]]["state"] == listed[twins["plain"]]["state"] == "unsure"
    assert ask("GET", "/history").text.count("a secret") == 0
    for path in ("/gold", "/gold/scores"):
        assert ask("GET", path).status_code == 403


def test_leads_see_what_it_is_how_people_did_and_take_the_mark_away(
    browser_of: Browsers, engine: Engine, project: Project, twins: dict[str, int]
) -> None:
    lead = browser_of("lead")
    text = lead.get(f"/p/{project.slug}/gold").text
    assert f"/traces/{twins['gold']}" in text
    assert "0 of 1, probably 0 to 79%" in text
    at = f"/p/{project.slug}/traces/{twins['gold']}"
    assert "A gold standard" in lead.get(at).text
    lead.post(f"{at}/gold/remove")
    assert "Make it a gold standard" in lead.get(at).text
    for form in ({"step": "0"}, {"step": "x"}, {"flaw": "none-such"}, {"decision": "great"}):
        assert lead.post(f"{at}/gold", form).status_code == 422
    lead.post(f"{at}/gold", {"decision": "discard", "flaw": "wrong-objective", "step": "1"})
    with transaction(engine) as session:
        gold = session.scalars(select(GoldStandard).order_by(GoldStandard.id.desc())).first()
        assert gold
        assert (gold.decision, gold.flaw, gold.step) == ("discard", "wrong-objective", 0)


def test_a_score_of_ones_own_is_shown_after_enough_items_where_the_project_says_so(
    browser_of: Browsers, engine: Engine, project: Project, twins: dict[str, int]
) -> None:
    ana = browser_of("annotator")
    with transaction(engine) as session:
        user = session.scalars(select(User).where(User.name == "annotator False")).one()
        gold = session.scalars(select(GoldStandard)).one()
        for _ in range(10):
            verdict = Verdict(trace_id=gold.trace_id, branch_id=twins["gold"])
            verdict.user_id, verdict.gold_id = user.id, gold.id
            verdict.actor, verdict.decision, verdict.final = {}, "discard", False
            session.add(verdict)
    assert "Your score" not in ana.get(f"/p/{project.slug}").text
    with transaction(engine) as session:
        session.execute(update(Project).values(limits=project.limits | {"gold_shown": True}))
    assert "10 of 10 verdicts" in ana.get(f"/p/{project.slug}").text
