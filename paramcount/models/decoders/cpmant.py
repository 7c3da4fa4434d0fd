"""CPM-Ant: a decoder with prompts in its vocabulary and relative positions shared by all layers."""

from __future__ import annotations

from paramcount.blocks.attention import Heads, attention
from paramcount.blocks.parts import bare, dense, rms_norm, table
from paramcount.blocks.roles import DOWN, GATE, UP
from paramcount.blocks.task_heads import no_head
from paramcount.config import Config
from paramcount.ledger.model import Parts, Stack
from paramcount.models.architecture import Architecture


def cpmant(c: Config) -> Parts:
    """Each of prompt_types has prompt_length rows in the embedding; each pair of segments has a bias per head."""
    d_model, n_heads, n_segments = c.size("hidden_size"), c.size("num_attention_heads"), c.size("segment_types")
    rows = c.size("vocab_size") + c.size("prompt_types") * c.size("prompt_length")
    n_biases = n_segments * n_segments + c.size("position_bias_num_buckets")
    return (
        Stack("encoder.layers", c.size("num_hidden_layers"), _layer(c)),
        rms_norm("encoder.output_layernorm", d_model, "final norm"),
        table("segment_embedding", n_segments, d_model, "segment embedding"),
        table("input_embedding", rows, d_model),
        bare("position_bias.relative_attention_bias", "relative positions", n_biases, n_heads),
    )


def _layer(c: Config) -> Parts:
    d_model, d_ff, n_heads = c.size("hidden_size"), c.size("dim_ff"), c.size("num_attention_heads")
    names = ("project_q", "project_k", "project_v", "attention_out")
    heads = Heads(d_model, n_heads, n_heads, c.size("dim_head"))
    return (
        rms_norm("self_att.layernorm_before_attention", d_model),
        *attention(heads, name="self_att.self_attention", names=names),
        rms_norm("ffn.layernorm_before_ffn", d_model),
        dense("ffn.ffn.w_in.w_0", "feed-forward", d_model, d_ff, role=GATE),
        dense("ffn.ffn.w_in.w_1", "feed-forward", d_model, d_ff, role=UP),
        dense("ffn.ffn.w_out", "feed-forward", d_ff, d_model, role=DOWN),
    )


def _head(config: Config, prefix: str) -> Parts:
    """The embedding has rows for prompts that the head lacks, so the two are never tied."""
    return (dense("lm_head", "output head", config.size("hidden_size"), config.size("vocab_size")),)


CPMANT = Architecture(
    summary="decoder with learned prompts, shared relative positions, RMSNorm and a gated feed-forward",
    source="transformers 5.23.0, CpmAntModel",
    body=cpmant,
    heads={"base": no_head, "causal": _head},
    prefix="cpmant",
    uncosted="puts a prompt before each sequence and attends in both directions",
)
