"""Made-up traces of a given size, as a file of chats that can be imported."""

import json
import random
from collections.abc import Iterator
from pathlib import Path

TRACES = 5_000
TRACE_BYTES = 15 * 1024
_CODE = """```python
import highspy
h = highspy.Highs()
h.setOptionValue("output_flag", False)
x = [h.addIntegral(lb=0, ub={a}) for _ in range({n})]
for i in range({n}):
    h.addConstr(x[i] + {b} * x[(i + 1) % {n}] <= {c})
h.maximize(sum({a} * v for v in x))
print(h.getInfo().objective_function_value)
```
```output
{a}.0
```
"""
_SENTENCES = (
    "Let $x_{{{n}}}$ be the number of crates that go by route {n}; it is a whole number.",
    "The warehouse holds {a} pallets, and every lorry takes at most {b} of them.",
    "So the constraint is $\\sum_i x_i \\le {c}$, and the cost of each is {a} dollars.",
    "Wait, I should check whether route {n} may be left empty.",
    "The solver says {a}, which is what the bound of {c} allows.",
    "If $x_{{{n}}} = {b}$, that makes {a} \\times {b} = {c} dollars.",
    "So we maximize ${a}x + {b}y$ subject to ${n}x + {b}y \\le {c}$.",
)


def write_traces(file: Path, count: int = TRACES, size: int = TRACE_BYTES) -> None:
    """`count` lines, each a chat whose reply has about `size` bytes; alike in every run."""
    with file.open("w", encoding="utf-8") as lines:
        for number in range(count):
            lines.write(json.dumps(_row(number, size)) + "\n")


def made_up(number: int, size: int) -> str:
    """A trace of about `size` bytes, with a program and its output in every 3 KB."""
    text = "<think>\n"
    for part in _parts(random.Random(number)):
        text += part
        if len(text) >= size:
            break
    return text + f"</think>\nThe answer is $\\boxed{{{number}}}$."


def _row(number: int, size: int) -> dict[str, object]:
    question = f"Case {number}: how many crates should go by each route to earn the most?"
    text = made_up(number, size)
    messages = [{"role": "user", "content": question}, {"role": "assistant", "content": text}]
    return {"messages": messages, "question": question, "answer": number}


def _parts(chance: random.Random) -> Iterator[str]:
    """Paragraphs with a program after every fifth, without end."""
    while True:
        for _ in range(5):
            numbers = {name: chance.randint(2, 99) for name in "abcn"}
            chosen = chance.choices(_SENTENCES, k=6)
            yield " ".join(sentence.format(**numbers) for sentence in chosen) + "\n\n"
        yield _CODE.format(**numbers)
