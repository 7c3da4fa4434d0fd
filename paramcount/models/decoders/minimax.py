"""MiniMax: lightning attention in most layers, and M2 with norms over queries and keys."""

from __future__ import annotations

from paramcount.blocks.attention import attention, full_norms, heads
from paramcount.blocks.decoder import decoder, layered, pre_norms
from paramcount.blocks.experts import wide_experts
from paramcount.blocks.parts import dense, fused, rms_norm
from paramcount.blocks.prediction import without_prediction
from paramcount.blocks.products import Product, State
from paramcount.blocks.roles import KEY, OUTPUT, QUERY, VALUE
from paramcount.blocks.stacks import listed
from paramcount.config import Config
from paramcount.ledger.model import Part, Parts
from paramcount.ledger.operation import STATE, WITHIN
from paramcount.models.decoders.mixtral import MIXTRAL


def minimax_m2(c: Config) -> Parts:
    """As Mixtral, with a norm over all heads' queries and one over all heads' keys."""
    without_prediction(c, "num_mtp_modules")
    h = heads(c)
    return decoder(c, attention(h), full_norms(h), wide_experts(c), pre_norms(c))


def minimax(c: Config) -> Parts:
    """MiniMax 2025, sec. 2: lightning attention in most layers, softmax attention in the others."""
    kinds = listed(c, _alternating, "layer_types", ("full_attention", "linear_attention"))

    def layer(kind: str) -> Parts:
        mixer = attention(heads(c)) if kind == "full_attention" else _lightning(c)
        return (*mixer, *wide_experts(c), *pre_norms(c))

    return layered(c, kinds, layer)


def _alternating(c: Config) -> list[str]:
    return ["linear_attention" if at % 2 else "full_attention" for at in range(c.layers())]


def _lightning(c: Config) -> Parts:
    h = heads(c)
    width = h.n_heads * h.d_head
    return (
        rms_norm("self_attn.norm", width),
        fused("self_attn.qkv_proj", "mixer", h.d_model, ((QUERY, width), (KEY, width), (VALUE, width))),
        dense("self_attn.output_gate", "mixer", h.d_model, width),
        dense("self_attn.out_proj", "mixer", width, h.d_model, role=OUTPUT),
        Part("", "mixer", Product(2 * (width * h.d_head), STATE)),
        Part("", "mixer", Product(2 * width, WITHIN, c.size("block_size"))),
        Part("", "mixer", State(width * h.d_head)),
    )


MINIMAX = MIXTRAL._replace(
    summary="a mixture of experts with linear attention in some layers", source="MiniMax 2025, sec. 2", body=minimax
)
MINIMAX_M2 = MIXTRAL._replace(
    summary="Mixtral's decoder with norms over all queries and over all keys",
    source="transformers 5.23.0, models/minimax_m2",
    body=minimax_m2,
)
