"""LLaMA, Mistral and Mixtral: decoders with rotary positions, RMSNorm, gated feed-forward and no biases."""

from typing import Any

from paramcount.blocks.attention import GroupedAttention
from paramcount.blocks.feedforward import Experts, GatedFeedForward
from paramcount.blocks.norm import GainNorm
from paramcount.families.compose import language_model
from paramcount.families.family import Family
from paramcount.ledger.model import Model, Part
from paramcount.ledger.tensor import Block


def _decoder(s: dict[str, Any], name: str, feed_forward: Block) -> Model:
    d_model = s["d_model"]
    layer = (
        Part("attention", "attention", GroupedAttention(d_model, s["n_heads"], s["n_kv_heads"], s["d_head"])),
        Part(name, name.replace("_", "-"), feed_forward),
        Part("norm_1", "norm", GainNorm(d_model)),
        Part("norm_2", "norm", GainNorm(d_model)),
    )
    return language_model(s, layer, after=(Part("final_norm", "final norm", GainNorm(d_model)),))


def llama(**s: Any) -> Model:
    """LLaMA (Touvron et al. 2023, sec. 2.2) and, with n_kv_heads < n_heads, Mistral (Jiang et al. 2023, Table 1)."""
    return _decoder(s, "feed_forward", GatedFeedForward(s["d_model"], s["d_ff"]))


def mixtral(**s: Any) -> Model:
    """Mixtral: Mistral with n_experts feed-forward networks, n_active for a token (Jiang et al. 2024, sec. 2)."""
    return _decoder(s, "experts", Experts(s["d_model"], s["d_ff"], s["n_experts"], s["n_active_experts"]))


LLAMA = Family(
    name="llama",
    summary="LLaMA, Mistral: rotary positions, grouped keys and values, RMSNorm, gated feed-forward, no biases",
    source="Touvron et al. 2023, sec. 2.2; Jiang et al. 2023, Table 1",
    sizes=("n_layers", "d_model", "n_heads", "n_kv_heads", "d_head", "d_ff", "n_vocab"),
    switches={"tied": False},
    ties={"n_kv_heads": (1, "n_heads")},
    build=llama,
)
MIXTRAL = LLAMA._replace(
    name="mixtral",
    summary="Mixtral: llama with a router and experts in place of the feed-forward",
    source="Jiang et al. 2024, sec. 2",
    sizes=(*LLAMA.sizes, "n_experts", "n_active_experts"),
    build=mixtral,
)
