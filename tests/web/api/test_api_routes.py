"""Every route of the API has a rule, and keeps it: who may use it, with which body.

A route that is added without a line here fails, so that nobody forgets to decide.
"""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal, NamedTuple, get_args

import pytest
from fastapi.routing import APIRoute
from sqlalchemy import Engine, update

from app.core.roles import RANK, SCOPE_OF, SCOPES, Role
from app.db.session import transaction
from app.db.tables import Token
from app.db.types import now
from app.web.api import ROUTERS
from tests.web import test_routes
from tests.web.api.conftest import Program

ROOT = Path(__file__).resolve().parents[3]
ids = test_routes.ids
Programs = Callable[..., Program]
Who = Literal["anyone", "admin", "viewer", "annotator", "reviewer", "lead"]


class Rule(NamedTuple):
    """Who may use a route, and a body that it can read."""

    who: Who
    body: Any = None


P = "/projects/{slug}"
ONE = f"{P}/problems/{{problem_id}}"
T = f"{P}/traces/{{trace_id}}"
B = f"{T}/branches/{{branch_id}}"
H = f"{T}/proposals/{{proposal_id}}"
W = f"{P}/webhooks/{{webhook_id}}"
REASON = {"reason": "So it is."}
HINT = {"flaw": "wrong-objective", "step": 0, "start": 0, "end": 3, "words": "No."}
RULES = {
    "GET /me": Rule("anyone"),
    "GET /projects": Rule("anyone"),
    "POST /projects": Rule("admin", {"name": "Another"}),
    f"GET {P}": Rule("viewer"),
    f"PATCH {P}": Rule("lead", {"guidelines": "Be brief."}),
    f"GET {P}/problems": Rule("viewer"),
    f"POST {P}/imports": Rule("lead", {"what": "problems", "rows": [{"question": "?"}]}),
    f"GET {ONE}": Rule("viewer"),
    f"POST {ONE}/references": Rule("annotator", {"reference": "7", **REASON}),
    f"POST {ONE}/confirmations": Rule("annotator", REASON),
    f"POST {ONE}/doubts": Rule("annotator", REASON),
    f"DELETE {ONE}/doubts/{{doubt_id}}": Rule("annotator"),
    f"GET {P}/traces": Rule("viewer"),
    f"POST {ONE}/traces": Rule("annotator"),
    f"GET {T}": Rule("viewer"),
    f"GET {B}": Rule("viewer"),
    f"POST {B}/cancel": Rule("annotator"),
    f"POST {B}/retry": Rule("annotator"),
    f"GET {T}/proposals": Rule("viewer"),
    f"POST {H}/judgements": Rule("annotator", {"decision": "reject", **REASON}),
    f"POST {H}/trials": Rule("annotator", {"k": 1}),
    f"POST {H}/trials/stop": Rule("annotator"),
    f"POST {B}/hints": Rule("annotator", HINT),
    f"GET {T}/verdicts": Rule("viewer"),
    f"POST {B}/verdicts": Rule("annotator", {"decision": "unsure", **REASON}),
    f"POST {T}/undo": Rule("annotator", {}),
    f"POST {T}/reopen": Rule("annotator", REASON),
    f"POST {P}/queue/next": Rule("annotator"),
    f"GET {T}/claim": Rule("viewer"),
    f"POST {T}/claim": Rule("annotator"),
    f"POST {T}/claim/heartbeat": Rule("annotator"),
    f"DELETE {T}/claim": Rule("annotator"),
    f"POST {T}/later": Rule("annotator"),
    f"DELETE {T}/claims": Rule("lead"),
    f"GET {P}/batches": Rule("viewer"),
    f"POST {P}/batches": Rule("lead", {"kind": "generate", "ids": [1]}),
    f"GET {P}/batches/{{batch_id}}": Rule("viewer"),
    f"POST {P}/batches/{{batch_id}}/stop": Rule("lead"),
    f"GET {P}/datasets": Rule("viewer"),
    f"POST {P}/datasets": Rule("reviewer", {"name": "d", "format": "rl"}),
    f"GET {P}/datasets/{{dataset_id}}": Rule("viewer"),
    f"GET {P}/datasets/{{dataset_id}}/files/{{name}}": Rule("viewer"),
    f"GET {P}/datasets/{{dataset_id}}/download": Rule("viewer"),
    f"GET {P}/members": Rule("viewer"),
    f"PUT {P}/members/{{user_id}}": Rule("lead", {"role": "viewer"}),
    f"GET {P}/members/{{user_id}}/knowledge": Rule("lead"),
    f"PUT {P}/members/{{user_id}}/knowledge": Rule("lead", {"languages": ["en"]}),
    f"DELETE {P}/members/{{user_id}}": Rule("lead"),
    f"PUT {T}/assignment": Rule("lead", {"to": {"kind": "group", "id": 1}}),
    f"DELETE {T}/assignment": Rule("lead"),
    f"GET {P}/groups": Rule("lead"),
    f"POST {P}/groups": Rule("lead", {"name": "Linear", "members": []}),
    f"PATCH {P}/groups/{{group_id}}": Rule("lead", {"name": "Integer"}),
    f"DELETE {P}/groups/{{group_id}}": Rule("lead"),
    f"GET {P}/rules": Rule("lead"),
    f"POST {P}/rules": Rule("lead", {"source": "IndustryOR", "skill": "integer"}),
    f"DELETE {P}/rules/{{rule_id}}": Rule("lead"),
    f"GET {P}/assignments": Rule("lead"),
    f"GET {T}/assignment": Rule("viewer"),
    f"GET {P}/history": Rule("viewer"),
    f"GET {P}/history/{{event_id}}": Rule("viewer"),
    f"GET {P}/webhooks": Rule("lead"),
    f"POST {P}/webhooks": Rule("lead", {"url": "https://a.example", "kinds": ["golden"]}),
    f"GET {W}": Rule("lead"),
    f"PATCH {W}": Rule("lead", {"on": True}),
    f"PUT {W}/secret": Rule("lead"),
    f"POST {W}/tests": Rule("lead"),
    f"GET {W}/deliveries": Rule("lead"),
    f"POST {W}/deliveries/{{delivery_id}}/again": Rule("lead"),
    f"DELETE {W}": Rule("lead"),
}
# These find nothing for anybody who may look.
NOTHING_THERE = {f"DELETE {ONE}/doubts/{{doubt_id}}"}


def routes() -> set[str]:
    """The method and path of every route of the API."""
    found = [each for module in ROUTERS for each in module.router.routes]
    return {
        f"{method} {route.path}"
        for route in found
        if isinstance(route, APIRoute)
        for method in route.methods
    }


def ask(program: Program, route: str, ids: dict[str, Any]) -> int:
    """Use a route as its rule says; gives the status."""
    method, _, path = route.partition(" ")
    address = path.format(**ids, name="manifest.json")
    return program.ask(method, address, RULES[route].body).status_code


def test_every_route_has_a_rule() -> None:
    assert routes() == set(RULES)


def test_the_guide_names_every_route_and_who_may_use_it() -> None:
    guide = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    told = dict(re.findall(r"^\| `([A-Z]+ [^`]+)` \|.*\| ([\w, ]+) \|$", guide, re.M))
    words = {"anyone": "everybody", "admin": "administrators, leads"}
    assert told == {route: words.get(rule.who, f"{rule.who}s") for route, rule in RULES.items()}


@pytest.mark.parametrize("ended", ["revoked_at", "expires_at"])
def test_without_a_token_that_lives_nothing_is_answered(
    program_of: Programs, engine: Engine, ids: dict[str, Any], ended: str
) -> None:
    none, program = program_of("lead"), program_of("lead", admin=True)
    none.bearer = "calm_unknown"
    with transaction(engine) as session:
        session.execute(update(Token).values({ended: now() - timedelta(days=1)}))
    for route in RULES:
        assert ask(none, route, ids) == 401, route
        assert ask(program, route, ids) == 401, route


def test_somebody_else_can_not_tell_that_the_project_exists(
    program_of: Programs, ids: dict[str, Any]
) -> None:
    program = program_of(None)
    for route in RULES:
        if "{slug}" in route:
            assert ask(program, route, ids) == 404, route
            assert ask(program, route, {**ids, "slug": "not-there"}) == 404, route


@pytest.mark.parametrize("role", get_args(Role))
def test_a_role_may_do_what_is_its_own_and_nothing_above(
    program_of: Programs, ids: dict[str, Any], role: Role
) -> None:
    program = program_of(role)
    for route, rule in RULES.items():
        if rule.who in RANK and RANK[rule.who] > RANK[role]:
            assert ask(program, route, ids) == 403, route
        elif rule.who != "admin":
            allowed = {404} if route in NOTHING_THERE else {200, 201, 202, 204, 409, 422}
            assert ask(program, route, ids) in allowed, route


@pytest.mark.parametrize("role", get_args(Role))
def test_a_token_that_does_not_reach_is_refused(
    program_of: Programs, ids: dict[str, Any], role: Role
) -> None:
    scopes = [scope for scope in SCOPES if scope != SCOPE_OF[role]]
    program = program_of("lead", admin=True, scopes=scopes)
    for route, rule in RULES.items():
        if rule.who == role and rule.who != "viewer":  # every token reads
            assert ask(program, route, ids) == 403, route
    if role == "lead":
        assert ask(program, "POST /projects", ids) == 403


def test_things_of_one_project_are_not_found_from_another(
    program_of: Programs, ids: dict[str, Any]
) -> None:
    program = program_of("viewer", admin=True)
    assert ask(program, "POST /projects", ids) == 201
    for route in RULES:
        # A person is of no project: who leads one makes anybody a member of it.
        named = {name for name in ids if name.endswith("_id") and name != "user_id"}
        if any(f"{{{name}}}" in route for name in named):
            assert ask(program, route, {**ids, "slug": "another"}) == 404, route
