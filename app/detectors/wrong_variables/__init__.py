"""Decision variables of the wrong kind or with the wrong bounds."""

from app.detectors.wrong_variables import bounds, kinds

RULES = (*kinds.RULES, *bounds.RULES)
