"""MPT: ALiBi or learned positions, LayerNorm without biases."""

from __future__ import annotations

from paramcount.blocks.attention import fused_attention, whole_heads
from paramcount.blocks.feedforward import plain
from paramcount.blocks.parts import layer_norm
from paramcount.blocks.task_heads import lm_head
from paramcount.config import Config
from paramcount.ledger.model import Parts, Stack
from paramcount.models.decoders.bloom import BLOOM
from paramcount.models.decoders.gpt_neox import HEADS, tokens


def mpt(c: Config) -> Parts:
    """ALiBi instead of position embeddings, and no biases, whatever no_bias and learned_pos_emb say."""
    h, d_ff = whole_heads(c), c.tied("d_ff", 4 * c.size("hidden_size"))
    _note_unread(c)
    d_model, attn = h.d_model, fused_attention(h, "attn", ("Wqkv", "out_proj"))
    norms = (layer_norm("norm_1", d_model, bias=False), layer_norm("norm_2", d_model, bias=False))
    layer = (*norms, *attn, *plain(d_model, d_ff, bias=False, name="ffn"))
    final = layer_norm("norm_f", d_model, bias=False, component="final norm")
    return (tokens(c, "wte"), Stack("blocks", c.size("num_hidden_layers"), layer), final)


def _note_unread(c: Config) -> None:
    """Notes keys that MPT's own code reads and transformers' class does not."""
    for key, only in {"expansion_ratio": 4, "no_bias": True}.items():
        if c.get(key) != only:
            c.notes.append(f"{key} = {c.get(key)} is not read by transformers' class, which always has {only}.")
    attention = c.nested("attn_config")
    if attention.get("attn_type") not in (None, "multihead_attention", "multiquery_attention"):
        raise attention.refuse("attn_type", "valid: multihead_attention, the only kind in transformers' class")
    for key, read in {"attn_type": "multihead_attention", "qk_ln": False, "kv_n_heads": None}.items():
        if attention.get(key) not in (None, read):
            c.notes.append(f"attn_config.{key} = {attention.get(key)} is not read by transformers' class.")


MPT = BLOOM._replace(
    summary="decoder with ALiBi, LayerNorm and no biases",
    source="transformers 5.23.0, MptModel",
    body=mpt,
    heads={**HEADS, "causal": lm_head("wte")},
)
