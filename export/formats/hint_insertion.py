"""`hint-insertion`: chats that train an Intervener, in the words that it is asked with.

The user's message is the problem and the numbered trace up to its end, the assistant's the JSON
that an Intervener replies with: the flaw, its evidence and the hint as a person let it in; or
`flawless` for a golden path. What an execution did is not in a row, so a prompt here lacks it.
"""

import json
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Any

from app.core.case import Case
from app.core.flaws import DEFAULT
from app.core.problem import Problem
from app.core.trace import Step
from app.prompts.case_text import case_text
from app.prompts.intervener import SYSTEM, system
from export.formats.base import Format, Record, message_type
from export.formats.texts import forks
from export.rows import Correction, Row, Segment


def make() -> Format:
    """The format."""
    return Format("hint-insertion", 1, "path", records, schema, masks="completion")


def records(row: Row, tokens: object = None) -> Iterator[Record]:
    """`messages` (system, user, assistant), `flaw` (null: flawless), and the `id` of the row."""
    if row.verdict == "golden":
        flawless = {"verdict": "flawless", "evidence": "The model and the answer hold."}
        yield _record(row, _steps(row.segments), True, flawless)
    for correction, _, behind in forks(row):
        steps = _steps((*row.segments[: correction.segment], *correction.left))
        if correction.evidence:
            reply = _reply(correction, steps, behind[0].text.strip())
            yield _record(row, steps, correction.left_correct, reply)


def schema() -> Any:
    """The Arrow schema of a record."""
    import pyarrow as pa

    text = pa.string()
    return pa.schema([("messages", pa.list_(message_type())), ("flaw", text), ("id", text)])


def _steps(path: Sequence[Segment]) -> tuple[Step, ...]:
    """The segments as steps; a thought that a cut went through is one again."""
    steps: list[Step] = []
    for each in path:
        if steps and steps[-1].kind == each.kind == "thought":
            whole = steps[-1].text + each.text
            steps[-1] = steps[-1].model_copy(update={"text": whole})
        else:
            steps.append(Step(kind=each.kind, author=each.author, text=each.text))
    return tuple(steps)


def _reply(correction: Correction, steps: Sequence[Step], hint: str) -> Record:
    """What an Intervener would have said. The evidence is in the step that it begins in."""
    first = min(correction.evidence, key=lambda span: span.start)
    ends = list(accumulate(len(step.text) for step in steps))
    at = next((at for at, end in enumerate(ends) if first.start < end), len(steps) - 1)
    begins = ends[at] - len(steps[at].text)
    return {
        "verdict": "flaw",
        "step": at + 1,
        "span": steps[at].text[first.start - begins : first.end - begins],
        "flaw": correction.flaw,
        "evidence": first.note,
        "hint": hint,
    }


def _record(row: Row, steps: tuple[Step, ...], correct: bool | None, reply: Record) -> Record:
    problem = Problem(question=row.problem.question, reference=row.reference)
    shown = case_text(Case(problem=problem, path=steps, correct=correct))
    contents = (
        ("system", system(SYSTEM, DEFAULT, shown.mark)),
        ("user", shown.text),
        ("assistant", json.dumps(reply, ensure_ascii=False)),
    )
    messages = [{"role": role, "content": content} for role, content in contents]
    return {"messages": messages, "flaw": reply.get("flaw"), "id": row.id}
