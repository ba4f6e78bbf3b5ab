"""Ollama's own route, the one of its that takes a prompt as it is: `/api/generate` with `raw`.

Its OpenAI-compatible `/v1/completions` puts the prompt into the model's template once more, so that
a trace would go on in a new turn. Read in Ollama's documentation; docs/model-servers.md.

Promise: a prompt longer than Ollama's context is asked to be refused. Left alone it drops the
beginning in silence, and goes on with half a trace.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from app.backends.http import answered, connections, may_pass, quoted
from app.backends.reasoners.base import ReasonerError, Sampling, Usage
from app.backends.reasoners.fence import STOP
from app.backends.reasoners.server import Server
from app.backends.reasoners.stream import Part, clean, counted


def address(server: Server) -> str:
    """The route's address, from that of the OpenAI-compatible ones."""
    return f"{server.base_url.rstrip('/').removesuffix('/v1')}/api/generate"


def body(server: Server, prompt: str, sampling: Sampling) -> dict[str, Any]:
    """What is sent."""
    options: dict[str, Any] = {
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "num_predict": sampling.max_tokens,
        "stop": [STOP],
    }
    if sampling.seed is not None:
        options["seed"] = sampling.seed
    whole = {"truncate": False, "shift": False, "options": options}
    return {"model": server.model, "prompt": prompt, "raw": True, **whole, **server.extra}


@contextmanager
def opened(server: Server, key: str, prompt: str, sampling: Sampling) -> Iterator[Iterator[Part]]:
    """The parts of the reply, while the block runs. Raises ReasonerError, and httpx2's errors."""
    headers = {"authorization": f"Bearer {key}"} if key else {}
    sent = body(server, prompt, sampling)
    with connections().stream(
        "POST", address(server), json=sent, headers=headers, timeout=server.timeout
    ) as response:
        if response.status_code != 200:
            said = response.read().decode("utf-8", "replace")
            told = answered(response.status_code, said, key)
            raise ReasonerError(told, retryable=may_pass(response.status_code))
        yield _parts(response.iter_lines(), key)


def _parts(lines: Iterator[str], key: str) -> Iterator[Part]:
    for line in lines:
        said = json.loads(line)
        if error := said.get("error"):
            raise ReasonerError(
                f"The model server reported: {quoted(str(error), key)}", retryable=True
            )
        usage = Usage(
            prompt_tokens=counted(said.get("prompt_eval_count")),
            completion_tokens=counted(said.get("eval_count")),
        )
        yield Part(
            text=clean(said.get("response") or ""),
            finish=(said.get("done_reason") or "stop") if said.get("done") else None,
            usage=usage if said.get("done") else None,
            model=str(said.get("model") or ""),
        )
