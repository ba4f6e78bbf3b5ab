"""Wiring of the web server: `uvicorn --factory app.main:app`.

Promises: every page's route passes through the same shield, token check and error pages; the API
is an application of its own behind the same shield. Nothing is decided here.
"""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import Depends, FastAPI
from fastapi.middleware.gzip import GZipMiddleware
from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES

from app.actions.ports import open_ports
from app.settings import Settings, settings
from app.web import (
    account,
    assigning,
    batches,
    benchmarks,
    bulk,
    compare,
    datasets,
    gold,
    guide,
    health,
    history,
    home,
    imports,
    insights,
    invitations,
    join,
    judges,
    keys,
    login,
    members,
    oidc,
    people,
    problems,
    project_settings,
    projects,
    queue,
    reset,
    scratch,
    search,
    second_factor,
    services,
    sessions,
    stream,
    talk,
    tokens,
    traces,
    trials,
    webhooks,
    workbench,
    working_time,
)
from app.web.api import make_api
from app.web.api.below import Below
from app.web.assets import Static
from app.web.errors import Unexpected, add_error_pages
from app.web.language import Speaking
from app.web.security import API, Shield, check_csrf

ROUTERS = [
    health,
    login,
    reset,
    oidc,
    join,
    projects,
    people,
    benchmarks,
    account,
    second_factor,
    sessions,
    tokens,
    keys,
    working_time,
    home,
    problems,
    traces,
    queue,
    bulk,
    search,
    stream,
    scratch,
    compare,
    guide,
    judges,
    workbench,
    trials,
    talk,
    batches,
    datasets,
    insights,
    history,
    imports,
    members,
    assigning,
    gold,
    invitations,
    services,
    webhooks,
    project_settings,
]

_NOT_COMPRESSED = (*DEFAULT_EXCLUDED_CONTENT_TYPES, "application/*")


def make_app(settings: Settings) -> FastAPI:
    """The application for these settings; the database is asked only by requests."""
    made = FastAPI(
        dependencies=[Depends(check_csrf)],
        lifespan=_close_ports,
        openapi_url=None,
        redirect_slashes=False,
    )
    made.state.ports = open_ports(settings)
    add_error_pages(made)
    api = make_api()
    api.state.ports = made.state.ports
    made.add_middleware(Below, address=API, other=api)
    made.add_middleware(Unexpected)
    made.add_middleware(Shield, settings=settings)
    made.add_middleware(
        GZipMiddleware, minimum_size=1000, compresslevel=4, exclude_content_types=_NOT_COMPRESSED
    )
    made.add_middleware(Speaking)
    made.mount("/static", Static(), name="static")
    for module in ROUTERS:
        made.include_router(module.router)
    return made


def app() -> FastAPI:
    """The application for the settings of this process.

    What is loaded by then stays as long as the process: no collection has to walk through it any
    more, which takes a fifth off a long page.
    """
    made = make_app(settings())
    gc.collect()
    gc.freeze()
    return made


@asynccontextmanager
async def _close_ports(made: FastAPI) -> AsyncIterator[None]:
    yield
    made.state.ports.engine.dispose()
