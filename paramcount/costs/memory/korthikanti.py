"""Activations by the formula of Korthikanti et al. 2022 (arXiv:2205.05198): s·b·h·(34 + 5·a·s/h) bytes per layer."""

from __future__ import annotations

from paramcount.catalog.spec import Spec
from paramcount.costs.memory.activations import Line, checked_words
from paramcount.costs.memory.computed import NONE, PLAIN
from paramcount.costs.run import Run
from paramcount.ledger.polynomial import Polynomial
from paramcount.papers.tables import read

FAMILY = "gpt"  # the only one that they count


def korthikanti(spec: Spec, run: Run, recompute: str = NONE) -> Line | None:
    """Their figure for all layers of *spec*: 16-bit numbers, dropout in three places, one-byte masks.

    They leave out the norms' statistics, the causal mask and everything outside the layers. None unless *spec* has the
    shape that they count: a GPT with d_ff = 4·d_model and n_heads·d_head = d_model.
    """
    checked_words("bf16", recompute, PLAIN)
    s = spec.sizes
    if spec.family.name != FAMILY or s["d_ff"] != 4 * s["d_model"] or s["n_heads"] * s["d_head"] != s["d_model"]:
        return None
    printed = next(row for row in read("activations.csv") if row["recompute"] == recompute)
    batch, seq, layers, d_model, n_heads = map(Polynomial.symbol, ("batch", "seq", "n_layers", "d_model", "n_heads"))
    tokens, pairs = batch * seq * layers, batch * seq * seq * layers
    formula = int(printed["per_token_and_width"]) * d_model * tokens
    formula = formula + int(printed["per_head_and_pair"]) * n_heads * pairs
    sizes = {**{name: s[name] for name in ("n_layers", "d_model", "n_heads")}, "batch": run.batch, "seq": run.seq}
    return Line("layers", formula, formula.at(sizes))
