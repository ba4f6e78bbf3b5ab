"""What people said of an imported trace in another tool, as a part of where it comes from."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate

from app.core.language import _, ngettext
from app.db.tables import ImportedAnnotation
from app.web.views.desk import Desk


@dataclass(frozen=True)
class AnnotatedLine:
    """One annotation; `step` is where its words stand on this path, from 1, None elsewhere."""

    name: str
    value: str
    quote: str
    step: int | None
    who: str
    at: datetime | None


@dataclass(frozen=True)
class AnnotatedView:
    """All of them; `summary` says where and by whom."""

    summary: str
    lines: tuple[AnnotatedLine, ...]


def annotated_view(desk: Desk) -> AnnotatedView | None:
    """None where nothing came with the trace, or the person is not to know it yet."""
    if not desk.annotations:
        return None
    return AnnotatedView(summary=_summary(desk.annotations), lines=tuple(_lines(desk)))


def _summary(annotations: Sequence[ImportedAnnotation]) -> str:
    peers = " · ".join(dict.fromkeys(row.peer for row in annotations))
    first, *others = [*dict.fromkeys(row.actor_name for row in annotations if row.actor_name)] or [
        ""
    ]
    if not first:
        return _("annotated in %(peers)s", peers=peers)
    if not others:
        return _("annotated in %(peers)s by %(who)s", peers=peers, who=first)
    return ngettext(
        "annotated in %(peers)s by %(who)s and %(num)s other",
        "annotated in %(peers)s by %(who)s and %(num)s others",
        len(others),
        peers=peers,
        who=first,
    )


def _lines(desk: Desk) -> Iterator[AnnotatedLine]:
    first = desk.trace.branches[0].steps
    begins = [0, *accumulate(len(row.text) for row in first)]
    here = {row.id for _step, row in desk.located}
    for row in desk.annotations:
        at = bisect_right(begins, row.start) - 1 if row.start is not None else len(first)
        stands = at < len(first) and first[at].id in here
        yield AnnotatedLine(
            name=row.name,
            value=row.value,
            quote=row.quote,
            step=at + 1 if stands else None,
            who=row.actor_name,
            at=row.at,
        )
