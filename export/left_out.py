"""What was asked for and is not in a dataset, each with the reason: nothing goes in silence."""

from typing import Literal

from app.core.language import N_
from app.core.model import Frozen
from export.rows import Lineage

Reason = Literal["too-long", "near-benchmark", "duplicate", "wrong-now", "no-record"]
REASONS: dict[Reason, str] = {
    "too-long": N_("over the limit of tokens"),
    "near-benchmark": N_("close to a problem of a benchmark that is kept for evaluation"),
    "duplicate": N_("the same to the byte as another"),
    "wrong-now": N_("its answer is wrong against the newest reference"),
    "no-record": N_("nothing in it makes a record of this format"),
}


class LeftOut(Frozen):
    """One row that stayed out; `detail` says by how much, or near what; `key` is its problem's."""

    reason: Reason
    detail: str
    key: str
    lineage: Lineage
