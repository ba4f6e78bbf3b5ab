"""Adding rows to the full-text index, in the transaction that adds them to the database."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import Connection, insert, select
from sqlalchemy.orm import Session, UOWTransaction

from app.db.search.documents import Document, entries_of
from app.db.search.engines import insert_words, stored
from app.db.tables import Branch, ProblemRow, ProposalRow, SearchText, StepRow, Trace

_AT_ONCE = 500


def index_new(session: Session, _flush: UOWTransaction) -> None:
    """Index what a session has just inserted; for its `after_flush`."""
    new = list(session.new)
    steps = [row for row in new if isinstance(row, StepRow)]
    proposals = [row for row in new if isinstance(row, ProposalRow)]
    documents = [_problem(row) for row in new if isinstance(row, ProblemRow)]
    if steps or proposals:
        branches = {row.branch_id for row in steps} | {row.branch_id for row in proposals}
        places = _projects(session.connection(), branches)
        documents += [_step(row, places[row.branch_id]) for row in steps]
        documents += [_proposal(row, places[row.branch_id]) for row in proposals]
    if documents:
        _add(session.connection(), documents)


def index_all(connection: Connection) -> None:
    """Index every row that is there; the index is taken to be empty."""
    documents = _everything(connection)
    while some := list(islice(documents, _AT_ONCE)):
        _add(connection, some)


def _add(connection: Connection, documents: Sequence[Document]) -> None:
    entries = [(document, words) for document in documents for words in entries_of(document)]
    texts = insert(SearchText).returning(SearchText.id, sort_by_parameter_order=True)
    about = [{"about": each.about, "subject_id": each.subject_id} for each, _ in entries]
    ids = connection.execute(texts, about).scalars()
    rows = [
        {"id": entry_id, "words": stored(connection, words)}
        for entry_id, (_, words) in zip(ids, entries, strict=True)
    ]
    connection.execute(insert_words(connection), rows)


def _projects(connection: Connection, branch_ids: Iterable[int]) -> dict[int, int]:
    """The project of each of these branches."""
    query = select(Branch.id, Trace.project_id).join(Trace, Trace.id == Branch.trace_id)
    return dict(connection.execute(query.where(Branch.id.in_(branch_ids))).all())


def _problem(row: Any) -> Document:
    named = (row.external_id, row.source, row.question)
    return Document(
        "problem", row.id, "problem", row.project_id, "\n".join(text for text in named if text)
    )


def _step(row: Any, project_id: int) -> Document:
    return Document("step", row.id, "hint" if row.kind == "hint" else "step", project_id, row.text)


def _proposal(row: Any, project_id: int) -> Document:
    return Document("proposal", row.id, "hint", project_id, row.proposal["words"])


def _everything(connection: Connection) -> Iterator[Document]:
    problem = (ProblemRow.external_id, ProblemRow.source, ProblemRow.question)
    for row in _rows(connection, ProblemRow, *problem, ProblemRow.project_id):
        yield _problem(row)
    for row in _rows(connection, StepRow, StepRow.kind, StepRow.text, Trace.project_id):
        yield _step(row, row.project_id)
    for row in _rows(connection, ProposalRow, ProposalRow.proposal, Trace.project_id):
        yield _proposal(row, row.project_id)


def _rows(connection: Connection, table: Any, *columns: Any) -> Iterator[Any]:
    """These columns of every row, with the project that it belongs to."""
    query = select(table.id, *columns).order_by(table.id).limit(_AT_ONCE)
    if table is not ProblemRow:
        query = query.join(Branch, Branch.id == table.branch_id).join(Trace)
    last = 0
    while rows := connection.execute(query.where(table.id > last)).all():
        yield from rows
        last = rows[-1].id
