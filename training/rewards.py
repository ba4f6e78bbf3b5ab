"""The reward of RL: 1 for a right answer, 0 for any other, by the badge's own function.

Not here: what a sandbox that failed means. Its sample has no reward (`training.rollout`).
"""

from app.core.answer import Tolerance, find_answer, grade, parse_reference


def reward(text: str, answer: str, tolerance: str | None) -> float:
    """Of a path's text; `answer` and `tolerance` are the columns of the format `trl-rl`."""
    own = Tolerance.model_validate_json(tolerance) if tolerance else None
    return float(bool(grade(find_answer(text), parse_reference(answer), own).correct))
