"""Decoders of Mixtral's make: Llama's layers, and in every one experts in place of the feed-forward."""

from __future__ import annotations

from paramcount.architectures.architecture import DECODER_HEADS, HEADS_WITH_SPANS, AddHead, Architecture, lm_head
from paramcount.architectures.experts import layered, listed, mixture, routing, without_prediction
from paramcount.architectures.llama import decoder, pre_norms
from paramcount.architectures.parts import Parts, attention, bare, dense, full_norms, heads, layer_norm, rms_norm
from paramcount.blocks.stored import StackedExperts
from paramcount.config import Config
from paramcount.model import Part


def _experts(c: Config, router: str = "gate") -> Parts:
    return mixture(c, routing(c, "num_local_experts"), c.size("intermediate_size"), router=router)


def mixtral(c: Config) -> Parts:
    """Jiang et al. 2024, sec. 2: every layer's feed-forward is one of experts."""
    return decoder(c, attention(heads(c)), _experts(c), pre_norms(c))


def minimax_m2(c: Config) -> Parts:
    """As Mixtral, with a norm over all heads' queries and one over all heads' keys."""
    without_prediction(c, "num_mtp_modules")
    h = heads(c)
    return decoder(c, attention(h), full_norms(h), _experts(c), pre_norms(c))


def minimax(c: Config) -> Parts:
    """MiniMax 2025, sec. 2: lightning attention in most layers, softmax attention in the others."""
    kinds = listed(c, _alternating, "layer_types", ("full_attention", "linear_attention"))

    def layer(kind: str) -> Parts:
        mixer = attention(heads(c)) if kind == "full_attention" else _lightning(c)
        return (*mixer, *_experts(c), *pre_norms(c))

    return layered(c, kinds, layer)


def _alternating(c: Config) -> list[str]:
    return ["linear_attention" if at % 2 else "full_attention" for at in range(c.layers())]


def _lightning(c: Config) -> Parts:
    h = heads(c)
    width = h.n_heads * h.d_head
    return (
        rms_norm("self_attn.norm", width),
        dense("self_attn.qkv_proj", "mixer", h.d_model, 3 * width),
        dense("self_attn.output_gate", "mixer", h.d_model, width),
        dense("self_attn.out_proj", "mixer", width, h.d_model),
    )


def phimoe(c: Config) -> Parts:
    """Abdin et al. 2024, sec. 2: as Mixtral, with LayerNorm, and biases where the config says so."""
    h, bias = heads(c), c.flag("attention_bias")
    norms = layer_norm("input_layernorm", h.d_model), layer_norm("post_attention_layernorm", h.d_model)
    *body, _ = decoder(c, attention(h, bias, bias), _experts(c, "router"), norms)
    return (*body, layer_norm("norm", h.d_model, component="final norm"))


def olmoe(c: Config) -> Parts:
    """Muennighoff et al. 2024, sec. 2: norms over the whole width of queries and of keys."""
    h, bias = heads(c), c.flag("attention_bias")
    if h.n_heads * h.d_head != h.d_model:
        raise c.refuse("head_dim", "valid: hidden_size / num_attention_heads, which is what the norms are made for")
    experts = mixture(c, routing(c), c.size("intermediate_size"))
    norms = full_norms(h)
    return decoder(c, attention(h, bias, bias), norms, experts, pre_norms(c))


def flex_olmo(c: Config) -> Parts:
    """As OLMoE, with norms after attention and after the experts and none before."""
    h, bias = heads(c), c.flag("attention_bias")
    experts = mixture(c, routing(c), c.size("intermediate_size"))
    norms = rms_norm("post_attention_layernorm", h.d_model), rms_norm("post_feedforward_layernorm", h.d_model)
    wide = full_norms(h)
    return decoder(c, attention(h, bias, bias), wide, experts, norms)


def gpt_oss(c: Config) -> Parts:
    """OpenAI 2025: a sink for each head in attention, and biases in the experts and their router."""
    h, bias, to = heads(c), c.flag("attention_bias"), routing(c, "num_local_experts")
    d_ff = c.size("intermediate_size")
    shapes = {
        "gate_up_proj": (h.d_model, 2 * d_ff),
        "gate_up_proj_bias": (2 * d_ff,),
        "down_proj": (d_ff, h.d_model),
        "down_proj_bias": (h.d_model,),
    }
    experts = [
        Part("mlp.experts", "experts", StackedExperts(name, to.n_experts, to.n_active, shape))
        for name, shape in shapes.items()
    ]
    router = dense("mlp.router", "router", h.d_model, to.n_experts, bias=True)
    sinks = bare("self_attn.sinks", "attention", h.n_heads)
    return decoder(c, attention(h, bias, bias), (sinks, router, *experts), pre_norms(c))


def lm_head_with(switch: str) -> AddHead:
    """An output head that has a bias where the config's *switch* says so."""
    return lambda c, prefix: lm_head(bias=c.flag(switch))(c, prefix)


MIXTRAL = Architecture(
    summary="Llama's decoder with experts in place of the feed-forward",
    source="Jiang et al. 2024, sec. 2",
    body=mixtral,
    heads=HEADS_WITH_SPANS,
)
MINIMAX = MIXTRAL._replace(
    summary="a mixture of experts with linear attention in some layers", source="MiniMax 2025, sec. 2", body=minimax
)
MINIMAX_M2 = MIXTRAL._replace(
    summary="Mixtral's decoder with norms over all queries and over all keys",
    source="transformers 5.23.0, models/minimax_m2",
    body=minimax_m2,
)
PHIMOE = MIXTRAL._replace(
    summary="Mixtral's decoder with LayerNorm",
    source="Abdin et al. 2024, sec. 2",
    body=phimoe,
    heads={**DECODER_HEADS, "causal": lm_head_with("lm_head_bias")},
)
OLMOE = MIXTRAL._replace(
    summary="Mixtral's decoder with norms over all queries and over all keys",
    source="Muennighoff et al. 2024, sec. 2",
    body=olmoe,
)
FLEX_OLMO = OLMOE._replace(source="transformers 5.23.0, models/flex_olmo", body=flex_olmo)
GPT_OSS = MIXTRAL._replace(
    summary="a mixture of experts with biases, and a sink for each head", source="OpenAI 2025", body=gpt_oss
)
