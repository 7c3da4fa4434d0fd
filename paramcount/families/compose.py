"""What families are composed of: the frame of a language model, and the layer that GPT made usual."""

from typing import Any

from paramcount.blocks.attention import Attention
from paramcount.blocks.embedding import Embedding, OutputHead
from paramcount.blocks.feedforward import FeedForward
from paramcount.blocks.norm import LayerNorm
from paramcount.ledger.model import Model, Part, Stack
from paramcount.ledger.tensor import Size


def language_model(
    s: dict[str, Any],
    layer: tuple[Part, ...],
    before: tuple[Part, ...] = (),
    after: tuple[Part, ...] = (),
    width: Size | None = None,
) -> Model:
    """Token embedding, *before*, n_layers times *layer*, *after*, and a head over the same vocabulary, tied or not.

    *width* is that of embedding and head where it is not d_model.
    """
    width = s["d_model"] if width is None else width
    tied_to = "token_embedding.weight" if s.get("tied") else ""
    return Model(
        (
            Part("token_embedding", "token embedding", Embedding(s["n_vocab"], width)),
            *before,
            Stack("layers", s["n_layers"], layer),
            *after,
            Part("output_head", "output head", OutputHead(s["n_vocab"], width, tied_to)),
        )
    )


def usual_layer(s: dict[str, Any]) -> tuple[Part, ...]:
    """Attention and feed-forward with biases, and a LayerNorm for each, wherever it stands."""
    d_model = s["d_model"]
    return (
        Part("attention", "attention", Attention(d_model, s["n_heads"], s["d_head"])),
        Part("feed_forward", "feed-forward", FeedForward(d_model, s["d_ff"])),
        Part("norm_1", "layer norm", LayerNorm(d_model)),
        Part("norm_2", "layer norm", LayerNorm(d_model)),
    )


def positions(rows: Size, d_model: Size) -> Part:
    """Learned positions: a table of so many rows."""
    return Part("position_embedding", "position embedding", Embedding(rows, d_model))


def final_norm(d_model: Size) -> Part:
    """The LayerNorm that a pre-norm decoder ends with."""
    return Part("final_norm", "final norm", LayerNorm(d_model))
