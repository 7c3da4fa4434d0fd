"""Decoders with relative positions as Gopher and Chinchilla have them."""

from typing import Any

from paramcount.blocks.attention import Attention, RelativePositions
from paramcount.blocks.feedforward import FeedForward
from paramcount.blocks.norm import GainNorm
from paramcount.families.compose import language_model
from paramcount.families.family import Family
from paramcount.ledger.model import Model, Part


def gopher(**s: Any) -> Model:
    """Gopher: GPT-2 with RMSNorm and Transformer-XL's relative positions (Rae et al. 2021, sec. 2.1)."""
    d_model = s["d_model"]
    heads = (d_model, s["n_heads"], s["d_head"])
    layer = (
        Part("attention", "attention", Attention(*heads)),
        Part("attention", "relative positions", RelativePositions(*heads)),
        Part("feed_forward", "feed-forward", FeedForward(d_model, s["d_ff"])),
        Part("norm_1", "norm", GainNorm(d_model)),
        Part("norm_2", "norm", GainNorm(d_model)),
    )
    return language_model(s, layer, after=(Part("final_norm", "final norm", GainNorm(d_model)),))


GOPHER = Family(
    name="gopher",
    summary="Gopher, Chinchilla: pre-norm decoder with relative positions, RMSNorm and biases",
    source="Rae et al. 2021, sec. 2.1; Dai et al. 2019, sec. 3.3",
    sizes=("n_layers", "d_model", "n_heads", "d_head", "d_ff", "n_vocab"),
    switches={"tied": True},
    ties={"d_ff": (4, "d_model")},
    build=gopher,
)
