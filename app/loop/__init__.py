"""The loop: the Reasoner writes, its code is executed, it goes on, until the path is closed.

Promises: it works over protocols alone and knows no database, queue or page, so an action, a
rollout in training and a test drive the same loop. What a model or a program does wrong is an
outcome, never an exception; only a sandbox that refuses to open raises. What was written is kept
on every outcome; of a cancelled reply, the last and unfinished step is dropped.

Not here: storing steps, streaming to a browser, judging (`app.actions`, `app.detectors`).
"""

from app.loop.execute import execute_beside, execute_step
from app.loop.moves import (
    Beside,
    Executed,
    Limits,
    Move,
    RunResult,
    Written,
    ending,
    next_move,
    whole,
)
from app.loop.replay import Replayed, replay
from app.loop.run import run
from app.loop.write import write_step

__all__ = [
    "Beside",
    "Executed",
    "Limits",
    "Move",
    "Replayed",
    "RunResult",
    "Written",
    "ending",
    "execute_beside",
    "execute_step",
    "next_move",
    "replay",
    "run",
    "whole",
    "write_step",
]
