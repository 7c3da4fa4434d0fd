"""Bailing: latent attention in some layers, linear attention in the others."""

from __future__ import annotations

from paramcount.blocks.decoder import layered, pre_norms
from paramcount.blocks.feedforward import gated_feed_forward
from paramcount.blocks.latent import experts, latent, latent_attention
from paramcount.blocks.mixers import delta_rule, depthwise
from paramcount.blocks.parts import bare, dense, rms_norm
from paramcount.blocks.stacks import after_the_first, listed
from paramcount.blocks.task_heads import DECODER_HEADS, untied
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.ledger.sized import Sized
from paramcount.models.ahead import Ahead, behind_the_layers
from paramcount.models.decoders.axk import AXK2


def bailing(c: Config) -> Parts:
    """Every layer_group_size-th layer has latent attention gated per head, the others Kimi's delta attention."""
    attends = listed(c, _grouped, "layer_types", ("full_attention", "linear_attention"))
    kinds = [
        f"{one.removesuffix('_attention')} {feed}"
        for one, feed in zip(attends, listed(c, after_the_first), strict=True)
    ]

    def layer(kind: str) -> Parts:
        attend, feed = kind.split()
        ours = experts(c, n_experts="num_local_experts") if feed == "sparse" else gated_feed_forward(c)
        return (*(_by_head(c) if attend == "full" else _delta(c)), *ours, *pre_norms(c))

    return layered(c, kinds, layer)


def _full_and_sparse(c: Config) -> Parts:
    return (*_by_head(c), *experts(c, n_experts="num_local_experts"), *pre_norms(c))


def _grouped(c: Config) -> list[str]:
    size = c.size("layer_group_size")
    return ["linear_attention" if (at + 1) % size else "full_attention" for at in range(c.layers())]


def _by_head(c: Config) -> Parts:
    m = latent(c, q_rank=False)._replace(r_q=None)
    gate = dense("self_attn.g_proj", "attention", m.d_model, m.n_heads)
    return (*latent_attention(m, c.flag("attention_bias")), gate)


def _delta(c: Config) -> Parts:
    d_model = c.size("hidden_size")
    n_heads, d_head = _own(c, "linear_num_heads", "num_attention_heads"), _own(c, "linear_head_dim", "head_dim")
    width = n_heads * d_head
    maps = {
        "q_proj": width,
        "k_proj": width,
        "v_proj": width,
        "g_proj": width,
        "b_proj": n_heads,
        "forget_gate.f_proj": width,
    }
    return (
        *(dense(f"self_attn.{name}", "mixer", d_model, d_out) for name, d_out in maps.items()),
        *depthwise("self_attn.conv1d", 3 * width, _own(c, "linear_conv_kernel_dim", "short_conv_kernel_size")),
        bare("self_attn.forget_gate.A_log", "mixer", n_heads),
        bare("self_attn.forget_gate.dt_bias", "mixer", width),
        rms_norm("self_attn.o_norm", d_head),
        dense("self_attn.o_proj", "mixer", width, d_model),
        *delta_rule(n_heads, d_head, d_head, by_channel=True),
    )


def _own(c: Config, key: str, otherwise: str) -> Sized:
    """The size under *key*, which transformers adds on saving, or under the key it is derived from."""
    return c.size(otherwise if c.get(key) is None else key)


BAILING_HYBRID = AXK2._replace(
    summary="latent and delta attention, and routed and shared experts",
    source="transformers 5.23.0, models/bailing_hybrid",
    body=bailing,
    ahead=Ahead(behind_the_layers(_full_and_sparse)),
    untrained="",
    heads={**DECODER_HEADS, "causal": untied},
)
