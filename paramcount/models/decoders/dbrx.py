"""DBRX: a decoder of fine-grained experts."""

from __future__ import annotations

from paramcount.blocks.attention import whole_heads
from paramcount.blocks.leaves import RowsOfExperts
from paramcount.blocks.parts import dense, layer_norm, table
from paramcount.blocks.task_heads import lm_head, no_head
from paramcount.config import Config
from paramcount.ledger.model import Part, Parts, Stack
from paramcount.models.architecture import Architecture


def dbrx(c: Config) -> Parts:
    """Queries, keys and values in one map, LayerNorm without a bias, and gated experts in three tensors."""
    if c.flag("tie_word_embeddings"):
        raise c.refuse("tie_word_embeddings", "valid: false, as transformers' class has it")
    c.under_own_name("d_model")  # which gives the experts their width
    d_model = whole_heads(c)
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
    d_model, d_head = whole_heads(c), c.quotient("d_head", "hidden_size", "num_attention_heads")
    d_qkv = d_model + 2 * c.nested("attn_config").size("kv_n_heads") * d_head
    return (
        dense("norm_attn_norm.attn.Wqkv", "attention", d_model, d_qkv),
        dense("norm_attn_norm.attn.out_proj", "attention", d_model, d_model),
    )


def _experts(c: Config) -> Parts:
    d_model, ffn = c.size("hidden_size"), c.nested("ffn_config")
    n_experts, n_active, d_expert = ffn.size("moe_num_experts"), ffn.size("moe_top_k"), ffn.size("ffn_hidden_size")
    if n_active > n_experts:
        raise ffn.refuse("moe_top_k", f"valid: up to moe_num_experts = {n_experts}")
    experts = (RowsOfExperts(own, n_experts, n_active, d_expert, d_model) for own in ("w1", "v1", "w2"))
    return (
        dense("ffn.router.layer", "router", d_model, n_experts),
        *(Part("ffn.experts.mlp", "experts", expert) for expert in experts),
    )


DBRX = Architecture(
    summary="decoder with grouped keys and values, LayerNorm without a bias and gated experts",
    source="transformers 5.23.0, DbrxModel",
    body=dbrx,
    heads={"base": no_head, "causal": lm_head("wte")},
    prefix="transformer",
)
