"""The options of `calm export` that choose rows, and what they mean."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

import click

from app.core.errors import NotFound
from app.core.masks import MaskPolicy
from app.core.options import DatasetOptions
from app.core.selection import Splits

F = TypeVar("F", bound=Callable[..., Any])
_COUNT = click.IntRange(min=1)
_DAY = click.DateTime(["%Y-%m-%d"])
_SHARE = click.FloatRange(0, 0.9)
_OPTIONS = (
    click.option(
        "--verdict",
        "verdicts",
        type=click.Choice(["golden", "discard", "unsure"]),
        multiple=True,
        default=["golden"],
        help="May be given several times, as the next five may.",
    ),
    click.option("--flaw", "flaws", multiple=True, help="Only with a hint for this flaw."),
    click.option("--source", "sources", multiple=True, help="Only problems of this benchmark."),
    click.option("--difficulty", "difficulties", multiple=True, help="Only of this difficulty."),
    click.option("--by", "names", multiple=True, help="Only what this person judged."),
    click.option("--since", type=_DAY, help="Only what was judged on that day (UTC) or later."),
    click.option("--until", type=_DAY, help="Only what was judged until that day."),
    click.option("--shortest", type=_COUNT, help="Hint and Reasoner tokens of a path, at least."),
    click.option("--longest", type=_COUNT, help="The same, at most."),
    click.option("--agreed", is_flag=True, help="Only what two people or more judged alike."),
    click.option("--all-branches", is_flag=True, help="Every judged branch of a trace."),
    click.option("--any-actor", is_flag=True, help="Also what a policy or a script judged."),
    click.option(
        "--golden-problems", is_flag=True, help="For RL: only problems with a golden trace."
    ),
    click.option("--unchecked", is_flag=True, help="For RL: also references that nobody checked."),
    click.option("--sample", type=_COUNT, help="So many rows."),
    click.option("--balance", type=click.Choice(["source", "difficulty", "flaw"])),
    click.option("--seed", type=int, default=0, help="Of the sample and the splits."),
    click.option("--validation", type=_SHARE, default=0.0, help="Share of the problems."),
    click.option("--test", type=_SHARE, default=0.0, help="Share of the problems."),
    click.option(
        "--mark-near", is_flag=True, help="Keep and mark what is near a problem for evaluation."
    ),
    click.option("--mask-hints", is_flag=True, help="Leave hints out of the loss."),
    click.option("--mask-corrected-code", is_flag=True, help="And code that a hint corrected."),
    click.option("--tokenizer", default="", help="A folder or a name on a hub."),
    click.option("--max-tokens", type=_COUNT, help="Longer records stay out and are listed."),
)


def choosing(command: F) -> F:
    """Give a command the options that choose rows, under their names."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def options_of(person: Callable[[str], int | None], given: dict[str, Any]) -> DatasetOptions:
    """What the options mean; `person` finds an account's id by its name. Raises NotFound."""
    chosen = dict(given)
    masks = MaskPolicy(
        hints=not chosen.pop("mask_hints"), corrected_code=not chosen.pop("mask_corrected_code")
    )
    shares = {name: chosen.pop(name) for name in ("validation", "test")}
    near = "mark" if chosen.pop("mark_near") else "leave-out"
    people = tuple(_known(person, name) for name in chosen.pop("names"))
    for name in ("since", "until"):
        chosen[name] = _day(chosen[name])
    return DatasetOptions(
        **chosen,
        people=people,
        near=near,
        splits=Splits(**shares, seed=chosen["seed"]),
        masks=masks,
    )


def _known(person: Callable[[str], int | None], name: str) -> int:
    if (found := person(name)) is None:
        raise NotFound(f"There is nobody called {name}.")
    return found


def _day(given: datetime | None) -> Any:
    return given.date() if given else None
