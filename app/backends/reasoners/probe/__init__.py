"""Finding out what a model server can do by asking it, never from its name.

About a dozen requests of one to sixteen tokens each, once for a server and model. What each was
answered is kept in plain words.
"""

from datetime import UTC, datetime

from app.backends.http import failures
from app.backends.line import on_line
from app.backends.reasoners.abilities import Abilities
from app.backends.reasoners.base import ReasonerError
from app.backends.reasoners.probe.ask import Asker
from app.backends.reasoners.probe.traits import context_length, traits
from app.backends.reasoners.probe.way import find_way
from app.backends.reasoners.server import Server


def probe(server: Server, key: str = "") -> Abilities:
    """All abilities of a server. Raises ReasonerError where nobody answers."""
    with failures(key, ReasonerError, server.deadline) as line, on_line(line):
        asker = Asker(server, key)
        context, length = context_length(asker)
        way = find_way(asker)
        found = (*way.findings, *traits(asker, way), context)
    return Abilities(
        base_url=server.base_url,
        model=server.model,
        tokenizer=server.tokenizer,
        at=datetime.now(UTC),
        mode=way.mode,
        dialect=way.dialect,
        context=length,
        findings=found,
    )


__all__ = ["probe"]
