"""Granite: mixtures of experts with sinks or shared experts, and hybrids with Mamba-2's mixer."""

from __future__ import annotations

from paramcount.blocks.attention import attention, heads
from paramcount.blocks.decoder import around_layers, decoder, pre_norms
from paramcount.blocks.experts import mixture, routing
from paramcount.blocks.feedforward import fused_gated, gated_feed_forward
from paramcount.blocks.mixers import mamba2, short, typed
from paramcount.blocks.parts import bare, rms_norm
from paramcount.blocks.stacks import stacks
from paramcount.blocks.task_heads import DECODER_HEADS
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.ledger.tensor import Size
from paramcount.models.architecture import Architecture
from paramcount.models.decoders.bamba import BAMBA, mamba2_of
from paramcount.models.decoders.llama import INSIDE, LIKE_LLAMA


def granite_moe(c: Config) -> Parts:
    """Llama's layers with experts instead of the feed-forward."""
    return decoder(c, *_layer(c))


def granite_moe_shared(c: Config) -> Parts:
    """The same, with a shared feed-forward beside the experts."""
    return decoder(c, *_layer(c), _shared(c))


def granite_moe_swa(c: Config) -> Parts:
    """The same again, with a sink for each head."""
    sinks = (bare("self_attn.sinks", "attention", c.size("num_attention_heads")),)
    return decoder(c, *_layer(c), _shared(c), sinks)


def _layer(c: Config) -> tuple[Parts, ...]:
    bias = c.flag("attention_bias")
    to, d_expert = routing(c, "num_local_experts"), c.size("intermediate_size")
    experts = mixture(c, to, d_expert, "block_sparse_moe", "router")
    return attention(heads(c), bias, bias), experts, pre_norms(c)


def _shared(c: Config) -> Parts:
    d_model, d_shared = c.size("hidden_size"), c.size("shared_intermediate_size", least=0)
    if not d_shared:
        return ()
    return _beside(d_model, d_shared, "shared experts")


def _beside(d_model: Size, d_shared: Size, component: str) -> Parts:
    return fused_gated(d_model, d_shared, False, "shared_mlp", ("input_linear", "output_linear"), component)


def granite_hybrid(c: Config) -> Parts:
    """As Granite's experts, with Mamba-2's mixer instead of attention in most layers; experts are optional."""
    d_model, bias, has_experts = c.size("hidden_size"), c.flag("attention_bias"), bool(c.size("num_local_experts", 0))
    d_shared, beside = c.size("shared_intermediate_size"), "shared experts" if has_experts else "feed-forward"
    feed = _beside(d_model, d_shared, beside)
    if has_experts:
        to = routing(c, "num_local_experts")
        feed = (*feed, *mixture(c, to, c.size("intermediate_size"), "block_sparse_moe", "router"))

    def layer(kind: str) -> Parts:
        return (
            *(attention(heads(c), bias, bias) if kind == "full" else mamba2(mamba2_of(c), "mamba")),
            *feed,
            rms_norm("input_layernorm", d_model),
            rms_norm("post_attention_layernorm", d_model),
        )

    kinds = typed(c, lambda c: ["linear_attention"] * c.layers())
    return around_layers(c, stacks(c, "layers", short(kinds), layer, c.layers()))


def granite_swa(c: Config) -> Parts:
    """As Llama, with an attention sink per head."""
    bias, h = c.flag("attention_bias"), heads(c)
    attends = (*attention(h, bias, bias), bare("self_attn.sinks", "attention", h.n_heads))
    return decoder(c, attends, gated_feed_forward(c, c.flag("mlp_bias")), pre_norms(c))


GRANITE_MOE = Architecture(
    summary="Llama's decoder with experts instead of the feed-forward",
    source="transformers 5.23.0, models/granitemoe",
    body=granite_moe,
    heads=DECODER_HEADS,
)
GRANITE_MOE_SHARED = GRANITE_MOE._replace(
    summary="Granite's experts beside a shared feed-forward",
    source="transformers 5.23.0, models/granitemoeshared",
    body=granite_moe_shared,
)
GRANITE_MOE_SWA = GRANITE_MOE_SHARED._replace(source="transformers 5.23.0, models/granitemoe_swa", body=granite_moe_swa)
GRANITE_HYBRID = BAMBA._replace(
    summary="Granite's experts with Mamba-2's mixer instead of attention in most layers",
    source="transformers 5.23.0, models/granitemoehybrid",
    body=granite_hybrid,
)
GRANITE = LIKE_LLAMA
GRANITE_INSIDE = INSIDE
GRANITE_SWA = LIKE_LLAMA._replace(summary="Llama's decoder with attention sinks", body=granite_swa)
