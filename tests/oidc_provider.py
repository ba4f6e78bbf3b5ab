"""An OpenID Connect provider, as a process of its own on loopback: `python -m tests.oidc_provider`.

Authlib's server side checks the client, its redirect address, PKCE and that a code is used once.
Whoever comes is logged in at once, as `user`. A POST to `/behave` has it lie in what it signs
(`claims`, `seconds` by which its clock is off, `stranger` to sign with another key) or in what it
says of itself (`metadata`), or break off (`broken`: the endpoint that answers 500).
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx2
from authlib.oauth2 import OAuth2Request
from authlib.oauth2.rfc6749 import AuthorizationServer, ClientMixin
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from authlib.oauth2.rfc6750 import BearerTokenGenerator
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import UserInfo
from authlib.oidc.core.grants import OpenIDCode
from joserfc.jwk import KeySet, RSAKey

CLIENT, SECRET = "studio", "a secret of the tests"
BACK = "http://testserver/login/oidc/callback"
ANN = {"sub": "1001", "preferred_username": "ann", "email": "ann@example.org"}
ANN |= {"email_verified": True}  # type: ignore[dict-item]
KEY, STRANGER = (RSAKey.generate_key(2048, {"kid": "k", "use": "sig"}) for _ in range(2))
behaviour: dict[str, Any] = {}
codes: dict[str, "Code"] = {}


class Client(ClientMixin):
    """The studio."""

    def get_client_id(self) -> str:
        return CLIENT

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri == BACK

    def check_client_secret(self, client_secret: str) -> bool:
        return client_secret == SECRET

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == "client_secret_basic"

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


class Code:
    """A code that was given out, with what it was asked for with."""

    def __init__(self, code: str, asked: dict[str, str]) -> None:
        self.code, self.asked = code, asked
        self.code_challenge = asked.get("code_challenge")
        self.code_challenge_method = asked.get("code_challenge_method")

    def get_redirect_uri(self) -> str:
        return self.asked["redirect_uri"]

    def get_scope(self) -> str:
        return self.asked["scope"]

    def get_nonce(self) -> str | None:
        return self.asked.get("nonce")

    def get_auth_time(self) -> int:
        return int(time.time())

    def get_acr(self) -> None:
        return None

    def get_amr(self) -> None:
        return None


class Grant(AuthorizationCodeGrant):  # type: ignore[misc]
    """Codes for tokens."""

    TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic",)

    def save_authorization_code(self, code: str, request: OAuth2Request) -> None:
        codes[code] = Code(code, request.payload.data)

    def query_authorization_code(self, code: str, client: Client) -> Code | None:
        return codes.get(code)

    def delete_authorization_code(self, authorization_code: Code) -> None:
        del codes[authorization_code.code]

    def authenticate_user(self, authorization_code: Code) -> dict[str, Any]:
        return dict(behaviour.get("user", ANN))


class Signed(OpenIDCode):  # type: ignore[misc]
    """What is signed of a person."""

    def exists_nonce(self, nonce: str, request: OAuth2Request) -> bool:
        return False

    def resolve_client_private_key(self, client: Client) -> RSAKey:
        return STRANGER if behaviour.get("stranger") else KEY

    def get_client_algorithm(self, client: Client) -> str:
        return "RS256"

    def get_encode_header(self, client: Client) -> dict[str, str]:
        return {"alg": "RS256", "kid": "k"}

    def get_compatible_claims(self, request: OAuth2Request) -> dict[str, Any]:
        at = int(time.time()) + behaviour.get("seconds", 0)
        return {"iss": behaviour["issuer"], "aud": [CLIENT], "iat": at, "exp": at + 300}

    def generate_user_info(self, user: dict[str, Any], scope: str) -> UserInfo:
        lies: dict[str, Any] = behaviour.get("claims", {})
        thin = {name: user[name] for name in ("sub",)} if behaviour.get("thin") else user
        return UserInfo({**thin, **lies})


class Provider(AuthorizationServer):  # type: ignore[misc]
    """Authlib's server, with plain tuples for requests and responses."""

    def query_client(self, client_id: str) -> Client | None:
        return Client() if client_id == CLIENT else None

    def save_token(self, token: dict[str, Any], request: OAuth2Request) -> None:
        behaviour["token"] = (token["access_token"], request.user)

    def create_oauth2_request(self, request: Any) -> OAuth2Request:
        if isinstance(request, OAuth2Request):
            return request
        method, address, form, headers = request
        made = Asked(method, address, headers=headers)
        data = {**dict(parse_qsl(urlsplit(address).query)), **form}
        made.payload, made.given = BasicOAuth2Payload(data), data
        return made

    def handle_response(self, status: int, body: Any, headers: Any) -> tuple[int, Any, Any]:
        return status, body, headers

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        """Nobody listens."""


class Asked(OAuth2Request):  # type: ignore[misc]
    """A request whose address and form say alike what is asked."""

    given: dict[str, str]

    @property
    def args(self) -> dict[str, str]:
        return self.given

    @property
    def form(self) -> dict[str, str]:
        return self.given


provider = Provider()
provider.register_token_generator(
    "default", BearerTokenGenerator(lambda *_, **__: os.urandom(16).hex())
)
provider.register_grant(Grant, [CodeChallenge(required=True), Signed()])


class Handler(BaseHTTPRequestHandler):
    """One request."""

    def do_GET(self) -> None:
        self._answer({})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if self.path == "/behave":
            kept = {"issuer": behaviour["issuer"]}
            behaviour.clear()
            behaviour.update(kept, **json.loads(body))
            self._send(200, {})
            return
        self._answer(dict(parse_qsl(body)))

    def _answer(self, form: dict[str, str]) -> None:
        path = urlsplit(self.path).path
        if path == behaviour.get("broken"):
            self._send(500, "<h1>Out of order</h1>")
            return
        asked = (self.command, behaviour["issuer"] + self.path, form, self.headers)
        if path == "/authorize":
            grant = provider.get_consent_grant(asked, dict(ANN))
            self._send(*provider.create_authorization_response(grant.request, ANN, grant=grant))
        elif path == "/token":
            self._send(*provider.create_token_response(asked))
        else:
            self._send(200, self._said(path))

    def _said(self, path: str) -> dict[str, Any]:
        if path == "/keys":
            return dict(KeySet([RSAKey.import_key(KEY.as_dict(private=False))]).as_dict())
        if path == "/userinfo":
            token, user = behaviour["token"]
            assert self.headers["Authorization"] == f"Bearer {token}"
            return {**user, **behaviour.get("userinfo", {})}
        issuer = behaviour["issuer"]
        return {
            "issuer": issuer,
            "authorization_endpoint": f"{issuer}/authorize",
            "token_endpoint": f"{issuer}/token",
            "jwks_uri": f"{issuer}/keys",
            "userinfo_endpoint": f"{issuer}/userinfo",
            **behaviour.get("metadata", {}),
        }

    def _send(self, status: int, body: Any, headers: Any = ()) -> None:
        content = body if isinstance(body, str) else json.dumps(body)
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content.encode())))
        self.end_headers()
        self.wfile.write(content.encode())

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


class Running:
    """The process, as a test sees it."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer

    def behave(self, **how: Any) -> None:
        """From now on so, and in nothing else out of the ordinary."""
        httpx2.post(f"{self.issuer}/behave", json=how).raise_for_status()

    def visit(self, address: str) -> str:
        """What a browser does there; gives the address that it is sent back to."""
        answer = httpx2.get(address)
        assert answer.status_code == 302, answer.text
        return str(answer.headers["Location"])


@contextmanager
def provider_process() -> Iterator[Running]:
    """A provider that runs while the block does."""
    insecure = {"AUTHLIB_INSECURE_TRANSPORT": "1"}  # on loopback
    command = [sys.executable, "-m", "tests.oidc_provider"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env={**os.environ, **insecure}
    ) as process:
        assert process.stdout
        yield Running(process.stdout.readline().strip())
        process.terminate()


def main() -> None:
    """Serve until ended; the first line printed is the issuer."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        behaviour["issuer"] = f"http://127.0.0.1:{server.server_address[1]}"
        print(behaviour["issuer"], flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
