"""What a project's settings name, made: its Reasoner, its Intervener, its limits, the sandbox.

Promises: a key is decrypted here and handed to the model's client alone. The sandbox is opened once
a process and shared by its threads.
"""

import atexit
from collections.abc import Callable
from functools import cache
from threading import Lock

from sqlalchemy.orm import Session

from app.actions.projects import limits_of, prompts_of
from app.actions.secrets import read_secret
from app.backends.interveners import INTERVENERS
from app.backends.interveners.base import Intervener
from app.backends.reasoners import REASONERS
from app.backends.reasoners.base import Reasoner, Request, sampling_of
from app.backends.sandboxes.base import Sandbox
from app.backends.sandboxes.paired import open_paired
from app.backends.sandboxes.remote import RemoteSandbox
from app.core.budget import tokens_in
from app.core.errors import CalmError
from app.core.execution import Limits as ExecutionLimits
from app.core.trace import Step
from app.db.tables import Branch, Project
from app.loop import Limits
from app.settings import settings

_OPENING = Lock()


def reasoner_of(session: Session, project: Project) -> Reasoner:
    """The project's Reasoner. Raises Invalid for settings that name none."""
    key = read_secret(session, project.id, "reasoner") or ""
    return REASONERS.make(project.reasoner["name"], project.reasoner, key)


def interveners_of(session: Session, project: Project) -> dict[str, Intervener | str]:
    """Who proposes hints: the rules always, and the project's Intervener where it is another.

    Where one can't be made, its settings or its key being wrong, it is the reason.
    """
    names = dict.fromkeys(["rules", project.intervener["name"]])
    return {name: _intervener(session, project, name) for name in names}


def _intervener(session: Session, project: Project, name: str) -> Intervener | str:
    try:
        mine = name == project.intervener["name"]
        key = read_secret(session, project.id, "intervener") if mine else None
        return INTERVENERS.make(name, intervener_config(project), key or "")
    except CalmError as error:
        return str(error)


def intervener_config(project: Project) -> dict[str, object]:
    """The settings that the project's Interveners are made of, with its own words; no key."""
    own = prompts_of(project)
    return {**project.intervener, "system": own.intervener, "hints": dict(own.hints)}


def counter_of(project: Project) -> Callable[[str], int]:
    """What counts the tokens of a text: the Reasoner's tokenizer where it has one, else a guess.

    It is loaded when it is first asked: most reviews never do.
    """
    config = dict(project.reasoner)

    @cache
    def reasoner() -> Reasoner:
        return REASONERS.make(config["name"], config)

    def count(text: str) -> int:
        try:
            counted = reasoner().count(text)
        except CalmError:
            counted = None
        return tokens_in(text) if counted is None else counted

    return count


def request_of(project: Project, branch: Branch, path: tuple[Step, ...]) -> Request:
    """What the Reasoner is asked: to go on with `path`, under the project's settings."""
    config = project.reasoner
    sampling = sampling_of(config, seed=branch.seed, max_tokens=limits_of(project).max_tokens)
    return Request(
        question=branch.trace.problem.question,
        system=prompts_of(project).for_reasoner.text,
        path=path,
        sampling=sampling,
    )


def loop_limits(project: Project) -> Limits:
    """The project's limits as the loop takes them."""
    limits = limits_of(project)
    execution = ExecutionLimits(wall_seconds=limits.wall_seconds, memory_mb=limits.memory_mb)
    return Limits(
        max_code_calls=limits.max_code_calls,
        output_tokens=limits.output_tokens,
        execution=execution,
    )


def sandbox() -> Sandbox:
    """The sandbox service, where one is named, else one of this process's own.

    Threads that ask at once get the same one. Raises SandboxRefused where code can't be isolated.
    """
    with _OPENING:
        return _opened()


@cache
def _opened() -> Sandbox:
    if path := settings().sandbox_socket:
        return RemoteSandbox(path)
    opened = open_paired(
        settings().sandbox_allow_unisolated,
        settings().sandbox_forks,
        settings().sandbox_fork_minutes,
    )
    atexit.register(opened.close)
    return opened
