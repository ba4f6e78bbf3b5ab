"""The program of a trace: a linear model in highspy, solved, its status and objective printed."""

from training.mini.linear import ADD, Domain, Linear, Row
from training.mini.problem import LETTERS, Small
from training.mini.sentences import groups, total

OPENING = "import highspy\nh = highspy.Highs()\nh.silent()\n"
PRINT = "print(h.modelStatusToString(h.getModelStatus()), round(h.getObjectiveValue(), 2))\n"


def program(small: Small, model: Linear) -> str:
    """A Code step that builds `model` in the shape of the problem."""
    body = _letters(small, model) if small.shape == "letters" else _table(small, model)
    return fenced(OPENING + body + PRINT)


def fenced(source: str) -> str:
    """Source as a Code step."""
    return f"```python\n{source}```\n"


def _add(domain: Domain) -> str:
    method, bounds = ADD[domain]
    return f"h.{method}({', '.join(map(str, bounds))})"


def _letters(small: Small, model: Linear) -> str:
    letters = LETTERS[: len(small.things)]
    lines = [f"{', '.join(letters)} = {', '.join(_add(model.domain) for _ in letters)}"]
    for row in model.rows:
        left = total(row.coefficients, "*")
        lines.append(f"h.addConstr({left} {row.relation} {row.limit:g})")
    lines.append(f"h.{model.sense}({total(model.costs, '*')})")
    return "".join(f"{line}\n" for line in lines)


def _table(small: Small, model: Linear) -> str:
    rows, columns = small.size
    costs = [[int(c) for c in model.costs[i * columns : (i + 1) * columns]] for i in range(rows)]
    sides = [_side(small, model, side) for side in (0, 1)]
    limits = "".join(f"{name} = {given}\n" for name, given, _, _ in sides if given)
    made = f"x = [[{_add(model.domain)} for j in range({columns})] for i in range({rows})]\n"
    loops = "".join(
        f"for {'ij'[side]} in range({small.size[side]}):\n"
        f"    h.addConstr({('sum(x[i])', 'sum(r[j] for r in x)')[side]} {relation} {limit})\n"
        for side, (_, _, relation, limit) in enumerate(sides)
        if relation
    )
    goal = f"sum(c[i][j]*x[i][j] for i in range({rows}) for j in range({columns}))"
    return f"c = {costs}\n{limits}{made}{loops}h.{model.sense}({goal})\n"


def _side(small: Small, model: Linear, side: int) -> tuple[str, str, str, str]:
    """A side's name, list of limits, relation and limit; no relation where it has no rows."""
    mine = [_of_side(small, row) == side for row in model.rows]
    rows: list[Row] = [row for row, is_mine in zip(model.rows, mine, strict=True) if is_mine]
    if not rows:
        return "", "", "", ""
    if rows[0].relation == "==" and rows[0].limit == 1:
        return "", "", "==", "1"
    name = "sd"[side]
    return name, str([int(row.limit) for row in rows]), rows[0].relation, f"{name}[{'ij'[side]}]"


def _of_side(small: Small, row: Row) -> int:
    """0 for a row of the table, 1 for a column."""
    names = [small.model.rows[at].name for at in groups(small)[0]]
    return int(row.name not in names)
