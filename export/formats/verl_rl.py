"""`verl-rl`: problems in Parquet as verl's RLHFDataset reads them, with the reward as a file.

`calm_reward.py` gives what the studio's own badge does; verl calls it by
`custom_reward_function.path`. It needs this package in verl's environment, whose core needs
pydantic alone.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from export.formats.base import Format, Record, message_type, prompt_of
from export.rows import Row

REWARD = '''"""CALM Studio's reward for verl: 1.0 for a right answer by its rule `strict`, or 0.0.

verl calls it by `custom_reward_function.path=calm_reward.py` and `.name=compute_score`. Install
the package beside verl with `pip install --no-deps calm-studio`: its core needs pydantic alone.
"""

from app.core.answer import find_answer, grade, parse_reference


def compute_score(data_source, solution_str, ground_truth, extra_info=None, **others):
    """Whether `solution_str` answers as `ground_truth` does."""
    return float(bool(grade(find_answer(solution_str), parse_reference(ground_truth)).correct))
'''


def make() -> Format:
    """The format."""
    return Format("verl-rl", 1, "problem", records, schema, beside=beside)


def records(row: Row, tokens: object = None) -> Iterator[Record]:
    """`data_source`, `agent_name`, `prompt`, `ability`, `reward_model` and `extra_info`."""
    yield {
        "data_source": row.problem.source or "calm",
        "agent_name": "single_turn_agent",
        "prompt": prompt_of(row),
        "ability": "operations-research",
        "reward_model": {"style": "rule", "ground_truth": row.answer},
        "extra_info": {"id": row.id, "question": row.problem.question},
    }


def beside(splits: Sequence[str]) -> Mapping[str, str]:
    """The reward file."""
    return {"calm_reward.py": REWARD}


def schema() -> Any:
    """The Arrow schema of a record."""
    import pyarrow as pa

    text = pa.string()
    return pa.schema(
        [
            ("data_source", text),
            ("agent_name", text),
            ("prompt", pa.list_(message_type())),
            ("ability", text),
            ("reward_model", pa.struct([("style", text), ("ground_truth", text)])),
            ("extra_info", pa.struct([("id", text), ("question", text)])),
        ]
    )
