"""How good an Intervener is: it reviews labelled traces, and is scored against their labels.

Promises: the code of a trace is executed anew, and a trace whose outputs do not come again is
reported and not used; what an Intervener could not say is counted apart, never as flawless; a
review that was kept is not asked for again. docs/evaluation.md says what each number means.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, Literal, NamedTuple

from sqlalchemy.orm import Session

from app.actions.hint_shares import HintShare
from app.actions.keep_execution import MODELS
from app.actions.kept_reviews import KeptReviews
from app.actions.labelled_set import BadLabelled, LabelledSet, Placed
from app.actions.models import intervener_config, interveners_of, sandbox
from app.actions.read_solves import SOLVER
from app.backends.interveners import INTERVENERS
from app.backends.interveners.base import Intervener
from app.backends.reasoners.base import Usage
from app.backends.solvers import SOLVERS
from app.core.case import Case
from app.core.errors import CalmError, Invalid, Refused
from app.core.execution import Execution
from app.core.flaws import DEFAULT, Taxonomy
from app.core.labelled import case_in
from app.core.model import Frozen
from app.core.proposal import Flawless
from app.core.scores import Scores
from app.core.scoring import Mode, Reviewed, score
from app.core.solved import Examination
from app.core.trace import Step
from app.db.tables import Project
from app.loop import Limits, replay
from app.prompts.intervener import VERSION as PROMPT

Progress = Callable[[int], None]


class Reviewer(NamedTuple):
    """Who is evaluated. `identity` is all that its reviews hang on besides the trace."""

    intervener: Intervener
    mode: Mode
    identity: str
    taxonomy: Taxonomy = DEFAULT


class Failure(Frozen):
    """A trace that the Intervener gave no review of, and why."""

    id: str
    reason: str


class Evaluation(Scores):
    """The scores of `reviewer` on `scored` of the `traces` of some sets, and what was left out.

    Tokens are those of the reviews asked for in this run. `people` is what became of a project's
    hints, None where no project was named.
    """

    version: Literal[1] = 1
    reviewer: str
    mode: Mode
    sets: tuple[str, ...]
    traces: int
    scored: int
    bad: tuple[BadLabelled, ...]
    failed: tuple[Failure, ...]
    prompt_tokens: int
    completion_tokens: int
    people: tuple[HintShare, ...] | None = None


def rules_reviewer(taxonomy: Taxonomy = DEFAULT) -> Reviewer:
    """The rules, all of whose proposals count."""
    return _reviewer(INTERVENERS.make("rules", {}), {"name": "rules"}, taxonomy)


def model_reviewer(config: Mapping[str, Any], key: str, taxonomy: Taxonomy = DEFAULT) -> Reviewer:
    """A model of an OpenAI-compatible server, whose first proposal counts. Raises Invalid."""
    config = {"name": "openai", **config}
    return _reviewer(INTERVENERS.make("openai", config, key), config, taxonomy)


def project_reviewer(session: Session, project: Project) -> Reviewer:
    """A project's own Intervener. Raises Refused where it can't be made."""
    intervener = interveners_of(session, project)[project.intervener["name"]]
    if isinstance(intervener, str):
        raise Refused(intervener)
    taxonomy = Taxonomy.model_validate(project.taxonomy)
    return _reviewer(intervener, intervener_config(project), taxonomy)


def evaluate(
    labelled: LabelledSet,
    reviewer: Reviewer,
    *,
    threads: int,
    kept: KeptReviews,
    progress: Progress = lambda done: None,
) -> Evaluation:
    """Have the traces reviewed, `threads` at a time, and score what was said.

    Raises SandboxRefused where code can't be isolated.
    """
    used: list[Usage] = []
    look = partial(_look, reviewer=reviewer, kept=kept, used=used)
    found = list(_each(look, labelled.traces, threads, progress))
    reviews = [one for one in found if isinstance(one, Reviewed)]
    bad = [*labelled.bad, *(one for one in found if isinstance(one, BadLabelled))]
    scores = score(reviews, reviewer.taxonomy, reviewer.mode)
    return Evaluation(
        **dict(scores),
        reviewer=reviewer.intervener.name,
        mode=reviewer.mode,
        sets=labelled.names,
        traces=len(labelled.traces) + len(labelled.bad),
        scored=len(reviews),
        bad=tuple(sorted(bad, key=lambda one: (labelled.names.index(one.set), one.row))),
        failed=tuple(one for one in found if isinstance(one, Failure)),
        prompt_tokens=sum(each.prompt_tokens or 0 for each in used),
        completion_tokens=sum(each.completion_tokens or 0 for each in used),
    )


def _reviewer(intervener: Intervener, config: Mapping[str, Any], taxonomy: Taxonomy) -> Reviewer:
    told = json.dumps([dict(config), PROMPT, taxonomy.told], sort_keys=True)
    mode: Mode = "every" if config["name"] == "rules" else "first"
    return Reviewer(intervener, mode, told, taxonomy)


def _each(
    look: Callable[[Placed], Reviewed | BadLabelled | Failure],
    traces: tuple[Placed, ...],
    threads: int,
    progress: Progress,
) -> Iterator[Reviewed | BadLabelled | Failure]:
    """What each look gives, in order; an end before the last asks for no more."""
    pool = ThreadPoolExecutor(threads)
    try:
        for done, found in enumerate(pool.map(look, traces), 1):
            progress(done)
            yield found
    finally:
        pool.shutdown(cancel_futures=True)


def _look(
    placed: Placed, reviewer: Reviewer, kept: KeptReviews, used: list[Usage]
) -> Reviewed | BadLabelled | Failure:
    """The review of one trace, asked for unless it was kept."""
    trace = placed.trace
    try:
        case = _executed(case_in(trace, reviewer.taxonomy))
    except Invalid as error:
        return BadLabelled(set=placed.set, row=placed.row, reason=str(error))
    key = hashlib.sha256(f"{reviewer.identity}\0{trace.model_dump_json()}".encode()).hexdigest()
    review = kept.find(key)
    if review is None:
        try:
            review = reviewer.intervener.review(case, used.append)
        except CalmError as error:
            return Failure(id=trace.id, reason=str(error))
        if review == ():
            return Failure(id=trace.id, reason="It said nothing of this trace.")
        kept.keep(key, trace.id, review)
    return Reviewed(trace, () if isinstance(review, Flawless) else review)


def _executed(case: Case) -> Case:
    """The case with its code executed and its models examined. Raises Invalid if it can't be used.

    As in a project, an execution does not carry its models: they are in what was examined.
    """
    replayed = replay(sandbox(), case.path, Limits())
    if replayed.differs is not None:
        raise Invalid(_difference(case.path, replayed.executions, replayed.differs))
    bare = {at: _bare(execution) for at, execution in replayed.executions.items()}
    examined = {at: _examined(execution) for at, execution in replayed.executions.items()}
    return case.model_copy(update={"executions": bare, "examined": examined})


def _difference(path: tuple[Step, ...], executions: Mapping[int, Execution], at: int) -> str:
    done = executions[at - 1]
    if done.status == "sandbox_error":
        return f"The sandbox could not execute step {at - 1}: {done.reason}"
    return f"Step {at} is not what the code before it prints: {done.output[:200]!r}."


def _bare(execution: Execution) -> Execution:
    solves = tuple(solve.model_copy(update={"model": None}) for solve in execution.solves)
    return execution.model_copy(update={"solves": solves})


def _examined(execution: Execution) -> tuple[Examination | None, ...]:
    """What was found in the model of each solve; None where there is none, or one too many."""
    solver = SOLVERS.make(SOLVER)
    return tuple(
        solver.examine(sandbox(), solve.model, solve.format)
        if solve.model and solve.format and number < MODELS
        else None
        for number, solve in enumerate(execution.solves)
    )
