"""Choosing what a dataset holds: which judged branches or problems, and in which split.

Promises: no text of a trace is read to choose; near-duplicate problems stay in one split; what is
close to a problem that is kept for evaluation never gets in unmarked; the same selection of the
same rows is dealt alike on any machine. What was chosen and stays out comes with the reason.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import NamedTuple, TypeVar

from sqlalchemy.orm import Session

from app.actions.sketches import sketches_of
from app.core.dealing import sampled, split_of
from app.core.fields import plain_name
from app.core.selection import Selection
from app.db.queries.benchmarks import kept_for_evaluation, names_kept
from app.db.queries.dataset_candidates import (
    Asked,
    Candidate,
    asked,
    flaws_corrected,
    judged,
    parents,
)
from export.left_out import LeftOut, Reason
from export.near import groups_of, nearest
from export.rows import Lineage
from export.sketch import sketch_of

T = TypeVar("T", Candidate, Asked)


class Plan(NamedTuple):
    """What goes in, each with its split and what it is near; and what stays out."""

    chosen: Sequence[tuple[Candidate | Asked, str, str | None]]
    left_out: Sequence[LeftOut]


def choose_paths(session: Session, project_id: int, project: str, selection: Selection) -> Plan:
    """The judged branches of a selection."""
    found = judged(session, project_id, selection)
    flaws = _flaws(session, project_id, found) if _asks_for_flaws(selection) else {}
    if selection.flaws:
        wanted = set(selection.flaws)
        found = [each for each in found if wanted & flaws[each.branch_id]]
    wrong = [each for each in found if each.verdict == "golden" and each.right is not True]
    left = [_left("wrong-now", "", project, each) for each in wrong]
    found = [each for each in found if each not in set(wrong)]
    kinds: dict[str, Callable[[Candidate], Hashable]] = {
        "source": lambda each: each.source,
        "difficulty": lambda each: each.difficulty,
        "flaw": lambda each: min(flaws[each.branch_id], default=""),
    }
    return _plan(session, found, left, project, selection, kinds)


def choose_problems(session: Session, project_id: int, project: str, selection: Selection) -> Plan:
    """The problems of a selection."""
    kinds: dict[str, Callable[[Asked], Hashable]] = {
        "source": lambda each: each.source,
        "difficulty": lambda each: each.difficulty,
        "flaw": lambda each: None,
    }
    found = asked(session, project_id, selection)
    return _plan(session, found, [], project, selection, kinds)


def _plan(
    session: Session,
    found: list[T],
    left: list[LeftOut],
    project: str,
    selection: Selection,
    kinds: dict[str, Callable[[T], Hashable]],
) -> Plan:
    """The sample of what is far enough from every evaluation, dealt out to the splits."""
    near = _near(session, found)
    if selection.near == "leave-out":
        close = [each for each in found if each.problem_id in near]
        left += [_left("near-benchmark", near[each.problem_id], project, each) for each in close]
        found = [each for each in found if each.problem_id not in near]
    if selection.sample or selection.balance:
        kind = kinds[selection.balance] if selection.balance else lambda each: None
        keys = _keys(found)
        found = sampled(found, selection.sample, selection.seed, lambda each: keys[each], kind)
    splits = _splits(session, found, selection)
    chosen = [(each, splits[each.problem_id], near.get(each.problem_id)) for each in found]
    return Plan(chosen, left)


def _near(session: Session, found: Iterable[Candidate | Asked]) -> dict[int, str]:
    """Those of these problems that are close to one kept for evaluation, with that one's name; or
    that say that they are from it."""
    kept = [
        (f"{name} #{number}", sketch_of(text))
        for name, number, text in kept_for_evaluation(session)
    ]
    if not kept:
        return {}
    names = {plain_name(name): name for name in names_kept(session)}
    sources = {each.problem_id: plain_name(each.source or "") for each in found}
    ids = sorted(sources)
    from_it = {each: names[source] for each, source in sources.items() if source in names}
    near = nearest(sketches_of(session, ids), kept)
    close = {problem_id: f"{name}, {share:.2f}" for problem_id, (name, share) in near.items()}
    return {each: f"{name}, by its source" for each, name in from_it.items()} | close


def _splits(session: Session, found: Sequence[T], selection: Selection) -> dict[int, str]:
    """By each problem its split."""
    keys = {each.problem_id: each.key for each in found}
    if not (selection.splits.validation or selection.splits.test):
        return dict.fromkeys(keys, "train")
    groups = groups_of(sketches_of(session, sorted(keys)))
    heads: dict[Hashable, str] = {}
    for problem_id, group in groups.items():
        heads[group] = min(heads.get(group, keys[problem_id]), keys[problem_id])
    return {
        problem_id: split_of(heads[group], selection.splits) for problem_id, group in groups.items()
    }


def _keys(found: Iterable[T]) -> dict[T, str]:
    """What each is drawn by: its problem, and which of its problem's it is."""
    nth: Counter[str] = Counter()
    keys: dict[T, str] = {}
    for each in found:
        keys[each] = f"{each.key} {nth[each.key]}"
        nth[each.key] += 1
    return keys


def _asks_for_flaws(selection: Selection) -> bool:
    return bool(selection.flaws) or selection.balance == "flaw"


def _flaws(session: Session, project_id: int, found: list[Candidate]) -> dict[int, set[str]]:
    """By each branch the flaws that the hints on its line correct."""
    begun, parent = flaws_corrected(session, project_id), parents(session, project_id)
    by_branch: dict[int, set[str]] = {}
    for each in found:
        at: int | None = each.branch_id
        corrected = by_branch.setdefault(each.branch_id, set())
        while at:
            corrected |= begun.get(at, set())
            at = parent.get(at)
    return by_branch


def _left(reason: Reason, detail: str, project: str, each: Candidate | Asked) -> LeftOut:
    trace_id = each.trace_id if isinstance(each, Candidate) else None
    branch_ids = (each.branch_id,) if isinstance(each, Candidate) else ()
    place = Lineage(
        project=project, problem_id=each.problem_id, trace_id=trace_id, branch_ids=branch_ids
    )
    return LeftOut(reason=reason, detail=detail, key=each.key, lineage=place)
