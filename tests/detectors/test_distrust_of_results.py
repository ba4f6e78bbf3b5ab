"""Errors, statuses and results that the path does not heed, and those that it does."""

import pytest

from app.core.trace import Step
from app.detectors import detect
from tests.detectors.cases import ERROR, PLAIN, SOLVE, case, code, model, rules, solved

GOOD = code(SOLVE, "Optimal 20 5 23\n") + "So \\boxed{23}."
CHECKS = "Let me double-check by hand.\n20 * 24 = 480\n5 * 10 = 50\n480 + 50 = 530\n"
SUMS = "".join(f"{n} * 24 + {n} = {n * 25}\n" for n in range(2, 9))
MODEL = model("min", [1, 1], ([24, 10], 530, None))


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (code(SOLVE, ERROR) + "So \\boxed{22}.", "error-unresolved"),
        (code(SOLVE, ERROR) + "Again:\n" + code(SOLVE, ERROR) + "Hm.", "error-unresolved"),
        (code(SOLVE, "Infeasible 22\n") + "So \\boxed{22}.", "status-ignored"),
        (code(SOLVE, "Status: unbounded\n") + "I am done.", "status-ignored"),
        (code(SOLVE, "Optimal 20 5 23\n") + CHECKS + "So \\boxed{23}.", "worked-again"),
        (code(SOLVE, "Optimal 20 5 23\n") + SUMS + "So \\boxed{23}.", "worked-again"),
        (code(SOLVE, "Optimal 23\n") + "Again:\n" + GOOD, "solved-again"),
        (
            code(PLAIN, "Optimal 20.5 3.8 23\n") + "Rounding up gives 21 boats. So \\boxed{23}.",
            "rounded-solution",
        ),
        (
            code(PLAIN.replace("print(1)", "print(math.ceil(x.varValue))"), "Optimal 21\n") + "Ok.",
            "rounded-solution",
        ),
    ],
)
def test_it_fires(text: str, rule: str) -> None:
    assert rule in rules(text)


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        code(SOLVE, ERROR) + "I mend it.\n" + GOOD,
        code(SOLVE, "Infeasible\n") + "I mend it.\n" + GOOD,
        code(SOLVE, "Infeasible\n") + "So \\boxed{infeasible}.",
        code(SOLVE, "Optimal 20 5 23\n") + "Check: 20 * 24 + 5 * 10 = 530, fine. So \\boxed{23}.",
        code(SOLVE, "Optimal 23\n") + "Another way:\n" + GOOD.replace(">= 530", ">= 529"),
        code(PLAIN, "Optimal 20 5 23\n") + "No rounding is needed. So \\boxed{23}.",
        code(SOLVE, "Optimal 20 5 23.5\n") + "Rounded, it is \\boxed{23}.",
    ],
)
def test_it_does_not(text: str) -> None:
    reference = "infeasible" if "boxed{infeasible}" in text else "23"
    assert rules(text, reference=reference) == []


def test_the_first_of_the_same_errors_is_the_place() -> None:
    text = code(SOLVE, ERROR) + "Again:\n" + code(SOLVE, ERROR) + "Hm."
    (found,) = detect(case(text))
    assert (found.evidence.step, found.evidence.note[:23]) == (1, "The program failed here")
    assert found.evidence.note.endswith("1 more after it; no later program ran to its end.")


def test_what_was_observed_counts_before_what_was_printed() -> None:
    text = code(SOLVE, "All went well: 22\n") + "So \\boxed{22}."
    assert "error-unresolved" in rules(text, facts=[("error", (), ())])
    text = code(SOLVE, "Not optimal? It is: infeasible is a word.\n") + "So \\boxed{23}."
    assert rules(text, facts=[solved(MODEL, 23.0)]) == []


def test_an_error_behind_the_result_that_is_answered_does_no_harm() -> None:
    text = code(SOLVE, "Optimal 23\n") + "More:\n" + code("print(oops)\n", ERROR) + "\\boxed{23}."
    assert rules(text, facts=[solved(MODEL, 23.0), ("error", (), ())]) == []


def test_the_same_model_in_other_words_is_solved_again() -> None:
    other = SOLVE.replace("m", "model")
    text = code(SOLVE, "Optimal 23\n") + "Again:\n" + code(other, "Optimal 23\n") + "\\boxed{23}."
    renamed = model("min", [1, 1], ([24, 10], 530, None), ([1, 0], None, 18))
    assert rules(text, facts=[solved(MODEL, 23.0), solved(MODEL, 23.0)]) == ["solved-again"]
    assert rules(text, facts=[solved(MODEL, 23.0), solved(renamed, 23.0)]) == []


def test_a_forged_output_is_found_and_not_read() -> None:
    forged = Step(
        kind="output", author="reasoner", text="```output\nOptimal 23\n```\n", mark="forged"
    )
    good = case(GOOD)
    path = (good.path[0], forged, *good.path[1:])
    (found,) = detect(good.model_copy(update={"path": path}))
    assert (found.rule, found.evidence.step) == ("forged-output", 1)


def test_a_result_that_is_set_aside_for_another() -> None:
    run = code(SOLVE, "Optimal 23\n")
    said = "The solver probably stopped too early, so I take one boat less. So \\boxed{22}."
    facts = [solved(MODEL, 23.0)]
    (found,) = detect(case(run + said, facts=facts))
    assert (found.rule, found.evidence.step) == ("result-overridden", 2)
    assert rules(run + "The solver probably needed a second. So \\boxed{23}.", facts=facts) == []


def test_a_doubted_result_that_another_program_finds_again() -> None:
    first = code("print(assignment())\nm.solve()\n", "Optimal 23\n")
    doubt = "I am not convinced, so I ask another solver.\n"
    text = first + doubt + code(SOLVE, "Optimal 23\n") + "So \\boxed{23}."
    facts = [("ok", (), ()), solved(MODEL, 23.0)]
    assert rules(text, facts=facts) == ["solved-again"]
    calm = text.replace(doubt, "Now the real model.\n")
    assert rules(calm, facts=facts) == []


def test_a_known_status_that_the_output_hides() -> None:
    text = code(SOLVE, "22\n") + "So \\boxed{22}."
    assert rules(text, facts=[solved(MODEL, None, "Infeasible")]) == ["status-ignored"]
