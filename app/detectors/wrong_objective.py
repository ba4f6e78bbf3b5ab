"""An objective whose sense contradicts the question."""

import re
from collections.abc import Iterator

from app.core.case import Case
from app.core.proposal import Proposal
from app.detectors.reading import blocks, proposal

FLAW = "wrong-objective"
_ASKS_LEAST = re.compile(
    r"\bminimi[sz]|\bcheapest\b|\blowest\b|\bsmallest\b|\bfewest\b|\bhow few\b"
    r"|(?<!at )\bleast\b|\bas (?:low|little|few|small|cheap) as possible\b",
    re.IGNORECASE,
)
_ASKS_MOST = re.compile(
    r"\bmaximi[sz]|\bhighest\b|\blargest\b|\bgreatest\b|\bmaximum (?:total |possible )?"
    r"(?:profit|revenue|income|return|value|score)|(?<!at )(?<!at the )\bmost\b"
    r"|\bas (?:high|much|many|large|great) as possible\b",
    re.IGNORECASE,
)
_MINIMIZES = re.compile(r"minimi[sz]e?\b|LpMinimize|sense\s*=\s*['\"]?min", re.IGNORECASE)
_MAXIMIZES = re.compile(r"maximi[sz]e?\b|LpMaximize|sense\s*=\s*['\"]?max", re.IGNORECASE)


def detect(case: Case) -> Iterator[Proposal]:
    """The last program, where it maximizes and the question asks for the least, or the reverse."""
    programs = blocks(case)
    if not programs:
        return
    least = _ASKS_LEAST.search(case.problem.question) is not None
    most = _ASKS_MOST.search(case.problem.question) is not None
    last = programs[-1]
    text = case.path[last.step].text
    down, up = _MINIMIZES.search(text), _MAXIMIZES.search(text)
    if least and not most and up and not down:
        asked, done, found = "least", "maximizes", up
    elif most and not least and down and not up:
        asked, done, found = "most", "minimizes", down
    else:
        return
    note = f"The question asks for the {asked}, and the program {done}."
    words = (
        f"The question asks for the {asked}, but my program {done}. I should turn the sense round."
    )
    yield proposal(case, "sense", FLAW, last.step, found.span(), note, words)
