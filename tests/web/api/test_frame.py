"""The frame of the API: who comes in, errors, pages of lists, keys, tags and limits."""

import logging
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, func, select, update

from app.actions.answer_once import begin_once
from app.actions.knowledge import set_knowledge
from app.actions.remove_person import remove_person
from app.actions.verify_history import verify_history
from app.core.roles import SCRIPT
from app.db.session import transaction
from app.db.tables import Event, KeptAnswer, ProblemRow, Project, Token
from app.db.types import now
from app.live import broker
from app.settings import settings
from app.web.api import projects
from app.web.security import COOKIE
from tests.web import test_routes
from tests.web.api.conftest import Program
from tests.web.conftest import Browser

ids = test_routes.ids
Programs = Callable[..., Program]


def test_the_token_says_who_comes(program_of: Programs) -> None:
    program = program_of("annotator", scopes=("read", "annotate"))
    me = program.get("/me")
    assert me.status_code == 200
    assert me.json()["scopes"] == ["read", "annotate"]
    assert me.json()["kind"] == "person"
    assert "set-cookie" not in me.headers


def test_a_cookie_alone_never_lets_in(browser_of: Callable[..., Browser], project: Project) -> None:
    browser = browser_of("lead", admin=True)
    for method, path in (("GET", "/me"), ("POST", "/projects"), ("GET", "/nowhere")):
        answer = browser.client.request(method, f"/api/v1{path}", json={"name": "Stolen"})
        assert answer.status_code == 401, path
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        assert answer.headers["Content-Type"] == "application/problem+json"
    assert "Stolen" not in browser.get("/projects").text


def test_a_token_opens_no_page(program_of: Programs) -> None:
    program = program_of("lead")
    told = {"Authorization": f"Bearer {program.bearer}"}
    page = program.client.get("/projects", headers=told, follow_redirects=False)
    assert page.headers["location"] == "/login?next=/projects"


def test_a_token_needs_neither_origin_nor_page(program_of: Programs, engine: Engine) -> None:
    program = program_of("lead")
    program.client.cookies.set(COOKIE, "x" * 43)
    made = program.post("/projects", {"name": "Mine"}, Origin="https://elsewhere.example")
    assert made.status_code == 201
    assert made.headers["Location"] == "/api/v1/projects/mine"
    assert program.get("/projects/mine").headers["ETag"] == made.headers["ETag"]


def test_a_token_that_ended_is_told_so(program_of: Programs, engine: Engine) -> None:
    for role, ended in (("lead", "revoked_at"), ("viewer", "expires_at")):
        program = program_of(role)
        with transaction(engine) as session:
            session.execute(update(Token).values({ended: now() - timedelta(days=1)}))
        answer = program.get("/me")
        assert answer.status_code == 401, ended
        assert answer.json()["code"] == "not-identified"


def test_what_is_no_token_is_refused(program_of: Programs) -> None:
    program = program_of("lead")
    wrong: list[Any] = ["", "Bearer", "Bearer ", "Basic eA==", "Bearer calm_x", "Bearer é".encode()]
    for shown in wrong:
        assert program.get("/me", Authorization=shown).status_code == 401, shown


def test_an_error_is_problem_json(program_of: Programs) -> None:
    program = program_of("viewer")
    gone = program.get("/projects/not-there")
    assert gone.headers["Content-Type"] == "application/problem+json"
    assert gone.json() == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "code": "not-found",
        "detail": "There is no such project.",
        "fields": [],
    }
    assert program.get("/nowhere").json()["code"] == "not-found"
    assert program.get("{p}/problems/x").status_code == 404
    assert program.ask("PUT", "/me").status_code == 405
    assert program.ask("PATCH", "{p}", {"name": "Mine"}).json()["code"] == "not-allowed"


def test_fields_that_can_not_be_read_are_listed(program_of: Programs) -> None:
    wrong = program_of("lead").ask("PATCH", "{p}", {"name": 1, "limits": {"max_hints": 9}})
    assert wrong.status_code == 422
    assert wrong.json()["code"] == "unreadable"
    places = [each["place"] for each in wrong.json()["fields"]]
    assert places == ["body/name", "body/limits/max_hints"]
    assert program_of("viewer").get("{p}/problems?limit=0").json()["fields"][0] == {
        "place": "query/limit",
        "message": "Input should be greater than or equal to 1",
    }


def test_a_body_past_the_limit_is_refused(program_of: Programs) -> None:
    program = program_of("lead")
    for key in ({}, {"Idempotency_Key": "k"}):
        answer = program.post("/projects", {"name": "x" * 3_000_000}, **key)
        assert answer.status_code == 413, key
        assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("key", [{}, {"Idempotency_Key": "k"}])
def test_what_nobody_expected_is_an_id_in_the_log(
    program_of: Programs,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    key: dict[str, str],
) -> None:
    def fail(*_given: object) -> None:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr(projects, "create_project", fail)
    with caplog.at_level(logging.ERROR):
        answer = program_of("lead").post("/projects", {"name": "x"}, **key)
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert caplog.records[0].getMessage().split()[1] in answer.json()["detail"]


def test_a_list_comes_in_pages_that_miss_nothing(
    program_of: Programs, engine: Engine, project: Project
) -> None:
    with transaction(engine) as session:
        for number in range(4):
            fields: dict[str, Any] = {"question": "?", "reference": {"kind": "unknown"}}
            session.add(ProblemRow(project_id=project.id, key=f"k{number}", **fields))
    program, seen, following = program_of("viewer"), list[int](), ""
    while following is not None:
        page = program.get(f"{{p}}/problems?limit=2&cursor={following}").json()
        seen += [each["id"] for each in page["items"]]
        following = page["next"]
    assert len(seen) == 5
    assert seen == sorted(set(seen))


def test_a_cursor_that_was_made_up_is_refused(program_of: Programs) -> None:
    program = program_of("viewer")
    for cursor in ("x", "W10", "WzEsMl0", "WyJhIl0", "Wy0xXQ", "W3RydWVd", "é"):
        assert program.get(f"{{p}}/problems?cursor={cursor}").status_code == 422, cursor


def test_a_tag_saves_the_answer(program_of: Programs) -> None:
    program = program_of("lead")
    tag = program.get("{p}").headers["ETag"]
    same = program.get("{p}", If_None_Match=f'"other", W/{tag}')
    assert same.status_code == 304
    assert same.content == b""
    assert same.headers["ETag"] == tag
    assert program.get("{p}", If_None_Match='"other"').status_code == 200


def test_a_change_rests_on_what_was_seen(program_of: Programs) -> None:
    program = program_of("lead")
    tag = program.get("{p}").headers["ETag"]
    changed = program.ask("PATCH", "{p}", {"guidelines": "Be brief."}, If_Match=tag)
    assert changed.status_code == 200
    assert changed.json()["guidelines"] == "Be brief."
    stale = program.ask("PATCH", "{p}", {"guidelines": "Be long."}, If_Match=tag)
    assert stale.status_code == 412
    assert program.get("{p}").json()["guidelines"] == "Be brief."
    fresh = changed.headers["ETag"]
    assert program.ask("PATCH", "{p}", {"spending_cap": 5}, If_Match=fresh).status_code == 200


def test_the_same_key_is_the_same_answer(program_of: Programs) -> None:
    program, key = program_of("lead"), {"Idempotency_Key": "k"}
    first = program.post("/projects", {"name": "Mine"}, **key)
    again = program.post("/projects", {"name": "Mine"}, **key)
    assert (first.status_code, first.content) == (again.status_code, again.content)
    assert (first.headers["ETag"], first.headers["Location"]) == (
        again.headers["ETag"],
        again.headers["Location"],
    )
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    other = program.post("/projects", {"name": "Others"}, **key)
    assert other.status_code == 422
    assert len(program.get("/projects").json()["items"]) == 2


def test_what_is_kept_for_evaluation_rests_on_what_was_seen(program_of: Programs) -> None:
    admin = program_of(None, admin=True)
    rows = b"question,answer\nHow many boats?,3\n"
    home = f"/benchmarks/{admin.send('/benchmarks', {'name': 'Boats'}, rows).json()['id']}"
    tag = admin.get(home).headers["ETag"]
    assert admin.get(home, If_None_Match=tag).status_code == 304
    let_in = admin.ask("PATCH", home, {"evaluation": False}, If_Match=tag)
    assert let_in.json()["evaluation"] is False
    assert admin.get(home).headers["ETag"] == let_in.headers["ETag"]
    assert admin.ask("PATCH", home, {"evaluation": True}, If_Match=tag).status_code == 412
    assert program_of("viewer").get("/benchmarks/999").status_code == 404


def test_of_two_changes_at_once_the_second_rests_on_nothing(
    program_of: Programs, engine: Engine, project: Project
) -> None:
    program = program_of("lead")
    me = program.get("/me").json()["id"]
    home = f"{{p}}/members/{me}/knowledge"
    tag = program.get(home).headers["ETag"]
    answers: list[int] = []

    def ask() -> None:
        answers.append(program.ask("PUT", home, {"skills": ["mine"]}, If_Match=tag).status_code)

    second = threading.Thread(target=ask)
    with transaction(engine) as session:
        set_knowledge(session, SCRIPT, project.id, me, "skill", ["theirs"])
        session.flush()
        second.start()
        second.join(timeout=1)  # it waits for the first, which is not committed yet
        assert answers == []
    second.join()
    assert answers == [412]
    assert program.get(home).json()["skills"] == ["theirs"]


@pytest.mark.parametrize(
    ("path", "form"),
    [("{p}/imports/file", {"what": "problems"}), ("/benchmarks", {"name": "Boats"})],
)
def test_the_same_file_under_a_key_is_the_same_answer(
    program_of: Programs, path: str, form: dict[str, str]
) -> None:
    program, key = program_of("lead", admin=True), {"Idempotency_Key": "k"}
    rows = b"question,answer\nHow many boats?,3\n"
    first = program.send(path, form, rows, **key)
    again = program.send(path, form, rows, **key)  # the client makes up another boundary
    assert first.is_success
    assert (first.status_code, first.content) == (again.status_code, again.content)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert program.send(path, form, rows + b"How many oars?,4\n", **key).status_code == 422


def test_a_refusal_is_an_answer_too(program_of: Programs) -> None:
    program, key = program_of("viewer"), {"Idempotency_Key": "k"}
    for _each in range(2):
        assert program.post("/projects", {"name": "Mine"}, **key).status_code == 403


def test_a_key_is_the_token_s_own_and_forgotten_after_a_day(
    program_of: Programs, engine: Engine
) -> None:
    key = {"Idempotency_Key": "k"}
    mine, theirs = program_of("lead"), program_of("lead", scopes=("read", "manage"))
    assert mine.post("/projects", {"name": "Mine"}, **key).status_code == 201
    assert theirs.post("/projects", {"name": "Theirs"}, **key).status_code == 201
    with transaction(engine) as session:
        session.execute(update(KeptAnswer).values(at=now() - timedelta(days=2)))
    assert mine.post("/projects", {"name": "Other"}, **key).status_code == 201
    with transaction(engine) as session:
        assert session.scalar(select(func.count()).select_from(KeptAnswer)) == 1


def test_who_is_removed_is_in_no_answer_that_is_kept(
    program_of: Programs, engine: Engine, ids: dict[str, Any]
) -> None:
    mine, lead, key = program_of("annotator"), program_of("lead"), {"Idempotency_Key": "k"}
    me = mine.get("/me").json()
    home = f"{{p}}/traces/{ids['trace_id']}"
    assert mine.post(f"{home}/claim").status_code == 201
    reject = {"decision": "reject", "reason": "No."}
    lead.post(f"{home}/proposals/{ids['proposal_id']}/judgements", reject)
    first = lead.post(f"{home}/undo", {}, **key)
    assert first.json()["held_by"] == [me["name"]]
    with transaction(engine) as session:
        remove_person(session, SCRIPT, me["id"], me["name"])
    again = lead.post(f"{home}/undo", {}, **key)
    assert again.json()["held_by"] != [me["name"]]
    assert me["name"] not in again.text
    with transaction(engine) as session:
        actor = session.scalars(select(Event.actor).where(Event.verb == "claim")).one()
        assert actor["token"] == me["token"]
        assert not verify_history(session).fault


def test_what_is_no_key_is_refused(program_of: Programs) -> None:
    program = program_of("lead")
    for key in ("", "x" * 256):
        answer = program.post("/projects", {"name": "Mine"}, Idempotency_Key=key)
        assert answer.status_code == 422, key


def test_a_body_is_what_its_schema_says(program_of: Programs) -> None:
    program, before = program_of("lead"), {"kind": "generate"}
    for wrong in ({"ids": ["1"]}, {"ids": [True]}, {"ids": [1.5]}, {"ids": 1}, {"ids": []}):
        refused = program.post("{p}/batches", before | wrong)
        assert (refused.status_code, refused.json()["code"]) == (422, "unreadable"), wrong
    assert program.post("{p}/batches", before | {"ids": [10.0**6]}).status_code == 404
    refused = program.ask("PATCH", "{p}", {"prices": {"prompt": "1"}, "policy": {"on": 1}})
    places = [each["place"] for each in refused.json()["fields"]]
    assert places == ["body/policy/on", "body/prices/prompt"]
    assert program.ask("PATCH", "{p}", {"name": "D\0"}).status_code in (200, 422)


@pytest.mark.parametrize("blank", ["", " ", "\x1f", "\x85", "\ufeff", "\u3000\n"])
def test_what_looks_like_nothing_is_no_word(program_of: Programs, blank: str) -> None:
    refused = program_of("lead").ask("PUT", "{p}/models/intervener/key", {"value": blank})
    assert (refused.status_code, refused.json()["code"]) == (422, "unreadable")


def test_while_the_first_runs_others_are_told(program_of: Programs, engine: Engine) -> None:
    program = program_of("lead")
    with transaction(engine) as session:
        token = session.scalars(select(Token.id)).one()
    assert begin_once(engine, token, "k", "0" * 64) is None
    with transaction(engine) as session:
        # What the first asked for is what will be asked again.
        program.post("/projects", {"name": "Mine"}, Idempotency_Key="other")
        asked = select(KeptAnswer.request).where(KeptAnswer.status == 201)
        session.execute(update(KeptAnswer).values(request=asked.scalar_subquery(), status=None))
    answer = program.post("/projects", {"name": "Mine"}, Idempotency_Key="k")
    assert answer.status_code == 409


def test_of_many_at_once_one_is_carried_out(program_of: Programs, engine: Engine) -> None:
    program, found = program_of("lead"), list[int]()

    def ask() -> None:
        made = program.post("/projects", {"name": "Mine"}, Idempotency_Key="k")
        found.append(made.status_code)

    threads = [threading.Thread(target=ask) for _each in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(found) <= {201, 409}
    assert 201 in found
    with transaction(engine) as session:
        assert session.scalar(select(func.count()).select_from(Project)) == 2


def test_a_token_has_so_many_requests_a_minute(
    program_of: Programs, anonymous: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = anonymous.client.app.state.ports.settings  # type: ignore[attr-defined]
    monkeypatch.setattr(ours, "api_rate", 2)
    program = program_of("viewer")
    left = [program.get("/me").headers["RateLimit"].split(";")[1] for _each in range(2)]
    assert left == ["r=1", "r=0"]
    refused = program.get("/me")
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    assert refused.json()["code"] == "too-many"
    assert program_of("annotator").get("/me").headers["RateLimit-Policy"] == '"token";q=2;w=60'
    monkeypatch.setattr(ours, "api_rate", 0)
    assert "RateLimit" not in program.get("/me").headers


def test_without_valkey_nobody_is_held_back(
    program_of: Programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings(), "redis_url", "redis://127.0.0.1:1")
    broker.cache_clear()
    answer = program_of("viewer").get("/me")
    assert answer.status_code == 200
    assert "RateLimit" not in answer.headers
