"""The model as solved: written for people, compared, and held against a claim."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from app.core.execution import Solve
from app.core.solved import (
    Examination,
    Optimum,
    Row,
    SolvedModel,
    Variable,
    algebra,
    compare,
    finding,
    latex,
)

MODEL = SolvedModel(
    sense="max",
    objective=((0, 3.0), (1, -1.0), (2, 0.5)),
    constant=-2.0,
    variables=(
        Variable(name="x", upper=4.0, integer=True),
        Variable(name="y_a"),
        Variable(name="z", upper=1.0, integer=True),
        Variable(name="w", lower=None),
    ),
    rows=(
        Row(name="cap", terms=((0, 1.0), (1, 2.0)), upper=7.5),
        Row(name="band", terms=((1, -1.0), (2, 1.0)), lower=1.0, upper=3.0),
        Row(name="same", terms=((0, 1.0), (3, -1.0)), lower=2.0, upper=2.0),
    ),
)


def changed(**update: object) -> SolvedModel:
    return SolvedModel.model_validate(MODEL.model_copy(update=update).model_dump())


def test_algebra_is_read_as_it_would_be_written() -> None:
    assert [(line.label, line.plain) for line in algebra(MODEL)] == [
        ("max", "3 x − y_a + 0.5 z − 2"),
        ("cap", "x + 2 y_a ≤ 7.5"),
        ("band", "1 ≤ −y_a + z ≤ 3"),
        ("same", "x − w = 2"),
        ("", "0 ≤ x ≤ 4 integer"),
        ("", "y_a ≥ 0"),
        ("", "z ∈ {0, 1}"),
        ("", "w free"),
    ]


def test_latex_escapes_what_a_name_may_hold() -> None:
    model = changed(variables=tuple(Variable(name=f"a_{{}}\\input{at}") for at in range(4)))
    text = latex(algebra(model))
    assert r"\input" not in text
    assert r"3 a_{\mathrm{input0}}" in text
    assert text.count(r"\\") == len(algebra(model)) - 1


def test_a_large_model_is_cut_and_counted() -> None:
    many = SolvedModel(
        sense="min",
        objective=tuple((at, 1.0) for at in range(300)),
        variables=tuple(Variable(name=f"x{at}", upper=at) for at in range(300)),
        rows=tuple(Row(name=f"r{at}", terms=((at, 1.0),), lower=1) for at in range(300)),
    )
    lines = algebra(many)
    assert len(lines) < 130
    assert "260 more terms" in lines[0].plain
    assert "… 240 more rows" in [line.plain for line in lines]


def test_a_model_must_be_whole() -> None:
    with pytest.raises(ValidationError):
        changed(objective=((9, 1.0),))


names = st.permutations(["p", "q", "r", "s"])


@given(names, st.permutations(range(4)), st.permutations(range(3)), st.booleans())
def test_a_renamed_and_reordered_model_differs_in_nothing(
    renamed: list[str], variables: list[int], rows: list[int], turned: bool
) -> None:
    place = {old: new for new, old in enumerate(variables)}
    sign = -1.0 if turned else 1.0

    def moved(row: Row) -> Row:
        sides = [None if side is None else side * sign for side in (row.lower, row.upper)]
        lower, upper = sides if sign > 0 else reversed(sides)
        terms = tuple((place[at], value * sign) for at, value in row.terms)
        return Row(name=f"r_{row.name}", terms=terms, lower=lower, upper=upper)

    other = SolvedModel(
        sense="max",
        objective=tuple((place[at], value) for at, value in MODEL.objective),
        constant=-2.0,
        variables=tuple(
            MODEL.variables[old].model_copy(update={"name": renamed[old]}) for old in variables
        ),
        rows=tuple(moved(MODEL.rows[at]) for at in rows),
    )
    assert compare(MODEL, other) == ()


@pytest.mark.parametrize(
    ("update", "kind", "where", "before", "after"),
    [
        ({"sense": "min"}, "sense", "objective", "max", "min"),
        ({"constant": 1.0}, "constant", "objective", "−2", "1"),
        ({"objective": ((0, 3.5), (1, -1.0), (2, 0.5))}, "coefficient", "x", "3", "3.5"),
        (
            {"variables": (Variable(name="x", upper=4.0), *MODEL.variables[1:])},
            *("type", "x", "integer", "continuous"),
        ),
        (
            {"variables": (*MODEL.variables[:3], Variable(name="w", upper=2.0))},
            *("bounds", "w", "−∞ to ∞", "0 to 2"),
        ),
        (
            {"rows": (MODEL.rows[0].model_copy(update={"upper": 8.0}), *MODEL.rows[1:])},
            *("row", "cap", "x + 2 y_a ≤ 7.5", "x + 2 y_a ≤ 8"),
        ),
        ({"rows": MODEL.rows[1:]}, "row", "cap", "x + 2 y_a ≤ 7.5", ""),
        (
            {"variables": (*MODEL.variables, Variable(name="v"))},
            *("variable", "v", "", "new"),
        ),
    ],
)
def test_each_difference_is_named(
    update: dict[str, object], kind: str, where: str, before: str, after: str
) -> None:
    (difference,) = compare(MODEL, changed(**update))
    assert tuple(difference) == (kind, where, before, after)


def solve(**facts: object) -> Solve:
    return Solve.model_validate({"library": "pulp", "status": "Optimal", "objective": 10} | facts)


def found(status: str = "Optimal", objective: float | None = 10.0) -> Examination:
    return Examination(solved=Optimum(status=status, objective=objective))


def test_a_claim_that_stands_is_no_finding() -> None:
    assert finding(solve(), found()) is None
    assert finding(solve(objective=10 + 1e-7), found()) is None
    assert finding(solve(status="started", objective=None), found()) is None
    assert finding(solve(status="Not Solved", objective=3), found()) is None
    assert finding(solve(), Examination(problem="unreadable")) is None
    assert finding(solve(objective=99), found("Time limit reached", None)) is None


def test_a_forged_claim_is_one() -> None:
    assert finding(solve(objective=12), found()) == (
        "It claims 12; the model that it solved gives 10."
    )
    assert "is infeasible" in (finding(solve(), found("Infeasible", None)) or "")
    assert finding(solve(objective=10.001), found()) is not None


def test_integer_models_may_stop_within_the_usual_gap() -> None:
    integer = found().model_copy(update={"model": MODEL})
    assert finding(solve(objective=10.0005), integer) is None
    assert finding(solve(objective=10.1), integer) is not None
    assert finding(solve(objective=10.1, gap=0.05), integer) is None


def test_what_was_stored_is_read_for_ever() -> None:
    stored = [
        json.loads((Path(__file__).parents[1] / f"golden/examination_{n}.json").read_text())
        for n in (1, 2)
    ]
    first, second = (json.loads(Examination(**one).model_dump_json()) for one in stored)
    assert first == stored[0] | {"version": 2, "whole": None}
    assert second == stored[1]


def test_large_models_are_compared_in_a_moment() -> None:
    """Nine thousand variables: anything quadratic would be noticed."""
    variables = tuple(Variable(name=f"x{at}", upper=float(at)) for at in range(9_000))
    terms = tuple((at, 1.0 + at) for at in range(9_000))
    model = SolvedModel(sense="min", objective=terms, variables=variables)
    other = model.model_copy(
        update={
            "variables": tuple(it.model_copy(update={"name": f"y{it.name}"}) for it in variables)
        }
    )
    assert compare(model, other) == ()
    assert len(compare(model, other.model_copy(update={"objective": ()}))) == 50
