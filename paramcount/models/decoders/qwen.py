"""Qwen 2 and 3: dense, mixtures of experts, and text models of vision models."""

from __future__ import annotations

from paramcount.blocks.attention import attention, even_heads, head_norms, heads
from paramcount.blocks.decoder import decoder, pre_norms, sparse
from paramcount.blocks.experts import mixture, routing, shared
from paramcount.blocks.feedforward import gated_feed_forward
from paramcount.blocks.parts import dense
from paramcount.blocks.stacks import periodic
from paramcount.blocks.task_heads import HEADS_WITH_SPANS, lm_head, no_head
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.architecture import Architecture
from paramcount.models.decoders.llama import INSIDE, LIKE_LLAMA, LLAMA


def qwen2_vl(c: Config) -> Parts:
    """Wang et al. 2024, sec. 2.1: Qwen2's decoder."""
    return decoder(c, attention(even_heads(c), qkv_bias=True), gated_feed_forward(c), pre_norms(c))


def qwen2(c: Config) -> Parts:
    """Qwen team 2024, sec. 2.2: as Llama, with a bias on queries, keys and values."""
    return decoder(c, attention(heads(c), qkv_bias=True), gated_feed_forward(c), pre_norms(c))


def qwen3(c: Config) -> Parts:
    """Qwen team 2025, sec. 2: as Qwen2, with norms over queries and keys and the biases switched off."""
    bias, h = c.flag("attention_bias"), heads(c)
    return decoder(c, attention(h, bias, bias), head_norms(h), gated_feed_forward(c), pre_norms(c))


def fine_grained(c: Config) -> Parts:
    """Routed experts with their own width, none shared."""
    return mixture(c, routing(c), c.size("moe_intermediate_size"))


def qwen2_moe(c: Config) -> Parts:
    """Qwen team 2024, sec. 2.2: routed experts and a shared one with a sigmoid gate on its output."""
    common = (attention(heads(c), c.flag("qkv_bias")), pre_norms(c))
    return sparse(c, periodic(c), {"dense": gated_feed_forward, "sparse": with_gated_shared}, *common)


def with_gated_shared(c: Config) -> Parts:
    """Routed experts and a shared one with a sigmoid gate on its output."""
    gate = dense("mlp.shared_expert_gate", "shared experts", c.size("hidden_size"), 1)
    return (*with_shared(c), gate)


def with_shared(c: Config) -> Parts:
    width = c.size("shared_expert_intermediate_size", least=0)
    return (*fine_grained(c), *shared(c, width, "mlp.shared_expert"))


def qwen3_moe(c: Config) -> Parts:
    """Qwen team 2025, sec. 2: norms over each head's query and key, and no shared expert."""
    return sparse(c, periodic(c), {"dense": gated_feed_forward, "sparse": fine_grained}, *normed(c))


def normed(c: Config) -> tuple[Parts, ...]:
    h, bias = heads(c), c.flag("attention_bias")
    return attention(h, bias, bias), head_norms(h), pre_norms(c)


QWEN2_VL = Architecture(
    summary="Qwen2's decoder in a vision model",
    source="Wang et al. 2024, sec. 2.1",
    body=qwen2_vl,
    heads={"base": no_head, "causal": lm_head()},
)
QWEN2_5_OMNI = QWEN2_VL._replace(source="transformers 5.23.0", body=qwen2)
QWEN3_VL = INSIDE._replace(summary="Qwen3's decoder in a vision model", body=qwen3)
QWEN3_VL_MOE = INSIDE._replace(summary="Qwen3's mixture of experts in a vision model", body=qwen3_moe)
QWEN2 = LLAMA._replace(
    summary="Llama's decoder with a bias on queries, keys and values",
    source="Qwen team 2024, sec. 2.2",
    body=qwen2,
)
QWEN3 = LIKE_LLAMA._replace(
    summary="Llama's decoder with norms over queries and keys", source="Qwen team 2025, sec. 2", body=qwen3
)
QWEN2_MOE = Architecture(
    summary="Llama's decoder with routed experts and a shared one in some layers",
    source="Qwen team 2024, sec. 2.2",
    body=qwen2_moe,
    heads=HEADS_WITH_SPANS,
)
QWEN3_MOE = QWEN2_MOE._replace(
    summary="a mixture of experts with norms over queries and keys",
    source="Qwen team 2025, sec. 2",
    body=qwen3_moe,
    prefixes={"question": "transformer"},
)
