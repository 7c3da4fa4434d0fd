"""LiLT: RoBERTa with a narrower stream for layout."""

from __future__ import annotations

from paramcount.blocks.attention import Heads
from paramcount.blocks.encoder import attends, embeddings, layer, layers, pooler
from paramcount.blocks.feedforward import plain
from paramcount.blocks.parts import dense, layer_norm, table
from paramcount.blocks.task_heads import answers, no_head, one_layer, two_layers
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.ledger.sized import Sized
from paramcount.models.architecture import Architecture

_LILT_POOLED = frozenset({"base"})


def _shrunk(c: Config, key: str, name: str) -> Sized:
    """The layout stream's width for *key*."""
    words = f"{key} / channel_shrink_ratio, rounded down"
    return c.follows(name, words, c.size(key), c.size("channel_shrink_ratio"))


def _places(c: Config) -> Parts:
    """A token's place on the page: four sides, joined, and a position."""
    d_model, d_layout, name = c.size("hidden_size"), _shrunk(c, "hidden_size", "d_layout"), "layout_embeddings"
    d_side = c.follows("d_side", "hidden_size / 6, rounded down", d_model, 6)
    rows, n_ctx = c.size("max_2d_position_embeddings"), c.size("max_position_embeddings")
    sides = (table(f"{name}.{side}_position_embeddings", rows, d_side, "position embedding") for side in "xyhw")
    return (
        *sides,
        table(f"{name}.box_position_embeddings", n_ctx, d_layout, "position embedding"),
        dense(f"{name}.box_linear_embeddings", "projections", d_model, d_layout, bias=True),
        layer_norm(f"{name}.LayerNorm", d_layout, component="embedding norm"),
    )


def lilt(c: Config) -> Parts:
    """Wang et al. 2022: RoBERTa, and a narrower stream of the same layers for the layout."""
    d_layout, d_ff = _shrunk(c, "hidden_size", "d_layout"), _shrunk(c, "intermediate_size", "d_layout_ff")
    maps = ("self.layout_query", "self.layout_key", "self.layout_value", "layout_output.dense")
    beside = (
        *attends(Heads(d_layout, 1, 1, d_layout), maps=maps),
        layer_norm("attention.layout_output.LayerNorm", d_layout),
        *plain(d_layout, d_ff, name="", names=("layout_intermediate.dense", "layout_output.dense")),
        layer_norm("layout_output.LayerNorm", d_layout),
    )
    return (*embeddings(c), *_places(c), layers(c, layer(c, beside)), *pooler(c, _LILT_POOLED))


LILT = Architecture(
    summary="RoBERTa with a narrower stream for the layout",
    source="Wang et al. 2022",
    body=lilt,
    heads={"base": no_head, "sequence": two_layers, "token": one_layer, "question": answers},
    prefix="lilt",
)
