"""DeepSeek-V2 to V3.2: latent attention, and routed and shared experts."""

from __future__ import annotations

from collections.abc import Mapping

from paramcount.blocks.decoder import Make, pre_norms, sparse
from paramcount.blocks.feedforward import gated
from paramcount.blocks.latent import FEEDS, attention_of, experts, indexer
from paramcount.blocks.stacks import after_the_first, listed
from paramcount.blocks.task_heads import DECODER_HEADS
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.ahead import Ahead, behind_the_layers
from paramcount.models.architecture import Architecture


def deepseek_v2(c: Config) -> Parts:
    """DeepSeek-AI 2024, sec. 2; the shared experts and the dense layers may have biases."""
    bias = c.flag("mlp_bias")
    feeds = {
        "dense": lambda c: gated(c.size("hidden_size"), c.size("intermediate_size"), bias),
        "sparse": lambda c: experts(c, bias),
    }
    return sparse(c, after_the_first(c), feeds, attention_of(c, q_rank=False), pre_norms(c))


def deepseek_v3(c: Config) -> Parts:
    """DeepSeek-AI 2024b, sec. 2.1: the router's bias is a buffer, not a parameter."""
    return sparse(c, after_the_first(c), FEEDS, attention_of(c, q_rank=False), pre_norms(c))


def deepseek_v32(c: Config) -> Parts:
    """DeepSeek-AI 2025, sec. 2: as DeepSeek-V3, with an indexer in every layer."""
    kinds = listed(c, after_the_first)
    return sparse(c, kinds, feeds_of(c), attention_of(c), indexer(c), pre_norms(c))


def feeds_of(c: Config) -> Mapping[str, Make]:
    """The layers' feed-forwards; num_experts takes precedence over n_routed_experts, but must not contradict it."""
    if c.get("num_experts") is None:
        return FEEDS
    if c.given.get("n_routed_experts", c.get("num_experts")) != c.get("num_experts"):
        raise c.refuse("num_experts", f"valid: it or n_routed_experts = {c.get('n_routed_experts')}, not both")
    return {**FEEDS, "sparse": lambda c: experts(c, n_experts="num_experts")}


def _sparse_v3(c: Config) -> Parts:
    return (*attention_of(c, q_rank=False), *FEEDS["sparse"](c), *pre_norms(c))


def _sparse_v32(c: Config) -> Parts:
    return (*attention_of(c), *feeds_of(c)["sparse"](c), *indexer(c), *pre_norms(c))


INDEXED = "has an indexer whose scores have no gradient"  # trained separately: DeepSeek-AI 2025, sec. 2.1.1
DEEPSEEK_V3 = Architecture(
    summary="latent attention, and routed and shared experts",
    source="DeepSeek-AI 2024b, sec. 2.1",
    body=deepseek_v3,
    heads=DECODER_HEADS,
    ahead=Ahead(behind_the_layers(_sparse_v3), copies=2),
)
DEEPSEEK_V2 = DEEPSEEK_V3._replace(source="DeepSeek-AI 2024, sec. 2", body=deepseek_v2, ahead=None)
DEEPSEEK_V32 = DEEPSEEK_V3._replace(
    summary="DeepSeek-V3 with an indexer that picks positions",
    source="DeepSeek-AI 2025, sec. 2",
    body=deepseek_v32,
    untrained=INDEXED,
    ahead=Ahead(behind_the_layers(_sparse_v32), copies=2),
)
