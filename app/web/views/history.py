"""The history: each event in words, from what to what, with a link to what it was done to."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from app.core.language import N_, translated
from app.core.model import Frozen
from app.core.roles import Actor
from app.db.queries.history import HistoryFilter, page_of_history
from app.db.queries.people import everybody, members_of
from app.db.tables import Event, Project
from app.web.views.changes import DID
from app.web.views.words import reference_words

VERBS = DID | {
    "archive_group": N_("archived a group"),
    "assign": N_("gave it to somebody"),
    "ask_again": N_("had a model server asked again"),
    "ask_for_reset": N_("asked for a new password by mail"),
    "comment": N_("said something about it"),
    "create_group": N_("made a group"),
    "create_service": N_("made a service account"),
    "create_token": N_("made a token"),
    "end_other_sessions": N_("ended all other sessions"),
    "end_session": N_("ended a session"),
    "erase_text": N_("erased what was said of it"),
    "fail": N_("gave up"),
    "hand_out_once": N_("handed out a one-time address"),
    "invite": N_("invited somebody"),
    "leave": N_("left groups and what they were said to know"),
    "make_rule": N_("made a rule"),
    "remove_rule": N_("took a rule away"),
    "mark_gold": N_("marked it as a gold standard"),
    "unmark_gold": N_("took the mark of a gold standard away"),
    "rename_group": N_("renamed a group"),
    "set_group_members": N_("said who is in a group"),
    "set_knowledge": N_("said what somebody knows"),
    "take_back": N_("took it back from whom it was given to"),
    "join": N_("joined by an invitation"),
    "forget_identity": N_("took a provider’s identity away"),
    "join_identity": N_("joined a provider’s identity"),
    "log_in": N_("logged in"),
    "log_out": N_("logged out"),
    "remove_service": N_("removed a service account"),
    "renew_recovery_codes": N_("made new recovery codes"),
    "resolve_thread": N_("resolved a thread"),
    "revoke_token": N_("revoked a token"),
    "set_email": N_("set a mail address"),
    "switch_off_second_factor": N_("switched a second factor off"),
    "switch_on_second_factor": N_("switched a second factor on"),
    "use_recovery_code": N_("used a recovery code"),
    "withdraw_comment": N_("withdrew what was said"),
    "withdraw_invitation": N_("withdrew an invitation"),
    "accept_trial": N_("went on from a trial"),
    "build_dataset": N_("built a dataset"),
    "change_project": N_("changed the settings"),
    "change_webhook": N_("changed a webhook"),
    "create_webhook": N_("made a webhook"),
    "leave_webhook": N_("left a webhook to its lead"),
    "remove_webhook": N_("removed a webhook"),
    "renew_webhook_secret": N_("made a new secret of a webhook"),
    "send_again": N_("had a message sent again"),
    "test_webhook": N_("had a test sent to a webhook"),
    "push_dataset": N_("asked to push a dataset"),
    "finish_push": N_("pushed a dataset"),
    "fail_push": N_("failed to push a dataset"),
    "add_benchmark": N_("added a benchmark"),
    "keep_for_evaluation": N_("said whether a benchmark is kept for evaluation"),
    "remove_benchmark": N_("removed a benchmark"),
    "cancel_dataset": N_("stopped the build of a dataset"),
    "check": N_("executed its code"),
    "choose_keys": N_("chose keys"),
    "claim": N_("claimed it"),
    "confirm_reference": N_("found the reference right"),
    "create_dataset": N_("asked for a dataset"),
    "create_project": N_("created the project"),
    "create_user": N_("created an account"),
    "doubt_reference": N_("questioned the reference"),
    "end_note": N_("finished what was tried beside it"),
    "fail_dataset": N_("failed to build a dataset"),
    "grow": N_("wrote on"),
    "hand_over": N_("handed it to people"),
    "import_annotations": N_("imported what was annotated elsewhere"),
    "import_problem": N_("imported a problem"),
    "import_problems": N_("imported problems"),
    "import_trace": N_("imported a trace"),
    "import_traces": N_("imported traces"),
    "record_reference": N_("recorded a reference"),
    "release": N_("gave it back"),
    "release_others": N_("took it from who held it"),
    "remove_user": N_("removed a person"),
    "request_check": N_("asked to execute its code"),
    "request_review": N_("asked to look for hints"),
    "review": N_("looked for hints"),
    "set_active": N_("said who may come in"),
    "set_admin": N_("said who is an administrator"),
    "set_language": N_("chose a language"),
    "set_password": N_("set a password"),
    "set_queue_order": N_("chose the order of the queue"),
    "set_role": N_("set a role"),
    "show_time": N_("chose whether the own time is shown"),
    "start_batch": N_("started a batch"),
    "start_bulk": N_("started a deed on many traces"),
    "start_trace": N_("started a trace"),
    "stop_batch": N_("stopped a batch"),
    "stop_bulk": N_("stopped a deed on many traces"),
    "stop_note": N_("stopped what was tried beside it"),
    "stop_trial": N_("stopped a trial"),
    "store_secret": N_("set a key"),
    "take_doubt_back": N_("took a doubt back"),
    "try": N_("tried a hint"),
    "try_beside": N_("tried something beside it"),
    "wait": N_("waited for a model server"),
    "withdraw_note": N_("withdrew what was tried beside it"),
}
CHANNELS = {
    "page": N_("page"),
    "token": N_("token"),
    "command": N_("command line"),
    "worker": N_("worker"),
}
OTHERS = (("worker", N_("workers")), ("policy", N_("auto mode")), ("script", N_("command line")))
RECENT = 5
_LONGEST = 160
_PAGES = {"problem": "problems", "dataset": "datasets", "batch": "batches", "bulk": "bulk"}


class ValueChange(Frozen):
    """One value of what changed, in words; "" where there was none."""

    name: str
    before: str
    after: str


class HistoryLine(Frozen):
    """An event. `person` filters for who it was by; `link` leads to what it was done to, or ""."""

    id: int
    at: datetime
    who: str
    person: str
    channel: str
    did: str
    subject: str
    link: str
    changes: tuple[ValueChange, ...]
    reason: str
    erased: bool


class HistoryView(Frozen):
    """A page of it; `query` are the filters as an address has them, `older` where it goes on."""

    lines: tuple[HistoryLine, ...]
    filters: dict[str, str]
    people: tuple[tuple[str, str], ...]
    verbs: tuple[tuple[str, str], ...]
    query: str
    older: int | None


def history_view(
    session: Session,
    actor: Actor,
    project: Project | None,
    filters: HistoryFilter,
    before: int | None,
) -> HistoryView:
    """The events of a project, or of the whole installation, that the filters leave."""
    place = project.id if project else None
    events, more = page_of_history(session, actor, place, filters, before)
    verbs = sorted(((verb, translated(words)) for verb, words in VERBS.items()), key=lambda v: v[1])
    chosen = {name: str(value or "") for name, value in filters._asdict().items()}
    return HistoryView(
        lines=tuple(_lines(session, events)),
        filters=chosen,
        people=_people(session, actor, project, filters.person),
        verbs=tuple(verbs),
        query=urlencode({name: value for name, value in chosen.items() if value}),
        older=events[-1].id if more else None,
    )


def recent_lines(
    session: Session, actor: Actor, project: Project, subject: str
) -> tuple[HistoryLine, ...]:
    """The newest events on one thing."""
    filters = HistoryFilter(subject=subject)
    events, _more = page_of_history(session, actor, project.id, filters, most=RECENT)
    return tuple(_lines(session, events))


def changes_in(data: Mapping[str, Any]) -> Iterator[ValueChange]:
    """From what to what, value by value; what stayed is left out."""
    before, after = _flat(data.get("before") or {}), _flat(data.get("after") or {})
    for name in dict.fromkeys([*before, *after]):
        was, now = before.get(name, ""), after.get(name, "")
        if was != now:
            yield ValueChange(name=name.replace("_", " "), before=was, after=now)


def _lines(session: Session, events: list[Event]) -> Iterator[HistoryLine]:
    slugs: dict[int | None, str] = {}
    for event in events:
        if event.project_id is not None and event.project_id not in slugs:
            slugs[event.project_id] = session.get_one(Project, event.project_id).slug
        yield _line(event, slugs.get(event.project_id, ""))


def _line(event: Event, slug: str) -> HistoryLine:
    return HistoryLine(
        id=event.id,
        at=event.at,
        who=str(event.actor.get("name")),
        person=str(event.actor.get("id") or event.actor.get("kind")),
        channel=translated(CHANNELS[event.channel]) if event.channel else "",
        did=translated(VERBS.get(event.verb, event.verb.replace("_", " "))),
        subject=event.subject.replace(":", " "),
        link=_link(event, slug),
        changes=tuple(changes_in(event.data)),
        reason=str(event.data.get("reason") or ""),
        erased=event.data_salt is None,
    )


def _link(event: Event, slug: str) -> str:
    kind, _, key = event.subject.partition(":")
    if not slug:
        return ""
    if event.trace_id:
        at = f"/p/{slug}/traces/{event.trace_id}"
        return f"{at}?branch={key}" if kind == "branch" else at
    return f"/p/{slug}/{_PAGES[kind]}/{key}" if kind in _PAGES else ""


def _people(
    session: Session, actor: Actor, project: Project | None, chosen: str
) -> tuple[tuple[str, str], ...]:
    """Whose events can be asked for: one's own, and for who may see them everybody's."""
    names = {str(actor.id): actor.name}
    if actor.may("reviewer"):
        users = [u for u, _ in members_of(session, project.id)] if project else everybody(session)
        names |= {str(user.id): user.name for user in users}
    if chosen.isdecimal() and chosen not in names:
        names[chosen] = f"person {chosen}"
    return (*names.items(), *((kind, translated(words)) for kind, words in OTHERS))


def _flat(values: Mapping[str, Any], above: str = "") -> dict[str, str]:
    """Each value by its name, those inside of others by both names."""
    flat: dict[str, str] = {}
    for name, value in values.items():
        if isinstance(value, Mapping) and name != "reference":
            flat |= _flat(value, f"{above}{name}: ")
        else:
            flat[f"{above}{name}"] = _said(value)
    return flat


def _said(value: Any) -> str:
    if isinstance(value, Mapping) and "kind" in value:
        return translated(reference_words(value))
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST].rstrip()}…"
