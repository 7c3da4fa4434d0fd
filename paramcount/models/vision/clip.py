"""CLIP: an image encoder over patches and a text encoder, which are compared."""

from __future__ import annotations

from paramcount.blocks.attention import attention, whole_heads
from paramcount.blocks.feedforward import plain
from paramcount.blocks.parts import bare, dense, layer_norm, table
from paramcount.blocks.task_heads import AddHead, no_head
from paramcount.blocks.vision import n_square_patches, patch_map
from paramcount.config import Config
from paramcount.ledger.model import Parts, Stack
from paramcount.models.architecture import Architecture
from paramcount.models.assembled import PROJECTOR, VISION, beside, config_of, in_part, tower
from paramcount.models.text_models import TEXT
from paramcount.models.vision.vit import UNCOSTED

NAMES = ("q_proj", "k_proj", "v_proj", "out_proj")


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
    """Radford et al. 2021, sec. 2.4: ViT with a class token, and an extra norm before the layers."""
    d_model = c.size("hidden_size")
    return (
        bare("embeddings.class_embedding", "class token", d_model),
        patch_map(c, "embeddings.patch_embedding", bias=False),
        table("embeddings.position_embedding", n_square_patches(c) + 1, d_model, "position embedding"),
        layer_norm("pre_layrnorm", d_model, component="embedding norm"),
        clip_layers(c),
        layer_norm("post_layernorm", d_model, component="final norm"),
    )


def clip_text(c: Config) -> Parts:
    """Radford et al. 2021, sec. 2.4: the same layers over tokens with learned positions."""
    d_model = c.size("hidden_size")
    return (
        table("embeddings.token_embedding", c.size("vocab_size"), d_model),
        table("embeddings.position_embedding", c.size("max_position_embeddings"), d_model, "position embedding"),
        clip_layers(c),
        layer_norm("final_layer_norm", d_model, component="final norm"),
    )


def projected(name: str) -> AddHead:
    """A map into the space where images and texts are compared."""

    def add(c: Config, prefix: str) -> Parts:
        return (dense(name, "projections", c.size("hidden_size"), c.size("projection_dim")),)

    return add


def clip(c: Config) -> Parts:
    """Radford et al. 2021, sec. 2.3: two encoders, a map from each into one space, and the scale of their products."""
    seen = tower(c, VISION, "vision_model")
    if c.task == "images":
        return seen
    images, texts = config_of(c, VISION), beside(c, "text_model")
    d_shared = c.size("projection_dim")
    return (
        *seen,
        *in_part(PROJECTOR, "", (dense("visual_projection", "", images.size("hidden_size"), d_shared),)),
        *texts,
        dense("text_projection", "projections", c.inner[TEXT].size("hidden_size"), d_shared),
        bare("logit_scale", "logit scale"),
    )


def labels_of_tower(c: Config, prefix: str) -> Parts:
    """A classifier of the vision tower's output."""
    n_labels, d_model = c.n_labels(), config_of(c, VISION).size("hidden_size")
    return (dense("classifier", "classifier", d_model, n_labels, bias=True),) if n_labels else ()


CLIP_VISION = Architecture(
    summary="encoder of image patches with a class token and learned positions",
    source="Radford et al. 2021, sec. 2.4",
    body=clip_vision,
    heads={"base": no_head, "projected": projected("visual_projection")},
    prefix="vision_model",
    uncosted=UNCOSTED,
)
CLIP_TEXT = Architecture(
    summary="text encoder beside an image encoder",
    source="Radford et al. 2021, sec. 2.4",
    body=clip_text,
    heads={"base": no_head, "projected": projected("text_projection")},
    prefix="text_model",
    uncosted="is used beside an image encoder",
)
CLIP = Architecture(
    summary="an image encoder and a text encoder, whose outputs are compared",
    source="Radford et al. 2021, sec. 2.3",
    body=clip,
    heads={"base": no_head, "images": labels_of_tower},
    prefix="",
    uncosted=UNCOSTED,
)
