"""Rows that the export's tests share; the first holds one of everything that a path can hold."""

from app.core.answer import Grade, Reference, Tolerance
from app.core.budget import measure
from app.core.masks import MaskPolicy
from app.core.trace import Step
from export.rows import Correction, Lineage, Row, RowProblem, Segment, Span

PATH = (
    Step(kind="thought", author="reasoner", text="Let me think — 3 × 4.\n", token_ids=(1, 2, 3)),
    Step(kind="code", author="reasoner", text="```python\nprint(12)\n```\n"),
    Step(kind="output", author="sandbox", text="```output\n12\n```\n"),
    Step(kind="output", author="reasoner", text="```output\n13\n```\n", mark="forged"),
    Step(kind="hint", author="human", text="But the boats are counted.\n"),
    Step(kind="answer", author="reasoner", text="</think>\n\\boxed{12}\n\u2028 ends"),
)
LEFT = (
    Step(kind="thought", author="reasoner", text="So 12.5 boats.\n\nThat is all.\n"),
    Step(kind="answer", author="reasoner", text="</think>\n\\boxed{12.25}"),
)


def segments_of(path: tuple[Step, ...], masks: MaskPolicy) -> tuple[Segment, ...]:
    """Steps as segments, the code in them corrected by a later hint."""
    names = ("text", "author", "kind", "token_ids")
    return tuple(
        Segment(
            **{name: getattr(step, name) for name in names},
            trained=masks.trains(step, corrected=True),
        )
        for step in path
    )


def make_row(number: int = 1, masks: MaskPolicy | None = None) -> Row:
    """A golden row; `number` tells rows apart."""
    masks = masks or MaskPolicy()
    before = sum(len(step.text) for step in PATH[:4])
    return Row(
        problem=RowProblem(
            question=f"How many boats, {number}?", source="calm-studio", external_id="ferry"
        ),
        reference=Reference(kind="number", values=("12", "12.5")),
        tolerance=Tolerance(absolute="0.5"),
        system="Use Python.",
        segments=segments_of(PATH, masks),
        corrections=(
            Correction(
                segment=4,
                flaw="wrong-variables",
                group="expertise",
                taxonomy="calm-studio-1",
                source="rule",
                edited=True,
                evidence=(Span(start=before + 3, end=before + 7, note="A half boat."),),
                left=segments_of(LEFT, masks),
                left_correct=False,
            ),
        ),
        verdict="golden",
        grade=Grade(correct=True, reason="equals 12"),
        budget=measure(PATH),
        model="demo-model",
        lineage=Lineage(project="demo", problem_id=number, trace_id=number, branch_ids=(1, 2)),
    )


def discarded_row() -> Row:
    """A path that a person discarded."""
    return make_row(3).model_copy(
        update={"corrections": (), "verdict": "discard", "reason": "a half boat"}
    )


def bare_row() -> Row:
    """A problem alone, with every optional field empty."""
    return Row(
        problem=RowProblem(question="Is there a way?"),
        reference=Reference(kind="infeasible"),
        lineage=Lineage(project="demo", problem_id=9),
    )
