"""GPT-Neo: GPT-2 with local attention in some layers."""

from __future__ import annotations

from paramcount.blocks.attention import whole_heads
from paramcount.blocks.feedforward import plain
from paramcount.blocks.parts import last_norm
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.decoders.gpt2 import GPT2, layers, norms_of, positions, separate_maps, tokens


def gpt_neo(c: Config) -> Parts:
    """GPT-2's decoder in linear maps, without a bias on queries, keys and values; local layers have the same shapes."""
    h = whole_heads(c)
    _check_attention_types(c)
    d_ff = c.size_or_none("intermediate_size") or c.tied("d_ff", 4 * c.size("hidden_size"))
    projections = separate_maps(h, "attn.attention", out_bias=True)
    layer = layers(c, norms_of(h.d_model), projections, plain(h.d_model, d_ff, names=("c_fc", "c_proj")))
    return (*tokens(c), positions(c), layer, *last_norm(c, "ln_f"))


def _check_attention_types(c: Config) -> None:
    """Checks that attention_types, lists of kinds with repetitions, add up to n_layers."""
    kinds = c.get("attention_types")
    kinds = [[["global", "local"], 12]] if kinds is None else kinds
    n_layers, valid = c.layers("num_layers"), "valid: lists of global and local with repetitions"
    try:
        n_kinds = sum(len(own) * times for own, times in kinds)
        known = {"global", "local"}.issuperset(kind for own, _ in kinds for kind in own)
    except (TypeError, ValueError):
        raise c.refuse("attention_types", valid) from None
    if n_kinds != n_layers or not known:
        raise c.refuse("attention_types", f"{valid} that add up to num_layers = {n_layers}, not {n_kinds}")


GPT_NEO = GPT2._replace(
    summary="GPT-2's decoder with local attention in some layers",
    source="transformers 5.23.0, GPTNeoModel",
    body=gpt_neo,
)
