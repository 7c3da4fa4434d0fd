"""Laguna: routed experts and a shared one, and heads that vary by layer."""

from __future__ import annotations

from paramcount.blocks.attention import attention, head_norms, heads
from paramcount.blocks.decoder import layered, pre_norms
from paramcount.blocks.experts import mixture, routing, shared
from paramcount.blocks.feedforward import gated_feed_forward
from paramcount.blocks.parts import bare, dense, frozen
from paramcount.blocks.stacks import all_but_one, listed
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.decoders.afmoe import AFMOE


def laguna(c: Config) -> Parts:
    """Each layer has the number of heads the config lists for it, and gated attention."""
    bias, every_n = c.flag("attention_bias"), c.list_of("num_attention_heads_per_layer", c.layers())
    kinds = listed(c, all_but_one)
    if every_n is not None:
        if not all(type(n_heads) is int and n_heads > 0 for n_heads in every_n):
            raise c.refuse("num_attention_heads_per_layer", "valid: whole numbers from 1 up")
        kinds = [f"{kind} {n_heads}" for kind, n_heads in zip(kinds, every_n, strict=True)]

    def layer(kind: str) -> Parts:
        feed, _, n_heads = kind.partition(" ")
        h = heads(c)
        if n_heads:
            h = h._replace(n_heads=c.named(f"n_heads_{n_heads}", int(n_heads), "num_attention_heads_per_layer"))
        by_head = c.get("gating") is True or c.get("gating") == "per-head"
        gate = dense("self_attn.g_proj", "attention", h.d_model, h.n_heads if by_head else h.n_heads * h.d_head)
        own = _laguna(c) if feed == "sparse" else gated_feed_forward(c)
        return (*attention(h, bias, bias), gate, *head_norms(h), *own, *pre_norms(c))

    return layered(c, kinds, layer)


def _laguna(c: Config) -> Parts:
    to = routing(c)
    balance = frozen(bare("mlp.gate.e_score_correction_bias", "router", to.n_experts))
    beside = shared(c, c.size("shared_expert_intermediate_size", least=0))
    return (*mixture(c, to, c.size("moe_intermediate_size")), *balance, *beside)


LAGUNA = AFMOE._replace(
    summary="routed experts and a shared one, with gated attention whose heads vary by layer",
    source="transformers 5.23.0, models/laguna",
    body=laguna,
)
