"""Every route has a rule, and keeps it: the table below says who may use it, with which form.

A route that is added without a line here fails, so that nobody forgets to decide.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, NamedTuple, get_args

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from sqlalchemy import Engine, select

from app.actions.accounts import create_user, set_role
from app.actions.invitations import invite
from app.actions.services import create_service
from app.actions.webhooks import create_webhook
from app.core.roles import RANK, SCRIPT, Role
from app.db.session import transaction
from app.db.tables import (
    Batch,
    Benchmark,
    Bulk,
    Comment,
    Dataset,
    Delivery,
    Doubt,
    Event,
    Group,
    Invitation,
    Note,
    Project,
    ProposalRow,
    Push,
    Thread,
    Token,
    Trace,
)
from app.db.tables import (
    Rule as AssignmentRule,
)
from app.db.types import now
from app.main import ROUTERS
from tests.web.conftest import Browser

ROLES = Path(__file__).parents[2] / "docs" / "roles.md"
Who = Literal["anyone", "person", "viewer", "annotator", "reviewer", "lead", "admin"]


WHO = get_args(Who)


class Rule(NamedTuple):
    """Who may use a route, and a form that it can read."""

    who: Who
    form: dict[str, Any] | None = None


LIMITS = {
    "max_hints": 5,
    "max_code_calls": 8,
    "max_tokens": 100,
    "output_tokens": 100,
    "wall_seconds": 30,
    "memory_mb": 512,
    "max_trials": 6,
}
SERVER = {"base_url": "http://127.0.0.1:9/v1", "model": "m", "mode": "chat"}
TABLE = {"version": "2", "id": "a", "group": "expertise", "title": "A", "definition": "a"}
SEEN = {"seen": 10**6}  # what a workbench had seen: everything
T = "/p/{slug}/traces/{trace_id}"
W = "/p/{slug}/webhooks/{webhook_id}"
RULES = {
    "GET /healthz": Rule("anyone"),
    "GET /login": Rule("anyone"),
    "POST /login": Rule("anyone", {"name": "nobody"}),
    "GET /login/once": Rule("anyone"),
    "GET /login/code": Rule("anyone"),
    "POST /login/code": Rule("anyone", {"code": "1"}),
    "GET /login/oidc": Rule("anyone"),
    "GET /login/oidc/callback": Rule("anyone"),
    "POST /account/oidc": Rule("person"),
    "POST /account/oidc/{identity_id}/forget": Rule("person"),
    "GET /login/forgot": Rule("anyone"),
    "POST /login/forgot": Rule("anyone", {"name": "nobody"}),
    "GET /login/reset": Rule("anyone"),
    "POST /login/reset": Rule("anyone", {"token": "x"}),
    "GET /join": Rule("anyone"),
    "POST /join": Rule("anyone", {"token": "x"}),
    "POST /join/as-yourself": Rule("person", {"token": "x"}),
    "POST /logout": Rule("anyone"),
    "GET /": Rule("person"),
    "GET /projects": Rule("person"),
    "POST /projects": Rule("admin", {"name": "Another"}),
    "GET /account": Rule("person"),
    "POST /account": Rule("person", {"password": "short"}),
    "POST /account/email": Rule("person", {"email": "a@example.org"}),
    "POST /account/language": Rule("person", {"tag": "zh-Hans"}),
    "GET /account/sessions": Rule("person"),
    "POST /account/sessions/others": Rule("person"),
    "POST /account/sessions/{login_id}/end": Rule("person"),
    "GET /account/second-factor": Rule("person"),
    "POST /account/second-factor": Rule("person"),
    "POST /account/second-factor/confirm": Rule("person", {"code": "1"}),
    "POST /account/second-factor/codes": Rule("person", {"code": "1"}),
    "POST /account/second-factor/off": Rule("person", {"code": "1"}),
    "GET /account/tokens": Rule("person"),
    "POST /account/tokens": Rule("person", {"name": "ci", "days": 7, "scopes": "read"}),
    "POST /account/tokens/{token_id}/revoke": Rule("person"),
    "GET /account/keys": Rule("person"),
    "POST /account/keys": Rule("person", {"accept": "a"}),
    "POST /account/keys/reset": Rule("person"),
    "GET /account/time": Rule("person"),
    "POST /account/time": Rule("person", {"shown": "true"}),
    "GET /users": Rule("admin"),
    "POST /users": Rule("admin", {"name": "eve"}),
    "POST /users/{user_id}/once": Rule("admin"),
    "POST /users/{user_id}/admin": Rule("admin", {"on": "true"}),
    "POST /users/{user_id}/second-factor/off": Rule("admin"),
    "POST /users/{user_id}/active": Rule("admin", {"on": "true"}),
    "GET /users/{user_id}/remove": Rule("admin"),
    "POST /users/{user_id}/remove": Rule("admin", {"name": "somebody"}),
    "GET /benchmarks": Rule("person"),
    "POST /benchmarks": Rule("admin", {"name": "boats"}),
    "POST /benchmarks/{benchmark_id}/keep": Rule("admin", {"on": "true"}),
    "POST /benchmarks/{benchmark_id}/remove": Rule("admin"),
    "GET /search": Rule("person"),
    "GET /p/{slug}": Rule("viewer"),
    "GET /p/{slug}/search": Rule("viewer"),
    "GET /p/{slug}/problems": Rule("viewer"),
    "GET /p/{slug}/problems/{problem_id}": Rule("viewer"),
    "POST /p/{slug}/problems/{problem_id}/reference": Rule("annotator", {"raw": "7"}),
    "POST /p/{slug}/problems/{problem_id}/confirm": Rule("annotator", {"reason": "x"}),
    "POST /p/{slug}/problems/{problem_id}/doubts": Rule("annotator", {"reason": "x"}),
    "POST /p/{slug}/problems/{problem_id}/doubts/{doubt_id}/withdraw": Rule("annotator"),
    "POST /p/{slug}/problems/{problem_id}/traces": Rule("annotator"),
    "GET /p/{slug}/traces": Rule("viewer"),
    "POST /p/{slug}/bulk": Rule("annotator", {"deed": "discard", "every": "true"}),
    "GET /p/{slug}/bulk/{bulk_id}": Rule("viewer"),
    "GET /p/{slug}/bulk/{bulk_id}/progress": Rule("viewer"),
    "POST /p/{slug}/bulk/{bulk_id}": Rule("annotator", {"reason": "r"}),
    "POST /p/{slug}/bulk/{bulk_id}/stop": Rule("annotator"),
    "GET /queue": Rule("person"),
    "POST /queue/next": Rule("person"),
    "POST /queue/order": Rule("person", {"order": "oldest"}),
    "GET /p/{slug}/queue": Rule("viewer"),
    "POST /p/{slug}/queue/order": Rule("viewer", {"order": "uncertain"}),
    "POST /p/{slug}/queue/next": Rule("annotator"),
    f"GET {T}": Rule("viewer"),
    f"GET {T}/events": Rule("viewer"),
    f"GET {T}/compare": Rule("viewer"),
    f"GET {T}/{{region}}": Rule("viewer"),
    f"POST {T}/time": Rule("annotator", {"seconds": 5}),
    f"POST {T}/claim": Rule("annotator"),
    f"POST {T}/release": Rule("annotator"),
    f"GET {T}/judges": Rule("viewer"),
    f"POST {T}/free": Rule("lead"),
    f"POST {T}/threads": Rule("annotator", {"text": "Look."}),
    f"POST {T}/threads/{{thread_id}}": Rule("annotator", {"text": "I do."}),
    f"POST {T}/threads/{{thread_id}}/resolve": Rule("annotator"),
    f"POST {T}/comments/{{comment_id}}/withdraw": Rule("annotator"),
    "GET /mentions": Rule("person"),
    "POST /mentions": Rule("person"),
    f"POST {T}/ask-again": Rule("annotator"),
    f"POST {T}/look": Rule("annotator"),
    f"POST {T}/execute": Rule("annotator", {"step": 1}),
    f"POST {T}/retry": Rule("annotator"),
    f"GET {T}/scratch": Rule("annotator"),
    f"POST {T}/scratch": Rule("annotator", {"step": 1, "code": "1"}),
    f"GET {T}/scratch/model": Rule("annotator"),
    f"POST {T}/scratch/model": Rule("annotator", {"solve": 1}),
    f"POST {T}/notes/{{note_id}}/stop": Rule("annotator"),
    f"POST {T}/notes/{{note_id}}/withdraw": Rule("annotator"),
    f"POST {T}/sample": Rule("annotator", {"step": 1}),
    f"POST {T}/cancel": Rule("annotator"),
    f"POST {T}/proposals/{{proposal_id}}": Rule("annotator", {"decision": "reject"}),
    f"POST {T}/proposals/{{proposal_id}}/try": Rule("annotator", {"k": 1}),
    f"POST {T}/proposals/{{proposal_id}}/stop": Rule("annotator"),
    f"POST {T}/hint": Rule("annotator", {"step": 1, "start": "0", "end": "3", "words": "No."}),
    f"POST {T}/verdict": Rule("annotator", {"decision": "unsure", "reason": "?"}),
    f"POST {T}/undo": Rule("annotator"),
    f"POST {T}/reopen": Rule("annotator", {"reason": "?"}),
    f"POST {T}/later": Rule("annotator"),
    "GET /p/{slug}/batches": Rule("viewer"),
    "POST /p/{slug}/batches": Rule("lead", {"kind": "generate", "every": "true"}),
    "GET /p/{slug}/batches/{batch_id}": Rule("viewer"),
    "GET /p/{slug}/batches/{batch_id}/progress": Rule("viewer"),
    "POST /p/{slug}/batches/{batch_id}/stop": Rule("lead"),
    "GET /p/{slug}/datasets": Rule("viewer"),
    "GET /p/{slug}/datasets/new": Rule("reviewer"),
    "GET /p/{slug}/datasets/preview": Rule("reviewer"),
    "POST /p/{slug}/datasets/{dataset_id}/cancel": Rule("reviewer"),
    "POST /p/{slug}/datasets/{dataset_id}/again": Rule("reviewer"),
    "POST /p/{slug}/datasets": Rule("reviewer", {"name": "d", "format": "trl-rl"}),
    "GET /p/{slug}/datasets/{dataset_id}": Rule("viewer"),
    "GET /p/{slug}/datasets/{dataset_id}/compare": Rule("viewer"),
    "GET /p/{slug}/datasets/{dataset_id}/pushes": Rule("viewer"),
    "POST /p/{slug}/datasets/{dataset_id}/pushes": Rule("lead", {"target": "s3://b/d"}),
    "GET /p/{slug}/datasets/{dataset_id}/state": Rule("viewer"),
    "GET /p/{slug}/datasets/{dataset_id}/download": Rule("viewer"),
    "GET /p/{slug}/datasets/{dataset_id}/files/{name}": Rule("viewer"),
    "GET /p/{slug}/insights": Rule("viewer"),
    "GET /p/{slug}/insights/{chart}.csv": Rule("viewer"),
    "GET /p/{slug}/history": Rule("viewer"),
    "GET /p/{slug}/history/recent": Rule("viewer"),
    "GET /p/{slug}/history.{format}": Rule("viewer"),
    "GET /history": Rule("admin"),
    "GET /history.{format}": Rule("admin"),
    "POST /p/{slug}/guide": Rule("annotator"),
    f"GET {T}/guide": Rule("viewer"),
    f"POST {T}/guide": Rule("annotator", {"step": "trace"}),
    f"POST {T}/guide/away": Rule("annotator"),
    f"POST {T}/guide/again": Rule("annotator"),
    "GET /p/{slug}/import": Rule("lead"),
    "POST /p/{slug}/import": Rule("lead", {"what": "problems"}),
    "GET /p/{slug}/import/{token}": Rule("lead"),
    "POST /p/{slug}/import/{token}": Rule("lead"),
    "GET /p/{slug}/members": Rule("viewer"),
    "POST /p/{slug}/members": Rule("lead", {"user_id": 1, "role": "viewer"}),
    "POST /p/{slug}/members/languages": Rule("annotator", {"languages": ""}),
    "GET /p/{slug}/gold": Rule("lead"),
    f"POST {T}/gold": Rule("lead", {"decision": "discard"}),
    f"POST {T}/gold/remove": Rule("lead"),
    "GET /p/{slug}/assignment": Rule("lead"),
    "POST /p/{slug}/assignment/groups": Rule("lead", {"name": "Others"}),
    "POST /p/{slug}/assignment/groups/{group_id}": Rule("lead", {"name": "Integer"}),
    "POST /p/{slug}/assignment/groups/{group_id}/archive": Rule("lead"),
    "POST /p/{slug}/assignment/members/{user_id}": Rule("lead", {"skills": "integer"}),
    "POST /p/{slug}/assignment/rules": Rule("lead", {"source": "IndustryOR"}),
    "POST /p/{slug}/assignment/rules/{rule_id}/remove": Rule("lead"),
    "POST /p/{slug}/invitations": Rule("lead", {"role": "viewer"}),
    "POST /p/{slug}/invitations/{invitation_id}/withdraw": Rule("lead"),
    "GET /p/{slug}/services": Rule("lead"),
    "POST /p/{slug}/services": Rule("lead", {"name": "nightly", "role": "viewer"}),
    "POST /p/{slug}/services/{service_id}/tokens": Rule("lead", {"name": "ci", "days": 7}),
    "POST /p/{slug}/services/{service_id}/tokens/{token_id}/revoke": Rule("lead"),
    "POST /p/{slug}/services/{service_id}/remove": Rule("lead"),
    "GET /p/{slug}/webhooks": Rule("lead"),
    "POST /p/{slug}/webhooks": Rule("lead", {"url": "https://a.example", "kinds": "golden"}),
    f"GET {W}": Rule("lead"),
    f"POST {W}": Rule("lead", {"url": "https://a.example", "kinds": "golden"}),
    f"POST {W}/on": Rule("lead", {"on": "true"}),
    f"POST {W}/secret": Rule("lead"),
    f"POST {W}/test": Rule("lead"),
    f"POST {W}/deliveries/{{delivery_id}}/again": Rule("lead"),
    f"POST {W}/remove": Rule("lead"),
    "GET /p/{slug}/settings": Rule("lead"),
    "POST /p/{slug}/settings/about": Rule("lead", {"name": "Ducks"}),
    "POST /p/{slug}/settings/reasoner": Rule("lead", {"name": "openai", **SERVER}),
    "POST /p/{slug}/settings/reasoner/abilities": Rule("lead"),
    "POST /p/{slug}/settings/intervener": Rule("lead", {"name": "rules"}),
    "POST /p/{slug}/settings/keys/{name}": Rule("lead", {"value": "k"}),
    "POST /p/{slug}/settings/taxonomy": Rule("lead", TABLE),
    "POST /p/{slug}/settings/auto": Rule("lead", {"on": "true"}),
    "POST /p/{slug}/settings/prompts": Rule("lead"),
    "POST /p/{slug}/settings/limits": Rule("lead", LIMITS),
    "POST /p/{slug}/settings/money": Rule("lead", {"prompt": "1"}),
}
# These find nothing for anybody who may look: no file was sent, no step or solve is named.
NOTHING_THERE = {
    "GET /p/{slug}/import/{token}",
    "POST /p/{slug}/import/{token}",
    f"GET {T}/scratch",
    f"GET {T}/scratch/model",
    f"POST {T}/scratch/model",
    "POST /p/{slug}/problems/{problem_id}/doubts/{doubt_id}/withdraw",  # nobody's
}
# A stream has no end to wait for; who may not open it is refused all the same.
ENDLESS = {f"GET {T}/events"}


def test_every_route_has_a_rule(anonymous: Browser) -> None:
    assert routes_of(anonymous.client.app) == set(RULES)  # type: ignore[arg-type]


def test_the_documents_say_who_may_do_what(anonymous: Browser) -> None:
    told = "".join(map(_row, sorted(RULES, key=lambda route: route.split()[::-1])))
    if os.environ.get("CALM_WRITE_ROLES"):
        ROLES.write_text(_document(told), encoding="utf-8")
    assert ROLES.read_text(encoding="utf-8") == _document(told), "run `make roles`"


def _row(route: str) -> str:
    method, _, path = route.partition(" ")
    allowed = WHO.index(RULES[route].who)
    marks = " | ".join("yes" if at >= allowed else "" for at in range(len(WHO)))
    return f"| {method} | `{path}` | {marks} |\n"


def _document(rows: str) -> str:
    head = ROLES.read_text(encoding="utf-8").partition("| | route |")[0]
    return f"{head}| | route | {' | '.join(WHO)} |\n|{' --- |' * (len(WHO) + 2)}\n{rows}"


def routes_of(app: FastAPI) -> set[str]:
    """The method and path of every route of the application."""
    routers = [app.router, *(module.router for module in ROUTERS)]
    routes = [each for router in routers for each in router.routes if isinstance(each, APIRoute)]
    return {f"{method} {route.path}" for route in routes for method in route.methods}


@pytest.fixture
def ids(engine: Engine, project: Project) -> dict[str, Any]:
    """A value for each name in a path, of things that are there."""
    with transaction(engine) as session:
        trace = session.scalars(select(Trace).where(Trace.project_id == project.id)).one()
        batch = Batch(project_id=project.id, kind="generate", actor_name="x")
        dataset = Dataset(project_id=project.id, name="x", format="trl-rl", actor_name="x")
        proposal = ProposalRow(
            trace_id=trace.id,
            branch_id=trace.branches[0].id,
            flaw="wrong-objective",
            taxonomy_version="1",
            key="1",
            proposal={
                "flaw": "wrong-objective",
                "evidence": [{"step": 0, "start": 0, "end": 3, "note": "x"}],
                "cut": {"step": 0, "offset": 0},
                "words": "Let me look again.",
                "source": {"kind": "rule", "name": "x"},
            },
        )
        somebody = create_user(session, SCRIPT, "somebody", None)
        service = create_service(session, SCRIPT, project.id, "nightly", "viewer")
        token = Token(
            user_id=service.id, name="x", token_hash="x", scopes=["read"], expires_at=now()
        )
        invite(session, SCRIPT, project.id, "viewer")
        invitation = session.scalars(select(Invitation)).one()
        bulk = Bulk(project_id=project.id, deed="discard", trace_ids=[trace.id])
        note = Note(
            trace_id=trace.id,
            branch_id=trace.branches[0].id,
            step_id=trace.branches[0].steps[0].id,
            actor=SCRIPT.signature,
            asked={"kind": "cell", "code": "1"},
        )
        group, rule = (
            Group(project_id=project.id, name="Integer"),
            AssignmentRule(project_id=project.id),
        )
        set_role(session, SCRIPT, project.id, somebody.id, "annotator")
        doubt = Doubt(problem_id=trace.problem_id, actor_name="x", reason="x")
        thread = Thread(trace_id=trace.id, user_id=somebody.id)
        comment = Comment(user_id=somebody.id, text="Look.")
        thread.comments.append(comment)
        webhook, _secret = create_webhook(
            session, SCRIPT, project.id, "https://a.example/", ["golden"]
        )
        delivery = Delivery(webhook_id=webhook.id, message_id="msg_1", state="sent")
        event = session.scalars(select(Event).where(Event.project_id == project.id)).first()
        assert event
        session.add(delivery)
        session.add_all([token, batch, bulk, dataset, proposal, note, doubt, thread])
        session.add_all([group, rule])
        session.flush()
        push = Push(dataset_id=dataset.id, target="s3://ponds/ducks", actor_name="x")
        benchmark = Benchmark(name="ponds", file_hash="x", actor_name="x")
        session.add_all([push, benchmark])
        session.flush()
        return {
            "slug": project.slug,
            "problem_id": trace.problem_id,
            "trace_id": trace.id,
            "branch_id": trace.branches[0].id,
            "batch_id": batch.id,
            "dataset_id": dataset.id,
            "other_id": dataset.id,
            "push_id": push.id,
            "benchmark_id": benchmark.id,
            "store": "hub",
            "bulk_id": bulk.id,
            "proposal_id": proposal.id,
            "note_id": note.id,
            "doubt_id": doubt.id,
            "thread_id": thread.id,
            "comment_id": comment.id,
            "webhook_id": webhook.id,
            "delivery_id": delivery.id,
            "event_id": event.id,
            "chart": "progress",
            "user_id": somebody.id,
            "service_id": service.id,
            "group_id": group.id,
            "rule_id": rule.id,
            "invitation_id": invitation.id,
            "token_id": token.id,
            "login_id": 10**6,
            "identity_id": 10**6,
            "region": "problem",
            "format": "csv",
            "token": "a" * 22,
        }


def ask(browser: Browser, route: str, ids: dict[str, Any]) -> int:
    """Use a route as its rule says; gives the status."""
    method, _, path = route.partition(" ")
    name = "reasoner" if "keys" in path else "manifest.json"
    address = path.format(**ids, name=name)
    if method == "GET":
        return browser.get(address, follow_redirects=False).status_code
    form = {**SEEN, "branch": ids["branch_id"], **(RULES[route].form or {})}
    return browser.post(address, form, follow_redirects=False).status_code


def test_a_stranger_is_asked_to_log_in_everywhere(anonymous: Browser, ids: dict[str, Any]) -> None:
    for route, rule in RULES.items():
        if rule.who != "anyone":
            assert ask(anonymous, route, ids) == 303, route


def test_somebody_else_can_not_tell_that_the_project_exists(
    browser_of: Callable[..., Browser], ids: dict[str, Any]
) -> None:
    browser = browser_of(None)
    for route in RULES:
        if "{slug}" in route:
            assert ask(browser, route, ids) == 404, route
            assert ask(browser, route, {**ids, "slug": "not-there"}) == 404, route


@pytest.mark.parametrize("role", get_args(Role))
def test_a_role_may_do_what_is_its_own_and_nothing_above(
    browser_of: Callable[..., Browser], ids: dict[str, Any], role: Role
) -> None:
    browser = browser_of(role)
    for route, rule in RULES.items():
        if rule.who == "admin" and route != "POST /projects":
            assert ask(browser, route, ids) == 403, route
        if rule.who in RANK and RANK[rule.who] > RANK[role]:
            assert ask(browser, route, ids) == 403, route
        elif rule.who in RANK and route not in ENDLESS:
            allowed = {404} if route in NOTHING_THERE else {200, 303, 409, 422}
            assert ask(browser, route, ids) in allowed, route


def test_things_of_one_project_are_not_found_from_another(
    browser_of: Callable[..., Browser], ids: dict[str, Any]
) -> None:
    browser = browser_of("viewer", admin=True)
    browser.post("/projects", {"name": "Another"})
    for route in RULES:
        if any(f"{{{name}}}" in route for name in ids if name.endswith("_id")) and "slug" in route:
            assert ask(browser, route, {**ids, "slug": "another"}) == 404, route
