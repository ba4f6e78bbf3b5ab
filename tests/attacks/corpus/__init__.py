"""All programs, by class: each is executed at both levels by `tests/attacks/test_sandbox.py`."""

from tests.attacks.base import Attack
from tests.attacks.corpus.crashes import CRASHES
from tests.attacks.corpus.disk import DISK
from tests.attacks.corpus.environment import ENVIRONMENT
from tests.attacks.corpus.files import FILES
from tests.attacks.corpus.forgery import FORGERY
from tests.attacks.corpus.honest import HONEST
from tests.attacks.corpus.interaction import INTERACTION
from tests.attacks.corpus.memory import MEMORY
from tests.attacks.corpus.network import NETWORK
from tests.attacks.corpus.other_runs import OTHER_RUNS
from tests.attacks.corpus.output import OUTPUT
from tests.attacks.corpus.persistence import PERSISTENCE
from tests.attacks.corpus.privileges import PRIVILEGES
from tests.attacks.corpus.processes import PROCESSES
from tests.attacks.corpus.solvers import SOLVERS

CLASSES: dict[str, dict[str, Attack]] = {
    "files": FILES,
    "environment": ENVIRONMENT,
    "other runs": OTHER_RUNS,
    "network": NETWORK,
    "privileges": PRIVILEGES,
    "processes and signals": PROCESSES,
    "memory": MEMORY,
    "disk": DISK,
    "output": OUTPUT,
    "forgery of results": FORGERY,
    "persistence": PERSISTENCE,
    "interaction": INTERACTION,
    "crashes": CRASHES,
    "honest programs": HONEST,
    "honest solvers": SOLVERS,
}
CORPUS = {
    f"{kind}: {name}": attack
    for kind, attacks in CLASSES.items()
    for name, attack in attacks.items()
}
