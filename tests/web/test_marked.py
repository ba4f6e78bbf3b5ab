"""Runs give the text back and carry the names of the marks over them; formulas stay whole."""

from hypothesis import given
from hypothesis import strategies as st

from app.web.formulas import formulas
from app.web.highlight import python_marks
from app.web.marked import Mark, Run, lines, runs, widen

TEXTS = st.text(alphabet="ab \n$\\([])🚢é", max_size=60)
MARKS = st.lists(st.builds(Mark, st.integers(-2, 65), st.integers(-2, 65), st.sampled_from("xyz")))


@given(TEXTS, MARKS)
def test_runs_give_the_text_back(text: str, marks: list[Mark]) -> None:
    assert "".join(run.text for run in runs(text, marks)) == text


@given(TEXTS, MARKS)
def test_each_character_has_the_names_of_the_marks_over_it(text: str, marks: list[Mark]) -> None:
    at = 0
    for run in runs(text, marks):
        for offset in range(at, at + len(run.text)):
            over = {mark.name for mark in marks if mark.start <= offset < mark.end}
            assert set(run.names.split()) == over
        at += len(run.text)


@given(TEXTS, MARKS)
def test_lines_give_the_text_back_and_end_at_line_breaks(text: str, marks: list[Mark]) -> None:
    found = ["".join(run.text for run in line) for line in lines(runs(text, marks))]
    assert "".join(found) == text
    assert all(line.endswith("\n") for line in found[:-1])
    assert all("\n" not in line[:-1] for line in found)


def test_a_place_stands_before_the_character_that_it_names() -> None:
    assert runs("ab", [Mark(1, 1, "cut", "7")]) == [Run("a"), Run("", "cut", "7"), Run("b")]
    assert runs("ab", [Mark(2, 2, "cut", "7")])[-1] == Run("", "cut", "7")


def test_overlapping_evidence_is_linked_to_both_proposals() -> None:
    found = runs("abc", [Mark(0, 2, "flaw", "1"), Mark(1, 3, "flaw", "2")])
    assert [run.links for run in found] == ["1", "1 2", "2"]


@given(TEXTS, MARKS)
def test_a_formula_is_one_run(text: str, marks: list[Mark]) -> None:
    found = list(formulas(text))
    cut = runs(text, [*found, *widen(marks, found)])
    whole = [run.text for run in cut if "tex" in run.names.split()]
    assert whole == [text[mark.start : mark.end] for mark in found]


def test_formulas_are_found_and_money_is_not() -> None:
    text = "\\( x \\) costs $5 and $10, so $x_1 + 2$ or\n\\[ y \\]\nis \\boxed{3 \\text{km}}."
    shown = [text[mark.start : mark.end] for mark in formulas(text)]
    assert shown == ["\\( x \\)", "$x_1 + 2$", "\\[ y \\]", "\\boxed{3 \\text{km}}"]


def test_formulas_take_linear_time_for_openings_without_an_end() -> None:
    assert list(formulas("\\(" * 20_000)) == []


def test_colours_keep_the_offsets_of_broken_code() -> None:
    source = "\n\nimport pulp\nx = 'é\n🚢 = 12  # ships"
    coloured = [(source[m.start : m.end], m.name) for m in python_marks(source)]
    assert ("import", "k") in coloured
    assert ("12", "n") in coloured
    assert ("# ships", "c") in coloured
