"""xLSTM: matrix memories instead of attention."""

from __future__ import annotations

from paramcount.blocks.leaves import Norm
from paramcount.blocks.parts import dense, rms_norm, table
from paramcount.blocks.task_heads import no_head, untied
from paramcount.config import Config
from paramcount.ledger.model import Part, Parts, Stack
from paramcount.ledger.sized import Sized
from paramcount.models.architecture import Architecture

EXACT = 1024  # largest denominator of a factor for which the class's floats are exact


def xlstm(c: Config) -> Parts:
    """Beck et al. 2025: layers with a matrix memory and a gated feed-forward."""
    d_model, bias = c.size("hidden_size"), c.flag("use_bias")
    width = d_model if c.get("embedding_dim") is None else c.size("embedding_dim")
    layers = "num_hidden_layers" if c.get("num_blocks") is None else "num_blocks"
    norms = (Part(f"norm_{own}", "norm", Norm(d_model, bias)) for own in ("mlstm", "ffn"))
    return (
        table("embeddings", c.size("vocab_size"), width),
        Stack("blocks", c.size(layers), (*_matrix_memory(c), *_xlstm_feed(c), *norms)),
        rms_norm("out_norm", d_model, "final norm"),
    )


def _is_fused(c: Config) -> bool:
    if c.get("weight_mode") not in ("single", "fused"):
        raise c.refuse("weight_mode", "valid: single, fused")
    return bool(c.get("weight_mode") == "fused")


def _matrix_memory(c: Config) -> Parts:
    d_model, n_heads, bias = c.size("hidden_size"), c.size("num_heads"), c.flag("use_bias")
    d_v, d_k = _scaled(c, "d_v", "v_dim_factor"), _scaled(c, "d_qk", "qk_dim_factor")
    if not c.divides(n_heads, d_v):
        raise c.refuse("num_heads", f"valid: a divisor of hidden_size · v_dim_factor = {d_v}")
    maps = {"q": d_k, "k": d_k, "v": d_v, "ogate_preact": d_v}
    gates = {"igate_preact": n_heads, "fgate_preact": n_heads}
    if _is_fused(c):
        maps, gates = {"qkv_opreact": 2 * d_k + 2 * d_v}, {"ifgate_preact": 2 * n_heads}
    return (
        *(dense(f"mlstm_layer.{own}", "mixer", d_model, d_out, bias) for own, d_out in maps.items()),
        *(dense(f"mlstm_layer.{own}", "mixer", d_model, d_out, bias=True) for own, d_out in gates.items()),
        Part("mlstm_layer.multihead_norm", "norm", Norm(d_v, bias)),
        dense("mlstm_layer.out_proj", "mixer", d_v, d_model, bias),
    )


def _scaled(c: Config, name: str, key: str) -> Sized:
    d_model, factor, words = c.size("hidden_size"), _factor(c, key), f"hidden_size · {key}, rounded down"
    above, below = factor.as_integer_ratio()
    if below > EXACT:
        return c.named(name, int(d_model.looked_at() * factor), words)
    return c.follows(name, words, above * d_model, below)


def _factor(c: Config, key: str) -> float:
    factor = c.get(key)
    if isinstance(factor, bool) or not isinstance(factor, int | float) or not 0 < factor < 1e6:
        raise c.refuse(key, "valid: a number above 0")
    return float(factor)


def _xlstm_feed(c: Config) -> Parts:
    d_model, bias, step = c.size("hidden_size"), c.flag("use_bias"), c.size("ffn_round_up_to_multiple_of")
    d_ff = _rounded_up(c, d_model, _factor(c, "ffn_proj_factor"), step)
    ups = {"proj_up_gate_z": 2 * d_ff} if _is_fused(c) else {"proj_up_gate": d_ff, "proj_up": d_ff}
    return (
        *(dense(f"ffn.{own}", "feed-forward", d_model, d_out, bias) for own, d_out in ups.items()),
        dense("ffn.proj_down", "feed-forward", d_ff, d_model, bias),
    )


def _rounded_up(c: Config, d_model: Sized, factor: float, step: Sized) -> Sized:
    words = "hidden_size · ffn_proj_factor, up to a multiple of ffn_round_up_to_multiple_of"
    above, below = factor.as_integer_ratio()
    if below > EXACT:
        to, width = step.looked_at(), d_model.looked_at() * factor
        return c.named("d_ff", int((width + to - 1) // to * to), words)
    return c.follows("d_ff", words, above * d_model + below * (step - 1), below * step, times=step)


XLSTM = Architecture(
    summary="layers with a matrix memory and a gated feed-forward, without attention",
    source="Beck et al. 2025; transformers 5.23.0, models/xlstm",
    body=xlstm,
    heads={"base": no_head, "causal": untied},
    prefix="backbone",
    uncosted="scans in whole chunks, then token by token",
)
