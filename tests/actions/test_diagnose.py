"""What `calm doctor` says of the projects' model servers."""

from app.actions.diagnose import diagnose
from app.actions.find_abilities import find_abilities
from app.actions.ports import Ports
from app.actions.projects import ProjectChange, change_project, create_project
from app.core.roles import SCRIPT
from app.db.session import transaction
from tests.openai_stub import serving


def test_what_a_server_can_do_is_told_without_asking_it(ports: Ports) -> None:
    with serving("two hundred and forty") as stub:
        config = {"name": "openai", "base_url": stub.url, "model": "m", "mode": "restart"}
        with transaction(ports.engine) as session:
            project = create_project(session, SCRIPT, "Boats").id
            change_project(session, SCRIPT, project, ProjectChange(reasoner=config))
        assert "not probed yet" in of_boats(ports)
        found = find_abilities(ports, SCRIPT, project)
        asked = len(stub.seen)
        told = of_boats(ports)
        assert told.startswith(
            f"asked on {found.at:%Y-%m-%d %H:%M} UTC: a trace goes on by restart;"
        )
        assert "stop strings yes, token ids no" in told
        assert len(stub.seen) == asked
        with transaction(ports.engine) as session:
            kept = config | {"abilities": found.model_dump(mode="json"), "model": "another"}
            change_project(session, SCRIPT, project, ProjectChange(reasoner=kept))
        assert f"but of m at {stub.url} without a tokenizer" in of_boats(ports)


def of_boats(ports: Ports) -> str:
    """The line about the server of the project."""
    checks = {check.name: check for check in diagnose(ports)}
    assert checks["what that of Boats can do"].ok
    return checks["what that of Boats can do"].detail
