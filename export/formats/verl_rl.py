"""`verl-rl`: problems in Parquet as verl's RLHFDataset reads them, with the reward as a file.

`calm_reward.py` beside it gives what the studio's own badge does.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from export.formats.base import Format, Record, message_type, prompt_of, tolerance_of
from export.formats.beside import read
from export.rows import Row

REWARD = "calm_reward.py"


def make() -> Format:
    """The format."""
    return Format("verl-rl", 1, "problem", records, schema, beside=beside)


def records(row: Row, tokens: object = None) -> Iterator[Record]:
    """`data_source`, `agent_name`, `prompt`, `ability`, `reward_model` and `extra_info`, whose
    `index` is a number made of the id."""
    yield {
        "data_source": row.problem.source or "calm",
        "agent_name": "single_turn_agent",
        "prompt": prompt_of(row),
        "ability": "operations-research",
        "reward_model": {"style": "rule", "ground_truth": row.answer},
        "extra_info": {
            "index": int(row.id[:8], 16),
            "id": row.id,
            "question": row.problem.question,
            "tolerance": tolerance_of(row),
        },
    }


def beside(splits: Sequence[str]) -> Mapping[str, str]:
    """The reward file."""
    return {REWARD: read(REWARD)}


def schema() -> Any:
    """The Arrow schema of a record."""
    import pyarrow as pa

    text = pa.string()
    words = [(name, text) for name in ("id", "question", "tolerance")]
    return pa.schema(
        [
            ("data_source", text),
            ("agent_name", text),
            ("prompt", pa.list_(message_type())),
            ("ability", text),
            ("reward_model", pa.struct([("style", text), ("ground_truth", text)])),
            ("extra_info", pa.struct([("index", pa.int64()), *words])),
        ]
    )
