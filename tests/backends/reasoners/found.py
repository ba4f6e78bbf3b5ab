"""Settings of a model server that was found to have certain abilities."""

from datetime import UTC, datetime
from typing import Any

from app.backends.reasoners.abilities import Abilities, Ability, Finding


def able(
    base: dict[str, Any],
    *can: Ability,
    cannot: tuple[Ability, ...] = (),
    context: int | None = None,
) -> dict[str, Any]:
    """`base` with what was found of its server, model and tokenizer."""
    findings = tuple(Finding(ability=one, able=one in can, seen="") for one in (*can, *cannot))
    server = {name: base[name] for name in ("base_url", "model", "tokenizer")}
    at = datetime.now(UTC)
    found = Abilities(**server, at=at, mode="completions", context=context, findings=findings)
    return base | {"abilities": found.model_dump(mode="json")}
