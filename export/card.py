"""The dataset card: a README.md whose head makes `datasets.load_dataset(folder)` work.

The features are given, so that a column that is empty throughout has its type. A card says no time
and no person, so the same rows have the same card. What a model wrote stands in it as escaped JSON.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from export.features import features
from export.formats.base import Format, Record
from export.manifest import Manifest, Source

_CARD = """---
{head}
---

# {records} records from CALM Studio

Format `{format}` (version {version}) of the project `{project}`, made of {of}.
{masks}

| | |
| --- | --- |
{table}

![flaws](flaws.svg)
![lengths](lengths.svg)

```python
from datasets import load_dataset

data = load_dataset("path/to/this/folder")
```

`manifest.json` holds the counts, the hashes, the settings and the versions; `lineage.jsonl` says
for each row which problem, trace and branches it comes from; `left_out.jsonl` what was chosen and
stayed out, and why.

## Sources

{sources}

## An example

```json
{example}
```
"""
_MASKS = {
    "exact": "The loss is on what the Reasoner wrote{hints}, never on the prompt or on outputs.",
    "completion": "**This format can't leave the outputs inside a trace out of the loss**: all "
    "that follows the prompt is trained on. `sft-tokenized` and `axolotl` mask exactly.",
    "none": "**This format says nothing of the loss**: it is on what the trainer chooses, and the "
    "outputs inside a trace can't be left out. `sft-tokenized` and `axolotl` mask exactly.",
}
_LONGEST = 300
_SIGNS = re.compile(r"[\\`*_\[\]<>#|!]")


def card(manifest: Manifest, style: Format, example: Record) -> str:
    """The README of a dataset with this manifest; `example` is a record of it."""
    counts = manifest.counts
    paths = style.unit == "path"
    hints = " and on hints" if manifest.mask_policy.hints else ", hints left out"
    return _CARD.format(
        head=_head(manifest, style),
        records=counts.records,
        format=manifest.format,
        version=manifest.format_version,
        project=manifest.origin.project,
        of=f"{counts.rows} " + ("judged traces" if paths else "problems"),
        masks=_MASKS[style.masks].format(hints=hints) if style.masks else "",
        table="\n".join(f"| {name} | {value} |" for name, value in _facts(manifest).items()),
        sources=_sources(manifest),
        example=json.dumps(_shortened(example), indent=1),
    )


def _facts(manifest: Manifest) -> Mapping[str, object]:
    counts, tokenizer = manifest.counts, manifest.tokenizer
    share = f"{counts.hints} ({counts.hint_share:.2%} of hint and Reasoner tokens)"
    facts: dict[str, object] = {
        "problems": counts.problems,
        "traces": counts.traces,
        "hints": share,
        **{f"rows in `{split}`": many for split, many in counts.splits.items()},
        **{f"left out, {reason}": many for reason, many in counts.left_out.items()},
    }
    if counts.longest is not None:
        facts["longest record in tokens"] = counts.longest
    if tokenizer:
        facts["tokenizer"] = f"`{tokenizer.name}`, `{tokenizer.hash[:12]}`"
    return facts | {"fingerprint": f"`{manifest.fingerprint}`"}


def _sources(manifest: Manifest) -> str:
    """Where the problems come from and under what licence, forbidden redistribution first."""
    known = {source.name: source for source in manifest.origin.sources}
    lines = [
        f"- {_plain(name) or 'no source named'}: {many} rows{_licence(known.get(name))}"
        for name, many in manifest.counts.sources.items()
    ]
    forbidden = [each.name for each in known.values() if each.redistribution is False]
    if forbidden:
        names = ", ".join(map(_plain, forbidden))
        lines.insert(0, f"**Not to be passed on: {names} forbids redistribution.**\n")
    return "\n".join(lines)


def _licence(source: Source | None) -> str:
    if source is None:
        return ", licence not recorded"
    told = [f"licence {_plain(source.licence or 'not recorded')}"]
    if source.url:
        told.append(_plain(source.url))
    if source.redistribution is None:
        told.append("whether it may be passed on is not recorded")
    return ", " + ", ".join(told)


def _head(manifest: Manifest, style: Format) -> str:
    """The YAML head; its values are JSON, which YAML reads."""
    splits = manifest.counts.splits
    files = [{"split": split, "path": f"{split}.parquet"} for split in splits]
    head = {
        "license": "other",
        "license_name": "of-the-sources",
        "tags": ["operations-research", "reasoning", "calm"],
        "configs": [{"config_name": "default", "data_files": files}],
        "dataset_info": {"features": features(style.schema())},
    }
    return "\n".join(f"{key}: {json.dumps(value)}" for key, value in head.items())


def _plain(text: str) -> str:
    """Words of somebody else as one line of plain Markdown."""
    return "".join(
        f"\\{letter}" if letter in "\\`*_[]<>#|!" else letter for letter in text
    ).replace("\n", " ")


def _shortened(value: Any) -> Any:
    """The same with long texts and lists cut."""
    if isinstance(value, str):
        text = value if len(value) <= _LONGEST else value[:_LONGEST] + " …"
        return text.replace("```", "'''")
    if isinstance(value, list):
        return [_shortened(each) for each in value[:8]] + (["…"] if len(value) > 8 else [])
    if isinstance(value, dict):
        return {name: _shortened(each) for name, each in value.items()}
    return value
