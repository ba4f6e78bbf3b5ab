"""An evaluation as tables for people: Markdown, with columns that line up on a terminal."""

from collections.abc import Iterable, Iterator, Sequence

from app.actions.evaluate_intervener import Evaluation
from app.actions.hint_shares import HintShare
from app.actions.labelled_set import BadLabelled
from app.core.scores import Detection, FlawDetection, Interval, SourceCount

_NONE = "–"
_MODES = {"every": "every proposal counts", "first": "the first proposal counts"}


def tables(found: Evaluation) -> str:
    """All of an evaluation, as text."""
    parts = [
        f"{found.reviewer} on {', '.join(found.sets)}: {found.scored} of {found.traces} traces, "
        f"{_MODES[found.mode]}",
        _table(_FLAW_HEAD, _flaw_rows(found)),
        _table(_SOURCE_HEAD, map(_source_row, found.sources)),
        _table(_HINT_HEAD, map(_hint_row, found.people or ())),
        _spent(found),
        "\n".join(left_out(found.bad)),
        "\n".join(f"no review of {failed.id}: {failed.reason}" for failed in found.failed),
    ]
    return "\n\n".join(part for part in parts if part)


def left_out(bad: Iterable[BadLabelled]) -> Iterator[str]:
    """A line for each row that could not be used."""
    return (f"row {each.row} of {each.set}: {each.reason}" for each in bad)


_FLAW_HEAD = ("flaw", "n", "precision", "recall", "right step", "right words", "cut off by")
_SOURCE_HEAD = ("source", "flaw", "right", "another flaw", "flawless")
_HINT_HEAD = (
    *("flaw", "source", "n", "accepted", "edited", "rejected", "by others", "open"),
    *("went on", "right", "golden"),
)


def _flaw_rows(found: Evaluation) -> Iterator[tuple[str, ...]]:
    for flaw, score in found.flaws.items():
        yield flaw, *_detected(score), *_located(score)
    yield "all flaws together", *_detected(found.micro), *_located(found.micro)
    yield "mean of the flaws", _NONE, _two(found.macro.precision), _two(found.macro.recall), *_GAP
    first = found.first
    yield "first flaw first", str(first.n), _NONE, _share(first.share, first.interval), *_GAP
    yield "flawless", *_detected(found.flawless), *_GAP


_GAP = (_NONE,) * 3


def _detected(score: Detection) -> tuple[str, ...]:
    return (
        str(score.n),
        _share(score.precision, score.precision_interval),
        _share(score.recall, score.recall_interval),
    )


def _located(score: FlawDetection) -> tuple[str, ...]:
    cut = _NONE if score.cut_characters is None else f"{score.cut_characters:.0f}"
    return _two(score.step), _two(score.overlap), cut


def _source_row(one: SourceCount) -> tuple[str, ...]:
    return (_source(one), one.flaw, str(one.right), str(one.other), str(one.flawless))


def _hint_row(one: HintShare) -> tuple[str, ...]:
    judged = (one.accepted, one.edited, one.rejected, one.by_others, one.open)
    shares = (_of(many, one.n) for many in judged)
    led = (_of(many, one.accepted + one.edited) for many in (one.went_on, one.right, one.golden))
    return one.flaw, _source(one), str(one.n), *shares, *led


def _source(one: SourceCount | HintShare) -> str:
    return " ".join(part for part in (one.kind, one.name, one.version) if part)


def _of(many: int, n: int) -> str:
    return f"{many} ({many / n:.0%})" if n else str(many)


def _share(share: float | None, interval: Interval | None) -> str:
    return f"{share:.2f} ({interval[0]:.2f}–{interval[1]:.2f})" if interval else _NONE


def _two(number: float | None) -> str:
    return _NONE if number is None else f"{number:.2f}"


def _spent(found: Evaluation) -> str:
    if not found.prompt_tokens + found.completion_tokens:
        return ""
    return f"{found.prompt_tokens:,} prompt and {found.completion_tokens:,} completion tokens"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; "" where it would have no rows."""
    cells = [tuple(cell.replace("|", "/") for cell in row) for row in rows]
    if not cells:
        return ""
    widths = [max(len(row[at]) for row in (head, *cells)) for at in range(len(head))]
    lines = [
        " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        for row in (head, ["-" * width for width in widths], *cells)
    ]
    return "\n".join(f"| {line} |" for line in lines)
