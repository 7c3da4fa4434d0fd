"""Memory at each moment of a witness's training step, by torch's MemTracker under fake tensors."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.distributed._tools.mem_tracker import MemTracker
from torch.nn import functional

from paramcount.catalog.spec import Spec
from paramcount.costs.memory.peak import BACKWARD, LOSS, STEP
from paramcount.costs.run import Run
from paramcount.verification.compare import witness_of
from paramcount.verification.saved import numbers_of, recomputing

OPTIMIZERS: dict[str, tuple[Any, dict[str, Any]]] = {
    "fp32-adam": (torch.optim.Adam, {}),
    "bf16-adam": (torch.optim.Adam, {}),
    "sgd": (torch.optim.SGD, {}),
    "sgd-momentum": (torch.optim.SGD, {"momentum": 0.9}),
}


def tracked_step(
    spec: Spec, run: Run, recipe: str, dtype: str, recompute: str, kernel: str
) -> dict[str, dict[str, int]]:
    """The bytes in each category at each moment of the second step, and the "peak" over all of it.

    Categories are MemTracker's: Parameter, Gradient, Optstate, Activation, Temp; empty ones are left out. The optimizer
    is torch's own for the *recipe*, in its foreach implementation.
    """
    cls, options = OPTIMIZERS[recipe]
    with numbers_of(dtype), FakeTensorMode():
        built = recomputing(witness_of(spec)(**spec.sizes), recompute, kernel)
        optimizer = cls(built.parameters(), foreach=True, **options)
        tracker = MemTracker()
        tracker.track_external(built, optimizer)
        with tracker:
            _step(tracker, built, optimizer, run)
            optimizer.zero_grad()
            tracker.reset_mod_stats()
            return _step(tracker, built, optimizer, run)


def _step(
    tracker: MemTracker, built: nn.Module, optimizer: torch.optim.Optimizer, run: Run
) -> dict[str, dict[str, int]]:
    """One step; at the loss everything its gradient needs is present, the peak until the layers' backward pass."""
    tokens, targets = (torch.zeros(run.batch, run.seq, dtype=torch.long) for _ in range(2))
    logits = built(tokens)
    loss = functional.cross_entropy(logits.flatten(0, 1), targets.flatten())
    found = {LOSS: _there(tracker, "current")}
    loss.backward()  # type: ignore[no-untyped-call]
    found[BACKWARD] = _there(tracker, "current")
    optimizer.step()
    found[STEP] = _there(tracker, "current")
    return {**found, "peak": _there(tracker, "peak")}


def _there(tracker: MemTracker, when: str) -> dict[str, int]:
    (snapshot,) = tracker.get_tracker_snapshot(when).values()  # of one device
    return {getattr(kind, "value", kind): nbytes for kind, nbytes in snapshot.items() if nbytes}
