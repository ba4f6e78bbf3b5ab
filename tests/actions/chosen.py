"""The rows that a dataset would hold, for tests that ask for no files."""

from sqlalchemy.orm import Session

from app.actions.build_dataset import items_of, plan_of
from app.core.options import DatasetOptions
from app.db.tables import Project
from export.build import Chosen
from export.formats import FORMATS
from export.rows import Row


def chosen_rows(
    session: Session, project: Project, options: DatasetOptions, style: str = "rows"
) -> list[Row]:
    """What goes into a dataset of this format."""
    plan = plan_of(session, project, FORMATS.make(style), options)
    items = items_of(session, project, plan, options)
    return [item.row for item in items if isinstance(item, Chosen)]
