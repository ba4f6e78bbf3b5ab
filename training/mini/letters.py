"""The families with a letter for each variable: product mix, diet, blending, knapsack."""

from random import Random

from training.mini.linear import Domain, Linear, Relation, Row
from training.mini.problem import Small, listed, whole

_GOODS = (
    ("chairs", "tables", "stools"),
    ("cakes", "pies", "loaves"),
    ("coats", "shirts", "hats"),
    ("lamps", "clocks", "radios"),
    ("boats", "kites", "dolls"),
)
_FLUIDS = (("red paint", "blue paint", "white paint"), ("juice", "syrup", "cider"))
_MEANS = ("labour", "space", "power", "water", "metal", "glass")
_FOODS = ("oats", "beans", "milk", "rice", "eggs", "corn")
_NUTRIENTS = ("protein", "iron", "fibre", "calcium")
_GRAINS = ("rye", "barley", "wheat", "millet", "soy", "maize")
_LOADS = ("tent", "stove", "rope", "radio", "lamp", "drill", "pump", "saw")


def product_mix(rng: Random) -> Small:
    """What to make of scarce means, for the largest profit."""
    integer = rng.random() < 0.6
    count = rng.choice((2, 2, 3))
    things = tuple(rng.sample(rng.choice(_GOODS if integer else _FLUIDS), count))
    means = rng.sample(_MEANS, 2)
    profits = whole(rng, 3, 40, count)
    rows = _rows(rng, means, count, "<=")
    unit = "" if integer else "litre of "
    uses = [
        f"each {unit}{_one(thing, integer)} brings {profit} dollars and takes {_amounts(rows, i)}"
        for i, (thing, profit) in enumerate(zip(things, profits, strict=True))
    ]
    split = "Only whole pieces can be sold." if integer else "Any amount can be sold."
    opening = rng.choice(("A workshop makes", "A company makes", "A firm sells"))
    ask = rng.choice(("What is the largest profit?", "How much profit can it make at most?"))
    question = (
        f"{opening} {listed(things)}: {'; '.join(uses)}. There are {_limits(rows)}. {split} {ask}"
    )
    model = Linear("maximize", profits, rows, "integer" if integer else "continuous")
    return Small("product mix", question, model, things, "profit")


def diet(rng: Random) -> Small:
    """What to eat, at the least cost."""
    integer = rng.random() < 0.5
    count = rng.choice((2, 2, 3))
    things = tuple(rng.sample(_FOODS, count))
    prices = whole(rng, 2, 30, count)
    needs = rng.sample(_NUTRIENTS, 2)
    rows = _rows(rng, needs, count, ">=")
    unit = "tin" if integer else "kilo"
    holds = [
        f"a {unit} of {thing} costs {prices[i]} and has {_amounts(rows, i)}"
        for i, thing in enumerate(things)
    ]
    split = "Tins are bought whole." if integer else "Any part of a kilo can be bought."
    who = rng.choice(("A cook", "A camp", "A school"))
    ask = rng.choice(("What is the lowest cost?", "How little can it cost?"))
    question = f"{who} needs at least {_limits(rows)}: {'; '.join(holds)}. {split} {ask}"
    model = Linear("minimize", prices, rows, "integer" if integer else "continuous")
    return Small("diet", question, model, things, "cost")


def blending(rng: Random) -> Small:
    """What to mix to a given amount with a given content, at the least cost."""
    integer = rng.random() < 0.4
    count = rng.choice((2, 3))
    things = tuple(rng.sample(_GRAINS, count))
    prices = whole(rng, 2, 30, count)
    contents = whole(rng, 1, 9, count)
    total = rng.randint(11, 60)
    share = rng.randint(2, 8)
    content = rng.choice(_NUTRIENTS)
    rows = (
        Row("amount", (1,) * count, "==", total),
        Row(content, contents, ">=", share * total),
    )
    unit = "sack" if integer else "kilo"
    holds = [
        f"a {unit} of {thing} costs {prices[i]} and has {contents[i]} of {content}"
        for i, thing in enumerate(things)
    ]
    split = "Sacks stay whole." if integer else "Any part of a kilo can be used."
    who = rng.choice(("A mill", "A farm", "A baker"))
    ask = rng.choice(("What is the lowest cost?", "How little can it cost?"))
    question = (
        f"{who} mixes exactly {total} {unit}s with at least {share * total} of {content} in all: "
        f"{'; '.join(holds)}. {split} {ask}"
    )
    model = Linear("minimize", prices, rows, "integer" if integer else "continuous")
    return Small("blending", question, model, things, "cost")


def knapsack(rng: Random) -> Small:
    """What to pack for the largest value, whole or in parts."""
    binary = rng.random() < 0.7
    things = tuple(rng.sample(_LOADS if binary else _GRAINS, 4))
    values, weights = whole(rng, 3, 40, 4), whole(rng, 2, 20, 4)
    limit = rng.randint(max(weights), max(sum(weights) - min(weights), max(weights) + 1))
    row = Row("weight", weights, "<=", limit)
    loads = [
        f"the {thing} weighs {weights[i]} and is worth {values[i]}"
        for i, thing in enumerate(things)
    ]
    split = "Each is taken whole or not at all." if binary else "Any part of each can be taken."
    who = rng.choice(("A hiker", "A truck", "A mule"))
    ask = rng.choice(("What is the largest worth?", "How much can the load be worth at most?"))
    question = f"{who} can carry {limit}: {'; '.join(loads)}. {split} {ask}"
    domain: Domain = "binary" if binary else "share"
    model = Linear("maximize", values, (row,), domain)
    return Small("knapsack", question, model, things, "worth")


def _one(thing: str, integer: bool) -> str:
    return {"loaves": "loaf"}.get(thing, thing.removesuffix("s")) if integer else thing


def _rows(rng: Random, names: list[str], count: int, relation: Relation) -> tuple[Row, ...]:
    """Drawn rows over `count` variables, one for each name."""
    return tuple(
        Row(name, whole(rng, 1, 9, count), relation, rng.randint(20, 99)) for name in names
    )


def _amounts(rows: tuple[Row, ...], variable: int) -> str:
    """What one variable has of each row."""
    return listed([f"{row.coefficients[variable]:g} of {row.name}" for row in rows])


def _limits(rows: tuple[Row, ...]) -> str:
    return listed([f"{row.limit:g} of {row.name}" for row in rows])
