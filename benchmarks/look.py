"""Has the rules look at the first branch of an installation, in a process with its environment.

`python -m benchmarks.look` exits with 1 where they found fewer than two proposals.
"""

import sys

from sqlalchemy import func, select

from app.actions.ports import open_ports
from app.actions.request_review import request_review
from app.actions.work_on import work_on
from app.core.roles import SCRIPT
from app.db.session import reading, transaction
from app.db.tables import ProposalRow
from app.settings import settings

ROUNDS = 3


def main() -> None:
    """Look, round after round as a worker would."""
    ports = open_ports(settings())
    with transaction(ports.engine) as session:
        job = request_review(session, SCRIPT, branch_id=1).id
    for _ in range(ROUNDS):
        work_on(ports, job)
    with reading(ports.engine) as session:
        found = session.scalars(select(func.count(ProposalRow.id))).one()
    ports.engine.dispose()
    sys.exit(found < 2)


if __name__ == "__main__":
    main()
