"""Answers and references, and whether the one is the other.

The badge that a person sees, the filter of an export, the reward in training and the score of an
evaluation are all `grade`. It promises never to raise and to take linear time, whatever a model
wrote. It does not convert units, and it does not know other people's rules of scoring.
"""

from app.core.answer.given import Answer, find_answer, parse_answer
from app.core.answer.grading import Grade, Tolerance, grade
from app.core.answer.reference import Reference, parse_reference

__all__ = [
    "Answer",
    "Grade",
    "Reference",
    "Tolerance",
    "find_answer",
    "grade",
    "parse_answer",
    "parse_reference",
]
