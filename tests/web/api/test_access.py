"""Sessions, tokens, service accounts, invitations and people by the API: no secret comes twice."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine, select

from app.actions.accounts import open_login
from app.db.session import transaction
from app.db.tables import KeptAnswer, User
from app.web.security import COOKIE
from tests.web import test_routes
from tests.web.api.conftest import Program
from tests.web.conftest import Browser

ids = test_routes.ids
Programs = Callable[..., Program]


def test_a_service_comes_in_and_is_sent_away(program_of: Programs, engine: Engine) -> None:
    lead = program_of("lead")
    service = lead.post("{p}/services", {"name": "ci", "role": "annotator"}).json()
    tokens = f"{{p}}/services/{service['id']}/tokens"
    asked = {"name": "first", "scopes": ["read"], "days": 7}
    fresh = lead.post(tokens, asked, Idempotency_Key="k")
    program = Program(lead.client, fresh.json()["token"], lead.slug)
    assert program.get("/me").json() == {
        "id": service["id"],
        "name": service["name"],
        "kind": "script",
        "admin": False,
        "token": fresh.json()["id"],
        "scopes": ["read"],
    }
    again = lead.post(tokens, asked, Idempotency_Key="k")
    assert (again.status_code, again.json()["code"]) == (409, "shown-once")
    with transaction(engine) as session:
        bodies = session.scalars(select(KeptAnswer.body)).all()
    assert fresh.json()["token"].encode() not in b"".join(filter(None, bodies))
    assert "token" not in lead.get(tokens).json()["items"][0]
    assert lead.ask("DELETE", f"{tokens}/{fresh.json()['id']}").status_code == 204
    assert program.get("/me").status_code == 401
    assert lead.ask("DELETE", f"{{p}}/services/{service['id']}").status_code == 204
    assert service["id"] not in [each["id"] for each in lead.get("{p}/services").json()["items"]]


def test_a_token_makes_none_that_reaches_further(program_of: Programs, ids: dict[str, Any]) -> None:
    lead = program_of("lead", scopes=("read", "manage"))
    tokens = f"{{p}}/services/{ids['service_id']}/tokens"
    wider = {"name": "x", "scopes": ["review"], "days": 7}
    assert lead.post(tokens, wider).json()["code"] == "not-allowed"


def test_an_invitation_lets_one_in(program_of: Programs, anonymous: Browser) -> None:
    lead = program_of("lead")
    made = lead.post("{p}/invitations", {"role": "annotator"}).json()
    address = made["address"]
    assert address.startswith("http://testserver/join?token=")
    assert lead.post("{p}/invitations", {"role": "viewer", "email": "no"}).status_code == 422
    open_ = lead.get("{p}/invitations").json()["items"]
    assert [(each["id"], "address" in each) for each in open_] == [(made["id"], False)]
    assert "annotator" in anonymous.get(address).text
    assert lead.ask("DELETE", f"{{p}}/invitations/{made['id']}").status_code == 204
    assert anonymous.get(address).status_code == 403


def test_an_administrator_makes_lets_out_and_removes(program_of: Programs, engine: Engine) -> None:
    admin = program_of(None, admin=True)
    made = admin.post("/people", {"name": "eve"})
    home = f"/people/{made.json()['id']}"
    assert made.headers["Location"] == f"/api/v1{home}"
    assert not made.json()["has_password"]
    tag = made.headers["ETag"]
    assert admin.ask("PATCH", home, {"active": False}, If_Match=tag).json()["active"] is False
    assert admin.ask("PATCH", home, {"active": True}, If_Match=tag).status_code == 412
    told = admin.get(f"{home}/removal").json()
    assert (told["name"], told["becomes"]) == ("eve", f"removed person {made.json()['id']}")
    assert admin.post(f"{home}/removal", {"name": "adam"}).json()["code"] == "invalid"
    assert admin.post(f"{home}/removal", {"name": "eve"}).status_code == 200
    assert admin.get(home).status_code == 404
    with transaction(engine) as session:
        assert session.scalar(select(User.id).where(User.name == "eve")) is None


def test_one_logs_out_everywhere(
    program_of: Programs, browser_of: Callable[..., Browser], engine: Engine
) -> None:
    program, browser = program_of("annotator"), browser_of("annotator")
    me = program.get("/me").json()["id"]
    with transaction(engine) as session:
        token = open_login(session, session.get_one(User, me), "session")
    browser.client.cookies.set(COOKIE, token)
    assert browser.get("/projects", follow_redirects=False).status_code == 200
    [one] = program.get("/me/sessions").json()["items"]
    assert program.ask("DELETE", f"/me/sessions/{one['id'] + 999}").status_code == 404
    assert program.ask("DELETE", "/me/sessions").json() == {"count": 1}
    assert browser.get("/projects", follow_redirects=False).status_code == 303


def test_a_token_ends_itself(program_of: Programs) -> None:
    program = program_of("viewer")
    [token] = program.get("/me/tokens").json()["items"]
    assert token["id"] == program.get("/me").json()["token"]
    assert program.ask("DELETE", f"/me/tokens/{token['id']}").status_code == 204
    assert program.get("/me").status_code == 401


def test_one_chooses_for_oneself(program_of: Programs) -> None:
    program = program_of("viewer")
    before = program.get("/me/preferences")
    change = {"queue_order": "uncertain", "keys": {"accept": "y"}, "shows_time": False}
    tag = before.headers["ETag"]
    changed = program.ask(
        "PATCH", "/me/preferences", {"language": "zh-Hans", **change}, If_Match=tag
    )
    assert changed.json()["keys"] == before.json()["keys"] | {"accept": "y"}
    assert changed.json()["language"] == "zh-Hans"
    assert program.ask("PATCH", "/me/preferences", change, If_Match=tag).status_code == 412
    assert program.ask("PATCH", "/me/preferences", {"keys": {"accept": "j"}}).status_code == 422
    assert program.get("/me/time").json() == {"items": [], "next": None}
