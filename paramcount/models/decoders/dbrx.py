"""DBRX: a decoder of fine-grained experts."""

from __future__ import annotations

from paramcount.blocks.attention import fused_attention, whole_heads
from paramcount.blocks.experts import RowsOfExperts
from paramcount.blocks.leaves import Crossed, Dense
from paramcount.blocks.parts import dense, layer_norm, table
from paramcount.blocks.roles import DOWN, GATE, ROUTER, UP
from paramcount.blocks.task_heads import lm_head, no_head
from paramcount.config import Config
from paramcount.ledger.model import Part, Parts, Stack
from paramcount.models.architecture import Architecture


def dbrx(c: Config) -> Parts:
    """Queries, keys and values in one map, LayerNorm without a bias, and gated experts in three tensors."""
    if c.flag("tie_word_embeddings"):
        raise c.refuse("tie_word_embeddings", "valid: false, as in transformers' class")
    c.under_own_name("d_model")  # which determines the experts' width
    d_model = c.size("hidden_size")
    norms = (
        layer_norm("norm_attn_norm.norm_1", d_model, bias=False),
        layer_norm("norm_attn_norm.norm_2", d_model, bias=False),
    )
    return (
        table("wte", c.size("vocab_size"), d_model),
        Stack("blocks", c.size("num_hidden_layers"), (*norms, *_attention(c), *_experts(c))),
        layer_norm("norm_f", d_model, bias=False, component="final norm"),
    )


def _attention(c: Config) -> Parts:
    h = whole_heads(c)._replace(n_kv_heads=c.nested("attn_config").size("kv_n_heads"))
    return fused_attention(h, "norm_attn_norm.attn", ("Wqkv", "out_proj"))


def _experts(c: Config) -> Parts:
    d_model, ffn = c.size("hidden_size"), c.nested("ffn_config")
    n_experts, n_active, d_expert = ffn.size("moe_num_experts"), ffn.size("moe_top_k"), ffn.size("ffn_hidden_size")
    ffn.at_most("moe_top_k", "moe_num_experts")
    matrices: dict[str, Dense | Crossed] = {
        "w1": Dense(d_model, d_expert, role=GATE),
        "v1": Dense(d_model, d_expert, role=UP),
        "w2": Crossed(d_expert, d_model, bias=False, role=DOWN),
    }
    experts = (RowsOfExperts(own, n_experts, n_active, matrix) for own, matrix in matrices.items())
    return (
        dense("ffn.router.layer", "router", d_model, n_experts, role=ROUTER),
        *(Part("ffn.experts.mlp", "experts", expert) for expert in experts),
    )


DBRX = Architecture(
    summary="decoder with grouped keys and values, LayerNorm without a bias and gated experts",
    source="transformers 5.23.0, DbrxModel",
    body=dbrx,
    heads={"base": no_head, "causal": lm_head("wte")},
    prefix="transformer",
)
