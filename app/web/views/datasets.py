"""Datasets: the list, one of them, and the form for another with what it would hold."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.actions.preview_dataset import Preview
from app.core.flaws import Taxonomy
from app.core.language import N_
from app.core.model import Frozen
from app.db.queries.dataset_choices import choices_of
from app.db.queries.work import newest_of
from app.db.tables import Dataset, Project
from app.web.dataset_form import DatasetForm
from export.compare import CAUSES, Comparison
from export.formats import FORMATS
from export.formats.base import Masks
from export.left_out import REASONS, Reason

Pairs = tuple[tuple[str, str], ...]
FORMS = (
    (
        N_("To imitate golden traces"),
        (
            ("sft-tokenized", N_("sft-tokenized: token ids and labels, for TRL; masks exactly")),
            ("axolotl", N_("axolotl: segments, for Axolotl; masks exactly")),
            ("verl-sft", N_("verl-sft: token ids, for verl; masks exactly")),
            ("rows", N_("rows: everything, for programs of your own; masks exactly")),
            ("prompt-completion", N_("prompt-completion: rendered text, for TRL")),
            ("messages", N_("messages: OpenAI chats")),
            ("sharegpt", N_("sharegpt: for LLaMA-Factory")),
        ),
    ),
    (
        N_("What only corrections know"),
        (
            ("preference", N_("preference: corrected against flawed, for DPO")),
            ("kto", N_("kto: good and bad continuations")),
            ("stepwise", N_("stepwise: right and wrong steps, for reward models")),
            ("hint-insertion", N_("hint-insertion: to train an Intervener")),
            ("flaws", N_("flaws: traces with their first flaw")),
        ),
    ),
    (
        N_("Problems with answers, for RL"),
        (
            ("trl-rl", N_("trl-rl: for TRL’s GRPO")),
            ("verl-rl", N_("verl-rl: for verl, with its reward")),
            ("prime", N_("prime: for verifiers")),
        ),
    ),
)
VERDICTS = (
    ("golden", N_("golden")),
    ("discard", N_("discarded")),
    ("unsure", N_("unsure")),
)
BALANCES = (
    ("", N_("as they come")),
    ("source", N_("of each benchmark alike")),
    ("difficulty", N_("of each difficulty alike")),
    ("flaw", N_("of each flaw alike")),
)


MASKS: dict[Masks, str] = {
    "exact": N_("exactly what the Reasoner wrote, and hints unless they are masked"),
    "completion": N_(
        "all that follows the prompt: this format can’t leave outputs out of the loss"
    ),
    "none": N_("what the trainer chooses: this format can’t leave outputs out of the loss"),
}


class DatasetView(Frozen):
    """One dataset; `manifest` is None until it is built, `done` of `total` rows went by."""

    id: int
    name: str
    format: str
    state: str
    error: str
    done: int
    total: int | None
    by: str
    at: datetime
    fingerprint: str | None
    manifest: dict[str, Any] | None
    trained_on: str
    reasons: Mapping[Reason, str] = REASONS


class FormView(Frozen):
    """The form as it is filled in, and what can be chosen: values with their words."""

    form: DatasetForm
    flaws: Pairs
    sources: Pairs
    difficulties: Pairs
    people: tuple[tuple[int, str], ...]
    formats: tuple[tuple[str, Pairs], ...] = FORMS
    verdicts: Pairs = VERDICTS
    balances: Pairs = BALANCES


class PreviewView(Frozen):
    """What the form would give, or why it gives nothing."""

    preview: Preview | None
    trained_on: str
    refusal: str = ""
    reasons: Mapping[Reason, str] = REASONS


class ComparisonView(Frozen):
    """A dataset beside another; `found` is None until one is chosen of the `others`."""

    name: str
    other: str
    id: int
    other_id: int | None
    others: tuple[tuple[int, str], ...]
    found: Comparison | None
    causes: Mapping[str, str] = CAUSES


def comparison_view(
    session: Session, dataset: Dataset, other: Dataset | None, found: Comparison | None
) -> ComparisonView:
    """A dataset beside another, or the choice of one."""
    built = newest_of(session, Dataset, dataset.project_id)
    return ComparisonView(
        name=dataset.name,
        other=other.name if other else "",
        id=dataset.id,
        other_id=other.id if other else None,
        others=tuple((each.id, each.name) for each in built if each.fingerprint),
        found=found,
    )


def dataset_view(dataset: Dataset) -> DatasetView:
    """One dataset."""
    return DatasetView(
        id=dataset.id,
        name=dataset.name,
        format=dataset.format,
        state=dataset.state,
        error=dataset.error,
        done=dataset.done,
        total=dataset.total,
        by=dataset.actor_name,
        at=dataset.created_at,
        fingerprint=dataset.fingerprint,
        manifest=dataset.manifest,
        trained_on=trained_on(dataset.format),
    )


def trained_on(format: str) -> str:
    """What the loss is on in a format, in words; "" for one that has none, or is none any more."""
    if format not in FORMATS.entries:
        return ""
    masks = FORMATS.make(format).masks
    return MASKS[masks] if masks else ""


def datasets_view(session: Session, project_id: int) -> tuple[DatasetView, ...]:
    """The newest datasets of a project."""
    return tuple(dataset_view(each) for each in newest_of(session, Dataset, project_id))


def default_form(project: Project) -> DatasetForm:
    """What the form begins with: exact masks where the Reasoner's tokenizer is known."""
    tokenizer = str(project.reasoner.get("tokenizer") or "")
    style = "sft-tokenized" if tokenizer else "messages"
    return DatasetForm(format=style, tokenizer=tokenizer, train_hints=True, train_corrected=True)


def form_view(session: Session, project: Project, form: DatasetForm) -> FormView:
    """The form for another dataset."""
    choices = choices_of(session, project.id)
    flaws = Taxonomy.model_validate(project.taxonomy).flaws
    return FormView(
        form=form,
        flaws=tuple((flaw.id, flaw.title) for flaw in flaws),
        sources=tuple((name, name) for name in choices.sources),
        difficulties=tuple((name, name) for name in choices.difficulties),
        people=tuple(choices.people),
    )
