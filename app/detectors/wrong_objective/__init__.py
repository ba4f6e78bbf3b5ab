"""An objective that is not the problem's."""

from app.detectors.wrong_objective import prices, sense

RULES = (*sense.RULES, *prices.RULES)
