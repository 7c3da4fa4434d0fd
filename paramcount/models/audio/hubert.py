"""HuBERT: wav2vec 2.0's encoder, trained to predict clusters of audio."""

from __future__ import annotations

from paramcount.blocks.attention import whole_heads
from paramcount.blocks.convolutions import along
from paramcount.blocks.parts import layer_norm
from paramcount.blocks.task_heads import no_head
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.audio.wav2vec2 import WAV2VEC2, characters, classes, heard, layer_of, positions, projection


def hubert(c: Config) -> Parts:
    """Hsu et al. 2021, sec. 3: wav2vec 2.0 with or without some of its norms."""
    return heard(c, layer_of(c, whole_heads(c)), projection(c, c.flag("feat_proj_layer_norm")), _positions(c))


def _positions(c: Config) -> Parts:
    if not c.flag("conv_pos_batch_norm"):
        return positions(c)
    d_model, d_group = c.size("hidden_size"), c.quotient("d_group", "hidden_size", "num_conv_pos_embedding_groups")
    name, component = "encoder.pos_conv_embed", "position embedding"
    return (
        along(f"{name}.conv", d_group, d_model, c.size("num_conv_pos_embeddings"), component=component),
        layer_norm(f"{name}.batch_norm", d_model, component=component),
    )


HUBERT = WAV2VEC2._replace(
    source="Hsu et al. 2021, sec. 3",
    body=hubert,
    heads={"base": no_head, "ctc": characters, "sounds": classes},
    prefix="hubert",
)
