"""Hunyuan: dense with norms over queries and keys, and a mixture of experts."""

from __future__ import annotations

from paramcount.blocks.attention import attention, head_norms, heads, heads_stating
from paramcount.blocks.decoder import decoder, layered, pre_norms
from paramcount.blocks.experts import Routing, mixture, routing, shared
from paramcount.blocks.feedforward import gated_feed_forward
from paramcount.blocks.parts import rms_norm
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.decoders.dots import DOTS1
from paramcount.models.decoders.qwen import QWEN3


def hunyuan_dense(c: Config) -> Parts:
    """As Qwen3, with other names for the norms of queries and keys; the config must give the head width."""
    bias, h = c.flag("attention_bias"), heads_stating(c, "head_dim")
    qk_norms = head_norms(h, "query_layernorm", "key_layernorm")
    return decoder(c, attention(h, bias, bias), qk_norms, gated_feed_forward(c), pre_norms(c))


def hunyuan(c: Config) -> Parts:
    """Sun et al. 2024, sec. 2: experts beside a feed-forward of the same width; the number active may vary by layer."""
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
    if not all(type(top) is int and top >= 1 and c.is_at_most(top, c.size("num_experts")) for top in tops):
        raise c.refuse("moe_topk", f"valid: numbers from 1 to num_experts = {c.size('num_experts')}")
    return [f"top{top}" for top in tops]


def _top(c: Config, top: int) -> int:
    return c.named(f"n_active_experts_{top}", top, "moe_topk")


HUNYUAN_DENSE = QWEN3._replace(source="transformers 5.23.0", body=hunyuan_dense)
HUNYUAN = DOTS1._replace(source="Sun et al. 2024, sec. 2", body=hunyuan)
