"""GPT-NeoX: parallel attention and feed-forward, rotary positions and biases."""

from __future__ import annotations

from paramcount.blocks.attention import fused_attention, whole_heads
from paramcount.blocks.feedforward import plain
from paramcount.blocks.parts import bare, last_norm, layer_norm, table
from paramcount.blocks.task_heads import labels, lm_head, no_head, spans
from paramcount.config import Config
from paramcount.ledger.model import Part, Parts, Stack
from paramcount.ledger.tensor import Size
from paramcount.models.architecture import Architecture

UP_AND_DOWN = ("dense_h_to_4h", "dense_4h_to_h")


def gpt_neox(c: Config) -> Parts:
    """Black et al. 2022, sec. 2.1: rotary positions, parallel attention and feed-forward, each with a norm."""
    h, bias = whole_heads(c), c.flag("attention_bias")
    d_model, attn = h.d_model, fused_attention(h, "attention", qkv_bias=bias, out_bias=bias)
    feed_forward = plain(d_model, c.size("intermediate_size"), names=UP_AND_DOWN)
    layers = Stack("layers", c.size("num_hidden_layers"), (*norms_of(d_model), *attn, *feed_forward))
    return (tokens(c, "embed_in"), layers, *last_norm(c, "final_layer_norm"))


def gpt_neox_japanese(c: Config) -> Parts:
    """GPT-NeoX's decoder without biases, except one on the last layer's attention."""
    h, n_layers = whole_heads(c), c.size("num_hidden_layers")
    d_model, attn = h.d_model, fused_attention(h, "attention")
    feed_forward = plain(d_model, c.size("intermediate_multiple_size") * d_model, bias=False, names=UP_AND_DOWN)
    layers = Stack("layers", n_layers, (*norms_of(d_model), *attn, *feed_forward))
    bias = bare(f"layers.{n_layers - 1}.attention.dense_bias", "attention", d_model)
    return (tokens(c, "embed_in"), layers, bias, *last_norm(c, "final_layer_norm"))


def tokens(c: Config, name: str = "word_embeddings") -> Part:
    return table(name, c.size("vocab_size"), c.size("hidden_size"))


def norms_of(d_model: Size) -> Parts:
    return layer_norm("input_layernorm", d_model), layer_norm("post_attention_layernorm", d_model)


HEADS = {
    "base": no_head,
    "causal": lm_head("word_embeddings"),
    "sequence": labels(),
    "token": labels("classifier", bias=True),
    "question": spans(),
}
GPT_NEOX = Architecture(
    summary="decoder with rotary positions and parallel attention and feed-forward, each with a LayerNorm",
    source="Black et al. 2022, sec. 2.1",
    body=gpt_neox,
    heads={**HEADS, "causal": lm_head("embed_in")},
    prefix="gpt_neox",
)
GPT_NEOX_JAPANESE = GPT_NEOX._replace(
    summary="GPT-NeoX's decoder without biases, except on the last layer's attention",
    source="transformers 5.23.0, GPTNeoXJapaneseModel",
    body=gpt_neox_japanese,
    heads={"base": no_head, "causal": lm_head("embed_in", "embed_out")},
    prefix="gpt_neox_japanese",
)
