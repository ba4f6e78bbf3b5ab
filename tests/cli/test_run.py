"""`calm run` with workers of its own: it is stopped in the middle, goes on, and nothing is left."""

import json
import signal
import subprocess
from pathlib import Path

import psutil
from sqlalchemy import func, select

from app.actions.projects import ProjectChange, change_project, create_project
from app.backends.reasoners.recordings import load
from app.core.roles import SCRIPT
from app.db.migrate import upgrade
from app.db.session import make_engine, transaction
from app.db.tables import Job, ProblemRow, Project
from tests.cli.conftest import CALM, Run, environment
from tests.cli.test_up import PATIENCE, gone, wait_for


def prepare(url: str) -> int:
    """A project of three recorded problems, played slowly; how many there are."""
    upgrade(url)
    questions = [recording.question for recording in load()[:3]]
    with transaction(make_engine(url)) as session:
        project = create_project(session, SCRIPT, "Harbour")
        for key, question in enumerate(questions):
            reference = {"kind": "number", "values": ["1"]}
            session.add(
                ProblemRow(
                    project_id=project.id, key=str(key), question=question, reference=reference
                )
            )
    play(url, delay=0.5)
    return len(questions)


def play(url: str, delay: float) -> None:
    """How slowly the recordings are played, in seconds for each chunk."""
    with transaction(make_engine(url)) as session:
        project = session.scalars(select(Project)).one()
        reasoner = {"name": "scripted", "delay": delay}
        change_project(session, SCRIPT, project.id, ProjectChange(reasoner=reasoner))


def running(url: str) -> int:
    with transaction(make_engine(url)) as session:
        jobs = select(func.count()).select_from(Job).where(Job.state == "running")
        return session.scalar(jobs) or 0


def test_a_run_is_stopped_and_goes_on(calm: Run, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    url = f"sqlite:///{folder / 'calm.db'}"
    many = prepare(url)
    command = [*CALM, "run", "--project", "harbour", "--json"]
    with subprocess.Popen(
        command, env=environment(folder), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as first:
        wait_for(lambda: running(url))
        assert calm("up", "--port", "0").returncode == 2
        family = psutil.Process(first.pid).children(recursive=True)
        first.send_signal(signal.SIGINT)
        told, said = first.communicate(timeout=PATIENCE)
    assert gone(family)
    assert (first.returncode, "goes on from here" in said) == (1, True)
    assert json.loads(told)["failures"] == {"cancelled": many}
    play(url, delay=0)
    done = calm("run", "--project", "harbour", "--json")
    report = json.loads(done.stdout)
    assert (done.returncode, report["written"], report["failures"]) == (0, many, {})
    assert report["tokens"]["generated"] > 0
    assert calm("run", "--project", "harbour").stdout == "Nothing was left to start.\n"
