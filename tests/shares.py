"""What became of hints, made up: a share with the counts that a test names, and 0 for the rest."""

from app.actions.hint_shares import HintShare

_COUNTS = [name for name, field in HintShare.model_fields.items() if field.annotation is int]


def share_of(name: str, version: str, **counts: int) -> HintShare:
    """The hints on wrong objectives of one Intervener."""
    told = {"flaw": "wrong-objective", "kind": "intervener", "name": name, "version": version}
    return HintShare.model_validate(told | dict.fromkeys(_COUNTS, 0) | counts)
