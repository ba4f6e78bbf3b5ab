"""Constraints missing, extra or wrong."""

from app.detectors.wrong_constraints import limits, links, outcomes, relations

RULES = (*limits.RULES, *relations.RULES, *links.RULES, *outcomes.RULES)
