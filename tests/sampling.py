"""`--sample N`: run a random N of the collected tests, the same for the same `--sample-seed`.

For the tiers that are too heavy to run whole each time. What was taken is listed before the run.
"""

import random

import pytest

_taken: list[str] = []


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the two options."""
    group = parser.getgroup("sampling")
    group.addoption("--sample", type=int, metavar="N", help="run N of the collected tests")
    group.addoption("--sample-seed", default="", metavar="TEXT", help="which N")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the sample, in the order of collection; last, after markers have been judged."""
    size = config.getoption("sample")
    if size is None or size >= len(items):
        return
    chosen = set(random.Random(config.getoption("sample_seed")).sample(range(len(items)), size))
    config.hook.pytest_deselected(items=[t for i, t in enumerate(items) if i not in chosen])
    items[:] = [test for i, test in enumerate(items) if i in chosen]
    _taken.extend(test.nodeid for test in items)


def pytest_report_collectionfinish() -> list[str]:
    """Say what was taken."""
    return [f"sampled: {name}" for name in _taken]
