"""The workbench: a trace to read and to judge.

Promises: each region has its own address, view and template under one name; what a person decides
goes to one verb; a decision made on a page that somebody else's decision has overtaken changes
nothing and shows what they did; what is sent twice is done once.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Form, Response

from app.actions.cancel import ask_again, cancel_branch, retry_branch
from app.actions.claims import claim_next, claim_trace, free_trace, put_off, release_claim
from app.actions.judge_branch import judge_branch
from app.actions.judge_proposal import judge_proposal
from app.actions.preferences import preference_of
from app.actions.propose_own import propose_own
from app.actions.record import lock_trace
from app.actions.request_review import request_check, request_review
from app.actions.trials import hold_jobs
from app.actions.undo import reopen, undo
from app.actions.working_time import time_on
from app.core.errors import Invalid, NotFound
from app.core.language import _, translated
from app.core.lifecycle import VerdictDecision
from app.core.proposal import Decision
from app.core.trace import Cut
from app.db.convert import path_of
from app.db.queries.workbench import decisions_since, judgement_by
from app.db.session import abandon, reading
from app.db.tables import Branch, Event, ProposalRow
from app.web.deps import Db, Here, Show, Showing, ports_of
from app.web.errors import Overtaken
from app.web.templates import duration, is_htmx
from app.web.views.changes import changes_of
from app.web.views.desk import Desk, load_desk
from app.web.views.guide import guide_view
from app.web.views.model import model_view
from app.web.views.problem import problem_view
from app.web.views.review import review_view, verdict_view
from app.web.views.talk import talk_view
from app.web.views.trace import trace_view
from app.web.views.workbench import budget_view, lineage_view, title_of

router = APIRouter(prefix="/p/{slug}/traces/{trace_id}")

Region = Literal["problem", "model", "budget", "lineage", "trace", "review", "verdict", "talk"]
REGIONS: dict[Region, Callable[[Desk], Any]] = {
    "problem": problem_view,
    "model": model_view,
    "budget": budget_view,
    "lineage": lineage_view,
    "trace": trace_view,
    "review": review_view,
    "verdict": verdict_view,
    "talk": talk_view,
}


@router.get("")
def workbench_page(
    show: Showing, session: Db, here: Here, trace_id: int, branch: int | None = None
) -> Response:
    """A trace at one of its branches, or where the work goes on."""
    desk = load_desk(session, here, trace_id, branch)
    views = {region: view(desk) for region, view in REGIONS.items()}
    context = context_of(here, desk) | {"views": views, "title": title_of(desk)}
    spent = duration(time_on(session, show.user.id, trace_id)) if desk.may_judge else ""
    shown = preference_of(session, show.user.id).shows_time
    context |= {"guide": guide_view(session, desk)}
    return show.page("workbench", here, time=spent, shows_time=shown, **context)


@router.get("/{region}")
def region_part(
    show: Showing,
    session: Db,
    here: Here,
    trace_id: int,
    region: Region,
    branch: int | None = None,
) -> Response:
    """One region of the page, as it is now."""
    desk = load_desk(session, here, trace_id, branch)
    return show.part(
        f"workbench/{region}", here, view=REGIONS[region](desk), **context_of(here, desk)
    )


class Deed:
    """Something that a person does on a workbench: where, and what their page had seen."""

    def __init__(
        self,
        show: Showing,
        session: Db,
        here: Here,
        trace_id: int,
        branch: Annotated[int, Form()],
        seen: Annotated[int, Form()],
    ) -> None:
        self.show, self.session, self.here = show, session, here
        self.actor, self.seen = here.actor, seen
        self._later = decisions_since(session, trace_id, seen)
        self.desk = load_desk(session, here, trace_id, branch)
        self.trace, self.branch = self.desk.trace, self.desk.branch

    def check_fresh(self, kept: str = "") -> None:
        """Raises Overtaken where somebody else decided something that the page does not show.

        What they did is shown then, and what was typed, `kept`, is given back.
        """
        if any(map(self._is_anothers, self._later)):
            abandon(self.session)
            raise Overtaken(self._shown(kept))

    def _is_anothers(self, event: Event) -> bool:
        """Whether somebody else did it, and it changes what the page shows."""
        kept_apart = self.desk.slots.apart and event.verb not in ("regrade", "retry", "reopen")
        return event.actor["id"] != self.actor.id and not kept_apart

    def did(self, verb: str) -> bool:
        """Whether the person did this already from the page as it is: sent twice it is one."""
        return any(each.verb == verb and each.actor["id"] == self.actor.id for each in self._later)

    def _shown(self, kept: str) -> Response:
        """What others did, and for htmx every region as it is now."""
        live = is_htmx(self.show.request)
        with self._as_it_is() as (show, desk):
            events = decisions_since(show.session, self.trace.id, self.seen)
            changes = changes_of(desk, list(filter(self._is_anothers, events)))
            context = context_of(self.here, desk) | {"changes": changes, "kept": kept, "live": live}
            if not live:
                return show.page("overtaken", self.here, 409, **context)
            views = {region: view(desk) for region, view in REGIONS.items()}
            return show.part("workbench/overtaken", self.here, 409, views=views, **context)

    def done(self, said: str = "", place: str = "") -> Response:
        """The regions as they are now; without JavaScript the page, at a place in it.

        What was done is committed first: a long page must not keep others from writing.
        """
        address = f"{self.address(self.branch.id)}{place}"
        if not is_htmx(self.show.request):
            return self.show.go(address, said)
        self.session.commit()
        with self._as_it_is() as (show, desk):
            views = {region: view(desk) for region, view in REGIONS.items()}
            context = context_of(self.here, desk) | {"views": views}
            return show.changed("workbench/changed", address, self.here, said, **context)

    @contextmanager
    def _as_it_is(self) -> Iterator[tuple[Show, Desk]]:
        """The desk in a session that only reads, once the deed's own transaction has ended."""
        request, user = self.show.request, self.show.user
        with reading(ports_of(request).engine) as session:
            desk = load_desk(session, self.here, self.trace.id, self.branch.id)
            yield Show(request, session, user), desk

    def on_to(self, branch_id: int | None, said: str) -> Response:
        """The page of another branch, at the place where it begins."""
        begins = self._begins(branch_id) if branch_id != self.branch.id else ""
        return self.show.go(f"{self.address(branch_id)}{begins}", said)

    def _begins(self, branch_id: int | None) -> str:
        branch = self.session.get(Branch, branch_id) if branch_id else None
        if branch is None or branch.cut_step is None:
            return ""
        return f"#step-{branch.cut_step + 1 + bool(branch.cut_offset)}"

    def address(self, branch_id: int | None) -> str:
        """The page of one of the trace's branches."""
        query = f"?branch={branch_id}" if branch_id else ""
        return self.here.url(f"/traces/{self.trace.id}{query}")


def one_by_one(session: Db, _here: Here, trace_id: int) -> None:
    """Wait for the decision before; what the page had seen is asked once that one is there."""
    hold_jobs(session, trace_id)
    lock_trace(session, trace_id)


Doing = Annotated[Deed, Depends()]
DECIDING = [Depends(one_by_one)]
Words = Annotated[str, Form()]


@router.post("/proposals/{proposal_id}", dependencies=DECIDING)
def judge(
    deed: Doing,
    proposal_id: int,
    decision: Annotated[Decision, Form()],
    words: Words = "",
    cut: Words = "",
    reason: Words = "",
) -> Response:
    """Accept, edit or reject a proposed hint; accepting goes on to the new branch.

    What is accepted are the words that the card shows; only `edit` sends others.
    """
    proposal_here(deed, proposal_id)
    earlier = judgement_by(deed.session, proposal_id, deed.actor.id)
    if earlier and (decision == "reject") == (earlier.decision == "reject"):
        return deed.on_to(earlier.branch_id or deed.branch.id, _("You decided this already."))
    deed.check_fresh(reason if decision == "reject" else words)
    judgement = judge_proposal(
        deed.session,
        deed.actor,
        proposal_id,
        decision,
        words=unix(words) if decision == "edit" else None,
        cut=cut_from(cut),
        reason=reason,
    )
    if judgement.branch_id:
        return deed.on_to(judgement.branch_id, _goes_on(deed, judgement.branch_id))
    return deed.done(_("The hint is rejected."))


@router.post("/hint", dependencies=DECIDING)
def own_hint(
    deed: Doing,
    flaw: Words = "",
    step: Annotated[int, Form()] = 0,
    quote: Words = "",
    start: Words = "",
    end: Words = "",
    words: Words = "",
    cut: Words = "",
) -> Response:
    """A hint of one's own on words of the trace: selected (`start`, `end`), or quoted."""
    deed.check_fresh(words)
    first, last = _selected(deed.branch, step - 1, unix(quote), start, end)
    judgement = propose_own(
        deed.session,
        deed.actor,
        deed.branch.id,
        flaw,
        step=step - 1,
        start=first,
        end=last,
        words=unix(words),
        cut=cut_from(cut),
    )
    return deed.on_to(judgement.branch_id, _("Your hint is in; the Reasoner goes on from it."))


@router.post("/verdict", dependencies=DECIDING)
def give_verdict(
    deed: Doing, decision: Annotated[VerdictDecision, Form()], reason: Words = ""
) -> Response:
    """Golden, discard or unsure."""
    standing = deed.desk.facts.verdict
    if standing and (standing.decision, standing.user_id) == (decision, deed.actor.id):
        return deed.done(_("You decided this already."))
    deed.check_fresh(reason)
    verdict = judge_branch(deed.session, deed.actor, deed.branch.id, decision, reason)
    return deed.done(_("The verdict is %(decision)s.", decision=translated(verdict.decision)))


@router.post("/undo", dependencies=DECIDING)
def take_back(deed: Doing, judgement: Annotated[int | None, Form()] = None) -> Response:
    """Undo one's own newest decision, or one judgement; goes to where the work goes on."""
    if deed.did("undo"):
        return deed.on_to(deed.desk.branch.id, _("You took it back already."))
    deed.check_fresh()
    said = undo(deed.session, deed.actor, deed.trace.id, judgement)
    deed.session.flush()
    branch = deed.branch
    while branch.set_aside and branch.parent:
        branch = branch.parent
    return deed.on_to(branch.id, said)


@router.post("/reopen", dependencies=DECIDING)
def open_again(deed: Doing, reason: Words = "") -> Response:
    """Take the verdict back, with a reason."""
    if deed.did("reopen"):
        return deed.done(_("You reopened it already."))
    deed.check_fresh(reason)
    reopen(deed.session, deed.actor, deed.trace.id, reason)
    return deed.done(_("The trace is open again."))


@router.post("/later")
def later(deed: Doing) -> Response:
    """Put the trace off and go on to the next one."""
    put_off(deed.session, deed.actor, deed.trace.id)
    following = claim_next(deed.session, deed.actor, deed.here.project.id)
    if following in (None, deed.trace.id):
        return deed.show.go(deed.here.url("/queue"), _("Put off; nothing else waits for you."))
    return deed.show.go(
        deed.here.url(f"/traces/{following}"),
        _("Put off; this is the next one."),
    )


@router.post("/claim")
def claim(deed: Doing) -> Response:
    """Hold the trace for oneself."""
    claim_trace(deed.session, deed.actor, deed.trace.id)
    return deed.done()


@router.post("/release")
def release(deed: Doing) -> Response:
    """Give it back."""
    release_claim(deed.session, deed.actor, deed.trace.id)
    return deed.done()


@router.post("/free")
def free(deed: Doing) -> Response:
    """Take it from whoever holds it."""
    free_trace(deed.session, deed.actor, deed.trace.id)
    return deed.done(_("It is free again."))


@router.post("/retry")
def retry(deed: Doing) -> Response:
    """Go on from the last finished step of a branch that failed."""
    return deed.on_to(retry_branch(deed.session, deed.actor, deed.branch.id).id, _("Trying again."))


@router.post("/cancel")
def cancel(deed: Doing) -> Response:
    """Stop the Reasoner."""
    cancel_branch(deed.session, deed.actor, deed.branch.id)
    return deed.done(_("Stopped. What was finished stays."))


@router.post("/ask-again")
def ask_server_again(deed: Doing) -> Response:
    """Have the Reasoner's server asked at once where it is waited for."""
    ask_again(deed.session, deed.actor, deed.branch.id)
    return deed.done(_("The model server is being asked again."))


@router.post("/look")
def look_for_hints(deed: Doing) -> Response:
    """Ask the rules and the Intervener for hints."""
    request_review(deed.session, deed.actor, deed.branch.id)
    return deed.done(_("Hints are being looked for."))


@router.post("/execute")
def execute_here(deed: Doing, step: Annotated[int, Form()]) -> Response:
    """Execute an imported Code step here, beside the trace."""
    request_check(deed.session, deed.actor, deed.branch.id, step)
    return deed.done(_("The code is being executed."))


def proposal_here(deed: Deed, proposal_id: int) -> ProposalRow:
    """The proposal of this id. Raises NotFound where it is not the trace's."""
    row = deed.session.get(ProposalRow, proposal_id)
    if row is None or row.trace_id != deed.trace.id:
        raise NotFound(_("There is no such hint on this trace."))
    return row


def _goes_on(deed: Deed, branch_id: int) -> str:
    tried = deed.session.get_one(Branch, branch_id).outcome is not None
    if tried:
        return _("The hint is in, as it was tried.")
    return _("The hint is in; the Reasoner goes on from it.")


def context_of(here: Here, desk: Desk) -> dict[str, Any]:
    return {
        "at": here.url(f"/traces/{desk.trace.id}"),
        "branch": desk.branch.id,
        "seen": desk.seen,
        "may_judge": desk.may_judge,
    }


def cut_from(value: str) -> Cut | None:
    """A place as forms send it, `step:offset`; empty is where the core would put it."""
    step, _colon, offset = value.partition(":")
    if not value:
        return None
    if not (step.isdecimal() and offset.isdecimal()) or len(value) > 20:
        raise Invalid(_("The place of the hint can't be read."))
    return Cut(step=int(step), offset=int(offset))


def _selected(branch: Branch, step: int, quote: str, start: str, end: str) -> tuple[int, int]:
    """The selected characters of a step; a quotation must be there, and only once."""
    if start.isdecimal() and end.isdecimal() and max(len(start), len(end)) < 10:
        return int(start), int(end)
    path = path_of(branch)
    text = path[step].text if 0 <= step < len(path) else ""
    if not quote or text.count(quote) != 1:
        raise Invalid(_("Give words that stand in this step, and only once."))
    return text.index(quote), text.index(quote) + len(quote)


def unix(text: str) -> str:
    """Line breaks as they were: forms send two characters for each."""
    return text.replace("\r\n", "\n")
