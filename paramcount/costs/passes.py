"""Training FLOPs as multiples of the forward pass: model FLOPs, and hardware FLOPs with recomputation.

Model FLOPs are three forward passes (Kaplan et al. 2020, sec. 2.1): the backward pass takes two products for each one
of the forward pass. Hardware FLOPs also count recomputation. MFU is model FLOPs over a machine's peak, HFU is hardware
FLOPs over it (Chowdhery et al. 2022, app. B; Korthikanti et al. 2022, sec. 6).
"""

from __future__ import annotations

from paramcount.costs.run import Run
from paramcount.costs.stated import Costed
from paramcount.costs.work import PAIRS

FORWARD_AND_BACKWARD = 3
RECOMPUTE = ("none", "selective", "full")


def model_flops(cost: Costed, run: Run) -> int:
    """The FLOPs of the forward and backward passes."""
    return FORWARD_AND_BACKWARD * cost.flops(run)


def hardware_flops(cost: Costed, run: Run, recompute: str) -> int:
    """Model FLOPs plus recomputation: of attention's pairs (selective), or of the whole forward pass (full)."""
    again = {"none": 0, "selective": pair_flops(cost, run), "full": cost.flops(run)}
    return model_flops(cost, run) + again[recompute]


def flash_flops(cost: Costed, run: Run) -> int:
    """Model FLOPs with a kernel that keeps no scores, and recomputes one of the forward pass's two products.

    Pairs then cost three and a half forward passes (Dao 2023, sec. 4.1: the backward pass is 2.5 times the forward
    one).
    """
    return model_flops(cost, run) + pair_flops(cost, run) // 2


def pair_flops(cost: Costed, run: Run) -> int:
    """The forward FLOPs of the pairs of queries and keys."""
    return sum(line.flops(run, cost.causal) for line in cost.work if line.per in PAIRS)
