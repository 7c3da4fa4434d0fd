"""Llama 4's tower: ViT with rotary and learned positions, and an adapter that merges four patches."""

from __future__ import annotations

from paramcount.blocks.parts import bare, dense, layer_norm
from paramcount.blocks.task_heads import no_head
from paramcount.blocks.vision import O, even_heads, n_square_patches, pre_norm
from paramcount.config import Config
from paramcount.ledger.model import Parts, Stack
from paramcount.models.architecture import Architecture, within
from paramcount.models.assembled import OF_TEXT, PROJECTOR, VISION, config_of, tower
from paramcount.models.registry import architecture_of
from paramcount.models.text_models import inside
from paramcount.models.vision.vit import UNCOSTED

NORMS = ("input_layernorm", "post_attention_layernorm")


def llama4_vision(c: Config) -> Parts:
    """As in transformers 5.23.0, where the adapter's class takes intermediate_size as its input width."""
    d_model, d_ff, side = c.size("hidden_size"), c.size("intermediate_size"), c.size("patch_size")
    d_out = c.size("projector_output_dim")
    return (
        dense("patch_embedding.linear", "patch embedding", c.size("num_channels") * (side * side), d_model),
        bare("class_embedding", "class token", d_model),
        bare("positional_embedding_vlm", "position embedding", n_square_patches(c) + 1, d_model),
        layer_norm("layernorm_pre", d_model, component="embedding norm"),
        Stack("model.layers", c.size("num_hidden_layers"), pre_norm(even_heads(c), d_ff, maps=O, norms=NORMS)),
        layer_norm("layernorm_post", d_model, component="final norm"),
        dense("vision_adapter.mlp.fc1", "projector", d_ff, c.size("projector_input_dim")),
        dense("vision_adapter.mlp.fc2", "projector", d_out, d_out),
    )


LLAMA4_VISION = Architecture(
    summary="ViT with rotary and learned positions, and an adapter that merges four patches",
    source="transformers 5.23.0",
    body=llama4_vision,
    heads={"base": no_head},
    prefix="",
    uncosted=UNCOSTED,
)


def llama4(c: Config) -> Parts:
    """The tower, a map to the text model's width, and the text model with its head."""
    text = inside(c)
    architecture = architecture_of(text.model_type)
    assert architecture is not None
    d_in, d_out = config_of(c, VISION).size("vision_output_dim"), text.size("hidden_size")
    return (
        *tower(c, VISION, "vision_model"),
        dense("multi_modal_projector.linear_1", PROJECTOR, d_in, d_out),
        *(within("language_model.", part) for part in architecture.build(text).parts),
    )


LLAMA4 = Architecture(
    summary="a vision tower, and Llama 4's text model",
    source="transformers 5.23.0",
    body=llama4,
    heads={"multimodal": no_head},
    prefix="",
    uncosted=OF_TEXT,
)
