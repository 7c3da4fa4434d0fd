"""Idefics 2, Idefics 3 and SmolVLM: SigLIP's tower without its pooler, and their projectors."""

from __future__ import annotations

from paramcount.blocks.attention import Heads, attention
from paramcount.blocks.feedforward import gated
from paramcount.blocks.parts import bare, dense, last_norm, rms_norm
from paramcount.blocks.task_heads import no_head
from paramcount.blocks.vision import n_square_patches, patch_map, position_table
from paramcount.config import Config
from paramcount.ledger.model import Parts, Stack
from paramcount.ledger.tensor import Size
from paramcount.models.architecture import Architecture
from paramcount.models.assembled import (
    OF_TEXT,
    PROJECTOR,
    VISION,
    config_of,
    in_part,
    language_model,
    text_head,
    text_width,
    tower,
)
from paramcount.models.text_models import inside
from paramcount.models.vision.clip import clip_layers
from paramcount.models.vision.vit import UNCOSTED

TEXT_MODEL = "text_model"


def idefics_vision(c: Config) -> Parts:
    """Laurençon et al. 2024, sec. 3: SigLIP's tower, keeping all patches."""
    return (
        patch_map(c, "embeddings.patch_embedding"),
        position_table("embeddings.position_embedding", n_square_patches(c), c.size("hidden_size")),
        clip_layers(c),
        *last_norm(c, "post_layernorm"),
    )


def idefics2(c: Config) -> Parts:
    """Laurençon et al. 2024, sec. 3: a gated map to the text model's width, and a perceiver that pools the patches."""
    seen, text = config_of(c, VISION), inside(c)
    d_in, d_model, name = seen.size("hidden_size"), text.size("hidden_size"), "connector.modality_projection"
    return (
        *tower(c, VISION, "vision_model"),
        dense(f"{name}.gate_proj", PROJECTOR, d_in, text.size("intermediate_size")),
        dense(f"{name}.up_proj", PROJECTOR, d_in, text.size("intermediate_size")),
        dense(f"{name}.down_proj", PROJECTOR, text.size("intermediate_size"), d_model),
        *in_part(PROJECTOR, "connector.perceiver_resampler", _perceiver(c, d_model)),
        *language_model(c, TEXT_MODEL),
    )


def _perceiver(c: Config, d_model: Size) -> Parts:
    """Latents that attend to the patches and to themselves, always as wide as the text model."""
    own = config_of(c, PROJECTOR, "perceiver_config")
    own.at_most("num_key_value_heads", "resampler_n_heads")
    sizes = (own.size(key) for key in ("resampler_n_heads", "num_key_value_heads", "resampler_head_dim"))
    norms = ("input_latents_norm", "input_context_norm", "post_attention_layernorm")
    layer = (
        *attention(Heads(d_model, *sizes)),
        *gated(d_model, 4 * d_model),
        *(rms_norm(one, d_model) for one in norms),
    )
    return (
        bare("latents", "latents", own.size("resampler_n_latents"), d_model),
        Stack("layers", own.size("resampler_depth", 0), layer),
        rms_norm("norm", d_model, "final norm"),
    )


def idefics3(c: Config) -> Parts:
    """Laurençon et al. 2024 (Building and better understanding), sec. 3.1: patches side by side, and one map."""
    side = c.size("scale_factor")
    d_in = config_of(c, VISION).size("hidden_size") * (side * side)
    linear = dense("connector.modality_projection.proj", PROJECTOR, d_in, text_width(c))
    return (*tower(c, VISION, "vision_model"), linear, *language_model(c, TEXT_MODEL))


IDEFICS_VISION = Architecture(
    summary="SigLIP's tower without its pooler",
    source="Laurençon et al. 2024, sec. 3",
    body=idefics_vision,
    heads={"base": no_head},
    prefix="",
    uncosted=UNCOSTED,
)
IDEFICS2 = Architecture(
    summary="a vision tower, a perceiver over its patches and a text model",
    source="Laurençon et al. 2024, sec. 3",
    body=idefics2,
    heads={"multimodal": text_head(TEXT_MODEL), "base": no_head},
    uncosted=OF_TEXT,
)
IDEFICS3 = IDEFICS2._replace(
    summary="a vision tower, a projector and a text model",
    source="Laurençon et al. 2024 (Building and better understanding), sec. 3.1",
    body=idefics3,
)
