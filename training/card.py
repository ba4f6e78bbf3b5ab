"""The card of a trained model: what it is made of, by which settings, and what came out."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from export.manifest import Manifest
from training.run_folder import RunFolder, Settings

_CARD = """---
{head}
---

# {name}

Made by CALM Studio from `{base}` by {stage} ({method}) on the dataset `{fingerprint}`.
The base model's licence and those of the dataset's sources hold for it.

| | |
| --- | --- |
{table}

## Settings

```json
{settings}
```
"""
_TOLD = {"sft": "loss", "grpo": "reward"}
"""The metric that says what a stage came to."""


def write_card(
    folder: Path, run: RunFolder, manifest: Manifest, history: Sequence[dict[str, Any]]
) -> None:
    """Put the card beside a run's model in `folder`."""
    settled = run.settings
    if run.leads and settled:
        card = _card(run.path.name, settled, manifest, history)
        (folder / "README.md").write_text(card, encoding="utf-8")


def _card(
    name: str, settled: Settings, manifest: Manifest, history: Sequence[dict[str, Any]]
) -> str:
    recipe = settled.recipe
    steps = getattr(recipe, settled.stage)
    # A folder of this machine is nobody else's business.
    base = Path(recipe.model).name if Path(recipe.model).is_dir() else recipe.model
    told = settled.model_copy(update={"dataset": settled.fingerprint})
    shown = told.model_copy(update={"recipe": recipe.model_copy(update={"model": base})})
    head = {"base_model": base, "library_name": "transformers", "tags": ["calm", settled.stage]}
    facts = _facts(settled, manifest, history)
    return _CARD.format(
        head="\n".join(f"{key}: {json.dumps(value)}" for key, value in head.items()),
        name=name,
        base=base,
        stage=settled.stage.upper(),
        method=steps.method,
        fingerprint=settled.fingerprint,
        table="\n".join(f"| {key} | {value} |" for key, value in facts.items()),
        settings=shown.model_dump_json(indent=1),
    )


def _facts(
    settled: Settings, manifest: Manifest, history: Sequence[dict[str, Any]]
) -> dict[str, object]:
    told = _TOLD[settled.stage]
    logged = [each for each in history if told in each]
    facts: dict[str, object] = {"rows": settled.rows, "problems": manifest.counts.problems}
    if settled.stage == "sft":
        facts["hint tokens"] = f"{manifest.counts.hint_share:.2%} of hint and Reasoner tokens"
    facts |= {"seed": settled.recipe.seed, "tokenizer": f"`{settled.tokenizer[:12]}`"}
    if logged:
        first, last = logged[0], logged[-1]
        facts["steps"] = last["step"]
        facts[told] = f"{first[told]:.4f} at first, {last[told]:.4f} at last"
    return facts | {f"`{name}`": found for name, found in settled.versions.items()}
