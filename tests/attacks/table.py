"""The corpus as the table in docs/sandbox.md: programs of each class, and what they come to.

`make corpus` writes it there; `test_table.py` checks that it is there.
"""

from collections import Counter
from collections.abc import Iterable

from app.core.execution import Level
from app.settings import ROOT
from tests.attacks.base import Attack
from tests.attacks.corpus import CLASSES

PAGE = ROOT / "docs" / "sandbox.md"
BEGIN, END = "<!-- the corpus, written by make corpus -->\n", "<!-- end of the corpus -->\n"
LEVELS: tuple[Level, ...] = ("full", "landlock")


def main() -> None:
    """Write the page anew."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(before + BEGIN + table() + END + after, encoding="utf-8")


def table() -> str:
    """A row a class, and one for all."""
    everything = [attack for attacks in CLASSES.values() for attack in attacks.values()]
    rows = [row(name, list(attacks.values())) for name, attacks in CLASSES.items()]
    head = "| class | programs | at `full` | at `landlock` |\n| --- | --- | --- | --- |\n"
    return head + "".join([*rows, row("all", everything)])


def row(name: str, attacks: list[Attack]) -> str:
    """The class, how many programs, and at each level how many are to end in each status."""
    ends = (outcomes(attack.expected(level).status for attack in attacks) for level in LEVELS)
    return f"| {name} | {len(attacks)} | {' | '.join(ends)} |\n"


def outcomes(statuses: Iterable[str]) -> str:
    """The most frequent first."""
    counted = sorted(Counter(statuses).items(), key=lambda it: (-it[1], it[0]))
    return ", ".join(f"{count} {status}" for status, count in counted)


if __name__ == "__main__":
    main()
