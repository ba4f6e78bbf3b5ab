"""Which references verified answers speak against, and which answers are independent."""

from collections.abc import Sequence

import pytest

from app.core.answer import parse_answer, parse_reference
from app.core.solved import Optimum
from app.core.suspect import Suspicion, Witness, is_verified, suspicion


def solved(status: str, objective: float | None = None) -> Optimum:
    return Optimum(status=status, objective=objective)


@pytest.mark.parametrize(
    ("answer", "found", "verified"),
    [
        ("340", solved("Optimal", 340.0), True),
        ("340 litres", solved("Optimal", 340.00000001), True),
        ("1160.33", solved("Optimal", 1160.3333333), True),
        ("1160.34", solved("Optimal", 1160.3333333), False),
        ("340", solved("Optimal", -340.0), True),
        ("341", solved("Optimal", 340.0), False),
        ("340", solved("Infeasible", 340.0), False),
        ("340", None, False),
        ("no feasible solution", solved("Infeasible"), True),
        ("unbounded", solved("Infeasible"), False),
        ("unbounded", solved("Primal infeasible or unbounded"), True),
        ("x=3, y=4", solved("Infeasible"), False),
        ("x=3, y=4", solved("Optimal", 340.0), False),
    ],
)
def test_an_answer_is_verified_by_what_solving_again_gave(
    answer: str, found: Optimum | None, verified: bool
) -> None:
    assert is_verified(parse_answer(answer), found) is verified


def test_no_answer_is_not_verified() -> None:
    assert not is_verified(None, solved("Optimal", 340.0))


def heard(*answers: str, solve: int = 0, program: str = "") -> Sequence[Witness]:
    """A witness for each answer, each with a solve and a program of its own unless one is given."""
    return [
        Witness(
            trace_id=at,
            branch_id=at,
            branch_number=1,
            solve_id=solve or at + 1,
            program=program or f"program {at}",
            answer=parse_answer(answer),
        )
        for at, answer in enumerate(answers)
    ]


def asked(reference: str, witnesses: Sequence[Witness]) -> Suspicion | None:
    return suspicion(parse_reference(reference), None, witnesses)


def test_two_who_agree_against_the_reference_make_it_suspect() -> None:
    found = asked("340", heard("341", "341.0"))
    assert found is not None
    assert len(found.against) == 2
    assert found.agreeing == 0


@pytest.mark.parametrize(
    ("reference", "answers"),
    [
        ("340", ["341"]),
        ("340", ["341", "342"]),
        ("340", ["341", "341", "340", "340"]),
        ("340 or 341", ["341", "341"]),
        ("unknown", ["341", "341"]),
    ],
)
def test_a_reference_stands_where_too_few_agree_against_it(
    reference: str, answers: list[str]
) -> None:
    assert asked(reference, heard(*answers)) is None


def test_the_largest_group_speaks() -> None:
    found = asked("340", heard("341", "342", "342", "342", "340"))
    assert found is not None
    assert [each.answer.text for each in found.against] == ["342", "342", "342"]
    assert found.agreeing == 1


def test_those_who_share_a_solve_or_a_program_are_one() -> None:
    assert asked("340", heard("341", "341", "341", solve=7)) is None
    assert asked("340", heard("341", "341", "341", program="the same")) is None


def test_an_outcome_can_speak_against_a_number() -> None:
    assert asked("340", heard("infeasible", "There is no feasible solution")) is not None
    assert asked("infeasible", heard("340", "340")) is not None
