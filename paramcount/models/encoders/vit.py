"""ViT: patches of an image in place of tokens, a class token before them, and a classifier of what it becomes."""

from __future__ import annotations

from paramcount.blocks.attention import attention, heads
from paramcount.blocks.feedforward import plain
from paramcount.blocks.parts import bare, dense, layer_norm, table
from paramcount.config import Config
from paramcount.ledger.model import Parts, Stack
from paramcount.models.architecture import Architecture


def vit(c: Config) -> Parts:
    """Dosovitskiy et al. 2020, eq. 1 to 4: pre-norm layers with biases, a position for each patch and the token."""
    h = heads(c)
    values = c.size("patch_size") * c.size("patch_size") * c.size("n_channels")
    first = c.taken("class_token", True)
    n_places = c.size("n_patches") + 1 if first else c.size("n_patches")
    layer = (
        *attention(h, True, True),
        *plain(h.d_model, c.size("intermediate_size")),
        layer_norm("input_layernorm", h.d_model),
        layer_norm("post_attention_layernorm", h.d_model),
    )
    return (
        dense("patch_embedding", "patch embedding", values, h.d_model, bias=True),
        *((bare("class_token", "class token", 1, h.d_model),) if first else ()),
        table("position_embedding", n_places, h.d_model, "position embedding"),
        Stack("layers", c.size("num_hidden_layers"), layer),
        layer_norm("norm", h.d_model, component="final norm"),
    )


def classifier(c: Config, prefix: str) -> Parts:
    """A linear map to the classes, as in fine-tuning (sec. 3.1)."""
    return (dense("classifier", "classifier", c.size("hidden_size"), c.size("n_classes"), bias=True),)


VIT = Architecture(
    summary="encoder of an image's patches with a class token, learned positions and a classifier",
    source="Dosovitskiy et al. 2020, sec. 3.1",
    body=vit,
    heads={"images": classifier},
    uncosted="reads the patches of an image, of which there are as many as its sizes say, and no tokens",
)
