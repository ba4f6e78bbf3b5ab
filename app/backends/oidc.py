"""The client's side of OpenID Connect, by Authlib: to the provider, and what came back from it.

Promises: authorization code with PKCE, state and nonce; what is believed was signed with one of the
provider's own asymmetric keys, for this client and this login, a minute early or late at most. A
failure is told in our words: what the provider or the address said goes to the log alone.
"""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from hmac import compare_digest
from typing import Any

import httpx2
from authlib.common.security import generate_token
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import OAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from app.core.errors import NotAllowed, ProviderDown
from app.core.language import _
from app.core.model import Frozen
from app.settings import Settings

CALLBACK = "/login/oidc/callback"
_SCOPE = "openid profile email"
_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "Ed25519"]
"""No secret shared with the provider signs, and nothing goes unsigned."""
_SKEW = 60
_SECONDS = 10
_log = logging.getLogger(__name__)


class Flow(Frozen):
    """What a browser keeps while its person is at the provider, out of the provider's sight."""

    state: str
    nonce: str
    verifier: str


class Identity(Frozen):
    """Whom the provider vouches for: `issuer` and `subject` say who, the rest only describes.

    `email` is there only where the provider has verified it.
    """

    issuer: str
    subject: str
    name: str
    email: str


def begin(settings: Settings) -> tuple[str, Flow]:
    """The provider's address to send a browser to, and what to keep. Raises ProviderDown."""
    flow = Flow(state=generate_token(32), nonce=generate_token(32), verifier=generate_token(64))
    with _provider(settings) as (client, metadata):
        address, _state = client.create_authorization_url(
            metadata["authorization_endpoint"],
            state=flow.state,
            nonce=flow.nonce,
            code_verifier=flow.verifier,
        )
    return address, flow


def finish(settings: Settings, flow: Flow, answer: Mapping[str, str], at: datetime) -> Identity:
    """Whom the provider vouches for in the answer that a browser brought back at this moment.

    Raises NotAllowed for an answer that can't be believed, ProviderDown.
    """
    _require_ours(settings, flow, answer)
    with _provider(settings) as (client, metadata):
        token = client.fetch_token(
            metadata["token_endpoint"],
            grant_type="authorization_code",
            code=answer.get("code", ""),
            code_verifier=flow.verifier,
        )
        claims = _claims(settings, client, metadata, flow, token, at)
        if not (claims.get("preferred_username") or claims.get("name")):
            claims = _described(client, metadata, claims)
    return _identity(settings, claims)


@contextmanager
def _provider(settings: Settings) -> Iterator[tuple[Any, dict[str, Any]]]:
    """A client of the provider and what it says of itself, with its failures in our words."""
    try:
        with _client(settings) as client:
            yield client, _metadata(client, settings)
    except (OAuthError, JoseError) as error:
        _log.warning("a login by the provider was refused: %r", error)
        raise NotAllowed(
            _("The sign-in was not accepted. Try again, or log in with a password.")
        ) from None
    except (httpx2.HTTPError, ValueError, KeyError, TypeError, AttributeError) as error:
        _log.warning("the provider can't be asked: %r", error)
        raise ProviderDown(
            _("The sign-in service does not answer. Try again later, or log in with a password.")
        ) from None


def _client(settings: Settings) -> OAuth2Client:
    return OAuth2Client(
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret or None,
        scope=_SCOPE,
        redirect_uri=settings.public_url.rstrip("/") + CALLBACK,
        code_challenge_method="S256",
        timeout=_SECONDS,
    )


def _metadata(client: Any, settings: Settings) -> dict[str, Any]:
    address = settings.oidc_issuer.rstrip("/") + "/.well-known/openid-configuration"
    metadata: dict[str, Any] = _fetched(client, address)
    if metadata["issuer"] != settings.oidc_issuer:
        raise ValueError(f"it calls itself {metadata['issuer']!r}")
    ways = metadata.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    if settings.oidc_client_secret and "client_secret_basic" not in ways:
        client.token_endpoint_auth_method = "client_secret_post"
    return metadata


def _fetched(client: Any, address: str, as_person: bool = False) -> Any:
    answer = client.request("GET", address, withhold_token=not as_person)
    answer.raise_for_status()
    return answer.json()


def _require_ours(settings: Settings, flow: Flow, answer: Mapping[str, str]) -> None:
    """The answer belongs to this browser's login, and comes from this provider (RFC 9207)."""
    state = compare_digest(answer.get("state", "").encode(), flow.state.encode())
    issuer = answer.get("iss", settings.oidc_issuer) == settings.oidc_issuer
    if not state or not issuer or "error" in answer:
        _log.warning("a login came back with state %s, issuer %s", state, issuer)
        raise NotAllowed(_("The sign-in was not accepted. Try again, or log in with a password."))


def _claims(
    settings: Settings,
    client: Any,
    metadata: dict[str, Any],
    flow: Flow,
    token: dict[str, Any],
    at: datetime,
) -> dict[str, Any]:
    """What the provider signed, once all of it was checked."""
    keys = KeySet.import_key_set(_fetched(client, metadata["jwks_uri"]))
    signed = jwt.decode(token["id_token"], keys, algorithms=_ALGORITHMS)
    expected = {
        "iss": {"essential": True, "value": settings.oidc_issuer},
        "aud": {"essential": True, "value": settings.oidc_client_id},
    }
    params = {
        "nonce": flow.nonce,
        "client_id": settings.oidc_client_id,
        "access_token": token.get("access_token"),
    }
    claims = CodeIDToken(signed.claims, signed.header, expected, params)
    claims.validate(now=int(at.timestamp()), leeway=_SKEW)
    return dict(claims)


def _described(client: Any, metadata: dict[str, Any], claims: dict[str, Any]) -> dict[str, Any]:
    """The claims with what the provider says besides of the same person."""
    if "userinfo_endpoint" not in metadata:
        return claims
    more = _fetched(client, metadata["userinfo_endpoint"], as_person=True)
    # Only of whom the token is (OpenID Connect Core, section 5.3.2).
    return {**more, **claims} if more.get("sub") == claims["sub"] else claims


def _identity(settings: Settings, claims: dict[str, Any]) -> Identity:
    email = str(claims.get("email") or "") if claims.get("email_verified") is True else ""
    known = (claims.get("preferred_username"), claims.get("name"), email.partition("@")[0])
    name = next((str(one).strip() for one in known if one), "")
    return Identity(
        issuer=settings.oidc_issuer, subject=str(claims["sub"]), name=name[:60], email=email[:254]
    )
