"""Solvers that examine an exported model, by name."""

from app.backends.solvers.base import Solver
from app.registry import Registry

SOLVERS: Registry[Solver] = Registry("solver", {"highs": "app.backends.solvers.highs:make"})
