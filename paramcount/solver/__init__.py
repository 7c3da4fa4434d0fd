"""From a budget back to hyperparameters: every shape of a lattice covered by bisection on exact integers."""

from paramcount.solver.answer import solve
from paramcount.solver.rank import RANKS
from paramcount.solver.solution import Candidate, Solution

__all__ = ["RANKS", "Candidate", "Solution", "solve"]
