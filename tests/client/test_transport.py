"""One exchange: what is tried again, what wrong servers answer, and what is never told."""

import json
import logging
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from urllib.parse import unquote

import pytest

from app.client import ApiError, Client, v1
from app.core.flaws import DEFAULT
from tests.client.conftest import Scripted

TOKEN = "calm_a-secret-of-this-test"
ME = {"id": 1, "name": "ana", "kind": "person", "admin": False, "token": 1, "scopes": ["read"]}
PROJECT = {
    "slug": "ducks",
    "name": "Ducks",
    "guidelines": "",
    "taxonomy": DEFAULT.model_dump(mode="json"),
    "settings": None,
    "id": 1,
}
PROBLEM = {"type": "about:blank", "title": "Conflict", "status": 409, "code": "conflict"}


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses that the client would have made."""
    made: list[float] = []
    monkeypatch.setattr(time, "sleep", made.append)
    return made


@pytest.fixture
def calm(scripted: Scripted, waits: list[float]) -> Iterator[Client]:
    """A client of the scripted server, which waits for nothing."""
    with Client(scripted.url, TOKEN, timeout=5, retries=3) as client:
        yield client


def problem(code: str = "conflict", **more: object) -> dict[str, object]:
    return PROBLEM | {"code": code, "detail": "No.", "fields": []} | more


def test_a_post_that_got_no_answer_is_sent_again_under_the_same_key(
    calm: Client, scripted: Scripted
) -> None:
    scripted.hang_up()
    scripted.answer(502, b"<html>", content_type="text/html")
    scripted.answer(503, b"", content_type="text/plain")
    scripted.answer(204)
    assert calm.claim_next("ducks") is None
    keys = [each.headers["idempotency-key"] for each in scripted.asked]
    assert len(keys) == 4
    assert len(set(keys)) == 1
    calm.claim_next("ducks")
    assert scripted.asked[-1].headers["idempotency-key"] != keys[0]


def test_a_request_that_is_still_being_carried_out_is_waited_for(
    calm: Client, scripted: Scripted
) -> None:
    scripted.hang_up()
    scripted.answer(409, problem(detail="begun and not ended"))
    scripted.answer(204, idempotency_replayed="true")
    assert calm.claim_next("ducks") is None
    assert len(scripted.asked) == 3


def test_a_conflict_is_told_at_once(calm: Client, scripted: Scripted) -> None:
    scripted.answer(409, problem())
    with pytest.raises(ApiError) as caught:
        calm.claim_next("ducks")
    assert (caught.value.code, caught.value.status) == ("conflict", 409)
    assert len(scripted.asked) == 1


def test_a_replayed_conflict_is_told_at_once(calm: Client, scripted: Scripted) -> None:
    scripted.hang_up()
    scripted.answer(409, problem(), idempotency_replayed="true")
    with pytest.raises(ApiError, match="No"):
        calm.claim_next("ducks")
    assert len(scripted.asked) == 2


@pytest.mark.parametrize("fault", ["hang up", 502])
def test_what_could_be_done_twice_is_not_sent_twice(
    calm: Client, scripted: Scripted, fault: str | int
) -> None:
    scripted.hang_up() if fault == "hang up" else scripted.answer(
        502, b"", content_type="text/html"
    )
    for deed in (
        lambda: calm.change_project("ducks", v1.ChangedProject(name="x")),
        lambda: calm.release_claim("ducks", 7),
    ):
        scripted.asked.clear()
        with pytest.raises(ApiError):
            deed()
        assert len(scripted.asked) == 1


def test_it_waits_as_long_as_the_server_asks(
    calm: Client, scripted: Scripted, waits: list[float]
) -> None:
    scripted.answer(429, problem("too-many", status=429), retry_after="7")
    scripted.answer(200, ME)
    assert calm.get_me().name == "ana"
    assert waits == [7.0]


def test_it_does_not_wait_for_ever(calm: Client, scripted: Scripted, waits: list[float]) -> None:
    scripted.answer(429, problem("too-many", status=429), retry_after="3600")
    with pytest.raises(ApiError) as caught:
        calm.get_me()
    assert (caught.value.after, waits) == (3600, [])
    scripted.answers.clear()
    scripted.answer(503, b"", content_type="text/plain")
    with pytest.raises(ApiError, match="can't answer now: 503"):
        calm.get_me()
    assert len(waits) == 3
    assert all(0 < wait <= 8 for wait in waits)


def test_a_list_goes_on_from_page_to_page(calm: Client, scripted: Scripted) -> None:
    line = {"id": 1, "name": "Ducks", "problems": 0, "traces": 0}
    scripted.answer(200, {"items": [line | {"slug": "a"}, line | {"slug": "b"}], "next": "Wz/+"})
    scripted.answer(200, {"items": [line | {"slug": "c", "new": "field"}], "next": None})
    assert [each.slug for each in calm.list_projects(limit=2)] == ["a", "b", "c"]
    assert scripted.asked[0].path == "/api/v1/projects?limit=2"
    assert scripted.asked[1].path == "/api/v1/projects?limit=2&cursor=Wz%2F%2B"


@pytest.mark.parametrize("slug", ["../me", "a/b", "..", ".", ""])
def test_a_name_can_not_lead_out_of_its_place(calm: Client, scripted: Scripted, slug: str) -> None:
    with pytest.raises(ApiError, match="nothing called"):
        calm.get_project(slug)
    assert scripted.asked == []


@pytest.mark.parametrize("slug", ["a?b", "a#b", "a%2Fb", "é b"])
def test_a_name_stays_one_part_of_the_address(calm: Client, scripted: Scripted, slug: str) -> None:
    scripted.answer(404, problem("not-found", status=404))
    with pytest.raises(ApiError):
        calm.get_project(slug)
    assert unquote(scripted.asked[0].path.removeprefix("/api/v1/projects/")) == slug


def test_what_was_seen_goes_with_a_change(calm: Client, scripted: Scripted) -> None:
    scripted.answer(200, PROJECT, etag='"1"')
    scripted.answer(304, b"", etag='"1"')
    scripted.answer(412, problem("precondition-failed", status=412))
    seen = calm.get_project("ducks")
    assert seen.etag == '"1"'
    assert calm.get_project("ducks", seen=seen) is seen
    with pytest.raises(ApiError) as caught:
        calm.change_project("ducks", v1.ChangedProject(name="New"), seen=seen)
    assert caught.value.code == "precondition-failed"
    assert scripted.asked[1].headers["if-none-match"] == '"1"'
    assert scripted.asked[2].headers["if-match"] == '"1"'
    assert json.loads(scripted.asked[2].body) == {"name": "New"}


def test_fields_that_can_not_be_read_are_named(calm: Client, scripted: Scripted) -> None:
    fields = [{"place": "body/name", "message": "Field required"}]
    scripted.answer(422, problem("unreadable", status=422, fields=fields))
    with pytest.raises(ApiError, match=r"No\.; body/name: Field required") as caught:
        calm.create_project(v1.NewProject(name=""))
    assert caught.value.fields == (("body/name", "Field required"),)


@pytest.mark.parametrize(
    ("status", "kind", "body", "told"),
    [
        (
            200,
            "text/html",
            b"<html>Log in</html>",
            "it answered 200 text/html",
        ),
        (404, "text/html", b"<html>", "is no CALM Studio server: it answered 404"),
        (403, "application/problem+json", b"[]", "is no CALM Studio server: it answered 403"),
        (
            401,
            "application/problem+json",
            b"{nonsense",
            "it answered 401",
        ),
        (200, "application/json", b"{nonsense", "this version of calm can't read"),
        (200, "application/json", b'{"name": 7}', "this version of calm can't read: id."),
        (413, "text/html", b"<html>", "more than http.* takes at once"),
    ],
)
def test_what_is_no_answer_of_the_api_is_said_plainly(
    calm: Client, scripted: Scripted, status: int, kind: str, body: bytes, told: str
) -> None:
    scripted.answer(status, body, content_type=kind)
    with pytest.raises(ApiError, match=told) as caught:
        calm.get_me()
    assert "\n" not in str(caught.value)
    assert caught.value.status == status


def test_no_redirect_is_followed(calm: Client, scripted: Scripted) -> None:
    scripted.answer(301, b"", location="https://other.example/", content_type="text/html")
    with pytest.raises(ApiError, match=r"leads on to https://other\.example/"):
        calm.get_me()
    assert len(scripted.asked) == 1


def test_nobody_there_is_said_plainly(waits: list[float], scripted: Scripted) -> None:
    port = scripted.server_port + 1 if scripted.server_port < 65535 else 1
    for url in (f"http://127.0.0.1:{port}", "http://localhost:1"):
        with Client(url, TOKEN, retries=1) as calm, pytest.raises(ApiError) as caught:
            calm.get_me()
        assert caught.value.code == "unreachable"
        assert "can't be reached" in str(caught.value)
    assert len(waits) == 2


def test_a_server_without_tls_is_not_asked_again(scripted: Scripted, waits: list[float]) -> None:
    scripted.answer(200, ME)
    url = scripted.url.replace("http:", "https:")
    with Client(url, TOKEN) as calm, pytest.raises(ApiError) as caught:
        calm.get_me()
    assert caught.value.code == "untrusted"
    assert waits == []


def test_a_proxy_that_bars_the_way_is_named(
    scripted: Scripted, waits: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    scripted.answer(403, b"", content_type="text/html")
    monkeypatch.setenv("HTTPS_PROXY", scripted.url)
    with Client("https://calm.example", TOKEN) as calm, pytest.raises(ApiError) as caught:
        calm.get_me()
    assert caught.value.code in ("barred", "unreachable")
    assert TOKEN not in str(scripted.asked)


@pytest.mark.parametrize(
    "url",
    ["", "calm.example", "ftp://a", "http://", "http://ana:pw@a", "http://a:x", "http://[", "//a"],
)
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(ApiError) as caught:
        Client(url, TOKEN)
    assert "pw" not in str(caught.value)


@pytest.mark.parametrize("token", ["", "a b", "a\nb", "é", "\x00"])
def test_a_token_that_is_none_is_refused(token: str) -> None:
    with pytest.raises(ApiError, match="no token"):
        Client("http://127.0.0.1", token)


@pytest.mark.parametrize("tail", ["", "/", "/api/v1", "/api/v1/"])
def test_the_address_may_name_the_api(scripted: Scripted, tail: str) -> None:
    scripted.answer(200, ME)
    with Client(f"{scripted.url}/studio{tail}", TOKEN) as calm:
        assert calm.get_me().scopes == ("read",)
    assert scripted.asked[0].path == "/studio/api/v1/me"


def test_the_token_is_told_to_nobody(
    calm: Client, scripted: Scripted, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    scripted.answer(401, problem("not-identified", status=401))
    with pytest.raises(ApiError) as caught:
        calm.get_me()
    assert scripted.asked[0].headers["authorization"] == f"Bearer {TOKEN}"
    for text in (repr(calm), repr(calm._transport.__dict__), repr(caught.value), caplog.text):
        assert TOKEN not in text


def test_a_file_comes_whole_or_not_at_all(calm: Client, scripted: Scripted, tmp_path: Path) -> None:
    to = tmp_path / "train.jsonl"
    to.write_text("before")
    bytes_ = {"content_type": "application/octet-stream"}
    scripted.answer(200, b"half", content_length="8", **bytes_)
    scripted.answer(200, b"whole", **bytes_)
    assert calm.get_file("ducks", 1, "train.jsonl", to, sha256=sha256(b"whole").hexdigest()) == to
    assert to.read_bytes() == b"whole"
    with pytest.raises(ApiError, match="did not come as its hash says"):
        calm.get_file("ducks", 1, "train.jsonl", to, sha256=sha256(b"other").hexdigest())
    assert to.read_bytes() == b"whole"
    assert list(tmp_path.iterdir()) == [to]


def test_a_page_is_not_taken_for_a_file(calm: Client, scripted: Scripted, tmp_path: Path) -> None:
    scripted.answer(200, b"<html>", content_type="text/html")
    with pytest.raises(ApiError, match="is no CALM Studio server"):
        calm.download_dataset("ducks", 1, tmp_path / "all.zip")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_sent_again_is_the_same_request(
    calm: Client, scripted: Scripted, tmp_path: Path
) -> None:
    file = tmp_path / "rows.csv"
    file.write_text("question,answer\nHow many?,3\n")
    scripted.hang_up()
    scripted.answer(200, {"imported": 1, "unchanged": 0, "failed": []})
    assert calm.import_file("ducks", file, what="problems", question="q").imported == 1
    first, second = scripted.asked
    assert (first.body, first.headers) == (second.body, second.headers)
    assert b'name="what"\r\n\r\nproblems' in first.body
    assert b'name="answer"' not in first.body
