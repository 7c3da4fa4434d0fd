"""BLIP-2: EVA's encoder of images, and the Q-Former, whose queries attend to it."""

from __future__ import annotations

from paramcount.blocks.attention import across, fused_attention, whole_heads
from paramcount.blocks.convolutions import filters
from paramcount.blocks.encoder import attends, feed_forward
from paramcount.blocks.feedforward import plain
from paramcount.blocks.parts import last_norm, layer_norm
from paramcount.blocks.stacks import stacks
from paramcount.blocks.task_heads import no_head
from paramcount.blocks.vision import SUBLAYERS, n_square_patches, positions, token
from paramcount.config import Config
from paramcount.ledger.model import Parts, Stack
from paramcount.models.architecture import Architecture
from paramcount.models.vision.vit import UNCOSTED

CHANNELS = 3
MAPS = ("attention.query", "attention.key", "attention.value", "output.dense")


def blip2_vision(c: Config) -> Parts:
    """Li et al. 2023, sec. 3.3: ViT whose queries, keys and values are one map."""
    h, side = whole_heads(c), c.size("patch_size")
    first, second = SUBLAYERS
    layer = (
        *fused_attention(h, "self_attn", ("qkv", "projection"), c.flag("qkv_bias"), True),
        *plain(h.d_model, c.size("intermediate_size"), names=("fc1", "fc2")),
        layer_norm(first, h.d_model),
        layer_norm(second, h.d_model),
    )
    return (
        filters("embeddings.patch_embedding", "patch embedding", CHANNELS, h.d_model, (side, side)),
        token("embeddings.class_embedding", h.d_model),
        positions("embeddings.position_embedding", n_square_patches(c) + 1, h.d_model),
        Stack("encoder.layers", c.size("num_hidden_layers"), layer),
        *last_norm(c, "post_layernorm"),
    )


def qformer(c: Config) -> Parts:
    """Li et al. 2023, sec. 3.1: BERT's layers over queries, every second one of which attends to the image."""
    h, period = whole_heads(c), c.size("cross_attention_frequency")
    kinds = ["seeing" if at % period == 0 else "plain" for at in range(c.layers())]
    text = (*feed_forward(c), layer_norm("output.LayerNorm", h.d_model)) if c.flag("use_qformer_text_input") else ()

    def layer(kind: str) -> Parts:
        sees = across(h, True, "crossattention", MAPS, c.size("encoder_hidden_size"))
        cross = (*sees, layer_norm("crossattention.output.LayerNorm", h.d_model))
        names = ("intermediate_query.dense", "output_query.dense")
        return (
            *attends(h, "attention", MAPS),
            layer_norm("attention.output.LayerNorm", h.d_model),
            *(cross if kind == "seeing" else ()),
            *text,
            *plain(h.d_model, c.size("intermediate_size"), name="", names=names),
            layer_norm("output_query.LayerNorm", h.d_model),
        )

    return (
        layer_norm("layernorm", h.d_model, component="embedding norm"),
        *stacks(c, "encoder.layer", kinds, layer, c.layers()),
    )


BLIP2_VISION = Architecture(
    summary="ViT whose queries, keys and values are one map",
    source="Li et al. 2023, sec. 3.3",
    body=blip2_vision,
    heads={"base": no_head},
    prefix="",
    uncosted=UNCOSTED,
)
QFORMER = BLIP2_VISION._replace(
    summary="layers over queries, some of which attend to an image",
    source="Li et al. 2023, sec. 3.1",
    body=qformer,
)
