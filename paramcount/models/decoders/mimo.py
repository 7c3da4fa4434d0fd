"""MiMo-V2: windowed attention with other heads in five of six layers, and experts."""

from __future__ import annotations

from paramcount.blocks.attention import heads
from paramcount.blocks.decoder import layered, pre_norms
from paramcount.blocks.experts import mixture, routing
from paramcount.blocks.feedforward import gated_feed_forward
from paramcount.blocks.parts import bare, dense
from paramcount.blocks.prediction import without_prediction
from paramcount.blocks.products import Attend
from paramcount.blocks.roles import KEY, OUTPUT, QUERY, VALUE
from paramcount.blocks.stacks import all_but_one, listed
from paramcount.config import Config
from paramcount.ledger.model import Part, Parts
from paramcount.models.decoders.afmoe import AFMOE


def mimo(c: Config) -> Parts:
    """Values narrower than keys; layers with a window have twice the key-value heads, and a sink for each head."""
    without_prediction(c)
    attends = listed(c, _five_of_six, "layer_types", ("full_attention", "sliding_attention"))
    kinds = [
        f"{one.removesuffix('_attention')} {other}" for one, other in zip(attends, listed(c, all_but_one), strict=True)
    ]
    bias = c.flag("attention_bias")

    def layer(kind: str) -> Parts:
        attend, feed = kind.split()
        h, d_v = heads(c), c.size("v_head_dim")
        n_kv_heads = 2 * h.n_kv_heads if attend == "sliding" else h.n_kv_heads
        own = mixture(c, routing(c, "n_routed_experts"), c.size("moe_intermediate_size"))
        return (
            dense("self_attn.q_proj", "attention", h.d_model, h.n_heads * h.d_head, bias, QUERY),
            dense("self_attn.k_proj", "attention", h.d_model, n_kv_heads * h.d_head, bias, KEY),
            dense("self_attn.v_proj", "attention", h.d_model, n_kv_heads * d_v, bias, VALUE),
            dense("self_attn.o_proj", "attention", h.n_heads * d_v, h.d_model, role=OUTPUT),
            Part("", "attention", Attend(h.n_heads * h.d_head, h.n_heads * d_v, n_kv_heads * (h.d_head + d_v))),
            *((bare("self_attn.sinks", "attention", h.n_heads),) if attend == "sliding" else ()),
            *(own if feed == "sparse" else gated_feed_forward(c)),
            *pre_norms(c),
        )

    return layered(c, kinds, layer)


def _five_of_six(c: Config) -> list[str]:
    full = (at == 0 or (at + 1) % 6 == 0 for at in range(c.layers()))
    return ["full_attention" if own else "sliding_attention" for own in full]


MIMO_V2_FLASH = AFMOE._replace(
    summary="a mixture of experts with key-value heads that vary by layer",
    source="transformers 5.23.0, models/mimo_v2_flash",
    body=mimo,
)
