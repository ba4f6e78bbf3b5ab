"""What the pages change, a token can change too, or docs/api.md says why not.

A page's route that is added without a line here fails, so that nobody forgets its operation.
"""

import re
from pathlib import Path

from app.web.api import make_api
from tests.web import test_routes

ROOT = Path(__file__).resolve().parents[3]
A = "/account"
P, Q = "/p/{slug}", "/projects/{slug}"
T = f"{P}/traces/{{trace_id}}"
S = f"{Q}/traces/{{trace_id}}"
B = f"{S}/branches/{{branch_id}}"
ONE, SAME = f"{P}/problems/{{problem_id}}", f"{Q}/problems/{{problem_id}}"
SET = f"{P}/settings"
CHOOSE = "PATCH /me/preferences"
DONE_BY = {
    f"{A}/language": CHOOSE,
    f"{A}/keys": CHOOSE,
    f"{A}/keys/reset": CHOOSE,
    f"{A}/time": CHOOSE,
    "/queue/order": CHOOSE,
    f"{P}/queue/order": CHOOSE,
    f"{A}/sessions/others": "DELETE /me/sessions",
    f"{A}/sessions/{{login_id}}/end": "DELETE /me/sessions/{login_id}",
    f"{A}/tokens/{{token_id}}/revoke": "DELETE /me/tokens/{token_id}",
    "/users": "POST /people",
    "/users/{user_id}/active": "PATCH /people/{user_id}",
    "/users/{user_id}/remove": "POST /people/{user_id}/removal",
    "/benchmarks": "POST /benchmarks",
    "/benchmarks/{benchmark_id}/keep": "PATCH /benchmarks/{benchmark_id}",
    "/benchmarks/{benchmark_id}/remove": "DELETE /benchmarks/{benchmark_id}",
    "/mentions": "POST /mentions/seen",
    "/projects": "POST /projects",
    "/queue/next": "POST /queue/next",
    f"{P}/queue/next": f"POST {Q}/queue/next",
    f"{P}/members": f"PUT {Q}/members/{{user_id}}",
    f"{P}/members/languages": f"PUT {Q}/members/{{user_id}}/knowledge",
    f"{P}/assignment/groups": f"POST {Q}/groups",
    f"{P}/assignment/groups/{{group_id}}": f"PATCH {Q}/groups/{{group_id}}",
    f"{P}/assignment/groups/{{group_id}}/archive": f"DELETE {Q}/groups/{{group_id}}",
    f"{P}/assignment/members/{{user_id}}": f"PUT {Q}/members/{{user_id}}/knowledge",
    f"{P}/assignment/rules": f"POST {Q}/rules",
    f"{P}/assignment/rules/{{rule_id}}/remove": f"DELETE {Q}/rules/{{rule_id}}",
    f"{P}/webhooks": f"POST {Q}/webhooks",
    f"{P}/webhooks/{{webhook_id}}": f"PATCH {Q}/webhooks/{{webhook_id}}",
    f"{P}/webhooks/{{webhook_id}}/on": f"PATCH {Q}/webhooks/{{webhook_id}}",
    f"{P}/webhooks/{{webhook_id}}/secret": f"POST {Q}/webhooks/{{webhook_id}}/secret",
    f"{P}/webhooks/{{webhook_id}}/test": f"POST {Q}/webhooks/{{webhook_id}}/tests",
    f"{P}/webhooks/{{webhook_id}}/deliveries/{{delivery_id}}/again": (
        f"POST {Q}/webhooks/{{webhook_id}}/deliveries/{{delivery_id}}/again"
    ),
    f"{P}/webhooks/{{webhook_id}}/remove": f"DELETE {Q}/webhooks/{{webhook_id}}",
    f"{P}/invitations": f"POST {Q}/invitations",
    f"{P}/invitations/{{invitation_id}}/withdraw": f"DELETE {Q}/invitations/{{invitation_id}}",
    f"{P}/services": f"POST {Q}/services",
    f"{P}/services/{{service_id}}/remove": f"DELETE {Q}/services/{{service_id}}",
    f"{P}/services/{{service_id}}/tokens": f"POST {Q}/services/{{service_id}}/tokens",
    f"{P}/services/{{service_id}}/tokens/{{token_id}}/revoke": (
        f"DELETE {Q}/services/{{service_id}}/tokens/{{token_id}}"
    ),
    f"{SET}/about": f"PATCH {Q}",
    f"{SET}/auto": f"PATCH {Q}",
    f"{SET}/limits": f"PATCH {Q}",
    f"{SET}/money": f"PATCH {Q}",
    f"{SET}/prompts": f"PATCH {Q}",
    f"{SET}/taxonomy": f"PATCH {Q}",
    f"{SET}/reasoner": f"PUT {Q}/models/{{model}}",
    f"{SET}/intervener": f"PUT {Q}/models/{{model}}",
    f"{SET}/keys/{{name}}": f"PUT {Q}/models/{{model}}/key",
    f"{SET}/reasoner/abilities": f"POST {Q}/models/reasoner/abilities",
    f"{P}/import": f"POST {Q}/imports/file",
    f"{P}/import/{{token}}": f"POST {Q}/imports/file",
    f"{P}/batches": f"POST {Q}/batches",
    f"{P}/batches/{{batch_id}}/stop": f"POST {Q}/batches/{{batch_id}}/stop",
    f"{P}/bulk": f"POST {Q}/bulk",
    f"{P}/bulk/{{bulk_id}}": f"POST {Q}/bulk/{{bulk_id}}/confirm",
    f"{P}/bulk/{{bulk_id}}/stop": f"POST {Q}/bulk/{{bulk_id}}/stop",
    f"{P}/datasets": f"POST {Q}/datasets",
    f"{P}/datasets/{{dataset_id}}/again": f"POST {Q}/datasets/{{dataset_id}}/again",
    f"{P}/datasets/{{dataset_id}}/cancel": f"POST {Q}/datasets/{{dataset_id}}/cancel",
    f"{P}/datasets/{{dataset_id}}/pushes": f"POST {Q}/datasets/{{dataset_id}}/pushes",
    f"{P}/guide": f"POST {Q}/guide",
    f"{T}/guide": f"POST {S}/guide/steps",
    f"{T}/guide/again": f"POST {S}/guide",
    f"{T}/guide/away": f"DELETE {Q}/guide",
    f"{ONE}/confirm": f"POST {SAME}/confirmations",
    f"{ONE}/doubts": f"POST {SAME}/doubts",
    f"{ONE}/doubts/{{doubt_id}}/withdraw": f"DELETE {SAME}/doubts/{{doubt_id}}",
    f"{ONE}/reference": f"POST {SAME}/references",
    f"{ONE}/traces": f"POST {SAME}/traces",
    f"{T}/ask-again": f"POST {B}/ask-again",
    f"{T}/cancel": f"POST {B}/cancel",
    f"{T}/retry": f"POST {B}/retry",
    f"{T}/look": f"POST {B}/reviews",
    f"{T}/execute": f"POST {B}/executions",
    f"{T}/sample": f"POST {B}/samples",
    f"{T}/scratch": f"POST {B}/cells",
    f"{T}/scratch/model": f"POST {B}/models",
    f"{T}/notes/{{note_id}}/stop": f"POST {S}/notes/{{note_id}}/stop",
    f"{T}/notes/{{note_id}}/withdraw": f"DELETE {S}/notes/{{note_id}}",
    f"{T}/claim": f"POST {S}/claim",
    f"{T}/release": f"DELETE {S}/claim",
    f"{T}/free": f"DELETE {S}/claims",
    f"{T}/later": f"POST {S}/later",
    f"{T}/threads": f"POST {S}/threads",
    f"{T}/threads/{{thread_id}}": f"POST {S}/threads/{{thread_id}}/comments",
    f"{T}/threads/{{thread_id}}/resolve": f"POST {S}/threads/{{thread_id}}/resolve",
    f"{T}/comments/{{comment_id}}/withdraw": f"DELETE {S}/comments/{{comment_id}}",
    f"{T}/proposals/{{proposal_id}}": f"POST {S}/proposals/{{proposal_id}}/judgements",
    f"{T}/proposals/{{proposal_id}}/try": f"POST {S}/proposals/{{proposal_id}}/trials",
    f"{T}/proposals/{{proposal_id}}/stop": f"POST {S}/proposals/{{proposal_id}}/trials/stop",
    f"{T}/hint": f"POST {B}/hints",
    f"{T}/verdict": f"POST {B}/verdicts",
    f"{T}/undo": f"POST {S}/undo",
    f"{T}/gold": f"PUT {S}/gold",
    f"{T}/gold/remove": f"DELETE {S}/gold",
    f"{T}/reopen": f"POST {S}/reopen",
}


def test_what_a_page_changes_a_token_can_change_or_the_guide_says_why_not() -> None:
    pages = {route.split()[1] for route in test_routes.RULES if not route.startswith("GET ")}
    guide = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    left_out = guide.partition("## What no token does")[2]
    reasoned = set(re.findall(r"`(/[^`]*)`", left_out))
    assert pages == set(DONE_BY) | reasoned
    assert not set(DONE_BY) & reasoned


def test_the_operations_that_do_it_are_there() -> None:
    paths = make_api().openapi()["paths"]
    there = {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}
    assert set(DONE_BY.values()) <= there
