"""Rows that the export's tests share; the first holds one of everything that a path can hold."""

from app.core.answer import Grade, Reference
from app.core.budget import measure
from app.core.trace import Step
from export.masks import MaskPolicy
from export.rows import HintNote, Lineage, Row, RowProblem, segments_of

PATH = (
    Step(kind="thought", author="reasoner", text="Let me think — 3 × 4.\n", token_ids=(1, 2, 3)),
    Step(kind="code", author="reasoner", text="```python\nprint(12)\n```\n"),
    Step(kind="output", author="sandbox", text="```output\n12\n```\n"),
    Step(kind="output", author="reasoner", text="```output\n13\n```\n", mark="forged"),
    Step(kind="hint", author="human", text="But the boats are counted.\n"),
    Step(kind="answer", author="reasoner", text="</think>\n\\boxed{12}\n\u2028 ends"),
)


def make_row(number: int = 1, masks: MaskPolicy | None = None) -> Row:
    """A golden row; `number` tells rows apart."""
    return Row(
        id=f"trace-{number}-branch-2",
        problem=RowProblem(question="How many boats?", source="calm-studio", external_id="ferry"),
        reference=Reference(kind="number", values=("12", "12.5")),
        system="Use Python.",
        segments=segments_of(PATH, masks or MaskPolicy()),
        hints=(
            HintNote(
                segment=4,
                flaw="wrong-variables",
                group="expertise",
                taxonomy="calm-studio-1",
                source="rule",
                edited=True,
            ),
        ),
        lineage=Lineage(project="demo", problem_id=number, trace_id=number, branch_ids=(1, 2)),
        grade=Grade(correct=True, reason="equals 12"),
        budget=measure(PATH),
    )


def bare_row() -> Row:
    """A problem alone, with every optional field empty."""
    return Row(
        id="problem-9",
        problem=RowProblem(question="Is there a way?"),
        reference=Reference(kind="infeasible"),
        lineage=Lineage(project="demo", problem_id=9),
    )
