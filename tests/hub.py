"""A hub on loopback that speaks as much of Hugging Face's API as its client needs to push.

`TOKEN` may write to the owner `crew` and nobody else's. `repos` holds what is there by repository;
`commits` counts. `breaks` makes the next request to a path that contains it end with status 500.
"""

import base64
import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

TOKEN = "hf_secret-of-the-hub"
LARGE = ".parquet"


class Hub(ThreadingHTTPServer):
    """Repositories as files by path, and large objects by their SHA-256."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.repos: dict[str, dict[str, bytes]] = {}
        self.private: set[str] = set()
        self.large: dict[str, bytes] = {}
        self.commits = 0
        self.breaks = ""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


@contextmanager
def running_hub() -> Iterator[Hub]:
    """A hub for as long as the block lasts."""
    hub = Hub()
    thread = Thread(target=hub.serve_forever, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        hub.shutdown()
        hub.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    server: Hub
    protocol_version = "HTTP/1.1"

    def log_message(self, *args: Any) -> None:
        pass

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def do_PUT(self) -> None:
        self._answer()

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        status, told = self._reply(urlsplit(self.path).path, body)
        content = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _reply(self, path: str, body: bytes) -> tuple[int, Any]:
        hub = self.server
        if hub.breaks and hub.breaks in path:
            hub.breaks = ""
            return 500, {"error": "the hub broke"}
        if path.startswith("/large/"):
            hub.large[path.removeprefix("/large/")] = body
            return 200, {}
        if self.headers.get("Authorization") != f"Bearer {TOKEN}":
            return 401, {"error": "Invalid username or password."}
        if path == "/api/validate-yaml":
            return 200, {"errors": [], "warnings": []}
        if path == "/api/repos/create":
            return self._create(json.loads(body))
        if path.endswith(".git/info/lfs/objects/batch"):
            return 200, {"transfer": "basic", "objects": list(map(self._upload, _objects(body)))}
        _, _, _, owner, name, *rest = path.split("/")
        return self._of_repo(f"{owner}/{name}", rest, body)

    def _create(self, asked: dict[str, Any]) -> tuple[int, Any]:
        repo = f"{asked['organization']}/{asked['name']}"
        if asked["organization"] != "crew":
            return 403, {"error": f"You may not write to {repo}."}
        if repo in self.server.repos:
            told = "You already created this dataset repo"
            return 409, {"error": told, "url": f"{self.server.url}/datasets/{repo}"}
        self.server.repos[repo] = {".gitattributes": b"*.parquet filter=lfs"}
        if asked.get("visibility") == "private" or asked.get("private"):
            self.server.private.add(repo)
        return 200, {"url": f"{self.server.url}/datasets/{repo}"}

    def _upload(self, asked: dict[str, Any]) -> dict[str, Any]:
        oid = asked["oid"]
        if oid in self.server.large:
            return asked
        return asked | {"actions": {"upload": {"href": f"{self.server.url}/large/{oid}"}}}

    def _of_repo(self, repo: str, rest: list[str], body: bytes) -> tuple[int, Any]:
        if repo not in self.server.repos:
            return 404, {"error": "Repository not found"}
        if not rest:
            return 200, {"id": repo, "sha": f"{self.server.commits:040}", "siblings": []}
        if rest[0] == "tree":
            return 200, [_listed(path, held) for path, held in self.server.repos[repo].items()]
        if rest[0] == "preupload":
            return 200, {"files": [_way(each["path"]) for each in json.loads(body)["files"]]}
        return self._commit(repo, [json.loads(line) for line in body.splitlines()])

    def _commit(self, repo: str, lines: list[dict[str, Any]]) -> tuple[int, Any]:
        [header, *added] = lines
        if header["value"].get("parentCommit") != f"{self.server.commits:040}":
            return 412, {"error": "A commit has happened since."}
        self.server.repos[repo] |= {
            each["value"]["path"]: self._content(each["key"], each["value"]) for each in added
        }
        self.server.commits += 1
        oid = f"{self.server.commits:040}"
        return 200, {
            "commitUrl": f"{self.server.url}/datasets/{repo}/commit/{oid}",
            "commitOid": oid,
        }

    def _content(self, key: str, value: dict[str, Any]) -> bytes:
        if key == "lfsFile":
            return self.server.large[value["oid"]]
        return base64.b64decode(value["content"])


def _objects(body: bytes) -> list[dict[str, Any]]:
    return [{"oid": each["oid"], "size": each["size"]} for each in json.loads(body)["objects"]]


def _way(path: str) -> dict[str, Any]:
    mode = "lfs" if path.endswith(LARGE) else "regular"
    return {"path": path, "uploadMode": mode, "shouldIgnore": False, "oid": None}


def _listed(path: str, content: bytes) -> dict[str, Any]:
    blob = hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()
    listed = {"type": "file", "path": path, "size": len(content), "oid": blob}
    if path.endswith(LARGE):
        oid = hashlib.sha256(content).hexdigest()
        listed["lfs"] = {"oid": oid, "size": len(content), "pointerSize": 128}
    return listed
