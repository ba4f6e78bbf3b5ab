"""The miniature's tokenizer: bytes merged into words, each digit a token of its own.

Promises: any text goes in and comes back to the byte. Frequent pieces of a program are one token
each, so that a trace is short. The chat template opens the thinking and leaves a system prompt
out: the model has never read one.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from training.mini.program import OPENING, PRINT

USER, ASSISTANT, END, PAD = "<|user|>", "<|assistant|>", "<|end|>", "<|pad|>"
TEMPLATE = (
    "{% for message in messages if message.role != 'system' %}"
    f"{{{{ '{USER}' if message.role == 'user' else '{ASSISTANT}' }}}}{{{{ message.content }}}}"
    "{% endfor %}"
    f"{{% if add_generation_prompt %}}{{{{ '{ASSISTANT}<think>\\n' }}}}{{% endif %}}"
)
_PIECES = (
    OPENING,
    PRINT,
    "```python\n",
    "```output\n",
    "```\n",
    "<think>\n",
    "</think>\n",
    "\\boxed{",
    "h.addConstr(",
    "h.addVariable(0, 1)",
    *(f"h.add{what}()" for what in ("Variable", "Integral", "Binary")),
    "Optimal ",
)
_SIZE = 1024


def train_tokenizer(texts: Iterable[str], folder: Path) -> Any:
    """A tokenizer of `texts`, saved into `folder` as transformers reads it."""
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    raw = Tokenizer(models.BPE())
    raw.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(False)]
    )
    raw.decoder = decoders.ByteLevel()
    raw.add_special_tokens([PAD, END, USER, ASSISTANT])
    raw.add_tokens([AddedToken(piece, normalized=False) for piece in _PIECES])
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=_SIZE, initial_alphabet=alphabet, show_progress=False, min_frequency=50
    )
    raw.train_from_iterator(texts, trainer)
    made: Any = PreTrainedTokenizerFast
    tokenizer = made(tokenizer_object=raw, pad_token=PAD, eos_token=END)
    tokenizer.chat_template = TEMPLATE
    tokenizer.save_pretrained(folder)
    return tokenizer
