"""The minimisation of a fit: the Huber loss of log L by scipy's L-BFGS-B, from a grid of starts, and for resamples.

log L̂ = log-sum-exp(a − α·log N, b − β·log D, e), with A = exp a, B = exp b, E = exp e (Hoffmann et al. 2022, sec. 3.3).
The Huber loss is summed over the runs, not averaged: an average is so small that the optimiser stops early (Besiroglu
et al. 2024). log N and log D are centred, which does not change the optimum but finds it sooner.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Array = npt.NDArray[np.float64]

DELTA = 1e-3  # Hoffmann et al. 2022, sec. 3.3
STARTS = {  # their grid
    "a": (0, 5, 10, 15, 20, 25),
    "b": (0, 5, 10, 15, 20, 25),
    "e": (-1, -0.5, 0, 0.5, 1),
    "alpha": (0, 0.5, 1, 1.5, 2),
    "beta": (0, 0.5, 1, 1.5, 2),
}
BOUNDS = ((-30, 20), (-30, 20), (-20, 20), (0.01, 5), (0.01, 5))  # wide: only uninformative runs reach them
FOLLOWED = 100  # the points of the grid with the lowest loss
POLISHED = 5
SHORT = {"maxiter": 60, "ftol": 1e-6, "maxcor": 20}
LONG = {"maxiter": 2000, "ftol": 1e-10, "gtol": 1e-6, "maxcor": 20}
SEED = 0


class Points(NamedTuple):
    """Logs of N and D, each minus its mean, and of the loss."""

    x: Array
    y: Array
    z: Array


class Minimum(NamedTuple):
    """A local minimum: its *loss*, and the constants (a, b, e, alpha, beta) for centred logs."""

    loss: float
    at: Array


def minima(points: Points, means: tuple[float, float]) -> list[Minimum]:
    """The minima reached from the best starts of the grid, the lowest first; *means* were subtracted from the logs."""
    import numpy as np

    grid = np.array(list(product(*STARTS.values())), dtype=float)
    grid[:, 0] -= grid[:, 3] * means[0]
    grid[:, 1] -= grid[:, 4] * means[1]
    first = np.array([huber(start, points)[0] for start in grid])
    followed = [descend(grid[place], points, SHORT) for place in np.argsort(first, kind="stable")[:FOLLOWED]]
    followed.sort(key=lambda minimum: minimum.loss)
    return sorted((descend(minimum.at, points) for minimum in followed[:POLISHED]), key=lambda minimum: minimum.loss)


def resampled(best: Minimum, points: Points, resamples: int) -> Array:
    """The constants fitted to *resamples* resamples of the runs, one row each, starting from *best*."""
    import numpy as np

    random = np.random.default_rng(SEED)
    count = len(points.z)
    chosen = (random.integers(0, count, count) for _ in range(resamples))
    return np.array([descend(best.at, Points(*(axis[places] for axis in points))).at for places in chosen])


def descend(start: Array, points: Points, limits: dict[str, Any] = LONG) -> Minimum:
    """The minimum that L-BFGS-B reaches from *start*."""
    from scipy.optimize import minimize

    found = minimize(huber, start, args=(points,), jac=True, method="L-BFGS-B", bounds=BOUNDS, options=limits)
    return Minimum(float(found.fun), found.x)


def huber(at: Array, points: Points) -> tuple[float, Array]:
    """The Huber loss at these constants, in units of δ², and its gradient."""
    import numpy as np

    a, b, e, alpha, beta = at
    terms = np.empty((3, len(points.z)))
    terms[0], terms[1], terms[2] = a - alpha * points.x, b - beta * points.y, e
    largest = terms.max(0)
    shares = np.exp(terms - largest)
    total = shares.sum(0)
    shares /= total
    residual = (largest + np.log(total) - points.z) / DELTA
    size = np.abs(residual)
    loss = np.where(size > 1, size - 0.5, 0.5 * residual * residual).sum()
    by_term = shares * np.clip(residual, -1, 1) / DELTA
    slopes = by_term.sum(1)
    return float(loss), np.array([*slopes, -(by_term[0] @ points.x), -(by_term[1] @ points.y)])
