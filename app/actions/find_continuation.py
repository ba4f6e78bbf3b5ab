"""Finding out how a project's model server continues a path, and keeping what was found.

Promises: nothing is guessed from a server's name; no transaction is open while it is asked.
"""

from app.actions.ports import Ports
from app.actions.projects import ProjectChange, change_project
from app.actions.record import get
from app.actions.secrets import read_secret
from app.backends.reasoners.openai import server_of
from app.backends.reasoners.probe import Probe, probe
from app.core.errors import Invalid
from app.core.roles import Actor
from app.db.session import reading, transaction
from app.db.tables import Project


def find_continuation(ports: Ports, actor: Actor, project_id: int) -> Probe:
    """Ask the server of the project's Reasoner, and set mode and dialect to what works. For leads.

    Raises Invalid where the Reasoner is no model server, ReasonerError where nobody answers.
    """
    actor.require("lead", "change the project")
    with reading(ports.engine) as session:
        project = get(session, Project, project_id)
        if project.reasoner["name"] != "openai" or not project.reasoner.get("base_url"):
            raise Invalid("Only a model server can be asked; save its address first.")
        server = server_of(project.reasoner)
        key = read_secret(session, project_id, "reasoner") or ""
    found = probe(server, key)
    with transaction(ports.engine) as session:
        project = get(session, Project, project_id)
        way = {"mode": found.mode} | ({"dialect": found.dialect} if found.dialect else {})
        change_project(session, actor, project_id, ProjectChange(reasoner=project.reasoner | way))
    return found
