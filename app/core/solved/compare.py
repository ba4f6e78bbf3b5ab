"""What differs between two models, however their variables and rows are called and ordered.

Promises: a model compared with itself, renamed or reordered, differs in nothing where its variables
can be told apart; it takes time in proportion to the models' size, and never raises. Variables are
matched by name where both models have the same names, else by what they are and where they stand.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from app.core.solved.algebra import Line, algebra, number
from app.core.solved.model import Row, SolvedModel, Terms, Variable

MOST = 50
_ROUNDS = 4

Kind = Literal["sense", "constant", "coefficient", "variable", "bounds", "type", "row"]
_Key = tuple[tuple[tuple[int, float], ...], float | None, float | None]


class Difference(NamedTuple):
    """`where` is a variable or a row; `before` and `after` are "" where there was or is none."""

    kind: Kind
    where: str
    before: str
    after: str


def compare(old: SolvedModel, new: SolvedModel) -> tuple[Difference, ...]:
    """How `new` differs from `old`, at most `MOST` differences."""
    match = _match(old, new)
    differences = [
        *_heads(old, new),
        *_variables(old, new, match),
        *_coefficients(old, new, match),
        *_rows(old, new, match),
    ]
    return tuple(differences[:MOST])


def _match(old: SolvedModel, new: SolvedModel) -> dict[int, int]:
    """For variables of `new`, those of `old` that they are."""
    names = {variable.name: at for at, variable in enumerate(old.variables)}
    if names.keys() == {variable.name for variable in new.variables}:
        return {at: names[variable.name] for at, variable in enumerate(new.variables)}
    groups: dict[Any, list[int]] = defaultdict(list)
    for at, signature in enumerate(_signatures(old)):
        groups[signature].append(at)
    match = {}
    for at, signature in enumerate(_signatures(new)):
        if groups[signature]:
            match[at] = groups[signature].pop(0)
    taken = set(match.values())
    left = [at for at in range(len(old.variables)) if at not in taken]
    unmatched = [at for at in range(len(new.variables)) if at not in match]
    same = {new.variables[at].name: at for at in unmatched}
    for at in left:
        if (named := same.get(old.variables[at].name)) is not None:
            match[named] = at
    return match


def _signatures(model: SolvedModel) -> list[int]:
    """For each variable, what it is and, round by round, what it stands beside."""
    costs = dict(model.objective)
    colours = [
        hash((it.lower, it.upper, it.integer, costs.get(at, 0.0)))
        for at, it in enumerate(model.variables)
    ]
    for _ in range(_ROUNDS):
        beside: dict[int, list[int]] = defaultdict(list)
        for row in model.rows:
            sign = _sign(row.terms, colours)
            bounds = _turned(row, sign)
            whole = hash(
                (bounds, frozenset(Counter((colours[a], v * sign) for a, v in row.terms).items()))
            )
            for at, value in row.terms:
                beside[at].append(hash((whole, value * sign)))
        colours = [hash((colour, tuple(sorted(beside[at])))) for at, colour in enumerate(colours)]
    return colours


def _sign(terms: Terms, order: Sequence[int] | Mapping[int, int]) -> float:
    """-1 for a row that is to be turned: its first coefficient, in this order, is negative."""
    total = sum(value for _, value in terms)
    if total:
        return 1.0 if total > 0 else -1.0
    first = min(terms, key=lambda term: (order[term[0]], term[1]), default=(0, 1.0))
    return 1.0 if first[1] > 0 else -1.0


def _turned(row: Row, sign: float) -> tuple[float | None, float | None]:
    if sign > 0:
        return row.lower, row.upper
    return (
        None if row.upper is None else -row.upper,
        None if row.lower is None else -row.lower,
    )


def _heads(old: SolvedModel, new: SolvedModel) -> Iterator[Difference]:
    if old.sense != new.sense:
        yield Difference("sense", "objective", old.sense, new.sense)
    if old.constant != new.constant:
        yield Difference("constant", "objective", number(old.constant), number(new.constant))


def _variables(
    old: SolvedModel, new: SolvedModel, match: Mapping[int, int]
) -> Iterator[Difference]:
    for at, variable in enumerate(new.variables):
        if at not in match:
            yield Difference("variable", variable.name, "", "new")
            continue
        was = old.variables[match[at]]
        if was.integer != variable.integer:
            yield Difference("type", variable.name, _type(was), _type(variable))
        if (was.lower, was.upper) != (variable.lower, variable.upper):
            yield Difference("bounds", variable.name, _bounds(was), _bounds(variable))
    for at in sorted(set(range(len(old.variables))) - set(match.values())):
        yield Difference("variable", old.variables[at].name, "gone", "")


def _coefficients(
    old: SolvedModel, new: SolvedModel, match: Mapping[int, int]
) -> Iterator[Difference]:
    before, matched = dict(old.objective), set(match.values())
    after = {match[at]: value for at, value in new.objective if at in match}
    for at, variable in enumerate(old.variables):
        was, now = before.get(at, 0.0), after.get(at, 0.0)
        if was != now and at in matched:
            yield Difference("coefficient", variable.name, number(was), number(now))


def _rows(old: SolvedModel, new: SolvedModel, match: Mapping[int, int]) -> Iterator[Difference]:
    same = {at: at for at in range(len(old.variables))}
    gone = _keyed(old, same)
    come: list[int] = []
    for at, row in enumerate(new.rows):
        places = gone.get(_key(row, match), [])
        if places:
            places.pop(0)
        else:
            come.append(at)
    left = sorted(at for places in gone.values() for at in places)
    named = {old.rows[at].name: at for at in left}
    lines = _lines(old), _lines(new)
    for at in come:
        was = named.pop(new.rows[at].name, None)
        before = "" if was is None else lines[0][was].plain
        yield Difference("row", new.rows[at].name, before, lines[1][at].plain)
    for was in sorted(named.values()):
        yield Difference("row", old.rows[was].name, lines[0][was].plain, "")


def _lines(model: SolvedModel) -> tuple[Line, ...]:
    return algebra(model, most=max(len(model.rows), 1))[1:]


def _keyed(model: SolvedModel, match: Mapping[int, int]) -> dict[_Key, list[int]]:
    keyed: dict[_Key, list[int]] = defaultdict(list)
    for at, row in enumerate(model.rows):
        keyed[_key(row, match)].append(at)
    return keyed


def _key(row: Row, match: Mapping[int, int]) -> _Key:
    """The same for rows that say the same, whichever way round they are written."""
    order = {at: match.get(at, -1 - at) for at, _ in row.terms}
    sign = _sign(row.terms, order)
    terms = tuple(sorted((order[at], value * sign) for at, value in row.terms))
    return (terms, *_turned(row, sign))


def _type(variable: Variable) -> str:
    return "integer" if variable.integer else "continuous"


def _bounds(variable: Variable) -> str:
    low = "−∞" if variable.lower is None else number(variable.lower)
    high = "∞" if variable.upper is None else number(variable.upper)
    return f"{low} to {high}"
