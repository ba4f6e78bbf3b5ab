"""The demo project: problems of our own, and real recordings of a small model as its Reasoner.

Promises: the recorded text is played to the worker step by step and its code is executed live; a
demo that broke off halfway is completed, and one that is whole is left alone.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actions.batches import start_batch
from app.actions.import_file import import_file
from app.actions.ports import Ports
from app.actions.projects import ProjectChange, change_project, create_project
from app.backends.reasoners.recordings import EXAMPLES, load
from app.core.roles import SCRIPT
from app.db.session import reading, transaction
from app.db.tables import Batch, ProblemRow, Project
from app.prompts.own import Prompts

NAME = "Demo"
_SLUG = "demo"
_GUIDELINES = (
    "The Reasoner of this project is a recording of {model}, a small public model: its text is "
    "played back, and its code is executed here, live. Accept the proposed hint to see what the "
    "model went on to write; for any other hint nothing was recorded, and the page says so. To go "
    "on from hints of your own, connect a model in the project's settings."
)


def demo_wanted(session: Session) -> bool:
    """Whether this is a first start: no project at all, or a demo that broke off halfway."""
    projects = session.scalars(select(Project)).all()
    return not projects or any(_unfinished(session, project) for project in projects)


def load_demo(ports: Ports) -> None:
    """Make the project, import the problems, and start a trace of each recorded one."""
    with transaction(ports.engine) as session:
        project = session.scalar(select(Project).filter_by(slug=_SLUG)) or _make(session)
        project_id, unfinished = project.id, _unfinished(session, project)
    if unfinished:
        problems = EXAMPLES / "problems.json"
        import_file(ports, SCRIPT, project_id, problems, problems.name, "problems")
        with reading(ports.engine) as session:
            recorded = _recorded(session, project_id)
        start_batch(ports, SCRIPT, project_id, "generate", recorded)


def _unfinished(session: Session, project: Project) -> bool:
    started = select(Batch.id).filter_by(project_id=project.id).limit(1)
    return project.slug == _SLUG and session.scalar(started) is None


def _make(session: Session) -> Project:
    first = load()[0]
    project = create_project(session, SCRIPT, NAME)
    change = ProjectChange(
        reasoner={"name": "scripted"},
        prompts=Prompts(reasoner=first.system),
        intervener={"name": "recorded"},
        guidelines=_GUIDELINES.format(model=first.model),
    )
    return change_project(session, SCRIPT, project.id, change)


def _recorded(session: Session, project_id: int) -> list[int]:
    """The problems that there is a recording of, in the order of the recordings."""
    problems = session.scalars(select(ProblemRow).filter_by(project_id=project_id))
    ids = {problem.question.strip(): problem.id for problem in problems}
    return [ids[recording.question.strip()] for recording in load()]
