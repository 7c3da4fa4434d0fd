"""CLIP: an encoder of an image's patches."""

from __future__ import annotations

from paramcount.blocks.attention import attention, whole_heads
from paramcount.blocks.feedforward import plain
from paramcount.blocks.parts import bare, layer_norm, table
from paramcount.blocks.patches import patches, places
from paramcount.blocks.task_heads import no_head
from paramcount.config import Config
from paramcount.ledger.model import Parts, Stack
from paramcount.models.architecture import Architecture

NAMES = ("q_proj", "k_proj", "v_proj", "out_proj")
UNCOSTED = "reads the patches of an image, and no tokens"


def clip_layers(c: Config) -> Stack:
    """Radford et al. 2021, sec. 2.4: Vaswani's layers with norms before each half, and biases everywhere."""
    h = whole_heads(c)
    layer = (
        *attention(h, True, True, names=NAMES),
        layer_norm("layer_norm1", h.d_model),
        *plain(h.d_model, c.size("intermediate_size"), names=("fc1", "fc2")),
        layer_norm("layer_norm2", h.d_model),
    )
    return Stack("encoder.layers", c.size("num_hidden_layers"), layer)


def clip_vision(c: Config) -> Parts:
    """Radford et al. 2021, sec. 2.4: ViT with a class token, and a norm more before the layers."""
    d_model = c.size("hidden_size")
    return (
        bare("embeddings.class_embedding", "class token", d_model),
        patches(c, "embeddings.patch_embedding"),
        table("embeddings.position_embedding", places(c) + 1, d_model, "position embedding"),
        layer_norm("pre_layrnorm", d_model, component="embedding norm"),
        clip_layers(c),
        layer_norm("post_layernorm", d_model, component="final norm"),
    )


CLIP_VISION = Architecture(
    summary="encoder of an image's patches with a class token and learned positions",
    source="Radford et al. 2021, sec. 2.4",
    body=clip_vision,
    heads={"base": no_head},
    uncosted=UNCOSTED,
)
