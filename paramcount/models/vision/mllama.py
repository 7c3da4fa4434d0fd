"""Llama 3.2 Vision's tower: image tiles with their own positions, and gated layers over all of them."""

from __future__ import annotations

from paramcount.blocks.attention import attention
from paramcount.blocks.feedforward import plain
from paramcount.blocks.parts import bare, dense, layer_norm, table
from paramcount.blocks.task_heads import no_head
from paramcount.blocks.vision import O, even_heads, n_square_patches, patch_map
from paramcount.config import Config
from paramcount.ledger.model import Parts, Stack
from paramcount.ledger.tensor import Size
from paramcount.models.architecture import Architecture
from paramcount.models.assembled import (
    OF_TEXT,
    PROJECTOR,
    VISION,
    config_of,
    language_model,
    text_head,
    text_width,
    tower,
)
from paramcount.models.vision.vit import UNCOSTED

RATIOS = 8  # transformers 5.23.0's aspect ratios if the config has null


def _n_ratios(c: Config) -> Size:
    """The number of aspect ratios with up to the config's number of tiles."""
    listed = c.get("supported_aspect_ratios")
    if listed is not None and not isinstance(listed, list):
        raise c.refuse("supported_aspect_ratios", "valid: a list of pairs of tiles")
    return c.named("n_ratios", RATIOS if listed is None else len(listed), "items of supported_aspect_ratios")


def _layer(c: Config) -> Parts:
    h = even_heads(c, "attention_heads")
    return (
        *attention(h, names=O),
        *plain(h.d_model, c.size("intermediate_size"), names=("fc1", "fc2")),
        layer_norm("input_layernorm", h.d_model),
        layer_norm("post_attention_layernorm", h.d_model),
    )


def _of_tiles(name: str, rows: Size, width: Size) -> Parts:
    """A gated vector for each tile of each aspect ratio."""
    return (table(f"{name}.embedding", rows, width, "tile embedding"), bare(f"{name}.gate", "tile embedding", 1))


def mllama_vision(c: Config) -> Parts:
    """Grattafiori et al. 2024, sec. 7.1: a ViT for each tile, and layers over all tiles of an image."""
    d_model, rows, n_tiles = c.size("hidden_size"), n_square_patches(c) + 1, c.size("max_num_tiles")
    ratios = _n_ratios(c) + 1
    gates = (bare("gate_attn", "gates", 1), bare("gate_ffn", "gates", 1))
    place = "gated_positional_embedding"
    return (
        patch_map(c, "patch_embedding", bias=False),
        bare("class_embedding", "class token", d_model),
        bare(f"{place}.embedding", "position embedding", rows, d_model),
        bare(f"{place}.gate", "position embedding", 1),
        table(f"{place}.tile_embedding", ratios, n_tiles * rows * d_model, "tile embedding"),
        *_of_tiles("pre_tile_positional_embedding", ratios, n_tiles * d_model),
        *_of_tiles("post_tile_positional_embedding", ratios, n_tiles * d_model),
        layer_norm("layernorm_pre", d_model, component="embedding norm"),
        Stack("transformer.layers", c.size("num_hidden_layers", 0), _layer(c)),
        Stack("global_transformer.layers", c.size("num_global_layers", 0), (*_layer(c), *gates)),
        layer_norm("layernorm_post", d_model, component="final norm"),
    )


def mllama(c: Config) -> Parts:
    """Grattafiori et al. 2024, sec. 7.1: a map from the tower to the width of Llama, which attends to it."""
    d_in = config_of(c, VISION).size("vision_output_dim")
    linear = dense("multi_modal_projector", PROJECTOR, d_in, text_width(c), bias=True)
    return (*tower(c, VISION, "vision_model"), linear, *language_model(c))


MLLAMA_VISION = Architecture(
    summary="ViT for each tile, with gated layers over all tiles of an image",
    source="Grattafiori et al. 2024, sec. 7.1",
    body=mllama_vision,
    heads={"base": no_head},
    prefix="",
    uncosted=UNCOSTED,
)
MLLAMA = Architecture(
    summary="a vision tower, and a text model with layers that attend to its output",
    source="Grattafiori et al. 2024, sec. 7.1",
    body=mllama,
    heads={"multimodal": text_head(), "base": no_head},
    uncosted=OF_TEXT,
)
