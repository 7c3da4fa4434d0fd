"""Hy 3 and Hy 4, the later Hunyuan: shared experts, and several streams."""

from __future__ import annotations

from paramcount.blocks.attention import attention, head_norms, heads
from paramcount.blocks.decoder import layered, pre_norms, sparse
from paramcount.blocks.experts import mixture, routing, shared
from paramcount.blocks.feedforward import gated, gated_feed_forward
from paramcount.blocks.latent import experts, indexer, latent, latent_attention
from paramcount.blocks.parts import bare, dense
from paramcount.blocks.prediction import without_prediction
from paramcount.blocks.stacks import all_but_one, listed
from paramcount.blocks.streams import one_of, streams
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.ahead import Ahead, behind_the_layers
from paramcount.models.decoders.deepseek import INDEXED
from paramcount.models.decoders.deepseek_v4 import DEEPSEEK_V4
from paramcount.models.decoders.dots import DOTS1


def hy_v4(c: Config) -> Parts:
    """DeepSeek's latent attention with a gate, a sink for each head, and an indexer in some layers."""
    without_prediction(c)
    attends = listed(c, _one_of_four, "indexer_types", ("full", "shared"))
    kinds = [" ".join(both) for both in zip(attends, listed(c, all_but_one), strict=True)]
    m, n_streams = latent(c), c.size("hc_mult")
    around = tuple(
        part for own in ("attn", "ffn") for part in streams(f"{own}_hc", n_streams, m.d_model, 2 * n_streams, 2)
    )

    def layer(kind: str) -> Parts:
        indexing, feed = kind.split()
        return (
            *latent_attention(m, c.flag("attention_bias")),
            *(indexer(c) if indexing == "full" else ()),
            dense("self_attn.gate_proj", "attention", m.d_model, m.n_heads * m.d_v),
            bare("self_attn.sinks", "attention", m.n_heads),
            *(experts(c) if feed == "sparse" else gated_feed_forward(c)),
            *pre_norms(c),
            *around,
        )

    return (*layered(c, kinds, layer), *one_of(n_streams, m.d_model))


def _one_of_four(c: Config) -> list[str]:
    return ["full" if at == 0 or at % 4 == 1 else "shared" for at in range(c.layers())]


def hy_v3(c: Config) -> Parts:
    """As dots.llm1, with optional biases."""
    common, mlp_bias = _attends(c), c.flag("mlp_bias")
    feeds = {
        "dense": lambda c: gated(c.size("hidden_size"), c.size("intermediate_size"), mlp_bias),
        "sparse": _experts,
    }
    return sparse(c, listed(c, all_but_one), feeds, common, pre_norms(c))


def _attends(c: Config) -> Parts:
    h, bias = heads(c), c.flag("attention_bias")
    return (*attention(h, bias, bias), *head_norms(h))


def _experts(c: Config) -> Parts:
    d_expert = c.size("moe_intermediate_size")
    # With no shared experts the class uses the width of the dense layers.
    d_shared = d_expert * c.size("num_shared_experts", least=0) or c.size("intermediate_size")
    return (*mixture(c, routing(c), d_expert), *shared(c, d_shared, bias=c.flag("mlp_bias")))


def _sparse(c: Config) -> Parts:
    return (*_attends(c), *_experts(c), *pre_norms(c))


HY_V4 = DEEPSEEK_V4._replace(
    summary="gated latent attention with an indexer, routed and shared experts, and several residual streams",
    source="transformers 5.23.0, models/hy_v4",
    body=hy_v4,
    untrained=INDEXED,
    uncosted="",
)
HY_V3 = DOTS1._replace(source="transformers 5.23.0, models/hy_v3", body=hy_v3, ahead=Ahead(behind_the_layers(_sparse)))
