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

from app.core.roles import RANK, SCOPE_OF, SCOPES, Role, Scope
from app.db.session import transaction
from app.db.tables import Token
from app.db.types import now
from app.web.api import ROUTERS
from tests.web import test_routes
from tests.web.api.conftest import Program

ROOT = Path(__file__).resolve().parents[3]
ids = test_routes.ids
Programs = Callable[..., Program]
Who = Literal["anyone", "admin", "creator", "viewer", "annotator", "reviewer", "lead"]


class Rule(NamedTuple):
    """Who may use a route, and a body that it can read; with a `scope` where no role says it.

    `form` comes with a file, in place of a body.
    """

    who: Who
    body: Any = None
    scope: Scope = "read"
    form: dict[str, str] | None = None


P = "/projects/{slug}"
ONE = f"{P}/problems/{{problem_id}}"
T = f"{P}/traces/{{trace_id}}"
B = f"{T}/branches/{{branch_id}}"
H = f"{T}/proposals/{{proposal_id}}"
W = f"{P}/webhooks/{{webhook_id}}"
REASON = {"reason": "So it is."}
HINT = {"flaw": "wrong-objective", "step": 0, "start": 0, "end": 3, "words": "No."}
TOKEN = {"name": "ci", "days": 7, "scopes": ["read"]}
SERVICE = f"{P}/services/{{service_id}}"
MODEL = f"{P}/models/{{model}}"
RULES = {
    "GET /me": Rule("anyone"),
    "GET /me/preferences": Rule("anyone"),
    "PATCH /me/preferences": Rule("anyone", {"queue_order": "oldest"}, "annotate"),
    "GET /me/time": Rule("anyone"),
    "GET /me/sessions": Rule("anyone", None, "manage"),
    "DELETE /me/sessions": Rule("anyone", None, "manage"),
    "DELETE /me/sessions/{login_id}": Rule("anyone", None, "manage"),
    "GET /me/tokens": Rule("anyone", None, "manage"),
    "DELETE /me/tokens/{token_id}": Rule("anyone", None, "manage"),
    "GET /people": Rule("admin"),
    "POST /people": Rule("admin", {"name": "eve"}),
    "GET /people/{user_id}": Rule("admin"),
    "PATCH /people/{user_id}": Rule("admin", {"active": True}),
    "GET /people/{user_id}/removal": Rule("admin"),
    "POST /people/{user_id}/removal": Rule("admin", {"name": "somebody"}),
    "GET /benchmarks": Rule("anyone"),
    "POST /benchmarks": Rule("admin", form={"name": "boats"}),
    "GET /benchmarks/{benchmark_id}": Rule("anyone"),
    "PATCH /benchmarks/{benchmark_id}": Rule("admin", {"evaluation": False}),
    "DELETE /benchmarks/{benchmark_id}": Rule("admin"),
    "GET /mentions": Rule("anyone"),
    "POST /mentions/seen": Rule("anyone", None, "annotate"),
    "GET /search": Rule("anyone"),
    "POST /queue/next": Rule("anyone", None, "annotate"),
    "GET /history": Rule("admin"),
    "GET /history/export": Rule("admin"),
    "GET /projects": Rule("anyone"),
    "POST /projects": Rule("creator", {"name": "Another"}),
    f"GET {P}": Rule("viewer"),
    f"PATCH {P}": Rule("lead", {"guidelines": "Be brief."}),
    f"GET {MODEL}": Rule("lead"),
    f"PUT {MODEL}": Rule("lead", {"name": "rules"}),
    f"PUT {MODEL}/key": Rule("lead", {"value": "k"}),
    f"DELETE {MODEL}/key": Rule("lead"),
    f"POST {P}/models/reasoner/abilities": Rule("lead"),
    f"GET {P}/problems": Rule("viewer"),
    f"POST {P}/imports": Rule("lead", {"what": "problems", "rows": [{"question": "?"}]}),
    f"POST {P}/imports/file": Rule("lead", form={"what": "problems"}),
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
    f"POST {B}/reviews": Rule("annotator"),
    f"POST {B}/executions": Rule("annotator", {"step_id": 1}),
    f"POST {B}/ask-again": Rule("annotator"),
    f"POST {B}/samples": Rule("annotator", {"step": 1}),
    f"GET {B}/notes": Rule("viewer"),
    f"POST {B}/cells": Rule("annotator", {"step_id": 1, "code": "1"}),
    f"POST {B}/models": Rule("annotator", {"solve_id": 1, "changes": {"sense": "max"}}),
    f"GET {T}/notes/{{note_id}}": Rule("viewer"),
    f"POST {T}/notes/{{note_id}}/stop": Rule("annotator"),
    f"DELETE {T}/notes/{{note_id}}": Rule("annotator"),
    f"GET {T}/proposals": Rule("viewer"),
    f"POST {H}/judgements": Rule("annotator", {"decision": "reject", **REASON}),
    f"POST {H}/trials": Rule("annotator", {"k": 1}),
    f"POST {H}/trials/stop": Rule("annotator"),
    f"POST {B}/hints": Rule("annotator", HINT),
    f"GET {T}/verdicts": Rule("viewer"),
    f"POST {B}/verdicts": Rule("annotator", {"decision": "unsure", **REASON}),
    f"POST {T}/undo": Rule("annotator", {}),
    f"POST {T}/reopen": Rule("annotator", REASON),
    f"GET {T}/judges": Rule("viewer"),
    f"GET {T}/threads": Rule("viewer"),
    f"POST {T}/threads": Rule("annotator", {"text": "Look."}),
    f"GET {T}/threads/{{thread_id}}": Rule("viewer"),
    f"POST {T}/threads/{{thread_id}}/comments": Rule("annotator", {"text": "I do."}),
    f"POST {T}/threads/{{thread_id}}/resolve": Rule("annotator"),
    f"DELETE {T}/comments/{{comment_id}}": Rule("annotator"),
    f"POST {P}/guide": Rule("annotator"),
    f"DELETE {P}/guide": Rule("annotator"),
    f"GET {T}/guide": Rule("viewer"),
    f"POST {T}/guide": Rule("annotator"),
    f"POST {T}/guide/steps": Rule("annotator", {"step": "problem"}),
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
    f"POST {P}/bulk": Rule("annotator", {"deed": "discard", "filters": {}}),
    f"GET {P}/bulk/{{bulk_id}}": Rule("viewer"),
    f"POST {P}/bulk/{{bulk_id}}/confirm": Rule("annotator", REASON),
    f"POST {P}/bulk/{{bulk_id}}/stop": Rule("annotator"),
    f"GET {P}/datasets": Rule("viewer"),
    f"POST {P}/datasets": Rule("reviewer", {"name": "d", "format": "trl-rl"}),
    f"POST {P}/datasets/preview": Rule("reviewer", {"format": "messages"}),
    f"POST {P}/datasets/{{dataset_id}}/cancel": Rule("reviewer"),
    f"POST {P}/datasets/{{dataset_id}}/again": Rule("reviewer"),
    f"GET {P}/datasets/{{dataset_id}}": Rule("viewer"),
    f"GET {P}/datasets/{{dataset_id}}/pushes": Rule("viewer"),
    f"POST {P}/datasets/{{dataset_id}}/pushes": Rule("lead", {"target": "s3://b/d"}),
    f"GET {P}/datasets/{{dataset_id}}/pushes/{{push_id}}": Rule("viewer"),
    f"PUT {P}/stores/{{store}}/key": Rule("lead", {"value": "k"}),
    f"DELETE {P}/stores/{{store}}/key": Rule("lead"),
    f"GET {P}/datasets/{{dataset_id}}/files/{{name}}": Rule("viewer"),
    f"GET {P}/datasets/{{dataset_id}}/download": Rule("viewer"),
    f"GET {P}/datasets/{{dataset_id}}/compare/{{other_id}}": Rule("viewer"),
    f"GET {P}/members": Rule("viewer"),
    f"PUT {P}/members/{{user_id}}": Rule("lead", {"role": "viewer"}),
    f"GET {P}/members/{{user_id}}/knowledge": Rule("lead"),
    f"PUT {P}/members/{{user_id}}/knowledge": Rule("lead", {"languages": ["en"]}),
    f"DELETE {P}/members/{{user_id}}": Rule("lead"),
    f"PUT {T}/assignment": Rule("lead", {"to": {"kind": "group", "id": 1}}),
    f"DELETE {T}/assignment": Rule("lead"),
    f"GET {P}/groups": Rule("lead"),
    f"POST {P}/groups": Rule("lead", {"name": "Linear", "members": []}),
    f"GET {P}/groups/{{group_id}}": Rule("lead"),
    f"PATCH {P}/groups/{{group_id}}": Rule("lead", {"name": "Integer"}),
    f"DELETE {P}/groups/{{group_id}}": Rule("lead"),
    f"GET {P}/rules": Rule("lead"),
    f"POST {P}/rules": Rule("lead", {"source": "IndustryOR", "skill": "integer"}),
    f"GET {P}/rules/{{rule_id}}": Rule("lead"),
    f"DELETE {P}/rules/{{rule_id}}": Rule("lead"),
    f"GET {P}/assignments": Rule("lead"),
    f"GET {T}/assignment": Rule("viewer"),
    f"GET {P}/gold": Rule("lead"),
    f"GET {P}/gold/scores": Rule("lead"),
    f"GET {T}/gold": Rule("lead"),
    f"PUT {T}/gold": Rule("lead", {"decision": "discard"}),
    f"DELETE {T}/gold": Rule("lead"),
    f"GET {P}/history": Rule("viewer"),
    f"GET {P}/history/{{event_id}}": Rule("viewer"),
    f"GET {P}/webhooks": Rule("lead"),
    f"POST {P}/webhooks": Rule("lead", {"url": "https://a.example", "kinds": ["golden"]}),
    f"GET {W}": Rule("lead"),
    f"PATCH {W}": Rule("lead", {"on": True}),
    f"POST {W}/secret": Rule("lead"),
    f"POST {W}/tests": Rule("lead"),
    f"GET {W}/deliveries": Rule("lead"),
    f"POST {W}/deliveries/{{delivery_id}}/again": Rule("lead"),
    f"DELETE {W}": Rule("lead"),
    f"GET {P}/invitations": Rule("lead"),
    f"POST {P}/invitations": Rule("lead", {"role": "viewer"}),
    f"DELETE {P}/invitations/{{invitation_id}}": Rule("lead"),
    f"GET {P}/services": Rule("lead"),
    f"POST {P}/services": Rule("lead", {"name": "another", "role": "viewer"}),
    f"GET {SERVICE}/tokens": Rule("lead"),
    f"POST {SERVICE}/tokens": Rule("lead", TOKEN),
    f"DELETE {SERVICE}/tokens/{{token_id}}": Rule("lead"),
    f"DELETE {SERVICE}": Rule("lead"),
    f"GET {P}/insights": Rule("viewer"),
    f"GET {P}/insights/{{chart}}": Rule("viewer"),
    f"GET {P}/search": Rule("viewer"),
    f"GET {P}/history/export": Rule("viewer"),
}
# Words for who may, where it is no role.
WORDS = {
    "anyone": "everybody",
    "admin": "administrators",
    "creator": "administrators, leads",
}
# What has to be asked in the address.
ASKED = {
    "GET /search": "?q=ducks&kind=problem",
    f"GET {P}/search": "?q=ducks&kind=problem",
    "GET /history/export": "?format=csv",
    f"GET {P}/history/export": "?format=csv",
}
# These find nothing for anybody who may look.
NOTHING_THERE = {
    f"DELETE {ONE}/doubts/{{doubt_id}}",
    f"POST {B}/models",
    f"GET {T}/gold",
    "DELETE /me/sessions/{login_id}",
    "DELETE /me/tokens/{token_id}",
}


def routes() -> set[str]:
    """The method and path of every route of the API."""
    found = [each for router in ROUTERS for each in router.routes]
    return {
        f"{method} {route.path}"
        for route in found
        if isinstance(route, APIRoute)
        for method in route.methods
    }


def ask(program: Program, route: str, ids: dict[str, Any]) -> int:
    """Use a route as its rule says; gives the status."""
    method, _, path = route.partition(" ")
    address = path.format(**ids, name="manifest.json", model="intervener")
    if (form := RULES[route].form) is not None:
        return program.send(address, form, b"question,answer\nHow many?,12\n").status_code
    return program.ask(method, f"{address}{ASKED.get(route, '')}", RULES[route].body).status_code


def test_every_route_has_a_rule() -> None:
    assert routes() == set(RULES)


def test_the_guide_names_every_route_and_who_may_use_it() -> None:
    guide = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    told = dict(re.findall(r"^\| `([A-Z]+ [^`]+)` \|.*\| ([\w, ]+) \|$", guide, re.M))
    assert told == {route: WORDS.get(rule.who, f"{rule.who}s") for route, rule in RULES.items()}


def test_without_a_token_that_lives_nothing_is_answered(
    program_of: Programs, engine: Engine, ids: dict[str, Any]
) -> None:
    none, revoked = program_of("reviewer"), program_of("lead", admin=True)
    none.bearer = "calm_unknown"
    with transaction(engine) as session:
        session.execute(update(Token).values(revoked_at=now() - timedelta(days=1)))
    old = program_of("viewer", admin=True)
    with transaction(engine) as session:
        session.execute(update(Token).values(expires_at=now() - timedelta(days=1)))
    for route in RULES:
        for program in (none, revoked, old):
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
        above = rule.who in RANK and RANK[rule.who] > RANK[role]
        if above or rule.who == "admin" or (rule.who == "creator" and role != "lead"):
            assert ask(program, route, ids) == 403, route
        else:
            allowed = {404} if route in NOTHING_THERE else {200, 201, 202, 204, 409, 422}
            assert ask(program, route, ids) in allowed, route


def test_a_token_that_does_not_reach_is_refused(program_of: Programs, ids: dict[str, Any]) -> None:
    without = {
        needed: program_of("lead", admin=True, scopes=[one for one in SCOPES if one != needed])
        for needed in SCOPES
    }
    for route, rule in RULES.items():
        needed = SCOPE_OF[rule.who] if rule.who in RANK else rule.scope
        if rule.who in ("admin", "creator"):
            needed = "manage"
        if needed != "read":  # which every token does
            assert ask(without[needed], route, ids) == 403, route


def test_every_post_under_one_key_is_carried_out_once(
    program_of: Programs, ids: dict[str, Any]
) -> None:
    program = program_of("lead", admin=True)
    for route, rule in RULES.items():
        if route.startswith("POST") and rule.form is None:
            address = route.removeprefix("POST ").format(**ids)
            first, again = (program.post(address, rule.body, Idempotency_Key=route) for _ in "12")
            assert "Idempotency-Replayed" not in first.headers, route
            assert again.content == first.content or b'"shown-once"' in again.content, route
            assert again.headers["Idempotency-Replayed"] == "true", route


def test_things_of_one_project_are_not_found_from_another(
    program_of: Programs, ids: dict[str, Any]
) -> None:
    program = program_of("viewer", admin=True)
    assert ask(program, "POST /projects", ids) == 201
    for route in RULES:
        # A person is of no project: who leads one makes anybody a member of it.
        named = {name for name in ids if name.endswith("_id") and name != "user_id"}
        if "{slug}" in route and any(f"{{{name}}}" in route for name in named):
            assert ask(program, route, {**ids, "slug": "another"}) == 404, route
