"""Claims of untrusted code: what is believed, and what is passed over."""

import json

from hypothesis import given
from hypothesis import strategies as st

from app.backends.sandboxes.claims import MODELS, SOLVES, Claims

SOLVE = {"library": "pulp", "status": "started", "rows": 2}


def line(claim: object) -> bytes:
    return json.dumps(claim).encode() + b"\n"


def test_a_later_word_on_a_solve_adds_to_the_first() -> None:
    claims = Claims()
    claims.feed(line({"key": "1", "solve": SOLVE}))
    claims.feed(line({"key": "1", "solve": {"status": "Optimal", "objective": 3}}))
    (solve,) = claims.solves
    assert (solve.status, solve.objective, solve.rows) == ("Optimal", 3, 2)


@given(st.lists(st.binary()))
def test_noise_is_passed_over(pieces: list[bytes]) -> None:
    claims = Claims()
    for piece in pieces:
        claims.feed(piece)
    claims.feed(b"\n" + line({"end": None}))
    assert claims.ended
    assert claims.solves == ()


def test_claims_of_another_shape_are_passed_over() -> None:
    claims = Claims()
    deep = b"[" * 50_000 + b"\n"
    shapes = [
        [],
        1,
        {},
        {"key": []},
        {"key": "1", "solve": {"library": "x"}},
        {"key": "1", "solve": 1},
        {"end": {"a": 1}},
    ]
    for claim in [deep, *map(line, shapes)]:
        claims.feed(claim)
    assert not claims.ended
    assert claims.solves == ()


def test_a_flood_of_claims_is_bounded_and_the_end_still_heard() -> None:
    claims = Claims()
    for number in range(40_000):
        claims.feed(line({"key": str(number), "solve": SOLVE}))
    claims.feed(b"x" * 10**6 + b"\n")
    claims.feed(line({"end": None}))
    assert len(claims.solves) == SOLVES
    assert claims.ended


def test_models_are_bounded_together() -> None:
    claims = Claims()
    model = "x" * (MODELS // 4)
    for number in range(6):
        claims.feed(line({"key": str(number), "solve": SOLVE | {"model": model}}))
    kept = [solve.model for solve in claims.solves]
    assert kept == [model] * 4 + [None] * 2
    assert claims.solves[5].note
