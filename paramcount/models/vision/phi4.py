"""Phi-4-multimodal: Phi-3's decoder with image and audio towers, and the image tower, SigLIP's."""

from __future__ import annotations

from paramcount.blocks.feedforward import plain
from paramcount.blocks.parts import bare, dense, last_norm, layer_norm, table
from paramcount.blocks.task_heads import lm_head, no_head
from paramcount.blocks.vision import n_square_patches, patch_map
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.architecture import Architecture
from paramcount.models.assembled import AUDIO, PROJECTOR, VISION, config_of, tower
from paramcount.models.decoders.phi import phi3
from paramcount.models.vision.clip import clip_layers
from paramcount.models.vision.vit import UNCOSTED


def phi4_vision(c: Config) -> Parts:
    """Microsoft 2025, sec. 2.2: SigLIP's tower; checkpoints have its pooling head, though images skip it."""
    d_model = c.size("hidden_size")
    return (
        patch_map(c, "embeddings.patch_embedding"),
        table("embeddings.position_embedding", n_square_patches(c), d_model, "position embedding"),
        clip_layers(c),
        *last_norm(c, "post_layernorm"),
        *_pooler(c),
    )


def _pooler(c: Config) -> Parts:
    """A learned query that attends to all patches (Lee et al. 2019), and a feed-forward."""
    d_model, name = c.size("hidden_size"), "pooler"
    return (
        bare("head.probe", name, 1, 1, d_model),
        bare("head.attention.in_proj_weight", name, 3 * d_model, d_model),
        bare("head.attention.in_proj_bias", name, 3 * d_model),
        dense("head.attention.out_proj", name, d_model, d_model, bias=True),
        layer_norm("head.layernorm", d_model, component=name),
        *plain(d_model, c.size("intermediate_size"), name="head.mlp", names=("fc1", "fc2"), component=name),
    )


PHI4_VISION = Architecture(
    summary="SigLIP's vision tower",
    source="Microsoft 2025 (Phi-4-Mini), sec. 2.2",
    body=phi4_vision,
    heads={"base": no_head},
    uncosted=UNCOSTED,
)


def phi4_multimodal(c: Config) -> Parts:
    """Microsoft 2025, sec. 2.2; the adapters for images and audio are not part of transformers' class."""
    c.notes.append("The LoRA adapters in released checkpoints are not counted; transformers' class has none.")
    return (*_seeing(c), *_hearing(c), *phi3(c))


def _seeing(c: Config) -> Parts:
    """The tower, two maps to the text's width, and vectors that mark the ends of an image and of its rows."""
    d_in, d_text, name = (
        config_of(c, VISION).size("hidden_size"),
        c.size("hidden_size"),
        "embed_tokens_extend.image_embed",
    )
    return (
        *tower(c, VISION, f"{name}.img_processor"),
        dense(f"{name}.img_projection_up", PROJECTOR, d_in, d_text, bias=True),
        dense(f"{name}.img_projection_down", PROJECTOR, d_text, d_text, bias=True),
        bare(f"{name}.global_img_feature_extensor", PROJECTOR, 1, 1, d_in),
        bare(f"{name}.sub_img_feature_extensor", PROJECTOR, 1, 1, 1, d_in),
    )


def _hearing(c: Config) -> Parts:
    """The encoder, and two maps to the text's width for speech alone and two for speech with images."""
    audio, d_text, name = config_of(c, AUDIO), c.size("hidden_size"), "embed_tokens_extend.audio_embed"
    d_in = audio.size("hidden_size") * audio.size("downsample_rate")
    return (
        *tower(c, AUDIO, f"{name}.encoder"),
        dense(f"{name}.up_proj_for_speech", PROJECTOR, d_in, d_text, bias=True),
        dense(f"{name}.down_proj_for_speech", PROJECTOR, d_text, d_text, bias=True),
        dense(f"{name}.up_proj_for_vision_speech", PROJECTOR, d_in, d_text, bias=True),
        dense(f"{name}.down_proj_for_vision_speech", PROJECTOR, d_text, d_text, bias=True),
    )


PHI4_MULTIMODAL = Architecture(
    summary="image and audio towers, projectors for each, and Phi-3's decoder",
    source="Microsoft 2025 (Phi-4-Mini), sec. 2.2",
    body=phi4_multimodal,
    heads={"causal": lm_head(), "base": no_head},
    uncosted="only its text model's costs are known",
)
