"""Keeping what people said of an imported trace in another tool.

Promises: the same annotation twice is one, also after its text was erased or its annotator removed
here; what is new is added to what is there, and recorded. None of it becomes a verdict.
"""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actions.record import lock_trace, record_on_trace
from app.core.annotation import MOST, Annotation, same
from app.core.chain import ERASED, is_removed
from app.core.fields import BadField
from app.core.language import _, number
from app.core.roles import Actor
from app.db.convert import annotation_of, annotation_row
from app.db.tables import ImportedAnnotation, Trace


def keep_annotations(
    session: Session, actor: Actor, trace: Trace, annotations: Sequence[Annotation]
) -> bool:
    """Whether any of them was new. Raises BadField where the trace would have too many."""
    if not annotations:
        return False
    lock_trace(session, trace.id)
    known = session.scalars(
        select(ImportedAnnotation).where(ImportedAnnotation.trace_id == trace.id)
    ).all()
    new = _without(annotations, [annotation_of(row) for row in known])
    if len(known) + len(new) > MOST:
        raise BadField(
            _("The trace has more than %(most)s annotations already.", most=number(MOST))
        )
    rows = [annotation_row(each, trace.id) for each in new]
    session.add_all(rows)
    session.flush()
    if rows:
        ids = [row.id for row in rows]
        record_on_trace(
            session, actor, "import_annotations", f"trace:{trace.id}", trace, annotations=ids
        )
    return bool(rows)


def _without(annotations: Sequence[Annotation], known: list[Annotation]) -> list[Annotation]:
    """Those that are not known; each known one stands for one of them."""
    new = []
    for each in annotations:
        # The exact one first: an erased one could stand for several.
        exact = (it for it in known if it == each)
        match = next(exact, None) or next((it for it in known if _may_be(it, each)), None)
        if match is None:
            new.append(each)
        else:
            known.remove(match)
    return new


def _may_be(known: Annotation, each: Annotation) -> bool:
    gone = {ERASED, known.who} if is_removed(known.who) else {ERASED}
    return same(known, each, gone)
