"""The trace that the rules are timed on is as long, and as varied, as its benchmark says."""

from app.core.budget import tokens_of
from app.detectors import detect
from benchmarks.detectors import SIZE, TOKENS, case_of, cpu, unsolved_in
from benchmarks.traces import made_up


def test_the_trace_has_its_length_its_programs_and_no_two_models_alike() -> None:
    case = case_of(made_up(0, SIZE), solved=True)
    assert TOKENS <= sum(map(tokens_of, case.path)) < 1.1 * TOKENS
    assert len(case.executions) >= 50
    models = {each[0].model.model_dump_json() for each in case.examined.values() if each[0]}
    assert len(models) == len(case.executions)


def test_without_solves_the_thinking_is_searched_for_work_by_hand() -> None:
    found = detect(case_of(unsolved_in(made_up(0, SIZE)), solved=False))
    assert {"sums-by-hand", "model-not-solved"} <= {each.rule for each in found}


def test_deeds_take_turns() -> None:
    done: list[str] = []
    costs = cpu(lambda: done.append("one"), lambda: done.append("other"))
    assert len(costs) == 2
    assert done[:4] == ["one", "other", "one", "other"]
