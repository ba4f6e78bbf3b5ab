"""A model's text: readable again, whatever its names and numbers are, or none at all."""

import math
from pathlib import Path

import highspy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.backends.sandboxes.jail.form import MODEL_BYTES, Column, Form, Row, describe


def read(text: str, folder: Path) -> highspy.HighsLp:
    (folder / "model.mps").write_text(text)
    highs = highspy.Highs()
    highs.silent()
    assert highs.readModel(str(folder / "model.mps")) == highspy.HighsStatus.kOk
    return highs.getLp()


NAMES = st.text(max_size=8)
NUMBERS = st.floats(-1e6, 1e6).filter(lambda value: value == 0 or abs(value) > 1e-6)


@st.composite
def forms(draw: st.DrawFn) -> Form:
    columns = []
    for _ in range(draw(st.integers(1, 4))):
        low, high = sorted((draw(NUMBERS), draw(NUMBERS)))
        low = draw(st.sampled_from([low, -math.inf]))
        high = draw(st.sampled_from([high, math.inf]))
        columns.append(Column(draw(NAMES), low, high, draw(st.booleans()), draw(NUMBERS)))
    rows = []
    for _ in range(draw(st.integers(0, 3))):
        places = draw(st.sets(st.integers(0, len(columns) - 1)))
        value = NUMBERS.filter(bool)
        side, width = draw(NUMBERS), draw(st.sampled_from([0, 2.5, math.inf]))
        rows.append(Row(draw(NAMES), side, side + width, [(at, draw(value)) for at in places]))
    return Form(draw(st.booleans()), columns, rows, draw(NUMBERS))


@given(form=forms())
def test_a_reader_finds_the_same_model(
    form: Form, tmp_path_factory: pytest.TempPathFactory
) -> None:
    lp = read(describe(form)["model"], tmp_path_factory.getbasetemp())
    assert (lp.sense_ == highspy.ObjSense.kMaximize) == form.maximize
    assert lp.offset_ == form.constant
    assert list(lp.col_lower_) == [column.lower for column in form.columns]
    assert list(lp.col_upper_) == [column.upper for column in form.columns]
    assert list(lp.col_cost_) == [column.cost for column in form.columns]
    integer = [kind == highspy.HighsVarType.kInteger for kind in lp.integrality_]
    assert integer == [c.integer for c in form.columns] or not any(c.integer for c in form.columns)
    assert list(lp.row_lower_) == pytest.approx([row.lower for row in form.rows])
    assert list(lp.row_upper_) == pytest.approx([row.upper for row in form.rows])
    assert len(set(lp.col_names_)) == len(form.columns)


def test_counts() -> None:
    columns = [Column("a", 0, 1, True, 1), Column("b", 0, 9, True, 1), Column("c", 0, 1, False, 1)]
    facts = describe(Form(True, columns, [Row("r", 0, 1, [(0, 1.0), (2, 1.0)])]))
    counts = {name: facts[name] for name in ("variables", "integers", "binaries", "rows")}
    assert counts == {"variables": 3, "integers": 1, "binaries": 1, "rows": 1}
    assert (facts["nonzeros"], facts["sense"]) == (2, "max")


def test_a_large_model_is_counted_and_left_out() -> None:
    columns = [Column("x" * 70, 0, 1, False, 1.0)] * 5_000
    facts = describe(Form(False, columns, []))
    assert facts["variables"] == 5_000
    assert "model" not in facts
    assert "too large" in facts["note"]
    huge = describe(Form(False, columns[:1], (Row("", 0, 1, [(0, 1.0)]) for _ in range(30_000))))
    assert huge["nonzeros"] == 30_000
    assert "model" not in huge


def test_what_is_not_linear_is_shown_in_its_own_words_or_not_at_all() -> None:
    form = Form(False, [Column("x", 0, 1, True, 1)], [], beyond="a circuit constraint")
    assert "a circuit constraint" in describe(form)["note"]
    assert "model" not in describe(form)
    own = describe(form._replace(own=("cp-sat", "variables {}")))
    assert (own["format"], own["model"]) == ("cp-sat", "variables {}")
    assert "model" not in describe(form._replace(own=("cp-sat", "x" * (MODEL_BYTES + 1))))
