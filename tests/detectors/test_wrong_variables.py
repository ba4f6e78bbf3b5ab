"""Continuous variables of things that are counted, and variables that may be negative."""

from app.detectors import detect
from tests.detectors.cases import PLAIN, SOLVE, case, code, model, rules, solved

LINEAR = model("min", [15, 7], ([24, 10], 530, None), integer=False)
WHOLE = model("min", [15, 7], ([24, 10], 530, None))
TEXT = code(PLAIN, "Optimal 23\n") + "So \\boxed{331.25}."


def test_another_optimum_in_whole_numbers_is_told_to_people_alone() -> None:
    facts = [solved(LINEAR, 331.25, whole=337.0)]
    (found,) = detect(case(TEXT, reference="337", facts=facts))
    assert found.rule == "continuous-counted"
    assert found.evidence.note == (
        "No variable is integer; the optimum is 331.25, and in whole numbers 337."
    )
    assert found.values == {}


def test_it_does_not_fire_where_whole_numbers_change_nothing() -> None:
    assert rules(TEXT, facts=[solved(LINEAR, 331.25, whole=331.25)]) == []


def test_without_a_reference_it_does_not_fire_for_what_can_be_divided() -> None:
    question = "A boat holds 24 and a raft 10. For 530, what do the litres cost at least?"
    facts = [solved(LINEAR, 331.25, whole=337.0)]
    assert rules(TEXT, question, reference="unknown", facts=facts) == []
    assert rules(TEXT, reference="unknown", facts=facts) == ["continuous-counted"]


def test_the_reference_decides_where_there_is_one() -> None:
    facts = [solved(LINEAR, 331.25, whole=337.0)]
    assert rules(TEXT, reference="331.25", facts=facts) == []
    assert rules(TEXT, reference="340", facts=facts) == []


def test_some_integers_are_not_all() -> None:
    mixed = model("min", [15, 7], ([24, 10], 530, None), integer=False, binary=(1,))
    facts = [solved(mixed, 331.25, whole=337.0, relaxed=331.25)]
    (found,) = detect(case(TEXT, reference="337", facts=facts))
    assert found.rule == "continuous-counted"
    assert found.evidence.note.startswith("Not all variables are integer;")


def test_integers_that_the_problem_does_not_ask_for() -> None:
    text = code(SOLVE, "Optimal 337\n") + "So \\boxed{337}."
    facts = [solved(WHOLE, 337.0, relaxed=331.25)]
    assert rules(text, reference="331.25", facts=facts) == ["integer-divisible"]
    assert rules(text, reference="337", facts=facts) == []
    assert rules(text, reference="340", facts=facts) == []


def test_things_that_are_said_to_be_whole() -> None:
    whole = "A boat holds 24 and a raft 10. Only whole units are hired. For 530 at least?"
    assert rules(TEXT, whole, facts=[solved(LINEAR, 331.25)]) == ["whole-not-integer"]
    assert rules(TEXT, whole, facts=[solved(WHOLE, 331.25)]) == []
    assert rules(TEXT, facts=[solved(LINEAR, 331.25)]) == []


def test_values_that_may_be_negative_and_are_not() -> None:
    question = "Settings may be anything between -5 and 5. 24x + 10y is 530. The lowest?"
    assert rules(TEXT, question, facts=[solved(LINEAR, 331.25)]) == ["negative-cut-off"]
    free = model("min", [15, 7], ([24, 10], 530, None), integer=False, lower=-5)
    assert rules(TEXT, question, facts=[solved(free, 331.25)]) == []
    no = question.replace("may be anything between -5 and 5", "are never between -5 and 0")
    assert rules(TEXT, no, facts=[solved(LINEAR, 331.25)]) == []


def test_it_does_not_fire_for_integer_variables() -> None:
    assert rules(TEXT, facts=[solved(WHOLE, 331.25)]) == []


def test_a_printed_fraction_of_a_thing() -> None:
    text = code(PLAIN, "x = 20.5\nz = 23\n") + "So \\boxed{23}."
    assert rules(text) == ["fraction-of-a-thing"]
    assert rules(text.replace("x = 20.5", "x = 20.0")) == []
    assert rules(code(SOLVE, "x = 20.5\nz = 23\n") + "So \\boxed{23}.") == []


def test_the_objective_may_be_a_fraction() -> None:
    text = code(PLAIN, "x = 20\nz = 331.25\n") + "So \\boxed{331.25}."
    assert rules(text, facts=[solved(LINEAR, 331.25, whole=331.25)]) == []


def test_variables_that_go_negative() -> None:
    free = model("min", [15, 7], ([24, 10], 530, None), lower=None)
    text = code(SOLVE, "Optimal\nx = -40\ny = 149\n") + "So \\boxed{443}."
    assert rules(text, facts=[solved(free, 443.0)]) == ["no-lower-bound"]
    assert rules(text, facts=[solved(WHOLE, 443.0)]) == []
    kept = text.replace("-40", "40")
    assert rules(kept, facts=[solved(free, 443.0)]) == []
