"""A small OpenAI-compatible server on loopback, which behaves as well or badly as it is told.

`replies` are played one a request: a text is streamed in pieces and ends with `stop`; a Bad is one
of the ways in which servers fail. Requests are kept in `seen`; what `objects` says of one is sent
back as a refusal. `left` is set when a client hangs up on an endless reply. `message` holds further
fields of a whole reply's message.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any, Literal

Bad = Literal[
    "endless",
    "midway",
    "html 502",
    "html 200",
    "half json",
    "raw",
    "429",
    "400",
    "nothing",
    "silent",
    "drips",
]
STOP = "\n```\n"


class Stub(ThreadingHTTPServer):
    """Serves `replies` in turn, the last one for ever."""

    daemon_threads = True

    def __init__(self, replies: list[str], bad: Bad | None = None) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.replies = replies
        self.bad = bad
        self.stop_string: Literal["keeps", "drops", "ignores"] = "drops"
        self.piece = 5
        self.finish = "stop"
        self.token_ids: Callable[[str], list[int]] | None = None
        self.logprobs = False
        self.models: list[dict[str, Any]] = []
        self.refuses: set[str] = set()
        self.refuses_schema = False
        self.objects: Callable[[dict[str, Any]], str] = lambda body: ""
        self.model = ""
        self.message: dict[str, Any] = {}
        self.thinking = 0
        self.counts: Callable[[dict[str, Any]], int] = lambda body: 7
        self.seen: list[dict[str, Any]] = []
        self.over = Event()
        self.left = Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


@contextmanager
def serving(*replies: str, bad: Bad | None = None) -> Iterator[Stub]:
    """A stub that runs while the block does."""
    with Stub(list(replies), bad) as stub:
        thread = Thread(target=stub.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield stub
        finally:
            stub.over.set()
            stub.shutdown()
            thread.join()


class Handler(BaseHTTPRequestHandler):
    """One request."""

    server: Stub

    def log_message(self, *_: Any) -> None:
        """Tests read answers, not logs."""

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.server.seen.append(body | {"path": self.path, "auth": self.headers["authorization"]})
        if self.server.bad in ("html 502", "html 200", "429", "400"):
            self._refuse()
        elif self.server.refuses_schema and "response_format" in body:
            self._plain(400, "application/json", '{"error": {"message": "no response_format"}}')
        elif objection := self.server.objects(body):
            self._plain(400, "application/json", json.dumps({"error": {"message": objection}}))
        elif refused := self.server.refuses & ({self.path} | set(body)):
            told = {"error": {"message": f"no {refused.pop()} here"}}
            self._plain(400, "application/json", json.dumps(told))
        elif self.path == "/api/generate":
            self._ollama(body)
        else:
            text = self.server.replies[min(len(self.server.seen), len(self.server.replies)) - 1]
            self._stream(body, text) if body.get("stream") else self._whole(body, text)

    def do_GET(self) -> None:
        if self.path.endswith("/models") and self.server.models:
            self._plain(200, "application/json", json.dumps({"data": self.server.models}))
        else:
            self._plain(404, "application/json", '{"error": {"message": "no such route"}}')

    def _refuse(self) -> None:
        if self.server.bad == "429":
            self._plain(429, "application/json", '{"error": {"message": "slow down, sk-secret"}}')
        elif self.server.bad == "400":
            self._plain(400, "application/json", '{"error": {"message": "context too long"}}')
        else:
            status = int(str(self.server.bad).split()[1])
            self._plain(status, "text/html", "<html><h1>Bad gateway</h1></html>")

    def _plain(self, status: int, kind: str, text: str) -> None:
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(text)))
        self.send_header("retry-after-ms", "1")
        self.end_headers()
        self.wfile.write(text.encode())

    def _whole(self, body: dict[str, Any], text: str) -> None:
        if self.server.bad == "drips":
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.end_headers()
            self._drip()
            return
        if self.server.bad in ("half json", "raw"):
            self._plain(
                200, "application/json", text if self.server.bad == "raw" else '{"choices":'
            )
            return
        message = {"role": "assistant", "content": text} | self.server.message
        choice: dict[str, Any] = {"index": 0, "message": message}
        choice["finish_reason"] = self.server.finish
        if "logprobs" in body and self.server.logprobs:
            choice["logprobs"] = {"tokens": ["x"], "token_logprobs": [-0.1]}
        counted = self.server.counts(body)
        usage = {"prompt_tokens": counted, "completion_tokens": 3, "total_tokens": counted + 3}
        model = self.server.model or body["model"]
        reply = {"id": "1", "object": "chat.completion", "created": 1, "model": model}
        choices = [] if self.server.bad == "nothing" else [choice]
        whole = json.dumps(reply | {"choices": choices, "usage": usage})
        self._plain(200, "application/json", whole)

    def _stream(self, body: dict[str, Any], text: str) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.end_headers()
        if self.server.bad == "silent":
            self.server.over.wait()
            return
        if self.server.bad == "drips":
            self._drip()
            return
        if self.server.bad in ("half json", "raw"):
            half = '{"choices": [{"te'
            self.wfile.write(f"data: {text if self.server.bad == 'raw' else half}\n\n".encode())
            return
        if self.server.bad == "endless":
            self._endless(body, text)
            return
        text = self._stopped(body, text)
        self._pieces(body, text)
        if self.server.bad != "midway":
            self._event(body, "", len(text), finish=self.server.finish)
            if "stream_options" in body:
                self._send(body, {"choices": [], "usage": USAGE})
            self.wfile.write(b"data: [DONE]\n\n")

    def _stopped(self, body: dict[str, Any], text: str) -> str:
        [stop] = body.get("stop") or [""]
        at = text.find(stop) if stop else -1
        if at < 0 or self.server.stop_string == "ignores":
            return text
        keeps = self.server.stop_string == "keeps" or body.get("include_stop_str_in_output")
        return text[: at + (len(stop) if keeps else 0)]

    def _endless(self, body: dict[str, Any], text: str) -> None:
        at = 0
        try:
            while True:
                self._event(body, text, at)
                at += len(text)
        except OSError:
            self.server.left.set()

    def _drip(self) -> None:
        """A byte now and then: never silent, and never a whole event."""
        try:
            while not self.server.over.wait(0.02):
                self.wfile.write(b" ")
        except OSError:
            self.server.left.set()

    def _ollama(self, body: dict[str, Any]) -> None:
        """Ollama's own route: one JSON a line, with counts in the last."""
        text = self.server.replies[-1]
        if self.server.bad == "raw":
            self._plain(200, "application/x-ndjson", text)
            return
        counts = {"prompt_eval_count": self.server.counts(body), "eval_count": 3}
        last = {"model": body["model"], "done": True, "done_reason": "stop", **counts}
        if body.get("stream") is False:
            self._plain(200, "application/json", json.dumps(last | {"response": text}))
            return
        self.send_response(200)
        self.end_headers()
        if self.server.bad == "drips":
            self._drip()
            return
        if self.server.bad == "endless":
            self._endless(body, text)
            return
        self._pieces(body, self._stopped(body | body["options"], text))
        self._line(last)

    def _pieces(self, body: dict[str, Any], text: str) -> None:
        for at in range(0, len(text), self.server.piece):
            self._event(body, text[at : at + self.server.piece], at)

    def _line(self, fields: dict[str, Any]) -> None:
        self.wfile.write(f"{json.dumps(fields)}\n".encode())

    def _event(self, body: dict[str, Any], text: str, at: int, finish: str | None = None) -> None:
        if self.path == "/api/generate":
            self._line({"model": body["model"], "response": text})
            return
        choice: dict[str, Any] = {"index": 0, "finish_reason": finish}
        if self.path.endswith("/chat/completions"):
            field = "reasoning_content" if at < self.server.thinking else "content"
            choice["delta"] = {field: text}
        else:
            choice["text"] = text
        if self.server.token_ids and body.get("return_token_ids") and text:
            choice["token_ids"] = self.server.token_ids(text)
        self._send(body, {"choices": [] if self.server.bad == "nothing" else [choice]})

    def _send(self, body: dict[str, Any], fields: dict[str, Any]) -> None:
        event = {
            "id": "1",
            "object": "x",
            "created": 1,
            "model": self.server.model or body["model"],
        }
        event |= fields
        self.wfile.write(f"data: {json.dumps(event)}\n\n".encode())
        self.wfile.flush()


USAGE = {
    "prompt_tokens": 100,
    "completion_tokens": 20,
    "total_tokens": 120,
    "prompt_tokens_details": {"cached_tokens": 90},
}
