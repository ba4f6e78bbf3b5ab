"""What the corpus is said to hold, without executing any of it."""

from tests.attacks.corpus import CLASSES, CORPUS
from tests.attacks.table import BEGIN, END, PAGE, table

PROMISED = {
    "files",
    "environment",
    "other runs",
    "network",
    "processes and signals",
    "memory",
    "disk",
    "output",
    "forgery of results",
    "persistence",
    "interaction",
    "crashes",
    "honest programs",
    "honest solvers",
}


def test_the_page_has_the_table_of_the_corpus() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert BEGIN + table() + END in page, "make corpus writes it"


def test_every_class_that_is_promised_has_programs() -> None:
    assert {name for name, attacks in CLASSES.items() if attacks} >= PROMISED
    assert len(CORPUS) == sum(map(len, CLASSES.values())) >= 80
