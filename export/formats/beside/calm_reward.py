"""CALM Studio's reward for verl: 1.0 for a right answer by its rule `strict`, or 0.0.

verl calls it by `reward.custom_reward_function.path=calm_reward.py` and `.name=compute_score`.
Install the package beside verl with `pip install --no-deps calm-studio`: its core needs pydantic
alone.
"""

from typing import Any

from app.core.answer import Tolerance, find_answer, grade, parse_reference


def compute_score(
    data_source: str,
    solution_str: str,
    ground_truth: str,
    extra_info: dict[str, Any] | None = None,
    **others: Any,
) -> float:
    """Whether `solution_str` answers as `ground_truth` does, in the problem's own tolerance."""
    own = (extra_info or {}).get("tolerance")
    tolerance = Tolerance.model_validate_json(own) if own else None
    found = grade(find_answer(solution_str), parse_reference(ground_truth), tolerance)
    return float(bool(found.correct))
