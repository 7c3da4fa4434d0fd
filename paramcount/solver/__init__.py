"""The solver: from a budget to hyperparameters, searching every shape of a lattice by exact integer bisection."""

from paramcount.solver.answer import solve
from paramcount.solver.rank import RANKS
from paramcount.solver.solution import Candidate, Solution

__all__ = ["RANKS", "Candidate", "Solution", "solve"]
