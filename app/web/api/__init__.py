"""The API: `/api/v1`, JSON for programs that come with a token.

Promises: what a page lets somebody do, a route here lets a token of theirs do by the same verb, as
far as its scopes reach; what has no route yet is listed in docs/api.md. Nothing is decided here.
"""

from importlib.metadata import version

from fastapi import Depends, FastAPI
from fastapi.security import HTTPBearer

from app.web.api import (
    asking,
    assigning,
    batches,
    benchmarks,
    bulk,
    claims,
    datasets,
    gold,
    guide,
    history,
    imports,
    insights,
    invitations,
    judges,
    judging,
    me,
    members,
    models,
    notes,
    people,
    problems,
    projects,
    pushes,
    search,
    services,
    talk,
    traces,
    webhooks,
)
from app.web.api.errors import add_problem_details
from app.web.api.gate import OPENAPI, Gate
from app.web.api.openapi import TAGS, complete

MODULES = [
    me,
    people,
    projects,
    models,
    members,
    assigning,
    invitations,
    services,
    problems,
    imports,
    traces,
    asking,
    notes,
    judging,
    judges,
    talk,
    claims,
    guide,
    batches,
    bulk,
    datasets,
    pushes,
    benchmarks,
    insights,
    search,
    gold,
    history,
    webhooks,
]
ROUTERS = [claims.everywhere, *(module.router for module in MODULES)]
_TOKEN = HTTPBearer(description="A token of an account: `calm_…`", auto_error=False)


def make_api() -> FastAPI:
    """The application; its ports are given to it where it is mounted."""
    made = FastAPI(
        title="CALM Studio",
        version=version("calm-studio"),
        summary="Reasoning traces of optimization models: read, judged, exported.",
        openapi_tags=TAGS,
        openapi_url=OPENAPI,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        dependencies=[Depends(_TOKEN)],
        generate_unique_id_function=lambda route: route.name.rstrip("_"),
    )
    add_problem_details(made)
    made.add_middleware(Gate)
    for router in ROUTERS:
        made.include_router(router)
    complete(made)
    return made
