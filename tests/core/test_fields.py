"""Rows as problems: columns by name and by hand, and what is refused."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.answer import Reference, parse_reference
from app.core.fields import (
    LONGEST_QUESTION,
    BadField,
    find_mapping,
    problem_from_row,
    storable,
)

VERL = {
    "data_source": "nl4opt",
    "prompt": [{"role": "system", "content": "Think."}, {"role": "user", "content": "How many?"}],
    "reward_model": {"style": "rule", "ground_truth": "12"},
    "extra_info": {"split": "test", "index": 3},
}


@pytest.mark.parametrize(
    "row",
    [
        {"en_question": "How many?", "en_answer": "12.0"},
        {"question": "How many?", "answer": 12},
        {"Question": "How many?", " Answer ": "12"},
        {"prompt": "How many?", "ground_truth": [12]},
        {"en_question": None, "question": "How many?", "answer": "", "ground_truth": "12"},
        VERL,
    ],
)
def test_fields_are_found_by_their_published_names(row):
    problem = problem_from_row(row)
    assert problem.question == "How many?"
    assert float(problem.reference.quantities[0].value) == 12


def test_a_verl_row_gives_its_source_and_index():
    problem = problem_from_row(VERL)
    assert (problem.source, problem.external_id) == ("nl4opt", "3")
    assert find_mapping(VERL)["answer"] == "reward_model.ground_truth"


def test_other_fields_and_unknown_columns_are_kept():
    row = {"question": "q", "answer": 5, "id": 3.0, "level": "Hard", "tags": ["lp", "mix"]}
    problem = problem_from_row(row | {"scene": "farm"})
    assert problem.external_id == "3"
    assert problem.difficulty == "Hard"
    assert problem.tags == ("lp", "mix")
    assert problem.extra == {"scene": "farm"}
    assert problem_from_row({"question": "q", "tags": "lp, mix"}).tags == ("lp", "mix")


def test_columns_can_be_named_by_hand():
    row = {"text": "q?", "question": "no", "meta": {"z": 7}}
    problem = problem_from_row(row, {"question": "text", "answer": "meta.z"})
    assert (problem.question, problem.reference) == ("q?", parse_reference(7))


@pytest.mark.parametrize("answer", [math.nan, "see above", None])
def test_an_unreadable_answer_is_kept_beside_an_unknown_reference(answer):
    problem = problem_from_row({"question": "q", "answer": answer})
    assert problem.reference == Reference(kind="unknown")
    assert problem.extra == {"answer": "nan" if isinstance(answer, float) else answer}


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"answer": 5}, "no question"),
        ({"question": " \n"}, "empty"),
        ({"question": None}, "empty"),
        ({"question": 5}, "empty"),
        ({"prompt": [{"role": "assistant", "content": "x"}]}, "empty"),
        ({"question": "x" * (LONGEST_QUESTION + 1)}, "100,001 characters"),
    ],
)
def test_a_row_without_a_question_is_refused_with_a_reason(row, words):
    with pytest.raises(BadField, match=words):
        problem_from_row(row)


def test_a_question_of_a_hundred_thousand_characters_is_taken():
    assert len(problem_from_row({"question": "x" * LONGEST_QUESTION}).question) == LONGEST_QUESTION


@pytest.mark.parametrize(("field", "most"), [("id", 200), ("difficulty", 80), ("source", 200)])
def test_a_word_too_long_for_its_column_is_a_reason(field, most):
    assert problem_from_row({"question": "q", field: "x" * most})
    with pytest.raises(BadField, match=f"The {field} is longer than {most}"):
        problem_from_row({"question": "q", field: "x" * (most + 1)})


def test_what_no_database_stores_is_replaced():
    assert storable({"a\0": ["\ud800", math.inf, (1, True, None)]}) == {
        "a\ufffd": ["\ufffd", "inf", [1, True, None]]
    }


cells = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
values = st.recursive(cells, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner))
names = st.sampled_from(["question", "answer", "prompt", "id", "tags", "reward_model"]) | st.text()


@given(st.dictionaries(names, values))
def test_any_row_gives_a_problem_or_a_reason(row):
    try:
        problem = problem_from_row(row)
    except BadField:
        return
    assert problem.question.strip()
    assert type(problem).model_validate_json(problem.model_dump_json()) == problem


def test_the_language_is_what_the_row_says_or_else_what_the_question_is_written_in() -> None:
    said = problem_from_row({"question": "Wie viele?", "language": "German", "lang": "de"})
    assert (said.language, said.extra) == ("", {"language": "German", "lang": "de"})
    assert problem_from_row({"question": "Wie viele?", "lang": "de-AT"}).language == "de"
    assert problem_from_row({"question": "How many of each?"}).language == "en"
