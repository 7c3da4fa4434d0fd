"""Decoders whose attention and feed-forward read the same input: GPT-NeoX with Pythia, and PaLM."""

from typing import Any

from paramcount.blocks.attention import GroupedAttention
from paramcount.blocks.feedforward import GatedFeedForward
from paramcount.blocks.norm import GainNorm
from paramcount.families.compose import final_norm, language_model, usual_layer
from paramcount.families.family import Family
from paramcount.ledger.model import Model, Part


def gpt_neox(**s: Any) -> Model:
    """GPT-NeoX and Pythia: as GPT-3 without learned positions, two norms in parallel, a head of its own."""
    return language_model(s, usual_layer(s), after=(final_norm(s["d_model"]),))


def palm(**s: Any) -> Model:
    """PaLM: one norm before both, multi-query attention, gated feed-forward, no biases anywhere."""
    d_model = s["d_model"]
    layer = (
        Part("attention", "attention", GroupedAttention(d_model, s["n_heads"], s["n_kv_heads"], s["d_head"])),
        Part("feed_forward", "feed-forward", GatedFeedForward(d_model, s["d_ff"])),
        Part("norm", "norm", GainNorm(d_model)),
    )
    return language_model(s, layer, after=(Part("final_norm", "final norm", GainNorm(d_model)),))


GPT_NEOX = Family(
    name="gpt-neox",
    summary="GPT-NeoX, Pythia: parallel attention and feed-forward, rotary positions, biases",
    source="Black et al. 2022, sec. 2.1; Biderman et al. 2023, sec. 2.2",
    sizes=("n_layers", "d_model", "n_heads", "d_head", "d_ff", "n_vocab"),
    switches={"tied": False},
    ties={"d_ff": (4, "d_model")},
    build=gpt_neox,
)
PALM = Family(
    name="palm",
    summary="PaLM: parallel attention and gated feed-forward, multi-query attention, rotary positions, no biases",
    source="Chowdhery et al. 2022, sec. 2",
    sizes=("n_layers", "d_model", "n_heads", "n_kv_heads", "d_head", "d_ff", "n_vocab"),
    switches={"tied": True},
    ties={"d_ff": (4, "d_model")},
    build=palm,
)
