"""How a model as solved hangs together: idle switches, parts that share no row, tours."""

from collections import Counter, defaultdict

from app.core.solved import Row, SolvedModel

_Shape = tuple[int, tuple[tuple[int, float | None, float | None], ...]]


def idle_switches(model: SolvedModel) -> list[str]:
    """The binary variables that cost nothing and that every row of theirs lets be 1, or 0.

    Only those that a row ties to others: where nothing can be switched, a switch is idle in peace.
    """
    costs = {at for at, _ in model.objective}
    eases: dict[int, set[float]] = defaultdict(set)
    tied: set[int] = set()
    for row in model.rows:
        ties = len({value > 0 for _, value in row.terms}) > 1
        for at, value in row.terms:
            eases[at] |= _easier(row, value)
            tied |= {at} if ties else set()
    return [
        it.name
        for at, it in enumerate(model.variables)
        if it.binary and at in tied and at not in costs and len(eases[at]) == 1
    ]


def _easier(row: Row, value: float) -> set[float]:
    """The values of a binary variable with this coefficient that the row would rather have."""
    ways = set()
    if row.upper is not None:
        ways.add(0.0 if value > 0 else 1.0)
    if row.lower is not None:
        ways.add(1.0 if value > 0 else 0.0)
    return ways


def switches_apart(model: SolvedModel) -> list[str]:
    """The binary variables of a part of the model that shares no row with the rest, and costs.

    Parts that are alike, as the periods of a plan are, are one model many times, and not meant.
    """
    parts = _parts(model)
    shapes = {root: _shape(model, members) for root, members in parts.items()}
    alike = Counter(shapes.values())
    costs = {at for at, _ in model.objective}
    for root, members in parts.items():
        switches = all(model.variables[at].binary and at in costs for at in members)
        if switches and 1 < len(members) < len(model.variables) and alike[shapes[root]] == 1:
            return [model.variables[at].name for at in sorted(members)]
    return []


def _parts(model: SolvedModel) -> dict[int, set[int]]:
    """The variables by the part that they belong to: those of a row are in one part."""
    parent = list(range(len(model.variables)))

    def root(at: int) -> int:
        while parent[at] != at:
            parent[at] = at = parent[parent[at]]
        return at

    for row in model.rows:
        for at, _ in row.terms:
            parent[root(at)] = root(row.terms[0][0])
    parts: dict[int, set[int]] = defaultdict(set)
    for at in range(len(parent)):
        parts[root(at)].add(at)
    return parts


def _shape(model: SolvedModel, members: set[int]) -> _Shape:
    rows = (row for row in model.rows if row.terms and row.terms[0][0] in members)
    sides = sorted(((len(row.terms), row.lower, row.upper) for row in rows), key=repr)
    return len(members), tuple(sides)


def is_assignment(model: SolvedModel) -> bool:
    """Whether all it says is that binary variables add up to 1: who goes where, in no order."""
    switches = len(model.rows) > 1 and all(it.binary for it in model.variables)
    return switches and all(
        row.lower == row.upper == 1 and all(value == 1 for _, value in row.terms)
        for row in model.rows
    )
