"""Assignment: what is meant for somebody goes to them, and the words say what happens."""

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.actions.accounts import set_role
from app.actions.assign import assign_trace, take_back
from app.actions.bulk import confirm_bulk, outlook, plan_bulk
from app.actions.claims import claim_next, claim_trace, put_off, release_claim
from app.actions.groups import archive_group, create_group, rename_group, set_group_members
from app.actions.judge_branch import judge_branch
from app.actions.knowledge import set_knowledge
from app.actions.ports import Ports
from app.actions.remove_person import remove_person
from app.actions.rules import NewRule, make_rule, remove_rule
from app.actions.undo import undo
from app.actions.why import why_nothing, whys
from app.core.assignee import Assignee, assignee_of
from app.core.errors import Invalid, NotAllowed, NotFound, Refused
from app.core.roles import SCRIPT, Actor
from app.db.queries.queue_filters import Filters, matching_ids
from app.db.session import transaction
from app.db.tables import (
    Assignment,
    Branch,
    Claim,
    Event,
    Group,
    GroupMember,
    ProblemRow,
    Project,
    Rule,
    Trace,
    Verdict,
)
from app.db.types import now

Person = Callable[..., Actor]
KINDS = (("IndustryOR", "en"), ("IndustryOR", "zh"), ("NL4OPT", "en"), (None, ""))


@pytest.fixture
def traces(ports: Ports, project: Project) -> list[int]:
    """Eight traces that wait, two of each kind of problem."""
    with transaction(ports.engine) as session:
        return [_trace(session, project, n, *KINDS[n % 4]) for n in range(8)]


def _trace(session: Session, project: Project, n: int, source: str | None, tag: str) -> int:
    row = ProblemRow(
        project_id=project.id,
        key=str(n),
        question=f"How many {n}?",
        reference={"kind": "number", "values": ["1"]},
        source=source,
        language=tag,
    )
    trace = Trace(project_id=project.id, problem=row, origin="imported", state="review")
    trace.branches.append(Branch(number=1, outcome="imported"))
    session.add(trace)
    session.flush()
    session.add(Claim(trace_id=trace.id, slot=1))
    return trace.id


def to(actor: Actor) -> Assignee:
    return Assignee(kind="person", id=actor.id or 0)


def group_of(session: Session, project: Project, name: str, *people: Actor) -> Assignee:
    """A new group of these people."""
    made = create_group(session, SCRIPT, project.id, name)
    set_group_members(session, SCRIPT, project.id, made.id, [each.id or 0 for each in people])
    session.flush()
    return Assignee(kind="group", id=made.id)


def everything(session: Session, project: Project, actor: Actor) -> list[int]:
    """What Next gives a person who judges all that they get, in order."""
    given = []
    while trace_id := claim_next(session, actor, project.id):
        given.append(trace_id)
        branch = session.get_one(Trace, trace_id).branches[0]
        judge_branch(session, actor, branch.id, "discard", "seen")
        session.flush()
        session.expire_all()
    return given


def why(session: Session, project: Project, actor: Actor, trace_id: int) -> str:
    return whys(session, actor.id, project.id, [trace_id])[trace_id].words


def test_what_is_given_by_hand_comes_first_and_to_nobody_else(
    ports: Ports, project: Project, traces: list[int], person: Person
) -> None:
    ana, bob, lead = person("ana"), person("bob"), person("lead", "lead")
    with transaction(ports.engine) as session:
        assign_trace(session, lead, traces[5], to(ana))
        assign_trace(session, lead, traces[0], group_of(session, project, "Integer", bob))
        assert why(session, project, ana, traces[5]) == "assigned to you by lead"
        assert why(session, project, bob, traces[5]) == "assigned to ana by lead"
        assert why(session, project, bob, traces[0]) == "assigned to your group Integer by lead"
        assert why(session, project, bob, traces[1]) == "open to all"
        assert claim_next(session, ana, project.id) == traces[5]
        with pytest.raises(Refused, match="goes to others"):
            claim_trace(session, ana, traces[0])
        assert claim_next(session, bob, project.id) == traces[0]
        assert traces[5] not in everything(session, project, bob)


def test_a_trace_is_given_on_and_taken_back_with_who_had_it(
    ports: Ports, project: Project, traces: list[int], person: Person
) -> None:
    ana, bob, lead = person("ana"), person("bob"), person("lead", "lead")
    with transaction(ports.engine) as session:
        for each in (to(ana), to(ana), to(bob)):
            assign_trace(session, lead, traces[0], each)
            session.flush()
        take_back(session, lead, traces[0])
        session.flush()
        assert claim_next(session, ana, project.id) == traces[0]
        with pytest.raises(Refused):
            take_back(session, lead, traces[0])
        verbs = Event.verb.in_(("assign", "take_back"))
        told = [event.data for event in session.scalars(select(Event).where(verbs))]
    moves = [(each["before"]["given_to"], each["after"]["given_to"]) for each in told]
    assert moves == [("", str(to(ana))), (str(to(ana)), str(to(bob))), (str(to(bob)), "")]


def test_who_holds_a_trace_keeps_it_when_it_is_given_to_another(
    ports: Ports, project: Project, traces: list[int], person: Person
) -> None:
    ana, bob, eve = person("ana"), person("bob"), person("eve")
    with transaction(ports.engine) as session:
        assert claim_next(session, ana, project.id) == traces[0]
        assign_trace(session, SCRIPT, traces[0], to(bob))
        session.flush()
        assert claim_next(session, ana, project.id) == traces[0]
        assert claim_next(session, eve, project.id) == traces[1]
        release_claim(session, ana, traces[0])
        assert claim_next(session, ana, project.id) == traces[2]
        assert claim_next(session, bob, project.id) == traces[0]


def test_only_leads_assign_and_only_to_those_who_can_judge(
    ports: Ports, project: Project, traces: list[int], person: Person
) -> None:
    ana, viewer = person("ana"), person("viewer", "viewer")
    nobody = Assignee(kind="person", id=10**6)
    with transaction(ports.engine) as session:
        with pytest.raises(NotAllowed):
            assign_trace(session, ana, traces[0], to(ana))
        for each in (to(viewer), nobody):
            with pytest.raises(Invalid):
                assign_trace(session, SCRIPT, traces[0], each)
        with pytest.raises(NotFound):
            assign_trace(session, SCRIPT, traces[0], Assignee(kind="group", id=10**6))
        session.get_one(Trace, traces[1]).overlap = 2
        with pytest.raises(Refused, match="group"):
            assign_trace(session, SCRIPT, traces[1], to(ana))
    for text in ("", "person:", "person:x", "dog:1", "person:1; DROP", "group:99999999999"):
        with pytest.raises(Invalid):
            assignee_of(text)


def test_an_exclusive_rule_gives_to_its_group_alone_and_a_preferred_one_to_others_later(
    ports: Ports, project: Project, traces: list[int], person: Person
) -> None:
    ana, bob = person("ana"), person("bob")
    with transaction(ports.engine) as session:
        integer = group_of(session, project, "Integer", ana)
        make_rule(session, SCRIPT, project.id, NewRule(source="NL4OPT", to=integer))
        first = NewRule(source="IndustryOR", language="zh", to=integer, exclusive=False)
        make_rule(session, SCRIPT, project.id, first)
        assert why(session, project, ana, traces[2]) == "your group Integer: benchmark NL4OPT"
        assert why(session, project, bob, traces[2]) == "for the group Integer: benchmark NL4OPT"
        assert why(session, project, bob, traces[1]) == (
            "first for the group Integer: benchmark IndustryOR, language zh"
        )
        assert claim_next(session, ana, project.id) == traces[1]
        release_claim(session, ana, traces[1])
        given = everything(session, project, bob)
        assert given == [traces[n] for n in (0, 3, 4, 7, 1, 5)]
        assert why_nothing(session, bob, project.id) == "What waits here goes to others."
        assert everything(session, project, ana) == [traces[2], traces[6]]
        assert why_nothing(session, ana, project.id) == "Nothing waits for you here."


def test_skills_and_languages_open_what_they_are_asked_for(
    ports: Ports, project: Project, traces: list[int], person: Person
) -> None:
    ana, bob = person("ana"), person("bob")
    with transaction(ports.engine) as session:
        make_rule(session, SCRIPT, project.id, NewRule())
        make_rule(session, SCRIPT, project.id, NewRule(source="NL4OPT", skill="integer"))
        set_knowledge(session, SCRIPT, project.id, ana.id or 0, "skill", [" integer "])
        set_knowledge(session, bob, project.id, bob.id or 0, "language", ["Chinese", "zh"])
        session.flush()
        assert why(session, project, ana, traces[2]) == "your skill integer: benchmark NL4OPT"
        assert why(session, project, bob, traces[1]) == "a language you know: every problem"
        assert why(session, project, bob, traces[0]) == "for who knows its language: every problem"
        # What nobody can tell the language of is everybody's.
        assert everything(session, project, bob) == [traces[n] for n in (1, 5, 3, 7)]
        assert everything(session, project, ana) == [traces[n] for n in (2, 6)]


def test_wrong_knowledge_and_rules_are_refused(
    ports: Ports, project: Project, traces: list[int], person: Person
) -> None:
    ana, bob = person("ana"), person("bob")
    with transaction(ports.engine) as session:
        with pytest.raises(NotAllowed):
            set_knowledge(session, ana, project.id, ana.id or 0, "skill", ["integer"])
        with pytest.raises(NotAllowed):
            set_knowledge(session, ana, project.id, bob.id or 0, "language", ["en"])
        for kind, words in (("language", ["klingon"]), ("skill", ["x" * 61])):
            with pytest.raises(Invalid):
                set_knowledge(session, SCRIPT, project.id, ana.id or 0, kind, words)  # type: ignore[arg-type]
        many = [f"skill {n}" for n in range(31)]
        with pytest.raises(Invalid):
            set_knowledge(session, SCRIPT, project.id, ana.id or 0, "skill", many)
        with pytest.raises(NotFound):
            set_knowledge(session, SCRIPT, project.id, 10**6, "skill", ["integer"])
        for wrong in (NewRule(skill="a", to=to(ana)), NewRule(language="klingon")):
            with pytest.raises(Invalid):
                make_rule(session, SCRIPT, project.id, wrong)
        with pytest.raises(NotAllowed):
            make_rule(session, ana, project.id, NewRule())
        with pytest.raises(NotFound):
            remove_rule(session, SCRIPT, project.id + 1, 1)


@pytest.mark.parametrize("limit", ["max_open", "max_day", "max_total"])
def test_who_reached_a_limit_is_told_so_and_gets_no_more_of_it(
    ports: Ports, project: Project, traces: list[int], person: Person, limit: str
) -> None:
    ana, bob = person("ana"), person("bob")
    with transaction(ports.engine) as session:
        said: dict[str, Any] = {limit: 1, "source": "IndustryOR", "exclusive": False}
        make_rule(session, SCRIPT, project.id, NewRule(**said, to=to(ana)))
        assert claim_next(session, ana, project.id) == traces[0]
        with pytest.raises(Refused, match="limit"):
            claim_trace(session, ana, traces[1])
        assert claim_next(session, ana, project.id) == traces[0]
        given = everything(session, project, ana)
        rest = [traces[n] for n in (2, 3, 6, 7)]
        if limit == "max_open":  # what is judged is not held any more
            assert sorted(given) == traces
            return
        assert given == [traces[0], *rest]
        words = {"max_day": "1 a day", "max_total": "1 in all"}[limit]
        told = f"You have reached your limit: {words} (benchmark IndustryOR)."
        assert why_nothing(session, ana, project.id) == told
        reached = f"your limit is reached: {words} (benchmark IndustryOR)"
        assert why(session, project, ana, traces[1]) == reached
        session.execute(update(Verdict).values(at=now() - timedelta(days=1)))
        session.expire_all()
        following = claim_next(session, ana, project.id)
        assert following == (traces[1] if limit == "max_day" else None)
        assert sorted(everything(session, project, bob))[:1] != []


def test_a_verdict_that_is_taken_back_counts_no_more(
    ports: Ports, project: Project, traces: list[int], person: Person
) -> None:
    ana = person("ana")
    with transaction(ports.engine) as session:
        make_rule(session, SCRIPT, project.id, NewRule(source="NL4OPT", to=to(ana), max_total=1))
        assert everything(session, project, ana)[0] == traces[2]
        undo(session, ana, traces[2])
        session.flush()
        release_claim(session, ana, traces[2])
        put_off(session, ana, traces[2])
        session.flush()
        assert claim_next(session, ana, project.id) == traces[6]


def test_who_leaves_a_project_frees_what_was_theirs_and_it_is_recorded(
    ports: Ports, project: Project, traces: list[int], person: Person
) -> None:
    ana, bob = person("ana"), person("bob")
    with transaction(ports.engine) as session:
        group = group_of(session, project, "Integer", ana, bob)
        assign_trace(session, SCRIPT, traces[0], to(ana))
        make_rule(session, SCRIPT, project.id, NewRule(source="NL4OPT", to=to(ana)))
        set_knowledge(session, SCRIPT, project.id, ana.id or 0, "skill", ["integer"])
    with transaction(ports.engine) as session:
        set_role(session, SCRIPT, project.id, ana.id or 0, None)
        assert session.scalars(select(Assignment)).all() == []
        assert session.scalars(select(Rule)).all() == []
        inside = select(GroupMember.user_id).where(GroupMember.group_id == group.id)
        assert list(session.scalars(inside)) == [bob.id]
        verbs = [event.verb for event in session.scalars(select(Event).order_by(Event.id))]
        assert verbs[-4:] == ["take_back", "remove_rule", "leave", "set_role"]
        assert len(everything(session, project, bob)) == 8


def test_a_removed_person_frees_what_was_theirs(
    ports: Ports, project: Project, traces: list[int], person: Person
) -> None:
    ana, bob = person("ana"), person("bob")
    with transaction(ports.engine) as session:
        assign_trace(session, SCRIPT, traces[0], to(ana))
    with transaction(ports.engine) as session:
        remove_person(session, SCRIPT, ana.id or 0, "ana")
    with transaction(ports.engine) as session:
        told = session.scalars(select(Event).where(Event.verb == "take_back")).one()
        assert told.data["before"] == {"given_to": str(to(ana))}
        assert claim_next(session, bob, project.id) == traces[0]


def test_groups_are_named_once_hold_members_alone_and_are_archived(
    ports: Ports, project: Project, traces: list[int], person: Person
) -> None:
    ana = person("ana")
    with transaction(ports.engine) as session:
        group = group_of(session, project, "Integer", ana)
        for name in ("", "  ", "x" * 81, "Integer"):
            with pytest.raises(Invalid):
                create_group(session, SCRIPT, project.id, name)
        with pytest.raises(Invalid):
            set_group_members(session, SCRIPT, project.id, group.id, [10**6])
        with pytest.raises(NotAllowed):
            create_group(session, ana, project.id, "Mine")
        rename_group(session, SCRIPT, project.id, group.id, "Whole")
        rule = make_rule(session, SCRIPT, project.id, NewRule(to=group))
        assign_trace(session, SCRIPT, traces[0], group)
        session.flush()
        with pytest.raises(Refused):
            archive_group(session, SCRIPT, project.id, group.id)
        remove_rule(session, SCRIPT, project.id, rule.id)
        session.flush()
        archive_group(session, SCRIPT, project.id, group.id)
        session.flush()
        assert session.get_one(Group, group.id).archived_at
        assert session.scalars(select(Assignment)).all() == []
        with pytest.raises(NotFound):
            assign_trace(session, SCRIPT, traces[0], group)


def test_many_traces_are_given_and_taken_back_at_once(
    ports: Ports,
    project: Project,
    traces: list[int],
    person: Person,
    work: Callable[[], int],
) -> None:
    ana, lead = person("ana"), person("lead", "lead")
    with transaction(ports.engine) as session:
        bulk = plan_bulk(session, lead, project.id, "assign", traces[:3])
        with pytest.raises(Invalid):
            confirm_bulk(session, lead, bulk.id)
        confirm_bulk(session, lead, bulk.id, assignee=str(to(ana)))
        with pytest.raises(NotAllowed):
            plan_bulk(session, ana, project.id, "assign", traces)
    work()
    with transaction(ports.engine) as session:
        given = [row.trace_id for row in session.scalars(select(Assignment))]
        assert given == traces[:3]
        mine = Filters(assigned=str(to(ana)))
        assert matching_ids(session, project.id, mine, lead.id) == traces[:3]
        bulk = plan_bulk(session, lead, project.id, "take_back", traces[2:4])
        ahead = outlook(session, bulk)
        assert (ahead.done, ahead.left_out) == (1, (("It was given to nobody.", 1),))
        confirm_bulk(session, lead, bulk.id)
    work()
    with transaction(ports.engine) as session:
        assert [row.trace_id for row in session.scalars(select(Assignment))] == traces[:2]


@pytest.mark.parametrize("seed", range(6))
def test_the_words_the_filters_and_next_say_the_same(
    ports: Ports, project: Project, traces: list[int], person: Person, seed: int
) -> None:
    """Whatever is directed: a person gets what the words leave open, and what is theirs first."""
    chance, people = random.Random(seed), [person(name) for name in ("ana", "bob")]
    with transaction(ports.engine) as session:
        group = group_of(session, project, "Integer", people[0])
        for actor in people:
            tags = chance.sample(["en", "zh"], 1)
            set_knowledge(session, SCRIPT, project.id, actor.id or 0, "language", tags)
        for _ in range(3):
            source, language = chance.choice(KINDS)
            whom = chance.choice([None, group, to(people[1])])
            said = {"source": source or "", "language": language, "to": whom}
            said["exclusive"] = chance.random() < 0.6
            make_rule(session, SCRIPT, project.id, NewRule.model_validate(said))
        for trace_id in chance.sample(traces, 2):
            assign_trace(session, SCRIPT, trace_id, chance.choice([group, to(people[1])]))
        session.flush()
        for actor in people:
            reasons = whys(session, actor.id, project.id, traces)
            mine = [each for each in traces if reasons[each].mine]
            closed = [each for each in traces if reasons[each].closed]
            find = lambda name, who=actor: matching_ids(  # noqa: E731
                session, project.id, Filters(state="review", assigned=name), who.id
            )
            assert (find("mine"), find("others")) == (mine, closed)
            with session.begin_nested() as undone:
                given = everything(session, project, actor)
                undone.rollback()
            session.expire_all()
            assert sorted(given) == [each for each in traces if each not in closed]
            assert given[: len(mine)] == mine
