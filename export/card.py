"""The dataset card: a README.md whose head makes `datasets.load_dataset(folder)` work.

It loads the Parquet, for `datasets` reads one kind of file a folder; the JSON lines beside it hold
the same records. The features are given, so that a column that is empty throughout has its type.
"""

import json
from typing import Any

from export.manifest import Manifest

_CARD = """---
{head}
---

# {rows} {what} from CALM Studio

Format `{format}` (version {version}) of the project `{project}`, built {date}.
{masks}

| | |
| --- | --- |
| problems | {problems} |
| traces | {traces} |
| hints | {hints} ({share:.2%} of hint and Reasoner tokens) |
| fingerprint | `{fingerprint}` |

```python
from datasets import load_dataset

data = load_dataset("path/to/this/folder", split="train")
```

`manifest.json` holds the counts, the hashes and the versions; `lineage.jsonl` says for each row
which problem, trace and branches it comes from. `train.jsonl` holds the same records as
`train.parquet`, which is what loads.
"""


def card(manifest: Manifest, schema: Any) -> str:
    """The README of a dataset with this manifest; `schema` is its `pyarrow.Schema`."""
    counts, policy = manifest.counts, manifest.mask_policy
    masks = "The loss is on what the Reasoner wrote" + (" and on hints." if policy.hints else ".")
    return _CARD.format(
        head=_head(schema),
        rows=counts.rows,
        what="golden traces" if counts.traces else "problems",
        format=manifest.format,
        version=manifest.format_version,
        project=manifest.origin.project,
        date=manifest.origin.built_at.date().isoformat(),
        masks=masks if counts.traces else "",
        problems=counts.problems,
        traces=counts.traces,
        hints=counts.hints,
        share=counts.hint_share,
        fingerprint=manifest.fingerprint,
    )


def _head(schema: Any) -> str:
    """The YAML head; its values are JSON, which YAML reads."""
    files = [{"split": "train", "path": "train.parquet"}]
    head = {
        "tags": ["operations-research", "reasoning", "calm"],
        "configs": [{"config_name": "default", "data_files": files}],
        "dataset_info": {"features": [_field(field) for field in schema]},
    }
    return "\n".join(f"{key}: {json.dumps(value)}" for key, value in head.items())


def _field(field: Any) -> dict[str, Any]:
    return {"name": field.name, **_feature(field.type)}


def _feature(kind: Any) -> dict[str, Any]:
    """An Arrow type as `datasets` writes it in a card."""
    import pyarrow as pa

    if pa.types.is_struct(kind):
        return {"struct": [_field(field) for field in kind]}
    if pa.types.is_list(kind):
        inner = _feature(kind.value_type)
        return {"list": inner.get("struct") or inner["dtype"]}
    return {"dtype": str(kind)}
