"""Granite's mixtures of experts, some with a shared feed-forward and with sinks, and JetMoE."""

from __future__ import annotations

from paramcount.architectures.architecture import DECODER_HEADS, Architecture
from paramcount.architectures.experts import mixture, routing
from paramcount.architectures.llama import decoder, pre_norms
from paramcount.architectures.parts import Parts, attention, bare, dense, heads
from paramcount.blocks.stored import StackedExperts
from paramcount.config import Config
from paramcount.model import Part
from paramcount.tensor import Size


def granite(c: Config) -> Parts:
    """Llama's layers with experts in place of the feed-forward."""
    return decoder(c, *_layer(c))


def granite_shared(c: Config) -> Parts:
    """The same, with a feed-forward beside the experts that every token passes."""
    return decoder(c, *_layer(c), _shared(c))


def granite_swa(c: Config) -> Parts:
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
    if d_shared == 0:
        return ()
    return (
        dense("shared_mlp.input_linear", "shared experts", d_model, 2 * d_shared),
        dense("shared_mlp.output_linear", "shared experts", d_shared, d_model),
    )


def jetmoe(c: Config) -> Parts:
    """Shen et al. 2024, sec. 2: experts in attention, with the keys and values in common, and in the feed-forward."""
    d_model, to = c.size("hidden_size"), routing(c, "num_local_experts")
    width, d_ff = c.size("kv_channels") * c.size("num_key_value_heads"), c.size("intermediate_size")

    def experts(name: str, d_in: Size, d_out: Size) -> Parts:
        up = StackedExperts("weight", to.n_experts, to.n_active, (d_in, d_model))
        down = StackedExperts("weight", to.n_experts, to.n_active, (d_model, d_out))
        return (
            dense(f"{name}.router.layer", "router", d_model, to.n_experts),
            Part(f"{name}.input_linear", "experts", up),
            Part(f"{name}.output_linear", "experts", down),
        )

    attend = (
        dense("self_attention.kv_proj", "attention", d_model, 2 * width),
        *experts("self_attention.experts", width, width),
        bare("self_attention.experts.bias", "attention", d_model),
    )
    feed = (*experts("mlp", 2 * d_ff, d_ff), bare("mlp.bias", "feed-forward", d_model))
    return decoder(c, attend, feed, pre_norms(c))


GRANITE_MOE = Architecture(
    summary="Llama's decoder with experts in place of the feed-forward",
    source="transformers 5.23.0, models/granitemoe",
    body=granite,
    heads=DECODER_HEADS,
)
GRANITE_MOE_SHARED = GRANITE_MOE._replace(
    summary="Granite's experts beside a feed-forward that every token passes",
    source="transformers 5.23.0, models/granitemoeshared",
    body=granite_shared,
)
GRANITE_MOE_SWA = GRANITE_MOE_SHARED._replace(source="transformers 5.23.0, models/granitemoe_swa", body=granite_swa)
JETMOE = GRANITE_MOE._replace(
    summary="experts in attention and in the feed-forward", source="Shen et al. 2024, sec. 2", body=jetmoe
)
