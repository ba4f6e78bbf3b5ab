"""The talk beside a trace: its threads, each with what was said."""

from dataclasses import dataclass
from datetime import datetime

from app.core.language import _
from app.core.mentions import MAX_COMMENT
from app.db.tables import Comment, Thread
from app.web.views.desk import Desk


@dataclass(frozen=True)
class CommentView:
    """What somebody said; "" where they withdrew it."""

    id: int
    by: str
    at: datetime
    text: str
    mine: bool


@dataclass(frozen=True)
class ThreadView:
    """A thread; `about` is the address of what it is about on this page, "" where it isn't here."""

    id: int
    about: str
    title: str
    resolved: bool
    comments: tuple[CommentView, ...]


@dataclass(frozen=True)
class Choice:
    """What a new thread can be about, as the form sends it."""

    value: str
    words: str


@dataclass(frozen=True)
class TalkView:
    """Open threads first; `blind` says that others' are hidden from the person."""

    threads: tuple[ThreadView, ...]
    still_open: int
    choices: tuple[Choice, ...]
    may_talk: bool
    blind: bool
    most: int = MAX_COMMENT


def talk_view(desk: Desk) -> TalkView:
    """All of it."""
    threads = sorted(desk.threads, key=lambda each: (each.resolved_at is not None, each.id))
    return TalkView(
        threads=tuple(_thread(desk, each) for each in threads),
        still_open=sum(each.resolved_at is None for each in threads),
        choices=tuple(_choices(desk)),
        may_talk=desk.actor.may("annotator"),
        blind=desk.slots.hides,
    )


def _choices(desk: Desk) -> list[Choice]:
    steps = [
        Choice(f"step:{row.id}", _("Step %(number)s", number=at))
        for at, (step, row) in enumerate(desk.located, 1)
        if step.kind != "output"
    ]
    cards = [
        Choice(f"proposal:{row.id}", _("Hint: %(title)s", title=desk.flaw(row.flaw).title))
        for row in desk.facts.open_proposals
    ]
    return [Choice("", _("The whole trace")), *cards, *steps]


def _thread(desk: Desk, thread: Thread) -> ThreadView:
    about, title = _about(desk, thread)
    return ThreadView(
        id=thread.id,
        about=about,
        title=title,
        resolved=thread.resolved_at is not None,
        comments=tuple(_comment(desk, each) for each in thread.comments),
    )


def _comment(desk: Desk, comment: Comment) -> CommentView:
    return CommentView(
        id=comment.id,
        by=desk.name_of({"id": comment.user_id, "name": comment.author.name}),
        at=comment.at,
        text="" if comment.withdrawn_at else comment.text,
        mine=comment.user_id == desk.actor.id and comment.withdrawn_at is None,
    )


def _about(desk: Desk, thread: Thread) -> tuple[str, str]:
    if thread.proposal_id:
        row = next(each for each in desk.proposals if each.id == thread.proposal_id)
        here = any(each.id == row.id for each in desk.facts.open_proposals)
        title = _("Hint: %(title)s", title=desk.flaw(row.flaw).title)
        return f"#proposal-{row.id}" if here else "", title
    if thread.step_id is None:
        return "", _("The whole trace")
    rows = [row.id for _step, row in desk.located]
    if thread.step_id not in rows:
        return "", _("A step of another branch")
    number = rows.index(thread.step_id) + 1
    return f"#step-{number}", _("Step %(number)s", number=number)
