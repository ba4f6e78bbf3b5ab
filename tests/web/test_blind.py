"""Whoever has yet to judge a trace under overlap reads nothing that another decided, wherever it is
looked for: every page and every address of the API, in every form that they can be asked in."""

from collections.abc import Callable, Iterator
from typing import Any, get_args

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, update

from app.actions.accounts import create_user, open_login, set_role
from app.actions.facts import refresh_state
from app.actions.services import create_service, create_service_token
from app.core.roles import SCRIPT, Role
from app.db.search.documents import Kind
from app.db.session import transaction
from app.db.tables import (
    Branch,
    Claim,
    Comment,
    Event,
    Project,
    ProposalRow,
    Thread,
    Trace,
)
from app.web.security import COOKIE
from app.web.views.insights import CHARTS
from app.web.workbench import REGIONS
from tests.web import test_routes
from tests.web.api import conftest
from tests.web.api import test_api_routes as api
from tests.web.api.conftest import Program
from tests.web.conftest import Browser
from tests.web.test_workbench import Desk

ids = test_routes.ids
program_of = conftest.program_of
Browsers = Callable[..., Browser]
Ids = dict[str, Any]
SAID = "Zanzibar"
"""In all that the one who judges writes."""


@pytest.fixture
def desk(engine: Engine, project: Project, ids: Ids) -> Desk:
    """A trace that two people judge."""
    made = Desk(engine, project)
    with transaction(engine) as session:
        session.get_one(Trace, made.trace).overlap = 2
        session.add(Claim(trace_id=made.trace, slot=2))
    return made


@pytest.fixture
def judged(desk: Desk, browser_of: Browsers, ids: Ids) -> Ids:
    """One of the two has decided all that can be; ids of what they made."""
    one = browser_of("annotator", admin=False)
    desk.deed(one, "claim")
    talk = {"text": f"Look at {SAID}."}
    assert desk.deed(one, "threads", **talk).status_code == 303
    hint = {"flaw": "wrong-variables", "step": 1, "quote": "I round it", "words": f"{SAID} ships."}
    assert desk.deed(one, "hint", **hint).status_code == 303
    reject = {"decision": "reject", "reason": f"{SAID} is no port."}
    assert desk.deed(one, f"proposals/{desk.proposal}", **reject).status_code == 303
    with transaction(desk.engine) as session:
        session.execute(update(Branch).where(Branch.outcome.is_(None)).values(outcome="answered"))
    discard = {"decision": "discard", "reason": f"{SAID} again.", "branch": desk.branch}
    assert desk.deed(one, "verdict", **discard).status_code == 303
    newest = {
        "branch_id": Branch,
        "proposal_id": ProposalRow,
        "thread_id": Thread,
        "comment_id": Comment,
        "event_id": Event,
    }
    return ids | {name: max(row.id for row in desk.rows(each)) for name, each in newest.items()}


@pytest.fixture
def other_of(anonymous: Browser, engine: Engine, project: Project) -> Browsers:
    """Browsers of people who have not judged."""

    def make(role: Role) -> Browser:
        with transaction(engine) as session:
            user = create_user(session, SCRIPT, f"other {role}", None)
            set_role(session, SCRIPT, project.id, user.id, role)
            token = open_login(session, user, "session")
        client = TestClient(anonymous.client.app, raise_server_exceptions=True)
        client.cookies.set(COOKIE, token)
        return Browser(client)

    return make


def addresses(ids: Ids) -> Iterator[str]:
    """Every page and part; those about a trace also where they lead to what the other made."""
    branch = ids["branch_id"]
    deeper = [f"?branch={branch}", f"?left={branch}", f"?right={branch}"]
    for route in test_routes.RULES:
        method, _, path = route.partition(" ")
        if method != "GET" or route in test_routes.ENDLESS:
            continue
        parts = REGIONS if "{region}" in path else CHARTS if "{chart}" in path else [""]
        lists = ["", "?disputed=yes", "?state="] if path.endswith(("/queue", "/traces")) else [""]
        forms = ["", *deeper] if "{trace_id}" in path else lists
        for part in parts:
            found = path.format(**(ids | {"region": part, "chart": part}), name="x")
            yield from (found + form for form in forms)


@pytest.fixture(params=["free", "taken"])
def slot(request: pytest.FixtureRequest, desk: Desk, judged: Ids, browser_of: Browsers) -> str:
    """Whether somebody else holds the other slot, who may still give it back."""
    if request.param == "taken":
        third = browser_of("reviewer")
        assert desk.deed(third, "claim").status_code == 303
    return str(request.param)


@pytest.mark.parametrize("role", ["viewer", "annotator", "reviewer", "lead"])
def test_no_page_tells(other_of: Browsers, desk: Desk, judged: Ids, slot: str, role: Role) -> None:
    other = other_of(role)
    told = [each for each in dict.fromkeys(addresses(judged)) if SAID in other.get(each).text]
    assert told == []


@pytest.mark.parametrize("role", ["annotator", "reviewer", "lead"])
def test_no_page_tells_who_holds_it(
    other_of: Browsers, desk: Desk, judged: Ids, role: Role
) -> None:
    other = other_of(role)
    assert desk.deed(other, "claim").status_code == 303
    told = [each for each in dict.fromkeys(addresses(judged)) if SAID in other.get(each).text]
    assert told == []


@pytest.mark.parametrize("role", ["viewer", "annotator", "reviewer", "lead"])
def test_no_program_is_told(
    program_of: Callable[..., Program], desk: Desk, judged: Ids, slot: str, role: Role
) -> None:
    program, told = program_of(role), []
    for route in api.RULES:
        method, _, path = route.partition(" ")
        if method == "GET":
            address = path.format(**judged, name="manifest.json", model="intervener")
            answer = program.get(address + api.ASKED.get(route, ""))
            told += [route] if SAID in answer.text else []
    assert told == []


@pytest.mark.parametrize("kind", get_args(Kind))
def test_no_program_finds_it(
    program_of: Callable[..., Program], desk: Desk, judged: Ids, kind: Kind
) -> None:
    program = program_of("lead")
    for place in ("", "{p}"):
        found = program.get(f"{place}/search?q={SAID}&kind={kind}")
        assert found.json()["items"] == []


@pytest.mark.parametrize("role", ["annotator", "reviewer"])
def test_a_stream_tells_nothing_of_anothers_branch(
    other_of: Browsers, desk: Desk, judged: Ids, role: Role
) -> None:
    stream = f"{desk.at}/events?branch={judged['branch_id']}"
    assert other_of(role).get(stream).status_code == 404


def test_once_all_have_judged_a_reviewer_reads_it(
    other_of: Browsers, browser_of: Browsers, desk: Desk, judged: Ids
) -> None:
    second, reviewer = browser_of("lead"), other_of("reviewer")
    desk.deed(second, "claim")
    desk.deed(second, "verdict", decision="unsure", reason="?")
    assert SAID in reviewer.get(desk.at).text
    assert SAID in reviewer.get(f"{desk.at.rpartition('/traces')[0]}/history").text


def test_what_another_decides_makes_no_tag_old(
    program_of: Callable[..., Program], browser_of: Browsers, desk: Desk
) -> None:
    one, program = browser_of("lead"), program_of("annotator")
    home = f"{{p}}/traces/{desk.trace}"
    program.post(f"{home}/claim")
    desk.deed(one, "claim")
    with transaction(desk.engine) as session:
        refresh_state(session, session.get_one(Trace, desk.trace))
    seen, tag = program.get(home).json(), program.get(home).headers["ETag"]
    desk.deed(one, f"proposals/{desk.proposal}", decision="reject", reason="no")
    assert (program.get(home).json(), program.get(home).headers["ETag"]) == (seen, tag)
    mine = f"{home}/proposals/{desk.proposal}/judgements"
    body = {"decision": "reject", "reason": "no"}
    assert program.post(mine, body, if_match=tag).status_code == 201


def test_a_service_account_has_a_slot_like_everybody(
    anonymous: Browser, engine: Engine, project: Project, desk: Desk
) -> None:
    with transaction(engine) as session:
        robot = create_service(session, SCRIPT, project.id, "robot", "annotator")
        bearer = create_service_token(session, SCRIPT, project.id, robot.id, "ci", ["annotate"], 7)
    program = Program(TestClient(anonymous.client.app), bearer, project.slug)
    home = f"{{p}}/traces/{desk.trace}"
    verdict = (f"{home}/branches/{desk.branch}/verdicts", {"decision": "discard", "reason": "?"})
    assert program.post(*verdict).status_code == 409
    assert program.post(f"{home}/claim").status_code == 201
    assert program.post(*verdict).json()["final"] is False
    assert [row.state for row in desk.rows(Trace)] == ["review"]
