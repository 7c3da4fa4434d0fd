"""Molmo 2: a tower with attention pooling over chosen layers, a gated map and a text model."""

from __future__ import annotations

from paramcount.blocks.attention import attention, heads
from paramcount.blocks.feedforward import plain
from paramcount.blocks.parts import bare, dense, layer_norm
from paramcount.blocks.task_heads import no_head
from paramcount.blocks.vision import SUBLAYERS, O
from paramcount.config import Config
from paramcount.ledger.model import Parts, Stack
from paramcount.ledger.sized import Sized
from paramcount.models.architecture import Architecture
from paramcount.models.assembled import PROJECTOR, VISION, config_of, in_part, language_model, tower
from paramcount.models.vision.llava import LLAVA
from paramcount.models.vision.vit import UNCOSTED

SIDE = 378  # transformers 5.23.0's pixels if the config has null
LAYERS = 2  # layers its adapter reads if the config has null: 24 and 18


def molmo2_vision(c: Config) -> Parts:
    """SigLIP 2's layers, up to the last one read, over a linear map of each patch (Clark et al. 2026, sec. 3)."""
    h, side = heads(c), c.size("patch_size")
    bias = c.flag("attention_bias")
    layer = (
        *attention(h, bias, bias, names=O),
        *plain(h.d_model, c.size("intermediate_size"), names=("fc1", "fc2")),
        *(layer_norm(name, h.d_model) for name in SUBLAYERS),
    )
    return (
        dense("patch_embedding", "patch embedding", side * side * c.size("num_channels"), h.d_model, bias=True),
        bare("positional_embedding", "position embedding", _n_places(c), h.d_model),
        Stack("layers", c.size("num_hidden_layers"), layer),
    )


def _n_places(c: Config) -> Sized:
    """The number of positions given, or the image's patches."""
    for earlier in ("image_default_input_size", "image_patch_size", "image_num_pos"):
        if earlier in c.given:
            raise c.refuse(earlier, "valid: image_size, patch_size, num_position_embeddings instead")
    if c.get("num_position_embeddings") is not None:
        return c.size("num_position_embeddings")
    sides = [SIDE, SIDE] if c.get("image_size") is None else c.get("image_size")
    if not isinstance(sides, list) or len(sides) != 2 or any(type(one) is not int for one in sides):
        raise c.refuse("image_size", "valid: a list of height and width")
    patch = c.size("patch_size")
    height, width = c.named("image_height", sides[0], "image_size"), c.named("image_width", sides[1], "image_size")
    columns = c.follows("n_patch_columns", "image_size / patch_size, rounded down", width, patch)
    words = "image_size / patch_size, rounded down · n_patch_columns"
    return c.follows("n_patches", words, height, patch, times=columns)


def _adapter(c: Config) -> Parts:
    """Attention from the mean of neighbouring patches to each, and a gated map to the text model's width."""
    h, listed = heads(c), c.get("vision_feature_layer")
    if listed is not None and not isinstance(listed, list):
        raise c.refuse("vision_feature_layer", "valid: a list of layer numbers")
    if "vit_layers" in c.given:
        raise c.refuse("vit_layers", "valid: vision_feature_layer instead")
    n_read = c.named("n_feature_layers", LAYERS if listed is None else len(listed), "items of vision_feature_layer")
    d_in, d_ff, bias = n_read * h.d_model, c.size("intermediate_size"), c.flag("attention_bias")
    maps, wide, shared = "image_projector", h.n_heads * h.d_head, h.n_kv_heads * h.d_head
    return (
        dense("image_pooling_2d.q_proj", "", d_in, wide, bias),
        dense("image_pooling_2d.k_proj", "", d_in, shared, bias),
        dense("image_pooling_2d.v_proj", "", d_in, shared, bias),
        dense("image_pooling_2d.o_proj", "", wide, h.d_model, bias),
        *(dense(f"{maps}.{name}", "", h.d_model, d_ff, c.flag("mlp_bias")) for name in ("gate_proj", "up_proj")),
        dense(f"{maps}.down_proj", "", d_ff, c.size("text_hidden_size")),
    )


def molmo2(c: Config) -> Parts:
    """Clark et al. 2026, sec. 3: the tower, the adapter and the text model."""
    adapter = config_of(c, PROJECTOR, "adapter_config")
    return (
        *tower(c, VISION, "vision_tower"),
        *in_part(PROJECTOR, "multi_modal_projector", _adapter(adapter)),
        *language_model(c),
    )


MOLMO2_VISION = Architecture(
    summary="ViT without a norm after its layers",
    source="Clark et al. 2026, sec. 3",
    body=molmo2_vision,
    heads={"base": no_head},
    prefix="",
    uncosted=UNCOSTED,
)
MOLMO2 = LLAVA._replace(source="Clark et al. 2026, sec. 3", body=molmo2)
