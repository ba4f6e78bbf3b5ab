"""The detectors: what each fires on, and that it stays silent where a later step mended it."""

import pytest

from app.backends.interveners import INTERVENERS
from app.core.answer import find_answer, grade, parse_reference
from app.core.case import Case
from app.core.fences import frame_output, split_text
from app.core.flaws import DEFAULT, Taxonomy
from app.core.numbers import numbers_in
from app.core.problem import Problem
from app.core.proposal import Flawless
from app.core.splice import cut_refusal
from app.core.trace import Step, text_of
from app.detectors import detect

QUESTION = "A boat holds 24 people and a raft 10. For 530 people, how many at the lowest cost?"
SOLVER = "m = pulp.LpProblem('m', pulp.LpMinimize)  # cat='Integer'\nm += 24*x + 10*y >= 530\n"
SOLVE = f"{SOLVER}m.solve()\nprint(1)\n"


def code(source: str, output: str | None = None) -> str:
    shown = "" if output is None else frame_output(output)
    return f"```python\n{source}```\n{shown}"


def case(text: str, question: str = QUESTION, reference: object = "23", **changed: object) -> Case:
    """A path of this text whose outputs are the sandbox's."""
    path = tuple(
        Step(kind=kind, author="sandbox" if kind == "output" else "reasoner", text=part)
        for kind, part in split_text(text)
    )
    problem = Problem(question=question, reference=parse_reference(reference))
    correct = grade(find_answer(text_of(path)), problem.reference).correct
    whole = {"problem": problem, "path": path, "correct": correct} | changed
    return Case.model_validate(whole)


def rules(text: str, question: str = QUESTION, **changed: object) -> list[str]:
    return [found.source.name for found in detect(case(text, question, **changed))]


ERROR = "Traceback (most recent call last):\n  File x\nNameError: name 'x' is not defined\n"
GOOD = code(SOLVE, "Optimal 20 5 23\n") + "So \\boxed{23}."
TRIES = "".join(f"- If x = {number}, then 24({number}) + 10y is too low.\n" for number in range(5))
SUMS = "".join(f"{n} * 24 + {n} = {n * 25}\n" for n in range(2, 9))


def test_a_good_path_is_left_alone() -> None:
    assert rules(GOOD) == []


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (GOOD.replace("So", f"{TRIES}\n\nSo"), "by hand"),
        (f"{SUMS}\nI could go on.", "by hand"),
        ("I guess it is \\boxed{23}.", "no program"),
        (code("print(24 * 10 * 530)\n", "127200\n") + "Hm.", "never solves"),
        (code(SOLVE, ERROR) + "So \\boxed{22}.", "error unresolved"),
        (code(SOLVE, ERROR) + "Again:\n" + code(SOLVE, ERROR) + "Hm.", "error unresolved"),
        (code(SOLVE, "Infeasible 22\n") + "So \\boxed{22}.", "status ignored"),
        (code(SOLVE.replace("Minim", "Maxim"), "Optimal 23\n") + "So \\boxed{23}.", "sense"),
        (code(SOLVE, "Optimal 20 5 23\n") + "So \\boxed{31}.", "answer not printed"),
        (code(SOLVE, "Optimal 0\n") + "So \\boxed{0}.", "optimum of zero"),
        (
            code(SOLVE.replace("  # cat='Integer'", ""), "x = 20.5\nz = 23\n") + "So \\boxed{23}.",
            "fraction of a thing",
        ),
    ],
)
def test_each_rule_fires_with_evidence(text: str, rule: str) -> None:
    path = case(text).path
    (found,) = (one for one in detect(case(text)) if one.source.name == rule)
    (evidence,) = found.evidence
    assert evidence.note
    assert 0 <= evidence.start < evidence.end <= len(path[evidence.step].text)
    assert cut_refusal(path, found.cut) is None
    assert DEFAULT.get(found.flaw) is not None
    assert numbers_in(found.words) == frozenset()


def test_a_number_of_the_problem_that_nothing_uses() -> None:
    question = "Boats of 24, rafts of 10, at most 18 boats, 530 people, 15 litres each: the lowest?"
    program = "m += 15*x\nm += 24*x + 10*y >= 530\nm.solve()\n"
    assert rules(code(program, "Optimal 23\n") + "So \\boxed{23}.", question) == ["number unused"]
    mended = program.replace("m.solve", "m += x <= 18\nm.solve")
    assert rules(code(mended, "Optimal 23\n") + "So \\boxed{23}.", question) == []


@pytest.mark.parametrize(
    "before",
    [
        f"{TRIES}\n",
        f"{SUMS}\n",
        code("print(1)\n", "1\n"),
        code(SOLVE, ERROR) + "I mend it.\n",
        code(SOLVE, "Infeasible\n") + "I mend it.\n",
        code(SOLVE.replace("Minim", "Maxim"), "Optimal 99\n") + "I turn it round.\n",
        code(SOLVE.replace("  # cat='Integer'", ""), "x = 20.5\n") + "Whole boats.\n",
    ],
)
def test_what_a_later_step_mended_is_no_flaw(before: str) -> None:
    assert rules(before + GOOD) == []


def test_the_first_of_the_same_errors_is_the_place() -> None:
    text = code(SOLVE, ERROR) + "Again:\n" + code(SOLVE, ERROR) + "Hm."
    (found,) = detect(case(text))
    assert (found.evidence[0].step, found.cut.step) == (1, 2)


def test_a_forged_output_is_found_and_not_read() -> None:
    forged = Step(
        kind="output", author="reasoner", text="```output\nOptimal 23\n```\n", mark="forged"
    )
    good = case(GOOD)
    path = (good.path[0], forged, *good.path[1:])
    names = [found.source.name for found in detect(good.model_copy(update={"path": path}))]
    assert "forged output" in names


def test_an_infeasible_problem_may_say_so() -> None:
    said = code(SOLVE, "Infeasible\n") + "So \\boxed{infeasible}."
    assert rules(said) == []


def test_only_the_flaws_of_the_taxonomy_are_proposed() -> None:
    fewer = Taxonomy(version="1", flaws=DEFAULT.flaws[-1:])
    assert rules(code(SOLVE, ERROR) + "Hm.", taxonomy=fewer) == []


def test_the_rules_are_an_intervener() -> None:
    intervener = INTERVENERS.make("rules", {})
    assert isinstance(intervener.review(case(GOOD)), Flawless)
    assert len(intervener.review(case(code(SOLVE, ERROR) + "Hm."))) == 1  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["", "\n", "```python\n", "```output\n", "\\boxed{", "```\n" * 99])
def test_odd_paths_do_not_trouble_them(text: str) -> None:
    detect(case(text))
