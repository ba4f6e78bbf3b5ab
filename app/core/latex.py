"""The plain text of what a model puts in a box: LaTeX that only decorates is taken away.

Promises: `plain` never raises and takes linear time. A command that it does not know stays in
place with its backslash, so that a reader can tell that something was not understood. It is no
LaTeX engine: roots, sums and matrices stay as they are.
"""

import re

_SIGNS = {
    "times": "×",
    "cdot": "·",
    "ast": "*",
    "star": "*",
    "approx": "≈",
    "infty": " infinity ",
    "le": "≤",
    "leq": "≤",
    "ge": "≥",
    "geq": "≥",
    "pounds": "£",
    "euro": "€",
}
_DECORATION = {
    "text", "textbf", "textit", "textrm", "mathrm", "mathbf", "mathit", "mathsf", "mbox", "hbox",
    "rm", "bf", "it", "boxed", "displaystyle", "left", "right", "quad", "qquad", "operatorname",
}  # fmt: skip
_COMMAND = re.compile(r"\\([A-Za-z]+)\*?|\\(.)", re.DOTALL)
_FRACTION = re.compile(r"\\[dtc]?frac\s?(?:\{([^{}]*)\}\s?\{([^{}]*)\}|([0-9])\s?([0-9]))")


def plain(latex: str) -> str:
    """`\\frac{a}{b}` becomes `a⁄b`, `\\text{kg}` `kg`; `1{,}000` and `1\\,000` keep a separator."""
    text = _FRACTION.sub(_fraction, latex.replace("{,}", ","))
    flat = re.sub(r"(?<=[A-Za-z])(?:\^\{?-?[0-9*]|\*)|[{}]", "", _COMMAND.sub(_command, text))
    return " ".join(flat.split())


def _fraction(match: re.Match[str]) -> str:
    top, bottom = (match[1], match[2]) if match[3] is None else (match[3], match[4])
    return f" {top}⁄{bottom} "


def _command(match: re.Match[str]) -> str:
    name, sign = match[1], match[2]
    if name:
        return " " if name in _DECORATION else _SIGNS.get(name, match[0])
    if sign == "!":
        return ""
    return sign if sign in "$%#&_" else " "
