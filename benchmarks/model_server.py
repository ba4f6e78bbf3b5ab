"""A model server that meters itself: so many slots, a fixed time for a token, and how busy it was.

It speaks as much of `/v1/completions` as the Reasoner needs: a stream of one event a token, and the
usage last. More requests than slots wait for one, in order. A prompt with fewer than two outputs is
answered with a thought and a program, any other with an answer. `GET /meter` gives what it counted.
"""

import argparse
import asyncio
import json
import time
from dataclasses import dataclass, field

_THOUGHT = "Let me look at what is asked, and at the numbers that the problem gives, one by one. "
_CODE = "\n```python\nimport highspy\nprint({number} + 1)\n```\n"
_ANSWER = "</think>\nThe answer is \\boxed{{{number}}}."
_PROGRAMS = 2
_PIECE = 4
"""Characters of a token."""


@dataclass
class Meter:
    """Requests and tokens that were served, and every moment at which a slot was taken or left."""

    slots: int
    requests: int = 0
    tokens: int = 0
    answers: list[float] = field(default_factory=list)
    """When each trace got its last reply."""
    changes: list[tuple[float, int]] = field(default_factory=list)


class Server:
    """Serves until it is ended."""

    def __init__(self, slots: int, seconds: float) -> None:
        self.meter = Meter(slots)
        self._free = asyncio.Semaphore(slots)
        self._seconds = seconds

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request, on a connection of its own."""
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            if head.startswith("GET"):
                writer.write(_plain(json.dumps(vars(self.meter))))
            else:
                await self._reply(await _body(reader, head), writer)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _reply(self, body: dict[str, str], writer: asyncio.StreamWriter) -> None:
        prompt = body["prompt"]
        async with self._free:
            self._change(1)
            try:
                await self._stream(reply_to(prompt), writer)
            finally:
                self._change(-1)
                if outputs_in(prompt) == _PROGRAMS:
                    self.meter.answers.append(time.monotonic())

    async def _stream(self, text: str, writer: asyncio.StreamWriter) -> None:
        self.meter.requests += 1
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n")
        due = time.monotonic()
        for at in range(0, len(text), _PIECE):
            due += self._seconds
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            self.meter.tokens += 1
            writer.write(_event({"choices": [_choice(text[at : at + _PIECE], None)]}))
            await writer.drain()
        usage = {"prompt_tokens": 100, "completion_tokens": -(-len(text) // _PIECE)}
        writer.write(_event({"choices": [_choice("", "stop")]}))
        writer.write(_event({"choices": [], "usage": usage | {"total_tokens": 0}}))
        writer.write(b"data: [DONE]\n\n")

    def _change(self, by: int) -> None:
        self.meter.changes.append((time.monotonic(), by))


def reply_to(prompt: str) -> str:
    """About a hundred tokens: the next program of a trace, or its answer."""
    number = outputs_in(prompt)
    thought = _THOUGHT * 4
    return thought + (_CODE if number < _PROGRAMS else _ANSWER).format(number=number)


def outputs_in(prompt: str) -> int:
    """How many outputs the reply so far holds; the system prompt shows one too."""
    return prompt.rpartition("<|im_start|>assistant")[2].count("```output")


def _choice(text: str, finish: str | None) -> dict[str, object]:
    return {"index": 0, "text": text, "finish_reason": finish}


def _event(said: dict[str, object]) -> bytes:
    whole = {"id": "1", "object": "text_completion", "created": 1, "model": "metered", **said}
    return f"data: {json.dumps(whole)}\n\n".encode()


def _plain(text: str) -> bytes:
    return f"HTTP/1.1 200 OK\r\ncontent-length: {len(text)}\r\n\r\n{text}".encode()


async def _body(reader: asyncio.StreamReader, head: str) -> dict[str, str]:
    sizes = [line for line in head.lower().split("\r\n") if line.startswith("content-length:")]
    body: dict[str, str] = json.loads(await reader.readexactly(int(sizes[0].partition(":")[2])))
    return body


async def _main(port: int, slots: int, seconds: float) -> None:
    server = await asyncio.start_server(Server(slots, seconds).serve, "127.0.0.1", port)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("port", type=int)
    parser.add_argument("--slots", type=int, default=20)
    parser.add_argument("--milliseconds", type=float, default=20.0, help="for each token")
    asked = parser.parse_args()
    asyncio.run(_main(asked.port, asked.slots, asked.milliseconds / 1000))
