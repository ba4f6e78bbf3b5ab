"""The code is not the model that was stated, or the answer not what was solved and asked."""

from app.detectors.implementation_drift import answer, program, stated

RULES = (*answer.RULES, *program.RULES, *stated.RULES)
