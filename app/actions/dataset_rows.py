"""Judged branches as canonical rows, and problems alone: a chunk at a time, in flat memory.

Promises: a path is spliced by the core's one function; what a hint replaced is kept with it, and
the places of its evidence are in the text that it was found in.
"""

from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from sqlalchemy.orm import Session

from app.core.answer import Grade, Reference, Tolerance
from app.core.budget import measure
from app.core.flaws import Taxonomy
from app.core.lifecycle import VerdictDecision
from app.core.masks import MaskPolicy
from app.core.proposal import Proposal
from app.core.splice import before
from app.core.trace import Cut
from app.db.queries.dataset_paths import (
    Paths,
    ProblemData,
    StepData,
    read_paths,
    read_problems,
)
from export.rows import Correction, Lineage, Row, RowProblem, Segment, Span

_CHUNK = 200
Located = list[StepData]


class Wanted(NamedTuple):
    """A judged branch that becomes a row."""

    branch_id: int
    verdict: VerdictDecision
    reason: str = ""
    near: str | None = None


class Manner(NamedTuple):
    """What all rows of a project share."""

    project: str
    taxonomy: Taxonomy
    max_hints: int
    masks: MaskPolicy


def path_rows(session: Session, wanted: Sequence[Wanted], manner: Manner) -> Iterator[Row]:
    """A row for each of these branches, in their order."""
    for at in range(0, len(wanted), _CHUNK):
        chunk = wanted[at : at + _CHUNK]
        paths = read_paths(session, [each.branch_id for each in chunk])
        yield from (_path_row(paths, each, manner) for each in chunk)


def problem_rows(
    session: Session, problem_ids: Sequence[int], project: str, system: str, near: dict[int, str]
) -> Iterator[Row]:
    """A row without a path for each of these problems, in their order."""
    for at in range(0, len(problem_ids), _CHUNK):
        chunk = problem_ids[at : at + _CHUNK]
        problems = read_problems(session, chunk)
        for each in chunk:
            place = Lineage(project=project, problem_id=each)
            asked = _asked(problems[each])
            yield Row(**asked, system=system, near=near.get(each), lineage=place)


def _path_row(paths: Paths, wanted: Wanted, manner: Manner) -> Row:
    branch = paths.branches[wanted.branch_id]
    path = _located(paths, branch.id)
    corrections = tuple(_corrections(paths, branch.id, path, manner))
    corrected = _corrected_code(path, corrections)
    return Row(
        **_asked(paths.problems[branch.problem_id]),
        system=branch.settings.get("system") or "",
        segments=_segments(path, manner.masks, corrected),
        corrections=corrections,
        verdict=wanted.verdict,
        reason=wanted.reason,
        grade=Grade.model_validate(branch.grade) if branch.grade else None,
        budget=measure(path, manner.max_hints),
        model=branch.settings.get("model"),
        near=wanted.near,
        lineage=_lineage(paths, branch.id, manner.project),
    )


def _located(paths: Paths, branch_id: int) -> Located:
    """The path of a branch."""
    branch, own = paths.branches[branch_id], paths.steps.get(branch_id, [])
    if branch.parent_id is None or branch.cut_step is None:
        return own
    cut = Cut(step=branch.cut_step, offset=branch.cut_offset or 0)
    return [*before(_located(paths, branch.parent_id), cut), *own]


def _corrections(
    paths: Paths, branch_id: int, path: Located, manner: Manner
) -> Iterator[Correction]:
    """What each hint on the path corrects. A hint is the first step of the branch it began."""
    begun = {
        own[0].proposal_id: each
        for each in _line(paths, branch_id)
        if (own := paths.steps.get(each)) and own[0].proposal_id
    }
    for at, step in enumerate(path):
        if step.proposal_id and step.proposal_id in begun:
            yield _correction(paths, at, begun[step.proposal_id], step.proposal_id, manner)


def _correction(
    paths: Paths, at: int, branch_id: int, proposal_id: int, manner: Manner
) -> Correction:
    row, branch = paths.proposals[proposal_id], paths.branches[branch_id]
    proposal, flaw = Proposal.model_validate(row.proposal), manner.taxonomy.get(row.flaw)
    assert branch.parent_id is not None
    flawed = _located(paths, branch.parent_id)
    grade = paths.branches[branch.parent_id].grade
    return Correction(
        segment=at,
        flaw=row.flaw,
        group=flaw.group if flaw else "",
        taxonomy=row.taxonomy_version,
        source=proposal.source.kind,
        edited=row.state == "edited",
        evidence=tuple(_spans(proposal, flawed)),
        left=_segments(_behind(flawed, branch.cut_step or 0, branch.cut_offset or 0), manner.masks),
        left_correct=grade["correct"] if grade else None,
    )


def _spans(proposal: Proposal, flawed: Located) -> Iterator[Span]:
    """The evidence as places in the whole text."""
    begins = [0]
    for step in flawed:
        begins.append(begins[-1] + len(step.text))
    for each in proposal.evidence:
        if each.step < len(flawed):
            begin = begins[each.step]
            yield Span(start=begin + each.start, end=begin + each.end, note=each.note)


def _behind(path: Located, step: int, offset: int) -> Located:
    """What a cut leaves on the old branch, as steps."""
    rest = path[step:]
    if offset and rest:
        text = rest[0].text[offset:]
        rest[:1] = [rest[0].changed(text=text, token_ids=None, tokens=None)] if text else []
    return rest


def _corrected_code(steps: Located, corrections: Sequence[Correction]) -> set[int]:
    """Which Code steps of a path a later hint corrects: those that hold its evidence."""
    corrected: set[int] = set()
    if not corrections:
        return corrected
    begin = 0
    for at, step in enumerate(steps):
        end = begin + len(step.text)
        if step.kind == "code" and any(
            begin <= span.start < end
            for each in corrections
            if each.segment > at
            for span in each.evidence
        ):
            corrected.add(at)
        begin = end
    return corrected


def _segments(
    steps: Located, masks: MaskPolicy, corrected: Collection[int] = ()
) -> tuple[Segment, ...]:
    return tuple(
        [
            Segment(
                step.text,
                step.author,
                step.kind,
                masks.trains(step, at in corrected),
                step.token_ids,
            )
            for at, step in enumerate(steps)
        ]
    )


def _asked(problem: ProblemData) -> dict[str, object]:
    asked = RowProblem(
        question=problem.question, source=problem.source, external_id=problem.external_id
    )
    tolerance = Tolerance.model_validate(problem.tolerance) if problem.tolerance else None
    reference = _reference(problem.reference)
    return {"problem": asked, "reference": reference, "tolerance": tolerance}


@lru_cache(maxsize=1_000)
def _reference(stored: str) -> Reference:
    return Reference.model_validate_json(stored)


def _line(paths: Paths, branch_id: int) -> list[int]:
    """A branch and its ancestors, the root first."""
    line, at = [], paths.branches.get(branch_id)
    while at:
        line.append(at.id)
        at = paths.branches.get(at.parent_id) if at.parent_id else None
    return line[::-1]


def _lineage(paths: Paths, branch_id: int, project: str) -> Lineage:
    branch = paths.branches[branch_id]
    return Lineage(
        project=project,
        problem_id=branch.problem_id,
        trace_id=branch.trace_id,
        branch_ids=tuple(_line(paths, branch_id)),
    )
