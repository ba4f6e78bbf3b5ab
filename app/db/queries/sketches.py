"""The sketches of problems, as far as they are kept."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.tables import ProblemRow, SketchRow


def kept_sketches(session: Session, ids: Sequence[int], version: int) -> dict[int, bytes]:
    """Those of these problems (some hundreds) that are kept."""
    query = select(SketchRow.problem_id, SketchRow.packed).where(SketchRow.version == version)
    found = session.execute(query.where(SketchRow.problem_id.in_(ids)))
    return {row.problem_id: row.packed for row in found}


def without_sketch(session: Session, version: int, limit: int) -> list[tuple[int, str]]:
    """Problems, with their texts, whose sketch is not kept, or is of another version."""
    fits = (SketchRow.problem_id == ProblemRow.id) & (SketchRow.version == version)
    query = select(ProblemRow.id, ProblemRow.question).outerjoin(SketchRow, fits)
    missing = query.where(SketchRow.problem_id.is_(None)).order_by(ProblemRow.id)
    return [(row.id, row.question) for row in session.execute(missing.limit(limit))]
