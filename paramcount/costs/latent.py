"""Latent attention with its up-projections absorbed into queries and outputs, as it is served."""

from __future__ import annotations

from paramcount.catalog.spec import Spec
from paramcount.costs.run import Run
from paramcount.costs.stated import Costed
from paramcount.ledger.operation import PAIR, SEEN
from paramcount.ledger.sized import plain

SIZES = ("n_heads", "r_kv", "d_rope", "d_nope", "d_v")


def absorbed(spec: Spec, cost: Costed, run: Run) -> int | None:
    """The forward FLOPs of *run* with absorption; None if not all attention is latent attention.

    A head's query is then r_kv + d_rope wide and its value r_kv, and both up-projections are computed for new tokens
    only, not for cached ones (DeepSeek-AI 2024, sec. 2.1.2).
    """
    if not set(SIZES) <= spec.sizes.keys() or any(line.window for line in cost.work):
        return None
    n_heads, r_kv, d_rope, d_nope, d_v = (plain(spec.sizes[name]) for name in SIZES)
    pairs = sum(int(line.macs) for line in cost.work if line.per == PAIR)
    n_layers, rest = divmod(pairs, n_heads * (d_nope + d_rope + d_v))
    if rest or not n_layers:
        return None
    widened = n_layers * n_heads * r_kv * (d_nope + d_v)
    seen = run.times(SEEN, cost.causal) - run.tokens
    wider = n_layers * n_heads * (2 * r_kv + d_rope) - pairs
    return cost.flops(run) - 2 * widened * seen + 2 * wider * run.pairs(cost.causal)
