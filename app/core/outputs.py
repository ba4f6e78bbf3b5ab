"""What goes back into a trace of a program: its Output step, and whether it would come again.

Promises: an output is cut to so many tokens, half from its head and half from its tail, around a
line that says so; the reason of an end that the program can't have told stands behind it. The model
is told when its code calls are used up, by the sandbox and in the output: a line behind what the
last program printed, and a step marked `refused` for one that was not executed. None of these, nor
another limit, makes an output another one.
"""

import re
from collections.abc import Callable

from app.core.budget import tokens_in
from app.core.execution import FATAL, Execution
from app.core.fences import frame_output
from app.core.trace import Step

Count = Callable[[str], int]
_LAST = "[All {calls} code calls are used now: no further program is executed. Give the answer.]\n"
_REFUSED = "[Not executed: all {calls} code calls are used. Give the answer now.]\n"
_LAST_LINE = re.compile(re.escape(_LAST).replace(r"\{calls\}", r"\d+") + r"(?=```\s*\Z)")
_NOT_EXECUTED = re.compile(re.escape(frame_output(_REFUSED).rstrip()).replace(r"\{calls\}", r"\d+"))
_CUT = re.compile(r"\n\[([\d,]+) characters(?: and [\d,]+ bytes)? left out\]\n")


def output_step(
    execution: Execution, most: int, *, count: Count = tokens_in, last_of: int | None = None
) -> Step:
    """The Output step of a run, `most` tokens of what it printed; `last_of` so many code calls."""
    shown = shown_output(execution, most, count)
    if last_of is not None:
        line = "" if not shown or shown.endswith("\n") else "\n"
        shown += line + _LAST.format(calls=last_of)
    return Step(kind="output", author="sandbox", text=frame_output(shown))


def shown_output(execution: Execution, most: int, count: Count = tokens_in) -> str:
    """`most` tokens of what a run printed, with the reason of an end that it can't have told."""
    shown = head_and_tail(execution.output, most, count, cut=execution.stdout_cut)
    return _ended(shown, execution)


def refused_step(calls: int) -> Step:
    """The Output step of a program that was not executed, for all `calls` were used."""
    told = frame_output(_REFUSED.format(calls=calls))
    return Step(kind="output", author="sandbox", text=told, mark="refused")


def says_refused(output: str) -> bool:
    """Whether an Output step's text is that of a program that was not executed."""
    return _NOT_EXECUTED.fullmatch(output.rstrip()) is not None


def has_note(output: str) -> bool:
    """Whether an Output step's text says to the model that its code calls are used up."""
    return says_refused(output) or _LAST_LINE.search(output.rstrip()) is not None


def same_output(recorded: str, execution: Execution) -> bool:
    """Whether a run printed what an Output step records, however much of it that shows."""
    whole = frame_output(_ended(execution.output, execution)).rstrip()
    shown = _LAST_LINE.sub("", recorded.rstrip())
    return shown == whole or any(_cut_from(whole, shown, cut) for cut in _CUT.finditer(shown))


def printed(output: Step) -> str:
    """The text of an Output step without the note that code calls are used up."""
    return _LAST_LINE.sub("", output.text.rstrip())


def head_and_tail(text: str, most: int, count: Count = tokens_in, *, cut: int = 0) -> str:
    """`text`, or its first and last halves of `most` tokens around a line that says so.

    `cut` bytes of it are missing already, where it has a line of its own that says so.
    """
    # No token is less than a byte, so most outputs need no tokenizer.
    if len(text.encode("utf-8", "replace")) <= most or count(text) <= most:
        return text
    head = _longest(len(text), lambda size: count(text[:size]) <= most - most // 2)
    tail = _longest(len(text) - head, lambda size: count(text[len(text) - size :]) <= most // 2)
    middle = text[head : len(text) - tail]
    more = f" and {cut:,} bytes" if cut and f"{cut} bytes left out" in middle else ""
    told = f"[{len(middle):,} characters{more} left out]"
    return f"{text[:head]}\n{told}\n{text[len(text) - tail :]}"


def _cut_from(whole: str, shown: str, cut: re.Match[str]) -> bool:
    head, tail = shown[: cut.start()], shown[cut.end() :]
    left_out = len(whole) - len(head) - len(tail)
    enough = left_out >= int(cut[1].replace(",", ""))
    return enough and whole.startswith(head) and whole.endswith(tail)


def _longest(most: int, fits: Callable[[int], bool]) -> int:
    """The largest size up to `most` that fits, where smaller ones do too."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(middle) else (low, middle - 1)
    return low


def _ended(shown: str, execution: Execution) -> str:
    if execution.status not in FATAL:
        return shown
    line = "" if not shown or shown.endswith("\n") else "\n"
    return f"{shown}{line}[{execution.reason}]\n"
