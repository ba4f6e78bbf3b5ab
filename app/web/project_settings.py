"""A project's settings: one form, one route and one region for each part of the page.

Promises: a model server's settings are tried out before they are stored; a key goes in and never
comes out.
"""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Form, Request, Response

from app.actions.find_abilities import find_abilities
from app.actions.projects import Prices, ProjectChange, ProjectLimits, change_project
from app.actions.secrets import STORES, store_secret
from app.actions.set_model import set_model
from app.core.errors import Invalid
from app.core.flaws import Flaw, Taxonomy
from app.core.language import _
from app.core.policy import Policy
from app.prompts.hints import TEMPLATES
from app.prompts.intervener import SYSTEM as TASK
from app.prompts.own import Prompts
from app.prompts.reasoner import SYSTEM
from app.web.deps import Db, LeadHere, LeadHereApart, Place, Showing, WebPorts, go
from app.web.views.settings import settings_view

router = APIRouter(prefix="/p/{slug}/settings")
Text = Annotated[str, Form()]


def model_of(
    name: Text = "",
    base_url: Text = "",
    model: Text = "",
    tokenizer: Text = "",
    mode: Text = "",
    dialect: Text = "",
    temperature: Annotated[float | Literal[""], Form()] = "",
    top_p: Annotated[float | Literal[""], Form()] = "",
    timeout: Annotated[float | Literal[""], Form()] = "",
    deadline: Annotated[float | Literal[""], Form()] = "",
    context_tokens: Annotated[int | Literal[""], Form()] = "",
    stage: Text = "",
) -> dict[str, Any]:
    """The settings of a Reasoner or an Intervener; what was left empty keeps its default."""
    if name not in ("openai", "small", "transformers"):
        return {"name": name}
    fields: dict[str, Any] = {
        "model": model.strip(),
        "temperature": temperature,
        "top_p": top_p,
        "stage": stage,
    }
    if name == "openai":
        fields |= {
            "base_url": base_url.strip(),
            "tokenizer": tokenizer.strip(),
            "mode": mode,
            "dialect": dialect,
            "timeout": timeout,
            "deadline": deadline,
            "context_tokens": context_tokens,
        }
    return {"name": name} | {each: value for each, value in fields.items() if value != ""}


def taxonomy_of(
    version: Text = "",
    id: Annotated[list[str] | None, Form()] = None,
    group: Annotated[list[str] | None, Form()] = None,
    title: Annotated[list[str] | None, Form()] = None,
    definition: Annotated[list[str] | None, Form()] = None,
    good: Annotated[list[str] | None, Form()] = None,
    bad: Annotated[list[str] | None, Form()] = None,
) -> Taxonomy:
    """The table as a taxonomy; a row without an id is left out. Raises Invalid."""
    none = [""] * len(id or [])
    columns: list[list[Any]] = [column or [] for column in (id, group, title, definition)]
    columns += [[_lines(text) for text in column or none] for column in (good, bad)]
    if len({len(column) for column in columns}) != 1 or not version.strip():
        raise Invalid(_("The table of flaws is not whole, or has no version."))
    names = ("id", "group", "title", "definition", "good", "bad")
    rows = [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]
    flaws = [Flaw.model_validate(row) for row in rows if row["id"].strip()]
    return Taxonomy(version=version.strip(), flaws=tuple(flaws))


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def limits_form(
    max_hints: Annotated[int, Form()],
    max_code_calls: Annotated[int, Form()],
    max_tokens: Annotated[int, Form()],
    output_tokens: Annotated[int, Form()],
    wall_seconds: Annotated[float, Form()],
    memory_mb: Annotated[int, Form()],
    max_trials: Annotated[int, Form()],
    share_blocks: Annotated[bool, Form()] = False,
    overlap: Annotated[int, Form()] = 1,
    overlap_percent: Annotated[float, Form()] = 100,
    gold_percent: Annotated[float, Form()] = 0,
    gold_shown: Annotated[bool, Form()] = False,
) -> ProjectLimits:
    """What the project allows."""
    return ProjectLimits(
        max_hints=max_hints,
        max_code_calls=max_code_calls,
        max_tokens=max_tokens,
        output_tokens=output_tokens,
        wall_seconds=wall_seconds,
        memory_mb=memory_mb,
        max_trials=max_trials,
        share_blocks=share_blocks,
        overlap=overlap,
        overlap_share=overlap_percent / 100,
        gold_share=gold_percent / 100,
        gold_shown=gold_shown,
    )


def policy_form(
    on: Annotated[bool, Form()] = False,
    flaws: Annotated[tuple[str, ...], Form()] = (),
    confidence: Annotated[float | Literal[""], Form()] = "",
) -> Policy:
    """What passes without a person; a box that is not ticked is not sent."""
    return Policy(on=on, flaws=flaws, confidence=None if confidence == "" else confidence)


def prompts_form(
    reasoner: Text = "",
    intervener: Text = "",
    rule: Annotated[list[str] | None, Form()] = None,
    hint: Annotated[list[str] | None, Form()] = None,
    default: Text = "",
) -> Prompts:
    """The project's own words; what is as the default, empty or to be so is left out."""
    rules, words = rule or [], hint or []
    if len(rules) != len(words):
        raise Invalid(_("The list of hints is not whole."))
    hints = {
        name: own
        for name, text in zip(rules, words, strict=True)
        if name != default and (own := _own(text, TEMPLATES.get(name, "")))
    }
    return Prompts(
        reasoner="" if default == "reasoner" else _own(reasoner, SYSTEM),
        intervener="" if default == "intervener" else _own(intervener, TASK),
        hints=hints,
    )


def _own(text: str, default: str) -> str:
    """A text as it is stored: browsers send other line ends; the default is stored as nothing."""
    text = text.replace("\r\n", "\n")
    return "" if text.strip() in ("", default.strip()) else text


ModelForm = Annotated[dict[str, Any], Depends(model_of)]


@router.get("")
def page(show: Showing, session: Db, here: LeadHere) -> Response:
    """All settings."""
    return show.page("settings", here, view=settings_view(session, here.project))


@router.post("/about")
def about(
    show: Showing, session: Db, here: LeadHere, name: Text = "", guidelines: Text = ""
) -> Response:
    """The name, and what annotators are told."""
    change = ProjectChange(name=name.strip(), guidelines=guidelines)
    return _changed(show, session, here, change, "about")


@router.post("/reasoner")
def reasoner(show: Showing, session: Db, here: LeadHere, model: ModelForm) -> Response:
    """Who writes."""
    set_model(session, here.actor, here.project.id, "reasoner", model)
    return _changed(show, session, here, ProjectChange(), "reasoner")


@router.post("/reasoner/abilities")
def abilities(request: Request, here: LeadHereApart, ports: WebPorts) -> Response:
    """Ask the model server what it can do, and keep what it honours."""
    found = find_abilities(ports, here.actor, here.project.id)
    way = f"{found.mode} ({found.dialect})" if found.dialect else found.mode
    return go(
        request, here.url("/settings#reasoner"), _("Asked. A trace goes on by %(way)s.", way=way)
    )


@router.post("/intervener")
def intervener(show: Showing, session: Db, here: LeadHere, model: ModelForm) -> Response:
    """Who proposes hints."""
    set_model(session, here.actor, here.project.id, "intervener", model)
    return _changed(show, session, here, ProjectChange(), "intervener")


@router.post("/keys/{name}")
def key(show: Showing, session: Db, here: LeadHere, name: str, value: Text = "") -> Response:
    """Set or, with an empty value, delete a key."""
    store_secret(session, here.actor, here.project.id, name, value.strip())
    region = "stores" if name in STORES else name
    return _changed(show, session, here, ProjectChange(), region)


@router.post("/prompts")
def prompts(
    show: Showing, session: Db, here: LeadHere, own: Annotated[Prompts, Depends(prompts_form)]
) -> Response:
    """What models are told."""
    return _changed(show, session, here, ProjectChange(prompts=own), "prompts")


@router.post("/taxonomy")
def taxonomy(
    show: Showing, session: Db, here: LeadHere, table: Annotated[Taxonomy, Depends(taxonomy_of)]
) -> Response:
    """The flaws that a proposal can name."""
    return _changed(show, session, here, ProjectChange(taxonomy=table), "taxonomy")


@router.post("/limits")
def limits(
    show: Showing,
    session: Db,
    here: LeadHere,
    allowed: Annotated[ProjectLimits, Depends(limits_form)],
) -> Response:
    """What a path and a code call may use."""
    return _changed(show, session, here, ProjectChange(limits=allowed), "limits")


@router.post("/auto")
def auto(
    show: Showing, session: Db, here: LeadHere, policy: Annotated[Policy, Depends(policy_form)]
) -> Response:
    """Which hints need no person."""
    return _changed(show, session, here, ProjectChange(policy=policy), "auto")


@router.post("/money")
def money(
    show: Showing,
    session: Db,
    here: LeadHere,
    prompt: Annotated[float, Form()] = 0,
    cached: Annotated[float | Literal[""], Form()] = "",
    completion: Annotated[float, Form()] = 0,
    cap: Annotated[float | Literal[""], Form()] = "",
) -> Response:
    """Prices, and the cap on what is spent."""
    prices = Prices(prompt=prompt, cached=None if cached == "" else cached, completion=completion)
    change = ProjectChange(prices=prices, spending_cap=cap or 0)
    return _changed(show, session, here, change, "money")


def _changed(
    show: Showing, session: Db, here: Place, change: ProjectChange, region: str
) -> Response:
    if change.model_fields_set:
        change_project(session, here.actor, here.project.id, change)
    session.flush()
    back = here.url(f"/settings#{region}")
    view = settings_view(session, here.project)
    return show.changed(f"settings/{region}", back, here, "Saved.", view=view)
