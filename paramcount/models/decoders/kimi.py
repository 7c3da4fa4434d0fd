"""Kimi Linear: latent attention in some layers, Kimi delta attention in the others."""

from __future__ import annotations

from paramcount.blocks.decoder import layered, pre_norms
from paramcount.blocks.feedforward import gated_feed_forward
from paramcount.blocks.latent import experts, latent, latent_attention
from paramcount.blocks.mixers import delta_rule, depthwise, short, typed
from paramcount.blocks.parts import bare, dense, rms_norm
from paramcount.blocks.stacks import after_the_first, all_but_one, listed, numbers
from paramcount.blocks.task_heads import no_head, untied
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.ledger.tensor import Size
from paramcount.models.decoders.qwen3_next import QWEN3_NEXT


def kimi_linear(c: Config) -> Parts:
    """Kimi team 2025: latent attention in some layers, per-channel delta attention in the others."""
    m, bias, inner = latent(c, q_rank=False), c.flag("attention_bias"), _linear_config(c)
    attends = short(typed(c, lambda c: _numbered(c, inner)))
    kinds = [" ".join(pair) for pair in zip(attends, listed(c, _first_dense), strict=True)]

    def layer(kind: str) -> Parts:
        attend, feed = kind.split()
        mixer = latent_attention(m, bias) if attend == "full" else _channels(c, inner)
        ours = experts(c, n_experts="num_local_experts") if feed == "sparse" else gated_feed_forward(c)
        return (*mixer, *ours, *pre_norms(c))

    return layered(c, kinds, layer)


def _linear_config(c: Config) -> Config:
    """The separate object used by first versions, which takes precedence."""
    if "linear_attn_config" in c.given and c.get("linear_attn_config") is None:
        raise c.refuse("linear_attn_config", "valid: an object of keys and values")
    return c.nested("linear_attn_config")


def _first_dense(c: Config) -> list[str]:
    return after_the_first(c) if "first_k_dense_replace" in c.given else all_but_one(c)


def _numbered(c: Config, inner: Config) -> list[str]:
    """The layers numbered in linear_attn_config, from 1; by default every fourth after the first is full."""
    n_layers = c.layers()
    if not {"full_attn_layers", "kda_layers"} <= set(inner.given):
        return ["full_attention" if at and at % 4 == 0 else "linear_attention" for at in range(n_layers)]
    full, linear = numbers(inner, "full_attn_layers"), numbers(inner, "kda_layers")
    if full & linear or full | linear != set(range(1, n_layers + 1)):
        raise inner.refuse("kda_layers", f"valid: each layer from 1 to {n_layers}, here or in full_attn_layers")
    return ["full_attention" if at + 1 in full else "linear_attention" for at in range(n_layers)]


def _channels(c: Config, inner: Config) -> Parts:
    """Delta attention with a decay per channel, computed through a narrow vector, as is the gate."""

    def own(older: str, key: str) -> Size:
        return inner.size(older) if older in inner.given else c.size(key)

    n_heads, d_head = own("num_heads", "linear_num_heads"), own("head_dim", "linear_head_dim")
    d_model, width = c.size("hidden_size"), n_heads * d_head
    maps = {"q_proj": width, "k_proj": width, "v_proj": width, "b_proj": n_heads, "g_a_proj": d_head}
    return (
        *(dense(f"self_attn.{name}", "mixer", d_model, d_out) for name, d_out in maps.items()),
        *depthwise("self_attn.conv1d", 3 * width, own("short_conv_kernel_size", "linear_conv_kernel_dim")),
        dense("self_attn.forget_gate.f_a_proj", "mixer", d_model, d_head),
        dense("self_attn.forget_gate.f_b_proj", "mixer", d_head, width),
        bare("self_attn.forget_gate.dt_bias", "mixer", width),
        bare("self_attn.forget_gate.A_log", "mixer", 1, 1, n_heads, 1),
        dense("self_attn.g_b_proj", "mixer", d_head, width),
        rms_norm("self_attn.o_norm", d_head),
        dense("self_attn.o_proj", "mixer", width, d_model),
        *delta_rule(n_heads, d_head, d_head, by_channel=True),
    )


KIMI_LINEAR = QWEN3_NEXT._replace(
    ahead=None,
    summary="delta attention, latent attention in some layers, and routed and shared experts",
    source="Kimi team 2025; transformers 5.23.0, models/kimi_linear",
    body=kimi_linear,
    heads={"base": no_head, "causal": untied},
)
