"""Settings: from the environment as `CALM_…` (a few by the names that others use), or a file.

Promises: the only place that reads the environment. `CALM_DATA` is the data folder; everything that
the program writes is below it. `CALM_SETTINGS` names a file of the same names in dotenv form.
"""

import hashlib
import os
import tempfile
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import AliasChoices, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent
"""The checkout: templates, static files, migrations and examples are found from here."""
_LONGEST_SOCKET = 100
"""Unix socket paths end at 104 to 108 bytes, by system."""


def _named(name: str) -> Any:
    """A setting that others name too, and so without our prefix."""
    return Field("", validation_alias=AliasChoices(name, name.lower()))


class Settings(BaseSettings):
    """What an installation can choose. Every field is described in docs/settings.md."""

    model_config = SettingsConfigDict(env_prefix="CALM_", extra="ignore", populate_by_name=True)

    data: Path = Path("calm-data")
    database_url: str = _named("DATABASE_URL")
    redis_url: str = _named("REDIS_URL")
    host: str = "127.0.0.1"
    port: int = 8321
    public_url: str = ""
    secret_key: str = ""
    workers: int = 1
    demo: bool = True
    secure_cookies: bool = False
    session_days: int = 14
    claim_minutes: int = 30
    upload_mb: int = 256
    api_rate: int = Field(600, ge=0)
    webhooks_inside: bool = False
    sandbox_socket: Path | None = None
    sandbox_allow_unisolated: bool = False
    sandbox_forks: int = Field(32, ge=0)
    sandbox_fork_minutes: float = Field(60, ge=0, allow_inf_nan=False)
    job_lease_seconds: int = 60
    sweep_seconds: int = 20
    sample_data: Path | None = None
    intervener_key: str = ""
    hf_endpoint: str = _named("HF_ENDPOINT")
    hf_token: str = _named("HF_TOKEN")
    aws_endpoint_url: str = _named("AWS_ENDPOINT_URL")
    aws_region: str = _named("AWS_REGION")
    aws_access_key_id: str = _named("AWS_ACCESS_KEY_ID")
    aws_secret_access_key: str = _named("AWS_SECRET_ACCESS_KEY")
    smtp_host: str = ""
    smtp_port: int = 587
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    smtp_user: str = ""
    smtp_password: str = ""
    mail_from: str = ""
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: str = ""
    oidc_name: str = "OpenID Connect"
    oidc_lets_in: str = ""

    @property
    def folder(self) -> Path:
        """The data folder, made on first use and readable by its owner alone."""
        self._place.mkdir(parents=True, exist_ok=True, mode=0o700)
        return self._place

    @property
    def _place(self) -> Path:
        return self.data.expanduser().resolve()

    @property
    def mails(self) -> bool:
        """Whether mail can be sent. Its links need an address that no request can choose."""
        return bool(self.smtp_host and self.mail_from and self.public_url)

    @property
    def oidc(self) -> bool:
        """Whether people can come in by a provider, which sends them back to the public address."""
        return bool(self.oidc_issuer and self.oidc_client_id and self.public_url)

    @property
    def database(self) -> str:
        """The database's address: `DATABASE_URL`, else SQLite in the data folder."""
        return self.database_url or f"sqlite:///{self.folder / 'calm.db'}"

    @property
    def broker(self) -> str:
        """The broker's address: `REDIS_URL`, else the embedded one's unix socket."""
        return self.redis_url or f"unix://{self.broker_socket}"

    @property
    def broker_socket(self) -> Path:
        """The embedded broker's socket: in the data folder, or in the temporary one if too long."""
        inside = self._place / "broker.sock"
        if len(str(inside)) <= _LONGEST_SOCKET:
            return inside
        name = hashlib.sha256(str(self._place).encode()).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"calm-{name}.sock"


@cache
def settings() -> Settings:
    """The settings of this process, read once."""
    return Settings(_env_file=os.environ.get("CALM_SETTINGS"))
