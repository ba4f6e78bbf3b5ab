"""A hint of a person's own, on words that they selected: proposed and accepted in one go."""

from sqlalchemy.orm import Session

from app.actions.facts import lineage_branch
from app.actions.judge_proposal import judge_proposal
from app.actions.record import get
from app.actions.save_proposals import save_proposal
from app.core.errors import Invalid
from app.core.flaws import Taxonomy
from app.core.language import N_, _
from app.core.proposal import MAX_WORDS, Evidence, Proposal, Source
from app.core.roles import Actor
from app.core.splice import default_cut
from app.core.trace import Cut
from app.db.convert import path_of
from app.db.queries.workbench import judgement_by
from app.db.tables import Judgement, Project


def propose_own(
    session: Session,
    actor: Actor,
    branch_id: int,
    flaw: str,
    *,
    step: int,
    start: int,
    end: int,
    words: str,
    cut: Cut | None = None,
) -> Judgement:
    """Put a hint where `start` to `end` of step `step` shows a flaw, and let the Reasoner go on.

    Without `cut` it stands where DESIGN section 3 says. For annotators. Raises Invalid, and what
    judging raises. The same hint twice is one, and gives the judgement that stands.
    """
    actor.require("annotator", N_("write a hint"))
    branch = lineage_branch(session, branch_id)
    project = get(session, Project, branch.trace.project_id)
    path = path_of(branch)
    if not 0 <= step < len(path) or not 0 <= start <= end <= len(path[step].text):
        raise Invalid(_("The selected words are not in this trace."))
    if Taxonomy.model_validate(project.taxonomy).get(flaw) is None:
        raise Invalid(_("The project's taxonomy has no flaw called %(flaw)s.", flaw=flaw))
    if not words.strip() or len(words) > MAX_WORDS:
        raise Invalid(_("A hint has 1 to %(most)s characters.", most=MAX_WORDS))
    note = f"selected by {actor.name}"
    proposal = Proposal(
        flaw=flaw,
        evidence=(Evidence(step=step, start=start, end=end, note=note),),
        cut=cut or default_cut(path, step, start),
        words=words,
        source=Source(kind="person", name=actor.name),
    )
    row = save_proposal(session, branch, proposal, project)
    done = judgement_by(session, row.id, actor.id)
    if done is not None:
        return done
    if row.state == "withdrawn":
        row.state = "open"
        session.flush()
    return judge_proposal(session, actor, row.id, "accept")
