"""What a good hint for each flaw is like, and what a bad one: for people who write or judge them.

The studio's own words; a project may have others for any flaw. No model is told them. A bad example
ends with what is wrong with it.
"""

from collections.abc import Mapping

from app.core.flaws import Flaw
from app.core.language import N_
from app.core.model import Frozen


class Examples(Frozen):
    """Hints to take after, and hints to avoid, each with the reason."""

    good: tuple[str, ...]
    bad: tuple[str, ...]


EXAMPLES: Mapping[str, Examples] = {
    "manual-computation": Examples(
        good=(
            N_(
                "Checking every combination by hand is slow and easy to get wrong. Let me write "
                "the model in Python and have a solver find the best one."
            ),
        ),
        bad=(
            N_("Use a solver! — It orders; a hint is the Reasoner's own thought, with its reason."),
            N_("The best is 12 tables, so I can stop here. — It gives the answer away."),
        ),
    ),
    "fragmentary-code": Examples(
        good=(
            N_(
                "So far I have only printed data. Let me write one program with variables, "
                "objective and constraints, and solve it."
            ),
        ),
        bad=(
            N_(
                "Let me add a loop that tries more values. — It mends the heuristic and leaves the "
                "flaw."
            ),
        ),
    ),
    "distrust-of-results": Examples(
        good=(
            N_(
                "The program stopped with an error, so that number means nothing yet. Let me read "
                "the last line of the traceback first."
            ),
        ),
        bad=(
            N_(
                "I should check this again to be sure. — It asks for more of the doubt that is the "
                "flaw."
            ),
        ),
    ),
    "wrong-variables": Examples(
        good=(
            N_(
                "Trucks can't be split, so these variables have to be integer. Let me change their "
                "type and solve again."
            ),
        ),
        bad=(
            N_(
                "Let me round the solution up. — A rounded solution need not be feasible or "
                "optimal."
            ),
        ),
    ),
    "wrong-objective": Examples(
        good=(
            N_(
                "The question is about profit, and my objective counts revenue alone. Let me take "
                "the costs into it and solve again."
            ),
        ),
        bad=(N_("The objective is wrong. — It does not say what about it, nor what to do."),),
    ),
    "wrong-constraints": Examples(
        good=(
            N_(
                "The problem limits overtime for each week, and my model only in total. Let me "
                "write one constraint a week."
            ),
        ),
        bad=(
            N_(
                "Let me reread the whole problem and think again. — It leaves the flaw to be found "
                "anew, and costs many tokens."
            ),
        ),
    ),
    "implementation-drift": Examples(
        good=(
            N_(
                "I stated that each site opens at most once, but the program has no such row. Let "
                "me add it and solve again."
            ),
        ),
        bad=(N_("My code may have bugs. — It names neither the place nor the difference."),),
    ),
}
"""By the flaw's id in the studio's own taxonomy."""


def examples_of(flaw: Flaw) -> Examples:
    """The flaw's own examples, else the studio's for a flaw of this id, else none."""
    if flaw.good or flaw.bad:
        return Examples(good=flaw.good, bad=flaw.bad)
    return EXAMPLES.get(flaw.id, Examples(good=(), bad=()))
