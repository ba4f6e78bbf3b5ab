"""Sketches of problems, kept beside them so that no page has to make thousands.

Promises: a problem's sketch is made when it is imported, and by a worker for what was there before;
one that is not kept yet is made where it is asked for. A question never changes, so neither does
its sketch.
"""

from collections.abc import Iterator, Sequence

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.actions.ports import Ports
from app.db.queries.dataset_candidates import questions
from app.db.queries.sketches import kept_sketches, without_sketch
from app.db.session import reading, transaction
from app.db.tables import ProblemRow, SketchRow
from export.sketch import SKETCH_VERSION, Sketch, sketch_of, unpacked

_AT_ONCE = 500


def sketches_of(session: Session, ids: Sequence[int]) -> Iterator[tuple[int, Sketch]]:
    """The sketches of these problems in their order, a few at a time."""
    for at in range(0, len(ids), _AT_ONCE):
        some = ids[at : at + _AT_ONCE]
        kept = kept_sketches(session, some, SKETCH_VERSION)
        made = questions(session, [each for each in some if each not in kept])
        fresh = {problem_id: sketch_of(text) for problem_id, text in made}
        yield from ((each, fresh.get(each) or unpacked(kept[each])) for each in some)


def keep_sketch(session: Session, problem: ProblemRow) -> None:
    """Keep the sketch of a problem that was added just now."""
    packed = sketch_of(problem.question).packed
    session.add(SketchRow(problem_id=problem.id, version=SKETCH_VERSION, packed=packed))


def sketch_problems(ports: Ports) -> int:
    """Make and keep some of the sketches that are missing; gives how many.

    They are made before anything is written, and where none is missing nothing is.
    """
    with reading(ports.engine) as session:
        missing = without_sketch(session, SKETCH_VERSION, _AT_ONCE)
    made = [
        SketchRow(problem_id=problem_id, version=SKETCH_VERSION, packed=sketch_of(text).packed)
        for problem_id, text in missing
    ]
    if made:
        with transaction(ports.engine) as session:
            older = SketchRow.problem_id.in_([row.problem_id for row in made])
            session.execute(delete(SketchRow).where(older))
            session.add_all(made)
    return len(made)
