"""What execution established and the path does not heed, or sets aside and works out again."""

from app.detectors.distrust_of_results import optimum, unheeded

RULES = (*unheeded.RULES, *optimum.RULES)
