"""What models cost: counting tokens, money where a project sets prices, and the cap on it."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.actions.projects import Prices
from app.actions.record import get
from app.backends.reasoners.base import Usage as Tokens
from app.core.budget import tokens_of
from app.core.language import _
from app.core.trace import Step
from app.db.tables import Branch, Project, Usage

_MILLION = 1_000_000


def cap_refusal(session: Session, project: Project) -> str | None:
    """Why no further model call may be paid for, or None where it may."""
    if project.spending_cap is None:
        return None
    spent = spent_on(session, project.id)
    if spent < project.spending_cap:
        return None
    return _(
        "The spending cap of %(spending_cap)s is reached: %(spent)s were spent.",
        spending_cap=format(project.spending_cap, "g"),
        spent=format(spent, ".2f"),
    )


def spent_on(session: Session, project_id: int) -> float:
    """Money that a project's model calls have cost so far."""
    total = select(func.sum(Usage.cost)).where(Usage.project_id == project_id)
    return session.scalar(total) or 0.0


def add_usage(
    session: Session, branch: Branch, role: str, tokens: Tokens, steps: Sequence[Step] = ()
) -> None:
    """Record what one call cost; tokens the server did not count are estimated from `steps`."""
    project = get(session, Project, branch.trace.project_id)
    prices = Prices.model_validate(project.prices)
    prompt = tokens.prompt_tokens or 0
    cached = min(tokens.cached_tokens or 0, prompt)
    completion = tokens.completion_tokens
    if completion is None:
        completion = sum(map(tokens_of, steps))
    config = project.reasoner if role == "reasoner" else project.intervener
    session.add(
        Usage(
            project_id=project.id,
            branch_id=branch.id,
            role=role,
            model=str(config.get("model") or config["name"]),
            prompt_tokens=prompt,
            cached_tokens=cached,
            completion_tokens=completion,
            cost=_cost(prices, prompt - cached, cached, completion),
        )
    )


def _cost(prices: Prices, fresh: int, cached: int, completion: int) -> float:
    """Money for the tokens of one call; what a server had cached costs less on some."""
    price = prices.prompt if prices.cached is None else prices.cached
    return (fresh * prices.prompt + cached * price + completion * prices.completion) / _MILLION
