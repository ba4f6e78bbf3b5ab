"""Write down what a real server answers to the probe and to one continuation.

    python -m tests.backends.reasoners.record "transformers serve" 5.23.0 URL MODEL exchanges.json

URL ends in `/v1`; MODEL is a folder made by `python -m tests.servers.tiny_model`, or the name of a
model of that server. Nothing of this machine is kept: no host, path, date, time taken, or id of a
reply.
"""

import json
import re
import sys
import tempfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import httpx2

from app.backends.reasoners.server import Server
from tests.backends.reasoners.replay import Exchange, Exchanges, asked
from tests.tiny_tokenizer import make_tokenizer

MODEL = "m"
_PASSING = (
    (re.compile(r'("created":\s*)\d+'), r"\g<1>0"),
    (re.compile(r'("(?:id|system_fingerprint|media_marker)":\s*)"[^"]{9,}"'), r'\g<1>"1"'),
    (re.compile(r'("\w+_(?:ms|per_second)":\s*)[\d.e+-]+'), r"\g<1>0"),
)


class Recorder(ThreadingHTTPServer):
    """Passes requests on to a server, and keeps them with the answers."""

    daemon_threads = True

    def __init__(self, base_url: str, model: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        parts = urlsplit(base_url)
        self.origin, self.model = f"{parts.scheme}://{parts.netloc}", model
        self.kept: list[Exchange] = []


class _Handler(BaseHTTPRequestHandler):
    server: Recorder

    def log_message(self, *_: Any) -> None:
        """What passes is written to the file."""

    def do_POST(self) -> None:
        self._pass_on(json.loads(self.rfile.read(int(self.headers["content-length"]))))

    def do_GET(self) -> None:
        self._pass_on({})

    def _pass_on(self, body: dict[str, Any]) -> None:
        sent = body | {"model": self.server.model} if body else None
        url = self.server.origin + self.path
        reply = httpx2.request(self.command, url, json=sent, timeout=300)
        exchange = Exchange(
            route=f"{self.command} {self.path}",
            sent=body,
            status=reply.status_code,
            kind=reply.headers.get("content-type", ""),
            answered=anonymous(reply.text, self.server.model),
        )
        self.server.kept.append(exchange)
        self.send_response(exchange.status)
        self.send_header("content-type", exchange.kind)
        self.end_headers()
        self.wfile.write(exchange.answered.encode())


def anonymous(text: str, model: str) -> str:
    """An answer without the model's place on this machine, and without what passes."""
    text = text.replace(model, MODEL)
    for pattern, instead in _PASSING:
        text = pattern.sub(instead, text)
    return text


def record(name: str, version: str, base_url: str, model: str) -> Exchanges:
    """Ask a server through a recorder."""
    with Recorder(base_url, model) as recorder, tempfile.TemporaryDirectory() as folder:
        thread = Thread(target=recorder.serve_forever)
        thread.start()
        here = f"http://127.0.0.1:{recorder.server_address[1]}/v1"
        tokenizer = str(make_tokenizer(Path(folder)))
        try:
            found, said = asked(Server(base_url=here, model=MODEL, tokenizer=tokenizer))
        finally:
            recorder.shutdown()
            thread.join()
    source = "a real process with the model of tests/servers/tiny_model.py"
    return Exchanges(
        server=name,
        version=version,
        known="recorded",
        source=source,
        found=found,
        said=said,
        exchanges=tuple(recorder.kept),
    )


def lines_of(exchanges: Exchanges) -> str:
    """JSON with one exchange a line."""
    whole = exchanges.model_dump(mode="json")
    each = ",\n".join(json.dumps(one, ensure_ascii=False) for one in whole.pop("exchanges"))
    head = json.dumps(whole, indent=1, ensure_ascii=False).removesuffix("\n}")
    return f'{head},\n "exchanges": [\n{each}\n]}}\n'


if __name__ == "__main__":
    *server, file = sys.argv[1:]
    Path(file).write_text(lines_of(record(*server)), "utf-8")
