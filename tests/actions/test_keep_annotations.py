"""What people annotated elsewhere: kept once, added to, shown, and gone where it is erased."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.actions.erase_text import erase_text
from app.actions.import_file import ImportReport, LeftOutOf, import_file
from app.actions.ports import Ports
from app.actions.remove_person import remove_person
from app.core.annotation import COLUMN
from app.core.chain import ERASED, removed_name
from app.core.roles import SCRIPT, Actor
from app.db.session import reading, transaction
from app.db.tables import Event, ImportedAnnotation, Project, Trace, Verdict

Take = Callable[..., ImportReport]
GOLDEN = {"peer": "Label Studio", "ref": "1/a", "who": "ada", "name": "verdict", "value": "golden"}
FLAWED = {"peer": "Label Studio", "who": "bob", "name": "flaw", "value": "?", "quote": "boxed"}


@pytest.fixture
def take(ports: Ports, project: Project, tmp_path: Path) -> Take:
    """Imports one trace with these annotations."""

    def run(*annotations: dict[str, Any], what: str = "traces") -> ImportReport:
        row = {"question": "How many?", "response": "\\boxed{5}", COLUMN: annotations}
        path = tmp_path / "t.jsonl"
        path.write_text(json.dumps(row))
        return import_file(ports, SCRIPT, project.id, path, path.name, what)

    return run


def kept(ports: Ports) -> list[tuple[str, str, str]]:
    """Who said what on which words."""
    with reading(ports.engine) as session:
        rows = session.scalars(select(ImportedAnnotation).order_by(ImportedAnnotation.id))
        return [(row.actor_name, row.value, row.quote) for row in rows]


def test_the_same_again_changes_nothing_and_what_is_new_is_added(ports: Ports, take: Take) -> None:
    assert take(GOLDEN, GOLDEN).imported == 1
    assert take(GOLDEN, GOLDEN).unchanged == 1
    assert take().unchanged == 1
    assert take(GOLDEN, FLAWED).imported == 1
    assert take(FLAWED).unchanged == 1
    assert kept(ports) == [("ada", "golden", "")] * 2 + [("bob", "?", "boxed")]
    with reading(ports.engine) as session:
        assert len(session.scalars(select(Trace)).all()) == 1
        verbs = session.scalars(select(Event.verb).where(Event.trace_id.is_not(None)))
        assert list(verbs) == ["import_trace", "import_annotations", "import_annotations"]


def test_it_is_no_verdict(ports: Ports, take: Take) -> None:
    take(GOLDEN)
    with reading(ports.engine) as session:
        assert session.scalars(select(Verdict)).all() == []
        assert session.scalars(select(Trace.state)).one() == "review"


def test_a_problem_has_none_and_the_report_says_so(take: Take) -> None:
    report = take(GOLDEN, what="problems")
    why = "A problem has none, only a trace."
    assert report.left_out == (LeftOutOf(row=1, what="annotations", why=why),)
    assert report.imported == 1


def test_a_trace_takes_only_so_many(take: Take) -> None:
    many = [GOLDEN | {"ref": str(number)} for number in range(500)]
    assert take(*many).imported == 1
    assert "more than 500" in take(FLAWED).failed[0].reason


def test_an_annotator_who_is_removed_does_not_come_back(
    ports: Ports, take: Take, person: Callable[..., Actor]
) -> None:
    ada = person("ada")
    take(GOLDEN, FLAWED)
    admin = Actor(kind="script", name="calm", admin=True)
    with transaction(ports.engine) as session:
        remove_person(session, admin, ada.id or 0, "ada")
    assert take(GOLDEN, FLAWED).unchanged == 1
    assert [who for who, _, _ in kept(ports)] == [removed_name(ada.id or 0), "bob"]


def test_what_was_erased_does_not_come_back(ports: Ports, take: Take) -> None:
    take(GOLDEN)
    take(GOLDEN, FLAWED)
    with transaction(ports.engine) as session:
        verb = select(Event.id).where(Event.verb == "import_annotations").order_by(Event.id)
        erase_text(session, SCRIPT, session.scalars(verb).all()[1], "a name stands in it")
    gone = [("ada", "golden", ""), (ERASED, ERASED, ERASED)]
    assert kept(ports) == gone
    assert take(GOLDEN, FLAWED).unchanged == 1
    assert kept(ports) == gone
