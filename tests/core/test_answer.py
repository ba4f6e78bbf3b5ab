"""Reading answers and references, and the rule `strict`."""

import json
import os
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.answer import (
    Reference,
    Tolerance,
    find_answer,
    grade,
    parse_answer,
    parse_reference,
)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("1160", "1160"),
        ("0", "0"),
        ("-5", "-5"),
        ("−5", "-5"),
        ("1e-9", "1e-9"),
        ("1e12", "1e12"),
        ("1.2e3", "1200"),
        ("1.2\\times 10^{3}", "1200"),
        ("10^{-9}", "1e-9"),
        ("1,160.5", "1160.5"),
        ("1{,}160", "1160"),
        ("1\\,160.5", "1160.5"),
        ("1\u202f160", "1160"),
        ("１１６０．５ 元", "1160.5"),
        ("١٬١٦٠٫٥", "1160.5"),
        ("২০", "20"),
        ("\\$340", "340"),
        ("-\\$340", "-340"),
        ("US$340", "340"),
        ("€ 340", "340"),
        ("340\\text{ litres}", "340"),
        ("340 \\mathrm{kg} / \\mathrm{h}", "340"),
        ("19.6\\,m^2", "19.6"),
        ("340 kg of CO2", "340"),
        ("60\\%", "0.6"),
        ("12.5 percent", "0.125"),
        ("\\frac{1}{4}", "0.25"),
        ("-\\dfrac{7}{2}", "-3.5"),
        ("2\\tfrac12", "2.5"),
        ("7/2", "3.5"),
        ("x = 5", "5"),
        ("x_{12} = 5", "5"),
        ("Z^* = 5", "5"),
        ("\\text{Largest profit: } 595.2", "595.2"),
        ("\\approx 5.", "5"),
    ],
)
def test_a_box_with_one_number_is_that_number(written, value):
    answer = find_answer(f"so \\(\\boxed{{{written}}}\\).")
    assert answer is not None
    assert (answer.kind, answer.value, answer.text) == ("number", Decimal(value), written)


@pytest.mark.parametrize(
    "written",
    [
        "x=3, y=4",
        "3:2",
        "x \\le 5",
        "2 + 3",
        "2\\sqrt{3}",
        "3\\pi",
        "1.234,5",
        "12,5",
        "1/0",
        "18 of 20",
        "not infeasible",
        "infeasible for x = 5",
        "unclear",
        "9" * 400,
    ],
)
def test_what_is_not_one_number_is_text(written):
    assert parse_answer(written).kind == "text"


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("infeasible", "infeasible"),
        ("\\text{No feasible solution}", "infeasible"),
        ("The problem is unbounded.", "unbounded"),
        ("-\\infty", "unbounded"),
        ("No Best Solution", "no-optimum"),
        ("infeasible or unbounded", "no-optimum"),
    ],
)
def test_words_for_an_outcome_are_read(written, kind):
    assert parse_answer(written).kind == kind
    assert parse_reference(written).kind == kind


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("\\boxed{5} and \\boxed{6}", "6"),
        ("\\boxed{5} in \\boxed{}", "5"),
        ("\\boxed{5} then \\boxed{6", "5"),
        ("\\boxed{\\boxed{7}}", "7"),
        ("\\boxed {a {b} c}", "a {b} c"),
        ("<think>\\boxed{5}</think> It is \\boxed{6}.", "6"),
        ("\\boxed{5}</think> It is \\boxed{6}.", "6"),
        ("\\boxed{5}\n```output\n</think>\\boxed{6}\n```\n", "5"),
        ('\\boxed{5}\n```python\nprint("\\boxed{6}")\n```\n', "5"),
    ],
)
def test_the_last_box_that_counts_is_found_where_it_stands(text, written):
    answer = find_answer(text)
    assert answer is not None
    assert answer.text == written
    assert text[slice(*answer.span)] == written


@pytest.mark.parametrize(
    "text",
    [
        "",
        "It is 5.",
        "\\boxed{5",
        "\\boxed{}",
        "<think>\\boxed{5}</think> done",
        "<think> perhaps \\boxed{5}",
        "<think>\n```python\n1\n```\n\\boxed{5}",
        "```output\n\\boxed{5}\n```\n",
        '```python\nprint("\\boxed{5}")\n',
    ],
)
def test_no_box_that_counts_is_no_answer(text):
    assert find_answer(text) is None
    assert grade(None, parse_reference(5)).reason == "no answer in a box"


@pytest.mark.parametrize(
    ("raw", "values"),
    [
        (1160, ("1160",)),
        (1160.0, ("1160.0",)),
        ("10755.00", ("10755.00",)),
        ("$1,160 per day", ("$1,160",)),
        ("60%", ("60%",)),
        ("1/3", ("1/3",)),
        (["3", 4.5], ("3", "4.5")),
        ("[3, 4.5]", ("3", "4.5")),
        ("3 or 4", ("3", "4")),
        (1e-9, ("1e-09",)),
    ],
)
def test_references_keep_their_numbers_as_printed(raw, values):
    assert parse_reference(raw) == Reference(kind="number", values=values)


@pytest.mark.parametrize(
    "raw",
    [
        *(None, "", "N/A", "nan", float("nan"), float("inf"), True, "about right", -99999, [], {}),
        *(["3", "x"], ["3", None], "[[3]]", "[" * 200, "9" * 400, 1 << 5000),
    ],
)
def test_what_cannot_be_read_with_certainty_is_unknown(raw):
    reference = parse_reference(raw)
    assert reference == Reference(kind="unknown")
    assert grade(parse_answer("3"), reference).correct is None


@pytest.mark.parametrize("kind", ["infeasible", "unbounded", "no-optimum"])
def test_a_reference_that_is_no_number_is_read_back_from_its_text(kind: str) -> None:
    reference = Reference.model_validate({"kind": kind})
    assert parse_reference(reference.text) == reference


@pytest.mark.parametrize("fields", [{"kind": "number"}, {"kind": "unknown", "values": ("3",)}])
def test_a_reference_has_values_exactly_where_it_is_a_number(fields):
    with pytest.raises(ValueError, match="values where it is a number"):
        Reference(**fields)
    with pytest.raises(ValueError, match="values are numbers"):
        Reference(kind="number", values=("many",))


@pytest.mark.parametrize(
    ("written", "raw", "correct"),
    [
        ("0", "0.0", True),
        ("1e-10", "0", True),
        ("0.001", "0", False),
        ("-700", "-700", True),
        ("700", "-700", False),
        ("1e-9", "1e-9", True),
        ("0", "1e-9", False),
        ("1000000000000", "1e12", True),
        ("1000001", "1000000.0", True),
        ("1000002", "1000000.0", False),
        ("2333.333333", "2333.33", True),
        ("2333.34", "2333.33", False),
        ("135.27", "135.26666666666668", False),
        ("146.6666667", "146.667", True),
        ("12.54%", "12.5%", True),
        ("12.56%", "12.5%", False),
        ("60", "60%", True),
        ("0.6", "60%", True),
        ("0.6%", "60%", False),
        ("60%", "60", False),
        ("\\frac{1}{3}", "0.3333333333", True),
        ("340 litres", "$340", True),
        ("4", ["3", "4"], True),
        ("5", ["3", "4"], False),
        ("infeasible", "infeasible", True),
        ("unbounded", "infeasible", False),
        ("unbounded", "No Best Solution", True),
        ("infeasible", "No Best Solution", True),
        ("no optimal solution", "infeasible", False),
        ("5", "infeasible", False),
        ("infeasible", "5", False),
        ("x=3, y=4", "3", False),
    ],
)
def test_strict(written, raw, correct):
    assert grade(parse_answer(written), parse_reference(raw)).correct is correct


@pytest.mark.parametrize(
    ("written", "raw", "reason"),
    [
        ("1160", "1160.0", "equals 1160"),
        ("1152", "1160.0", "differs from 1160 by 0.69%"),
        ("3", "0", "differs from 0 by 3"),
        ("3", None, "the reference is unknown"),
        ("3 and 4", "3", "the answer is not one number"),
        ("unbounded", "3", "says unbounded, but the reference is 3"),
        ("3", "infeasible", "gives a number, but the problem is infeasible"),
    ],
)
def test_the_reason_is_plain(written, raw, reason):
    assert grade(parse_answer(written), parse_reference(raw)).reason == reason


def test_the_tolerance_can_be_set_for_a_problem():
    answer, reference = parse_answer("1152"), parse_reference("1160")
    assert grade(answer, reference, Tolerance(relative=Decimal("0.01"))).correct
    assert grade(answer, reference, Tolerance(absolute=Decimal(8))).correct
    assert not grade(answer, reference, Tolerance(absolute=Decimal(7))).correct
    assert grade(answer, reference).rule == "strict"
    assert grade(answer, reference, Tolerance(absolute=Decimal(7))).rule != "strict"


@given(st.text(alphabet=st.sampled_from("\\boxed{}<think>/`py \n012389.,%^-"), max_size=300))
def test_reading_never_raises_and_spans_hold_what_was_read(text):
    answer = find_answer(text)
    if answer is not None:
        assert answer.span is not None
        assert text[slice(*answer.span)] == answer.text
    grade(answer, parse_reference(text), None)


@given(st.floats(allow_nan=False, allow_infinity=False), st.sampled_from(["{}", "${}", "x={}"]))
def test_a_number_equals_itself_however_it_is_wrapped(number, form):
    assert grade(parse_answer(form.format(number)), parse_reference(number)).correct


@given(st.integers(-(10**15), 10**15), st.integers(1, 10**6))
def test_another_whole_number_is_wrong_once_it_is_farther_than_a_millionth(number, more):
    wrong = number + more + abs(number) // 10**6
    assert not grade(parse_answer(f"{wrong:,}"), parse_reference(number)).correct


@given(st.none() | st.booleans() | st.floats() | st.integers() | st.text() | st.lists(st.text()))
def test_any_cell_becomes_a_reference_that_survives_json(raw):
    reference = parse_reference(raw)
    assert Reference.model_validate_json(reference.model_dump_json()) == reference


@pytest.mark.parametrize("unit", ["{", "}", "\\boxed{", "\\frac{", "1,111", "1 ", "```", "<think>"])
def test_a_megabyte_of_anything_is_read(unit):
    text = unit * (10**6 // len(unit))
    assert find_answer(text) is None
    assert parse_answer(text).kind == "text"


def test_boxes_nested_a_hundred_thousand_deep_are_read():
    answer = find_answer("\\boxed{" * 10**5 + "5" + "}" * 10**5)
    assert answer is not None
    assert answer.value == 5


@pytest.mark.skipif("CALM_SAMPLE_DATA" not in os.environ, reason="CALM_SAMPLE_DATA is not set")
@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("nl4opt.jsonl", {"number": 228, "no-optimum": 17}),
        ("industryor.jsonl", {"number": 100}),
        ("orlm_industryor_executed.jsonl", {"number": 97, "unknown": 3}),
    ],
)
def test_every_published_reference_is_read(name, kinds):
    lines = Path(os.environ["CALM_SAMPLE_DATA"], name).read_text(encoding="utf-8").splitlines()
    found = [parse_reference(json.loads(line)["en_answer"]).kind for line in lines]
    assert {kind: found.count(kind) for kind in found} == kinds
