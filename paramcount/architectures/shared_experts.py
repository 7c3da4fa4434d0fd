"""Decoders with grouped attention and with routed experts beside shared ones, as DeepSeek has them, in some layers."""

from __future__ import annotations

from paramcount.architectures.architecture import DECODER_HEADS, Architecture
from paramcount.architectures.experts import (
    Routing,
    after_the_first,
    all_but_one,
    feed_forward,
    layered,
    listed,
    mixture,
    routing,
    shared,
    sparse,
    without_prediction,
)
from paramcount.architectures.latent import experts
from paramcount.architectures.llama import decoder, pre_norms
from paramcount.architectures.mixtral import lm_head_with
from paramcount.architectures.parts import Parts, attention, bare, dense, gated, head_norms, heads, rms_norm
from paramcount.blocks.stored import StackedExperts
from paramcount.config import Config
from paramcount.model import Part

_FEEDS = {"dense": feed_forward, "sparse": experts}


def dots1(c: Config) -> Parts:
    """Huo et al. 2025, sec. 2: DeepSeek's experts, and norms over each head's query and key."""
    h, bias = heads(c), c.flag("attention_bias")
    common = (attention(h, bias, bias), head_norms(h), pre_norms(c))
    return sparse(c, after_the_first(c), _FEEDS, *common)


def glm4_moe(c: Config) -> Parts:
    """GLM team 2025, sec. 2: no bias on the way out of attention, norms over queries and keys by a switch."""
    without_prediction(c)
    h = heads(c)
    norms = head_norms(h) if c.flag("use_qk_norm") else ()
    common = (attention(h, c.flag("attention_bias")), norms, pre_norms(c))
    return sparse(c, after_the_first(c), _FEEDS, *common)


def solar_open(c: Config) -> Parts:
    """As GLM-4.5, without norms in attention; every layer has experts."""
    return decoder(c, attention(heads(c), c.flag("attention_bias")), experts(c), pre_norms(c))


def exaone_moe(c: Config) -> Parts:
    """As dots.llm1, without biases."""
    without_prediction(c)
    feeds = {
        "dense": feed_forward,
        "sparse": lambda c: experts(c, n_shared="num_shared_experts", n_experts="num_experts"),
    }
    h = heads(c)
    return sparse(c, listed(c, after_the_first), feeds, attention(h), head_norms(h), pre_norms(c))


def hy_v3(c: Config) -> Parts:
    """As dots.llm1, biases by switches."""
    without_prediction(c)
    h, bias, mlp_bias = heads(c), c.flag("attention_bias"), c.flag("mlp_bias")

    def ours(c: Config) -> Parts:
        d_expert = c.size("moe_intermediate_size")
        # None that is shared makes the class take the width of the dense layers instead.
        d_shared = d_expert * c.size("num_shared_experts", least=0) or c.size("intermediate_size")
        return (*mixture(c, routing(c), d_expert), *shared(c, d_shared, bias=mlp_bias))

    feeds = {"dense": lambda c: gated(h.d_model, c.size("intermediate_size"), mlp_bias), "sparse": ours}
    return sparse(c, listed(c, all_but_one), feeds, attention(h, bias, bias), head_norms(h), pre_norms(c))


def ernie(c: Config) -> Parts:
    """Baidu 2025, sec. 2: the bias that balances the experts is a parameter here."""
    without_prediction(c)
    bias, common = c.flag("use_bias"), (attention(heads(c), c.flag("use_bias"), c.flag("use_bias")), pre_norms(c))

    def ours(c: Config) -> Parts:
        d_expert, to = c.size("moe_intermediate_size"), routing(c, "moe_num_experts", "moe_k")
        balance = bare("mlp.gate.moe_statics.e_score_correction_bias", "router", 1, to.n_experts)
        n_shared = c.size("moe_num_shared_experts", least=0)
        beside = shared(c, d_expert * n_shared, bias=bias) if n_shared else ()
        return (*mixture(c, to, d_expert), balance, *beside)

    feeds = {"dense": lambda c: gated(c.size("hidden_size"), c.size("intermediate_size"), bias), "sparse": ours}
    return sparse(c, _from_to(c), feeds, *common)


def _from_to(c: Config) -> list[str]:
    n_layers, step, first = c.layers(), c.size("moe_layer_interval"), c.size("moe_layer_start_index", least=0)
    last = n_layers - 1 if c.get("moe_layer_end_index") == -1 else c.size("moe_layer_end_index", least=0)
    return ["sparse" if first <= at <= last and (at + 1) % step == 0 else "dense" for at in range(n_layers)]


def hunyuan(c: Config) -> Parts:
    """Sun et al. 2024, sec. 2: experts beside a feed-forward of their width; how many are active may differ."""
    bias, d_ff, n_experts = c.flag("attention_bias"), c.size("intermediate_size"), c.size("num_experts")
    h = heads(c)._replace(d_head=c.size("head_dim"))
    norms = rms_norm("self_attn.query_layernorm", h.d_head), rms_norm("self_attn.key_layernorm", h.d_head)

    def layer(kind: str) -> Parts:
        to = routing(c, "num_experts", "moe_topk") if kind == "sparse" else Routing(n_experts, _top(c, int(kind[3:])))
        feed = (*mixture(c, to, d_ff, router="gate.wg"), *shared(c, d_ff, "mlp.shared_mlp"))
        return (*attention(h, bias, bias), *norms, *feed, *pre_norms(c))

    return layered(c, _tops(c), layer)


def _tops(c: Config) -> list[str]:
    if not isinstance(c.get("moe_topk"), list):
        return ["sparse"] * c.layers()
    tops = c.list_of("moe_topk", c.layers()) or []
    if not all(type(top) is int and 1 <= top <= c.size("num_experts") for top in tops):
        raise c.refuse("moe_topk", f"valid: numbers from 1 to num_experts = {c.size('num_experts')}")
    return [f"top{top}" for top in tops]


def _top(c: Config, top: int) -> int:
    return c.named(f"n_active_experts_{top}", top, "moe_topk")


def aria(c: Config) -> Parts:
    """Li et al. 2024, sec. 2: experts beside shared ones in every layer, the experts stored from in to out."""
    h, bias, d_ff = heads(c), c.flag("attention_bias"), c.size("intermediate_size")
    to = routing(c, "moe_num_experts", "moe_topk")
    up = StackedExperts("gate_up_proj", to.n_experts, to.n_active, (h.d_model, 2 * d_ff))
    down = StackedExperts("down_proj", to.n_experts, to.n_active, (d_ff, h.d_model))
    ours = (
        dense("mlp.router", "router", h.d_model, to.n_experts),
        Part("mlp.experts", "experts", up),
        Part("mlp.experts", "experts", down),
        *shared(c, d_ff * c.size("moe_num_shared_experts", least=0), bias=c.flag("mlp_bias")),
    )
    return decoder(c, attention(h, bias, bias), ours, pre_norms(c))


DOTS1 = Architecture(
    summary="routed experts beside shared ones, with norms over each head's query and key",
    source="Huo et al. 2025, sec. 2",
    body=dots1,
    heads=DECODER_HEADS,
)
GLM4_MOE = DOTS1._replace(
    summary="routed experts beside shared ones, with grouped attention", source="GLM team 2025, sec. 2", body=glm4_moe
)
SOLAR_OPEN = GLM4_MOE._replace(source="transformers 5.23.0, models/solar_open", body=solar_open)
EXAONE_MOE = DOTS1._replace(source="transformers 5.23.0, models/exaone_moe", body=exaone_moe)
HY_V3 = DOTS1._replace(source="transformers 5.23.0, models/hy_v3", body=hy_v3)
ERNIE4_5_MOE = GLM4_MOE._replace(
    source="Baidu 2025, sec. 2", body=ernie, heads={**DECODER_HEADS, "causal": lm_head_with("use_bias")}
)
HUNYUAN = DOTS1._replace(source="Sun et al. 2024, sec. 2", body=hunyuan)
ARIA_TEXT = GLM4_MOE._replace(source="Li et al. 2024, sec. 2", body=aria)
