"""Zaya: convolved attention, and experts chosen by a small network."""

from __future__ import annotations

from paramcount.blocks.decoder import layered, pre_norms
from paramcount.blocks.experts import routing, stacked_experts
from paramcount.blocks.leaves import Convolution
from paramcount.blocks.parts import bare, dense, rms_norm
from paramcount.blocks.products import Attend, Product, State
from paramcount.blocks.task_heads import DECODER_HEADS, lm_head_with
from paramcount.config import Config
from paramcount.ledger.model import Part, Parts
from paramcount.ledger.operation import PADDED
from paramcount.models.architecture import Architecture


def zaya(c: Config) -> Parts:
    """Convolutions over queries and keys, scaled residuals, and a router that continues from the previous layer's."""
    d_model = c.size("hidden_size")
    kinds = ["first" if at == 0 else "later" for at in range(c.layers())]

    def layer(kind: str) -> Parts:
        on = bare("mlp.gate.router_states_scale", "router", c.size("router_hidden_size"))
        return (*_zaya_layer(c), on) if kind == "later" else _zaya_layer(c)

    body = layered(c, kinds, layer)
    start = ("input_hidden_states_scale", "input_hidden_states_bias")
    return (*body, *(bare(name, "residual", d_model) for name in start))


def _zaya_layer(c: Config) -> Parts:
    d_model, to = c.size("hidden_size"), routing(c)
    owners = ("post_attention_residual_scale", "post_mlp_residual_scale")
    names = ("hidden_states_scale", "hidden_states_bias", "residual_scale", "residual_bias")
    return (
        *_convolved(c),
        *_router(c),
        *stacked_experts(d_model, c.size("moe_intermediate_size"), to.n_experts, to.n_active),
        *pre_norms(c),
        *(bare(f"{owner}.{name}", "residual", d_model) for owner in owners for name in names),
    )


def _convolved(c: Config) -> Parts:
    d_model, bias, d_head = c.size("hidden_size"), c.flag("attention_bias"), c.size("head_dim")
    n_heads, n_kv_heads = c.size("num_attention_heads"), c.size("num_key_value_heads")
    c.divides(n_kv_heads, n_heads)  # otherwise the class refuses the config
    d_key, name = n_kv_heads * d_head, "self_attn.qkv_proj"
    half = c.follows("d_half_value", "half of num_key_value_heads · head_dim, rounded down", d_key, 2)
    channels = (n_heads + n_kv_heads) * d_head
    k_each, k_across = c.size("cca_time0"), c.size("cca_time1")
    maps = {"q_proj": n_heads * d_head, "k_proj": d_key, "v_proj_current": half, "v_proj_delayed": half}
    return (
        *(dense(f"{name}.{own}", "attention", d_model, width, bias) for own, width in maps.items()),
        Part(
            f"{name}.conv_qk_depthwise",
            "convolution",
            Convolution(channels, 1, k_each, bias=True, beyond=k_across + -1),
        ),
        Part(f"{name}.conv_qk_grouped", "convolution", Convolution(channels, d_head, k_across, bias=True)),
        Part("", "convolution", State(channels * (k_each + k_across + -2))),
        dense("self_attn.o_proj", "attention", n_heads * d_head, d_model, bias),
        Part("", "attention", Attend(n_heads * d_head, n_heads * d_head, 2 * d_key)),
        Part("", "attention", Product(d_model * half, PADDED)),  # the value before the first token
        Part("", "attention", State(half)),
        bare("self_attn.qk_norm.temp", "norm", n_kv_heads),
    )


def _router(c: Config) -> Parts:
    """A network of width router_hidden_size; a token may also skip the experts."""
    width, n_choices, name = c.size("router_hidden_size"), c.size("num_experts") + 1, "mlp.gate.router_mlp"
    return (
        dense("mlp.gate.down_proj", "router", c.size("hidden_size"), width, bias=True),
        rms_norm(f"{name}.norm", width, "router"),
        dense(f"{name}.fc1", "router", width, width, bias=True),
        dense(f"{name}.fc2", "router", width, width, bias=True),
        dense(f"{name}.out_proj", "router", width, n_choices),
    )


ZAYA = Architecture(
    summary="a mixture of experts with convolved attention and a multi-layer router",
    source="transformers 5.23.0, models/zaya",
    body=zaya,
    heads={**DECODER_HEADS, "causal": lm_head_with("lm_head_bias")},
)
