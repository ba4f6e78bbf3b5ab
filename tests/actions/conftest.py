"""Ports on a fresh database, a broker that takes the messages, and hands that do what they ask."""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import select

from app.actions.accounts import actor_of, create_user, set_role
from app.actions.ports import Ports, open_ports
from app.actions.projects import ProjectChange, change_project, create_project
from app.actions.work import due
from app.actions.work_on import work_on
from app.core.answer import parse_reference
from app.core.roles import SCRIPT, Actor
from app.db.session import transaction
from app.db.tables import Job, ProblemRow, Project
from app.jobs import celery
from app.live import broker
from app.settings import Settings, settings

SECRET = "a secret for tests only"


@pytest.fixture(scope="session", autouse=True)
def broker_in_use(broker_url: str) -> Iterator[None]:
    """Point this process at the tests' broker."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("REDIS_URL", broker_url)
        patch.setenv("CALM_SECRET_KEY", SECRET)
        settings.cache_clear()
        broker.cache_clear()
        celery.conf.broker_url = broker_url
        yield
    settings.cache_clear()


@pytest.fixture
def ports(database_url: str) -> Iterator[Ports]:
    """Open ends onto a fresh database."""
    opened = open_ports(Settings(database_url=database_url))
    yield opened
    opened.engine.dispose()


@pytest.fixture
def project(ports: Ports) -> Project:
    """A project whose Reasoner plays the bundled recordings."""
    with transaction(ports.engine) as session:
        made = create_project(session, SCRIPT, "Harbour")
        reasoner = {"name": "scripted", "delay": 0}
        change = ProjectChange(reasoner=reasoner, intervener={"name": "recorded"})
        return change_project(session, SCRIPT, made.id, change)


@pytest.fixture
def person(ports: Ports, project: Project) -> Callable[..., Actor]:
    """Makes people of the project."""

    def make(name: str, role: str = "annotator") -> Actor:
        with transaction(ports.engine) as session:
            user = create_user(session, SCRIPT, name, None)
            set_role(session, SCRIPT, project.id, user.id, role)
            return actor_of(session, user, project.id)

    return make


@pytest.fixture
def problem(ports: Ports, project: Project) -> Callable[..., int]:
    """Adds problems to the project; gives their ids."""

    def add(question: str, answer: object = 1) -> int:
        with transaction(ports.engine) as session:
            row = ProblemRow(
                project_id=project.id,
                key=str(hash(question)),
                question=question,
                reference=parse_reference(answer).model_dump(mode="json"),
            )
            session.add(row)
            session.flush()
            return row.id

    return add


@pytest.fixture
def work(ports: Ports) -> Callable[[], int]:
    """Does every job that is due, as workers would, until none is; gives the number of rounds."""

    def all_of_it() -> int:
        rounds = 0
        while True:
            with transaction(ports.engine) as session:
                waiting = list(session.scalars(select(Job.id).where(due())))
            if not waiting:
                return rounds
            for job_id in waiting:
                work_on(ports, job_id)
                rounds += 1

    return all_of_it
