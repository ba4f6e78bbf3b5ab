"""Files that go with a dataset for a trainer's sake: they run there, not here.

Nothing of the project imports them; tests run them in the trainers' own environments.
"""

from pathlib import Path

HERE = Path(__file__).parent


def read(name: str) -> str:
    """The text of one of them."""
    return (HERE / name).read_text(encoding="utf-8")
