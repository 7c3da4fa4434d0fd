"""A sweep of ten million shapes with exact recounts, against summing an array of ten million floats in the same run."""

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from paramcount.solver.sweep import sweep

SHAPES = 10_000_000
RUNS = 5


def seconds(work: Callable[[], object]) -> float:
    """The shortest wall time of RUNS runs."""
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def main() -> None:
    rng = np.random.default_rng(0)
    layers, widths = np.arange(1, 1001)[:, None], 64 * np.arange(1, 10_001)
    flat: dict[str, Any] = {"n_layers": rng.integers(1, 1025, SHAPES), "d_model": 64 * rng.integers(1, 10_001, SHAPES)}
    rest: dict[str, Any] = {"d_head": 64, "n_vocab": 50257, "n_ctx": 2048}
    floor = seconds(lambda: np.ones(SHAPES).sum())
    work = {
        "grid, 1,000 × 10,000": lambda: sweep("100T", n_layers=layers, d_model=widths, **rest),
        "flat, 10,000,000 random": lambda: sweep("100T", **flat, **rest),
    }
    print(f"make and sum {SHAPES:,} floats: {floor:.3f} s")
    for name, job in work.items():
        taken = seconds(job)
        print(f"sweep {name}: {taken:.3f} s, {taken / floor:.1f} times that")


if __name__ == "__main__":
    main()
