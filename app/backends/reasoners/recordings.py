"""Recorded runs of a Reasoner, with the hints that a person gave it, and matching a path to one.

A recording is compared by what the Reasoner and its helpers authored: the outputs are left out,
because live execution may print slightly other things, and so is white space around hints.
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from app.core.errors import Invalid
from app.core.fences import split_text
from app.core.model import Frozen
from app.core.trace import Step
from app.settings import ROOT

EXAMPLES = ROOT / "examples"


class RecordedHint(Frozen):
    """A person's hint: its flaw, who wrote it, its words and the white space behind them."""

    flaw: str
    author: str
    text: str


class Round(Frozen):
    """One reply. `hint` stands at character `cut` of the round before; the first has none.

    `text` is the whole of the path, hints and outputs included.
    """

    text: str
    hint: RecordedHint | None
    cut: int | None
    finish: str


class Recording(Frozen):
    """The rounds of one model on one problem, each going on from a hint in the one before."""

    question: str
    model: str
    system: str
    rounds: tuple[Round, ...]


class Script(NamedTuple):
    """What was authored along a path: stretches of text, with a hint between each and the next."""

    texts: tuple[str, ...]
    hints: tuple[str, ...]


def load(folder: Path = EXAMPLES) -> tuple[Recording, ...]:
    """The recordings of a folder with `problems.json` and `recordings.jsonl`. Raises Invalid."""
    try:
        problems = json.loads((folder / "problems.json").read_text("utf-8"))
        questions = {problem["id"]: problem["question"] for problem in problems}
        lines = (folder / "recordings.jsonl").read_text("utf-8").splitlines()
        return tuple(_recording(json.loads(line), questions) for line in lines)
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise Invalid(f"The recordings in {folder} can't be read: {error}") from error


def _recording(row: dict[str, object], questions: dict[str, str]) -> Recording:
    fields = {"model": row["model"], "system": row["system"], "rounds": row["rounds"]}
    return Recording.model_validate({"question": questions[str(row["problem"])], **fields})


def scripts(recording: Recording) -> Iterator[tuple[Round, Script]]:
    """Each round and what was authored in it, in order."""
    hints: list[tuple[int, str]] = []
    for played in recording.rounds:
        if played.hint and played.cut is not None:
            hints.append((played.cut, played.hint.text))
        yield played, _script(played.text, hints)


def script_of(path: Sequence[Step]) -> Script:
    """What was authored along a path."""
    texts, hints = [""], []
    for step in path:
        if step.kind == "hint":
            hints.append(step.text)
            texts.append("")
        elif step.kind != "output":
            texts[-1] += step.text
    return Script(tuple(texts), tuple(hints))


def remainder(longer: Script, shorter: Script) -> str | None:
    """What the last stretch of `longer` has after `shorter`; None where they differ before."""
    if len(longer.texts) != len(shorter.texts) or not _same(longer.hints, shorter.hints):
        return None
    if not _same(longer.texts[:-1], shorter.texts[:-1]):
        return None
    rest, start = longer.texts[-1], shorter.texts[-1]
    if longer.hints:
        rest, start = rest.lstrip(), start.lstrip()
    return rest[len(start) :] if rest.startswith(start) else None


def _same(these: Sequence[str], those: Sequence[str]) -> bool:
    return [text.strip() for text in these] == [text.strip() for text in those]


def _script(text: str, hints: Sequence[tuple[int, str]]) -> Script:
    texts, at = [], 0
    for cut, words in hints:
        texts.append(_authored(text[at:cut]))
        at = cut + len(words)
    return Script((*texts, _authored(text[at:])), tuple(words for _, words in hints))


def _authored(text: str) -> str:
    pieces = split_text(text, finished=False)
    return "".join(piece.text for piece in pieces if piece.kind != "output")
