"""Finding out what a project's model server can do, and keeping what was found.

Promises: nothing is guessed from a server's name; no transaction is open while it is asked; what
is kept was found with the settings that it is kept with.
"""

from app.actions.ports import Ports
from app.actions.projects import ProjectChange, change_project
from app.actions.record import get
from app.actions.secrets import read_secret
from app.backends.reasoners.abilities import KEY, Abilities
from app.backends.reasoners.base import ReasonerError
from app.backends.reasoners.probe import probe
from app.backends.reasoners.server import Server, server_of
from app.core.errors import Conflict, Invalid, Refused
from app.core.language import N_, _
from app.core.roles import Actor
from app.db.session import reading, transaction
from app.db.tables import Project


def find_abilities(ports: Ports, actor: Actor, project_id: int) -> Abilities:
    """Ask the server of the project's Reasoner, and set mode and dialect to what works. For leads.

    Raises Invalid where the Reasoner is no model server, Refused where nobody answers, Conflict
    where somebody named another server meanwhile.
    """
    actor.require("lead", N_("change the project"))
    with reading(ports.engine) as session:
        server = _server(get(session, Project, project_id))
        key = read_secret(session, project_id, "reasoner") or ""
    try:
        found = probe(server, key)
    except ReasonerError as error:
        told = _(
            "%(error)s Nothing was changed. Look at the server and its address, then ask again.",
            error=error,
        )
        raise Refused(told) from None
    with transaction(ports.engine) as session:
        project = get(session, Project, project_id)
        if not found.fits(project.reasoner):
            raise Conflict(_("The server was changed while it was asked. Ask again."))
        way = {"mode": found.mode} | ({"dialect": found.dialect} if found.dialect else {})
        config = project.reasoner | way | {KEY: found.model_dump(mode="json")}
        change_project(session, actor, project_id, ProjectChange(reasoner=config))
    return found


def _server(project: Project) -> Server:
    if project.reasoner["name"] != "openai" or not project.reasoner.get("base_url"):
        raise Invalid(_("Only a model server can be asked; save its address first."))
    return server_of(project.reasoner)
