"""AIMv2: image and text encoders with RMSNorm and gated feed-forwards."""

from __future__ import annotations

from paramcount.blocks.attention import attention, whole_heads
from paramcount.blocks.feedforward import gated
from paramcount.blocks.parts import dense, rms_norm, table
from paramcount.blocks.task_heads import no_head
from paramcount.blocks.vision import OUT, n_square_patches, patch_map, position_table, token
from paramcount.config import Config
from paramcount.ledger.model import Parts, Stack
from paramcount.models.architecture import Architecture
from paramcount.models.vision.clip import CLIP
from paramcount.models.vision.siglip import POOLER
from paramcount.models.vision.vit import UNCOSTED


def _layers(c: Config) -> Parts:
    h, bias = whole_heads(c), c.flag("qkv_bias")
    layer = (
        *attention(h, bias, bias, "attention", OUT),
        *gated(h.d_model, c.size("intermediate_size"), c.flag("mlp_bias"), "ffn"),
        rms_norm("rms_norm1", h.d_model),
        rms_norm("rms_norm2", h.d_model),
    )
    return Stack("encoder.layers", c.size("num_hidden_layers"), layer), rms_norm("rms_norm", h.d_model, "final norm")


def _pooler(c: Config) -> Parts:
    d_model, bias = c.size("hidden_size"), c.flag("qkv_bias")
    return (
        token("head.cls_token", d_model, POOLER),
        dense("head.k_proj", POOLER, d_model, d_model, bias),
        dense("head.v_proj", POOLER, d_model, d_model, bias),
        dense("head.output_proj", POOLER, d_model, d_model, bias=True),
    )


def aimv2_vision(c: Config) -> Parts:
    """Fini et al. 2024, sec. 2: patches with a norm, layers like Llama's, and a pooler by attention."""
    d_model, rows = c.size("hidden_size"), n_square_patches(c)
    places = () if c.flag("is_native") else (position_table("embeddings.position_embedding", rows, d_model),)
    return (
        patch_map(c, "embeddings.patch_embed"),
        rms_norm("embeddings.rms_norm", d_model, "embedding norm"),
        *places,
        *_layers(c),
        *(_pooler(c) if c.flag("use_head") else ()),
    )


def aimv2_text(c: Config) -> Parts:
    """The text encoder that AIMv2 is tuned with to compare texts and images."""
    d_model = c.size("hidden_size")
    return (
        table("embeddings.token_embedding", c.size("vocab_size"), d_model),
        position_table("embeddings.position_embedding", c.size("max_position_embeddings"), d_model),
        *_layers(c),
    )


AIMV2_VISION = Architecture(
    summary="ViT with RMSNorm and gated feed-forwards",
    source="Fini et al. 2024, sec. 2",
    body=aimv2_vision,
    heads={"base": no_head},
    prefix="",
    uncosted=UNCOSTED,
)
AIMV2_TEXT = AIMV2_VISION._replace(
    summary="text encoder beside an image encoder", body=aimv2_text, uncosted="is used beside an image encoder"
)


AIMV2: Architecture = CLIP._replace(source="Fini et al. 2024", heads={"base": no_head})
