"""GPT-1, GPT-2, GPT-3 and OPT: decoders with learned positions, biases everywhere and LayerNorm."""

from typing import Any

from paramcount.blocks import Attention, Embedding, FeedForward, LayerNorm, OutputHead
from paramcount.families.family import Family
from paramcount.model import Model, Part, Stack

_SIZES = ("n_layers", "d_model", "n_heads", "d_head", "d_ff", "n_vocab", "n_ctx")
_TOKENS = "token_embedding"


def _decoder(s: dict[str, Any], positions: Any, final_norm: bool) -> Model:
    d_model = s["d_model"]
    layer = (
        Part("attention", "attention", Attention(d_model, s["n_heads"], s["d_head"])),
        Part("feed_forward", "feed-forward", FeedForward(d_model, s["d_ff"])),
        Part("norm_1", "layer norm", LayerNorm(d_model)),
        Part("norm_2", "layer norm", LayerNorm(d_model)),
    )
    end = (Part("final_norm", "final norm", LayerNorm(d_model)),) if final_norm else ()
    tied_to = f"{_TOKENS}.weight" if s["tied"] else ""
    return Model(
        (
            Part(_TOKENS, "token embedding", Embedding(s["n_vocab"], d_model)),
            Part("position_embedding", "position embedding", Embedding(positions, d_model)),
            Stack("layers", s["n_layers"], layer),
            *end,
            Part("output_head", "output head", OutputHead(s["n_vocab"], d_model, tied_to)),
        )
    )


def gpt(**sizes: Any) -> Model:
    """GPT-2 and GPT-3: norms before attention and feed-forward, and a final norm (Radford et al. 2019, sec. 2.3)."""
    return _decoder(sizes, sizes["n_ctx"], final_norm=True)


def gpt1(**sizes: Any) -> Model:
    """GPT-1: norms after attention and feed-forward, so no final norm (Radford et al. 2018, sec. 4.1)."""
    return _decoder(sizes, sizes["n_ctx"], final_norm=False)


def opt(**sizes: Any) -> Model:
    """OPT: as GPT-3, with two rows more in the position table (its code keeps them free for padding)."""
    return _decoder(sizes, sizes["n_ctx"] + 2, final_norm=True)


GPT = Family(
    name="gpt",
    summary="GPT-2, GPT-3 and their like: pre-norm decoder, learned positions, biases, final norm",
    source="Radford et al. 2019, sec. 2.3; Brown et al. 2020, sec. 2.1",
    sizes=_SIZES,
    switches={"tied": True},
    ties={"d_ff": 4},
    build=gpt,
)
GPT1 = GPT._replace(
    name="gpt-post-norm",
    summary="GPT-1: post-norm decoder, learned positions, biases, no final norm",
    source="Radford et al. 2018, sec. 4.1",
    build=gpt1,
)
OPT = GPT._replace(
    name="opt",
    summary="OPT: as gpt, with two positions more than its context",
    source="Zhang et al. 2022, arXiv:2205.01068, and its released code",
    build=opt,
)
