"""The families with a table of variables: assignment and transport."""

from random import Random

from training.mini.linear import Linear, Row
from training.mini.problem import Small, listed, whole

_PEOPLE = ("Ann", "Ben", "Eva", "Tom", "Lia", "Max")
_TASKS = ("cutting", "sewing", "packing", "painting", "baking", "washing")
_TOWNS = ("Bonn", "Lyon", "Turin", "Delft", "Ghent", "Porto")


def assignment(rng: Random) -> Small:
    """Who does which job, one each."""
    people, tasks = rng.sample(_PEOPLE, 3), rng.sample(_TASKS, 3)
    least = rng.random() < 0.6
    costs = whole(rng, 1, 30, 9)
    word = "minutes" if least else "points"
    verb = "needs" if least else "earns"
    table = [
        f"{person} {verb} {listed([str(c) for c in costs[3 * i : 3 * i + 3]])}"
        for i, person in enumerate(people)
    ]
    ask = "What is the lowest total?" if least else "What is the largest total?"
    question = (
        f"{listed(people)} share {listed(tasks)}, one job each. For these jobs in turn, "
        f"{'; '.join(table)} {word}. {ask}"
    )
    rows = tuple(
        [Row("people", _ones(range(3 * i, 3 * i + 3), 9), "==", 1) for i in range(3)]
        + [Row("jobs", _ones(range(j, 9, 3), 9), "==", 1) for j in range(3)]
    )
    model = Linear("minimize" if least else "maximize", costs, rows, "binary")
    return Small("assignment", question, model, ("people", "jobs"), "total", "table", (3, 3))


def transport(rng: Random) -> Small:
    """What goes from which store to which town, at the least cost."""
    columns = rng.choice((2, 3))
    integer = rng.random() < 0.5
    towns = rng.sample(_TOWNS, 2 + columns)
    stores, shops = towns[:2], towns[2:]
    supplies, demands = whole(rng, 10, 60, 2), whole(rng, 5, 40, columns)
    costs, size = whole(rng, 1, 20, 2 * columns), 2 * columns
    rows = tuple(
        [
            Row(stores[i], _ones(range(i * columns, (i + 1) * columns), size), "<=", supplies[i])
            for i in range(2)
        ]
        + [
            Row(shops[j], _ones(range(j, size, columns), size), ">=", demands[j])
            for j in range(columns)
        ]
    )
    unit = "crates" if integer else "tons"
    have = listed([f"{stores[i]} has {supplies[i]}" for i in range(2)])
    need = listed([f"{shops[j]} needs {demands[j]}" for j in range(columns)])
    lines = [
        f"from {store} it costs {listed([str(c) for c in costs[i * columns : (i + 1) * columns]])}"
        for i, store in enumerate(stores)
    ]
    split = "Crates stay whole." if integer else "Any part of a ton can be sent."
    ask = rng.choice(("What is the lowest cost?", "How little can it cost?"))
    question = (
        f"In {unit}, {have}, and {need}. To {listed(shops)} in turn, {listed(lines)} each. "
        f"{split} {ask}"
    )
    model = Linear("minimize", costs, rows, "integer" if integer else "continuous")
    return Small("transport", question, model, ("stores", "towns"), "cost", "table", (2, columns))


def _ones(places: range, count: int) -> tuple[int, ...]:
    return tuple(int(i in places) for i in range(count))
