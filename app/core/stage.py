"""How far a Reasoner was trained when it wrote: what the project's settings say of its model."""

from collections.abc import Mapping
from typing import Any, Literal, get_args

from app.core.errors import Invalid
from app.core.language import N_, _

Stage = Literal["base", "sft", "rl"]
STAGES: tuple[tuple[Stage, str], ...] = (
    ("base", N_("not trained here")),
    ("sft", N_("after SFT")),
    ("rl", N_("after RL")),
)


def stage_of(reasoner: Mapping[str, Any]) -> Stage:
    """The stage that a Reasoner's settings name; one that was never set is the base model.

    Raises Invalid for another name.
    """
    named = reasoner.get("stage") or "base"
    if named not in get_args(Stage):
        raise Invalid(_("A Reasoner is base, sft or rl, not %(stage)s.", stage=named))
    return next(stage for stage, _title in STAGES if stage == named)
