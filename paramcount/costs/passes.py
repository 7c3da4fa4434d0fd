"""What training multiplies of a forward pass: what the model asks for, and what a machine does that forgets some of it.

Model FLOPs are three forward passes (Kaplan et al. 2020, sec. 2.1): the backward pass multiplies both sides of each
product. Hardware FLOPs count what is computed again as well. MFU is model FLOPs over a machine's peak, HFU is hardware
FLOPs over it (Chowdhery et al. 2022, app. B; Korthikanti et al. 2022, sec. 6).
"""

from __future__ import annotations

from paramcount.costs.run import Run
from paramcount.costs.stated import Costed
from paramcount.costs.work import PAIRS

FORWARD_AND_BACKWARD = 3
RECOMPUTE = ("none", "selective", "full")


def model_flops(cost: Costed, run: Run) -> int:
    """Forward and backward."""
    return FORWARD_AND_BACKWARD * cost.flops(run)


def hardware_flops(cost: Costed, run: Run, recompute: str) -> int:
    """With attention between queries and keys computed again (selective), or all of the forward pass (full)."""
    again = {"none": 0, "selective": pair_flops(cost, run), "full": cost.flops(run)}
    return model_flops(cost, run) + again[recompute]


def flash_flops(cost: Costed, run: Run) -> int:
    """With a kernel that keeps no scores: of the five products of its backward pass one is the forward pass's.

    So that pairs are multiplied three and a half times in all (Dao 2023, sec. 4.1: its backward pass is 2.5 times the
    forward one).
    """
    return model_flops(cost, run) + pair_flops(cost, run) // 2


def pair_flops(cost: Costed, run: Run) -> int:
    """Of the pairs of queries and keys, forward."""
    return sum(line.flops(run, cost.causal) for line in cost.work if line.per in PAIRS)
