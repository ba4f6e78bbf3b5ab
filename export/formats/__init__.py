"""Export formats, by name; each is described in docs/formats.md."""

from app.registry import Registry
from export.formats.base import Format

RENAMED = {"rl": "trl-rl"}
"""What formats were called before, in datasets that were asked for then."""
FORMATS: Registry[Format] = Registry(
    "export format",
    {
        "rows": "export.formats.rows:make",
        "sft-tokenized": "export.formats.sft_tokenized:make",
        "axolotl": "export.formats.axolotl:make",
        "prompt-completion": "export.formats.prompt_completion:make",
        "messages": "export.formats.messages:make",
        "sharegpt": "export.formats.sharegpt:make",
        "verl-sft": "export.formats.verl_sft:make",
        "preference": "export.formats.preference:make",
        "kto": "export.formats.kto:make",
        "stepwise": "export.formats.stepwise:make",
        "hint-insertion": "export.formats.hint_insertion:make",
        "flaws": "export.formats.flaws:make",
        "trl-rl": "export.formats.trl_rl:make",
        "verl-rl": "export.formats.verl_rl:make",
        "prime": "export.formats.prime:make",
    },
)
